import { spawn } from "node:child_process"
import { existsSync, mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"

// Starts a mock and puts MOCKCDRS_URL and the others into the environment, which the tests' processes inherit.
export async function startMockcdrs(...options) {
  const file = join(mkdtempSync(join(tmpdir(), "mockcdrs-")), "mock.env")
  const server = spawn("mockcdrs", ["serve", "--port", "0", "--env-file", file, ...options], {
    stdio: ["ignore", "ignore", "inherit"],
  })
  while (!existsSync(file)) {
    if (server.exitCode !== null) throw new Error(`the mock ended with ${server.exitCode}`)
    await sleep(50)
  }
  process.loadEnvFile(file)
  return server
}
