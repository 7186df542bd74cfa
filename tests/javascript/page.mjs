import { fetchCdrs } from "./cdrs.mjs"

const { MOCKCDRS_ACCOUNT_ID: accountId, MOCKCDRS_AUTH_TOKEN: token } = import.meta.env
for (const row of await fetchCdrs({ url: "/v2", accountId, token })) {
  document.getElementById("calls").append(Object.assign(document.createElement("li"), { textContent: row.id }))
}
