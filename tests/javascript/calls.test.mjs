import { fetchCdrs } from "./cdrs.mjs"

const { MOCKCDRS_URL: url, MOCKCDRS_ACCOUNT_ID: accountId, MOCKCDRS_AUTH_TOKEN: token } = process.env

async function control(method, path, body) {
  const headers = body && { "Content-Type": "application/json" }
  const answer = await fetch(new URL(`/_mockcdrs${path}`, url), { method, headers, body: JSON.stringify(body) })
  return answer.status === 204 ? undefined : answer.json()
}

beforeEach(() => control("POST", "/reset"))

test("every CDR arrives, although the server fails once", async () => {
  await control("POST", "/faults", { status: 503, path: "/cdrs", times: 1 })
  const expected = await control("GET", "/expected")
  const rows = await fetchCdrs({ url, accountId, token })
  expect(rows.map((row) => row.id)).toEqual(expected.ids)
  expect(await control("GET", "/advice")).toEqual([])
})

test("no rule of another test is left", async () => {
  expect(await control("GET", "/faults")).toEqual([])
})
