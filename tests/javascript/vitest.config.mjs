export default { test: { globals: true, globalSetup: "vitest.setup.mjs", include: ["calls.test.mjs"] } }
