import { defineConfig } from "@playwright/test"

const { MOCK_PORT = "4010", PAGE_PORT = "4011", CHROMIUM } = process.env

export default defineConfig({
  testMatch: "calls.spec.mjs",
  use: { baseURL: `http://127.0.0.1:${PAGE_PORT}`, launchOptions: { executablePath: CHROMIUM } },
  webServer: [
    {
      command: `mockcdrs serve --port ${MOCK_PORT} --now 2026-01-20T12:00:00Z --env-file .env.local`,
      url: `http://127.0.0.1:${MOCK_PORT}/_mockcdrs/health`,
    },
    { command: `npx vite --host 127.0.0.1 --port ${PAGE_PORT}`, url: `http://127.0.0.1:${PAGE_PORT}` },
  ],
})
