// The npm package @reperio/crossbar, unmodified, from the login to CSV.
import assert from "node:assert/strict"
import crossbar from "@reperio/crossbar"
import test from "node:test"

const { Crossbar } = crossbar
const { MOCKCDRS_URL, MOCKCDRS_ACCOUNT_ID: accountId, MOCKCDRS_API_KEY: pvtApiKey, MOCKCDRS_USER_ID: userId } = process.env
const control = new URL("/_mockcdrs", MOCKCDRS_URL).href

async function ask(method, path, body) {
  const headers = body && { "Content-Type": "application/json" }
  const answer = await fetch(`${control}${path}`, { method, headers, body: body && JSON.stringify(body) })
  return answer.status === 204 ? undefined : answer.json()
}

// It can log in by itself, but tells nobody when it has: its first request would come without a token.
async function connect() {
  const { data } = await new Crossbar({ baseURL: MOCKCDRS_URL, accountId }).apiAuthService.createApiAuth(pvtApiKey)
  return new Crossbar({ baseURL: MOCKCDRS_URL, accountId, pvtApiKey, authToken: data.auth_token })
}

async function walk(fetchPage) {
  const rows = []
  let query
  do {
    const { data: page } = await fetchPage(query)
    rows.push(...page.data)
    query = page.next_start_key && { start_key: page.next_start_key }
  } while (query)
  return rows.map((row) => row.id)
}

test.beforeEach(() => ask("POST", "/reset", {}))

test("it logs in by API key and lists a page", async () => {
  const { data: page } = await (await connect()).cdrService.getCdrs()
  assert.equal(page.data.length, 50)
  assert.equal(page.status, "success")
})

test("it walks CDRs to the end", async () => {
  const { ids } = await ask("GET", "/expected")
  const service = (await connect()).cdrService
  assert.deepEqual(await walk((query) => service.getCdrs(query)), ids)
})

test("it walks a user's CDRs to the end", async () => {
  const { ids } = await ask("GET", `/expected?path=/users/${userId}/cdrs`)
  const service = (await connect()).userService
  assert.deepEqual(await walk((query) => service.getUserCdrs(userId, query)), ids)
})

test("it lists interactions, and reads one call and its legs", async () => {
  const service = (await connect()).cdrService
  const { data: page } = await service.getCdrInteractions()
  const { id, interaction_id: interactionId } = page.data[0]
  assert.equal((await service.getCdrById(id)).data.data.id, id)
  const { data: legs } = await service.getCdrInteractionLegs(interactionId)
  assert.ok(legs.data.some((leg) => leg.id === id))
})

test("it looks around, and changes a user", async () => {
  const crossbar = await connect()
  assert.equal((await crossbar.accountService.getAccountById()).data.data.id, accountId)
  assert.ok((await crossbar.deviceService.getDevices()).data.data.length > 1)
  await crossbar.userService.patchUser(userId, { title: "Dr" })
  assert.equal((await crossbar.userService.getUserById(userId)).data.data.title, "Dr")
})

test("it gives an error back with its status and message", async () => {
  const failure = await (await connect()).cdrService.getCdrById("202601-nosuch") // it does not reject
  assert.equal(failure.response.status, 404)
  assert.equal(failure.response.data.message, "bad_identifier")
})

test("it logs in again after a 401 and repeats the request", async () => {
  const crossbar = await connect()
  await crossbar.cdrService.getCdrs()
  await ask("POST", "/faults", { token_expired: true, path: "/cdrs" })
  const { data: page } = await crossbar.cdrService.getCdrs()
  assert.equal(page.data.length, 50)
  const { records } = await ask("GET", "/journal")
  assert.equal(records.filter((record) => record.path === "/v2/api_auth").length, 2)
})

// The last one: from here on the package asks for CSV always, in all of a process's connections.
test("it gets CSV", async () => {
  const { headers, data } = await (await connect()).cdrService.getCdrsCsv({ paginate: false })
  assert.equal(headers["content-type"], "text/csv")
  assert.ok(data.split("\n").length > 50)
})
