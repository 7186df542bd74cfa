// The account: what to configure a client with, the Kazoo that is stood in for, and a request to paste.

import { codeBlock, copyButton } from "./copying.js";
import { el, facts, said } from "./dom.js";

const SHOWN = {
  url: "Base URL",
  account_id: "Account id",
  auth_token: "Token",
  user_id: "User id",
  name: "Account name",
  realm: "Realm",
  username: "User name",
  password: "Password",
  api_key: "API key",
};

const quoted = (text) => `'${String(text).replaceAll("'", "'\\''")}'`;

export function makeAccountCard(mock) {
  const content = el("div");
  const element = el("section", { class: "card" }, el("h2", null, "Account"), content);

  function show() {
    const { account } = mock;
    const pairs = Object.entries(SHOWN).filter(([name]) => account[name]);
    const listing = `${account.url}/accounts/${account.account_id}/cdrs?page_size=5`;
    content.replaceChildren(
      facts([
        ...pairs.map(([name, label]) => [
          label,
          [said(account[name]), copyButton(account[name], "Copy", { "aria-label": `Copy ${label}` })],
        ]),
        ["Kazoo", said(mock.settings.kazoo)],
      ]),
      codeBlock("curl", `curl -sS -H ${quoted(`X-Auth-Token: ${account.auth_token}`)} ${quoted(listing)}`),
    );
  }

  return { element, show };
}
