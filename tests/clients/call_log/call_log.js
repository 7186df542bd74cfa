// A call log as a team might write it: fetch alone, no library. The API's base URL comes as ?api=...
const api = new URLSearchParams(location.search).get("api")
const GREGORIAN_OFFSET = 62167219200
const RETRIES = 3
const $ = (id) => document.getElementById(id)

let session = null
let nextKey = null

async function logIn({ username, password, account }) {
  const pair = new TextEncoder().encode(`${username.toLowerCase()}:${password}`)
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-1", pair))
  const credentials = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("")
  const response = await fetch(`${api}/user_auth`, {
    method: "PUT",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ data: { credentials, method: "sha", account_name: account } }),
  })
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.message)
  return { token: answer.auth_token, accountId: answer.data.account_id }
}

// Until somebody has logged in.
function askForLogin(why) {
  $("log").hidden = true
  $("login").hidden = false
  $("why").textContent = why
  return new Promise((resolve) => {
    $("login").onsubmit = async (event) => {
      event.preventDefault()
      try {
        session = await logIn(Object.fromEntries(new FormData(event.target)))
        $("login").hidden = true
        $("log").hidden = false
        resolve()
      } catch (error) {
        $("why").textContent = error.message
      }
    }
  })
}

// The response to a GET below the account: after a 401 once somebody has logged in again, after a 503 a little later.
async function get(query, accept = "application/json") {
  for (let retries = 0; ; ) {
    const response = await fetch(`${api}/accounts/${session.accountId}/cdrs?${query}`, {
      headers: { "X-Auth-Token": session.token, Accept: accept },
    })
    if (response.status === 401) {
      await askForLogin("Please log in again.")
    } else if (response.status === 503 && retries < RETRIES) {
      retries += 1
      $("status").textContent = `The server is busy, trying again (${retries}).`
      await new Promise((resolve) => setTimeout(resolve, 50 * 2 ** retries))
    } else if (response.ok) {
      return response
    } else {
      const answer = await response.json()
      const id = response.headers.get("x-request-id")
      throw new Error(`${answer.error} ${answer.message}, request ${id}`)
    }
  }
}

function range() {
  const query = new URLSearchParams()
  const { from, to } = Object.fromEntries(new FormData($("filter")))
  if (from) query.set("created_from", Date.parse(`${from}T00:00:00Z`) / 1000 + GREGORIAN_OFFSET)
  if (to) query.set("created_to", Date.parse(`${to}T23:59:59Z`) / 1000 + GREGORIAN_OFFSET)
  return query
}

async function show(startKey) {
  const query = range()
  query.set("page_size", 20)
  if (startKey) query.set("start_key", startKey)
  const page = await (await get(query)).json()
  if (!startKey) $("rows").replaceChildren()
  for (const row of page.data) {
    const line = $("rows").insertRow()
    for (const cell of [row.iso_8601_combined, row.from, row.to, row.duration_seconds]) line.insertCell().append(cell)
  }
  nextKey = page.next_start_key
  $("older").hidden = !nextKey
  $("status").textContent = `${$("rows").rows.length} calls`
}

// Content-Disposition is not exposed to other origins, so that the page has to name the file itself.
async function saveCsv() {
  const query = range()
  query.set("paginate", false)
  const response = await get(query, "text/csv")
  const link = document.createElement("a")
  link.href = URL.createObjectURL(await response.blob())
  link.download = "calls.csv"
  link.click()
  URL.revokeObjectURL(link.href)
}

async function run(action) {
  try {
    await action()
  } catch (error) {
    $("status").textContent = error.message
  }
}

$("filter").onsubmit = (event) => {
  event.preventDefault()
  run(() => show())
}
$("older").onclick = () => run(() => show(nextKey))
$("csv").onclick = () => run(saveCsv)
await askForLogin("")
run(() => show())
