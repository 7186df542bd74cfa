export default {
  globalSetup: "./jest.setup.mjs",
  globalTeardown: "./jest.teardown.mjs",
  testMatch: ["**/calls.test.mjs"],
  transform: {},
}
