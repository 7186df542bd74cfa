// The client that the tests are about.
export async function fetchCdrs({ url, accountId, token }) {
  const rows = []
  const query = new URLSearchParams()
  for (;;) {
    const answer = await fetch(`${url}/accounts/${accountId}/cdrs?${query}`, { headers: { "X-Auth-Token": token } })
    if (answer.status === 503) continue
    const page = await answer.json()
    rows.push(...page.data)
    if (!page.next_start_key) return rows
    query.set("start_key", page.next_start_key)
  }
}
