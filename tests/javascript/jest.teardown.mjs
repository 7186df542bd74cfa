export default () => globalThis.mockcdrs.kill()
