import { startMockcdrs } from "./mockcdrs.mjs"

export default async function setup() {
  globalThis.mockcdrs = await startMockcdrs("--now", "2026-01-20T12:00:00Z")
}
