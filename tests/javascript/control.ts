import createClient from "openapi-fetch"
import type { paths } from "./mockcdrs.js"

const origin = new URL(process.env.MOCKCDRS_URL!).origin
export const control = createClient<paths>({ baseUrl: `${origin}/_mockcdrs` })

await control.POST("/reset")
await control.POST("/faults", { body: { status: 503, path: "/cdrs", times: 1 } })
const { data } = await control.GET("/expected", { params: { query: { path: "/cdrs" } } })
console.log(data?.count)
