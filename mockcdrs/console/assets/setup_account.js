// The account: what to configure a client with and a request to paste; and all accounts, users, devices and tokens.

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

const copyable = (value, label) => [said(value), " ", copyButton(value, "Copy", { "aria-label": `Copy ${label}` })];

export function makeAccountCard(mock) {
  const content = el("div", { class: "stack" });
  const element = el("section", { class: "card" }, el("h3", null, "Connect a client"), content);

  function show() {
    const { account } = mock;
    const pairs = Object.entries(SHOWN).filter(([name]) => account[name]);
    const listing = `${account.url}/accounts/${account.account_id}/cdrs?page_size=5`;
    content.replaceChildren(
      facts(pairs.map(([name, label]) => [label, copyable(account[name], label)])),
      codeBlock("curl", `curl -sS -H ${quoted(`X-Auth-Token: ${account.auth_token}`)} ${quoted(listing)}`),
    );
  }

  return { element, show };
}

export function makePeopleCard(mock) {
  const content = el("div", { class: "stack" });
  const element = el("section", { class: "card" }, el("h3", null, "Accounts, users, devices, tokens"), content);

  const idItems = (title, named) =>
    named.length > 0 && [
      el("h4", null, `${title} (${named.length})`),
      el(
        "ul",
        { class: "ids" },
        named.map(({ id, name }) => el("li", null, el("span", null, said(name || id)), el("code", null, id), copyButton(id, "Copy", { "aria-label": `Copy the id of ${name || id}` }))),
      ),
    ];

  function accountItem({ id, name, realm, is_reseller: isReseller, tokens, users, devices }) {
    return el(
      "details",
      null,
      el("summary", null, said(name || id), isReseller && " (reseller)", id === mock.account.account_id && " (the one above)"),
      facts([
        ["Account id", copyable(id, `the id of account ${name}`)],
        ["Realm", realm && said(realm)],
        ...tokens.map((token, at) => [at ? "" : "Tokens", copyable(token, `token ${at + 1} of account ${name}`)]),
      ]),
      idItems("Users", users),
      idItems("Devices", devices),
    );
  }

  return { element, show: () => content.replaceChildren(...mock.account.accounts.map(accountItem)) };
}
