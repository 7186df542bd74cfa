import { defineConfig, loadEnv } from "vite"

// `mockcdrs serve --env-file .env.local` tells Vite where the mock is, and the page whose calls it may show.
export default defineConfig(({ mode }) => {
  const { MOCKCDRS_URL } = loadEnv(mode, process.cwd(), "MOCKCDRS_")
  return {
    envPrefix: ["VITE_", "MOCKCDRS_"],
    server: { proxy: { "/v2": new URL(MOCKCDRS_URL).origin } },
  }
})
