import assert from "node:assert/strict"
import test from "node:test"

const { MOCKCDRS_URL, MOCKCDRS_ACCOUNT_ID, MOCKCDRS_AUTH_TOKEN } = process.env
const control = new URL("/_mockcdrs", MOCKCDRS_URL).href

async function post(path, body = {}) {
  const headers = { "Content-Type": "application/json" }
  const answer = await fetch(`${control}${path}`, { method: "POST", headers, body: JSON.stringify(body) })
  assert.ok(answer.ok, await answer.text())
}

// the client to test
async function fetchCdrs() {
  const rows = []
  const query = new URLSearchParams()
  for (;;) {
    const url = `${MOCKCDRS_URL}/accounts/${MOCKCDRS_ACCOUNT_ID}/cdrs?${query}`
    const answer = await fetch(url, { headers: { "X-Auth-Token": MOCKCDRS_AUTH_TOKEN } })
    if (answer.status === 503) continue
    const page = await answer.json()
    rows.push(...page.data)
    if (!page.next_start_key) return rows
    query.set("start_key", page.next_start_key)
  }
}

test.beforeEach(() => post("/reset"))

test("every CDR arrives, although the server fails once", async () => {
  await post("/faults", { status: 503, path: "/cdrs", times: 1 })
  const expected = await (await fetch(`${control}/expected`)).json()
  const ids = (await fetchCdrs()).map((row) => row.id)
  assert.deepEqual(ids, expected.ids)
  assert.deepEqual(await (await fetch(`${control}/advice`)).json(), [])
})
