// The page of Crossbar's API, built from openapi.json: every operation can be read and tried.

import { get } from "./api.js";
import { operationBody } from "./docs_operation.js";
import { codeText, schemaTable } from "./docs_schema.js";
import { byId, button, el, field, foldable } from "./dom.js";
import { adviceOf } from "./reference.js";

const LAST_TAG = "Preflight"; // also folded: few read what browsers ask by themselves

function operationElement(spec, context, path, method, operation) {
  const summary = [
    el("span", { class: `method ${method}` }, method.toUpperCase()),
    el("code", { class: "path" }, path),
    el("span", { class: "what" }, codeText(operation.summary)),
  ];
  const makeBody = () => [operationBody(spec, context, path, method, operation)];
  const made = foldable(summary, makeBody, { id: `operation-${operation.operationId}`, class: "operation" });
  made.dataset.text = [method, path, operation.summary, operation.operationId].join(" ").toLowerCase();
  return made;
}

function tagSections(spec, context) {
  const byTag = new Map();
  for (const [path, methods] of Object.entries(spec.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const tag = operation.tags[0];
      if (!byTag.has(tag)) byTag.set(tag, []);
      byTag.get(tag).push(operationElement(spec, context, path, method, operation));
    }
  }
  const tags = [...byTag].sort(([one], [other]) => (one === LAST_TAG) - (other === LAST_TAG));
  return tags.map(([tag, operations]) =>
    el("details", { class: "tag", open: tag !== LAST_TAG }, el("summary", null, el("h2", null, tag)), operations),
  );
}

function schemaSection(spec) {
  const schemas = Object.entries(spec.components.schemas).map(([name, schema]) =>
    foldable(el("code", null, name), () => [schemaTable(schema)], { id: `schema-${name}`, class: "schema" }),
  );
  return el("details", { class: "tag", id: "schemas" }, el("summary", null, el("h2", null, "Schemas")), schemas);
}

// The operations whose path, summary or name has every word of the text; their sections open so that they are seen.
function filterOperations(main, text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  for (const operation of main.querySelectorAll(".operation")) {
    operation.hidden = !words.every((word) => operation.dataset.text.includes(word));
  }
  let count = 0;
  for (const section of main.querySelectorAll(".tag:not(#schemas)")) {
    const shown = section.querySelectorAll(".operation:not([hidden])").length;
    section.hidden = shown === 0;
    if (words.length > 0 && shown > 0) section.open = true;
    count += shown;
  }
  byId("count").textContent = `${count} operations`;
}

function toolbar(context, spec, main) {
  const search = el("input", { type: "search", autocomplete: "off" });
  search.addEventListener("input", () => filterOperations(main, search.value));
  const token = el("input", { autocomplete: "off", spellcheck: "false", value: context.token });
  token.addEventListener("input", () => (context.token = token.value));
  const servers = spec.servers.map(({ url, description }) =>
    el("option", { value: url }, description ? `${url}: ${description}` : url),
  );
  const server = el("select", null, servers);
  server.addEventListener("change", () => (context.server = server.value));
  const foldAll = (open) => () => {
    for (const each of main.querySelectorAll(".tag, .operation:not([hidden])")) each.open = open;
  };
  return el(
    "form",
    { class: "card", role: "search", onsubmit: (event) => event.preventDefault() },
    el(
      "div",
      { class: "filters" },
      field("Find operations", search),
      field("Token for requests (X-Auth-Token)", token),
      field("Server", server),
    ),
    el(
      "div",
      { class: "toolbar" },
      button("Open all", foldAll(true)),
      button("Close all", foldAll(false)),
      el("span", { id: "count", class: "dim", role: "status" }),
    ),
  );
}

// `#operation-listCdrs` and `#schema-Row` open what they name, with all that is around it.
function openTarget() {
  const target = document.getElementById(location.hash.slice(1));
  if (!target?.matches("details")) return;
  for (let each = target; each; each = each.parentElement?.closest("details")) each.open = true;
  target.scrollIntoView();
  target.querySelector("summary").focus();
}

// Ids that are there, for the paths of operations: those of one call that a user had, where there is one.
function idsOf(account, calls) {
  const call = calls.find(({ owners }) => owners.length) ?? calls[0];
  const userId = call?.owners[0] ?? account.user_id;
  const leg = call?.legs.find(({ custom_channel_vars: variables }) => variables?.owner_id === userId) ?? call?.legs[0];
  const own = account.accounts.find(({ id }) => id === account.account_id);
  return {
    account_id: account.account_id,
    interaction_id: call?.interaction_id,
    cdr_id: leg?.id,
    user_id: userId,
    device_id: own?.devices[0]?.id,
    app_id: own?.apps[0]?.id,
    domain: location.hostname, // a UI asks for the branding of its own host
  };
}

function show(spec, account, calls, reference) {
  const main = byId("docs");
  const ids = idsOf(account, calls);
  const context = { token: account.auth_token, ids, advice: adviceOf(reference), server: spec.servers[0].url };
  byId("title").textContent = spec.info.title;
  main.replaceChildren(
    el("p", { class: "lead" }, codeText(spec.info.description)),
    toolbar(context, spec, main),
    ...tagSections(spec, context),
    schemaSection(spec),
  );
  filterOperations(main, "");
  window.addEventListener("hashchange", openTarget);
  openTarget();
}

try {
  const parts = ["openapi.json", "account", "data/interactions?limit=20", "reference"];
  show(...(await Promise.all(parts.map((part) => get(part)))));
} catch (error) {
  const failed = byId("failed");
  failed.textContent = `${error.message} Open the console first, which takes the control token.`;
  failed.hidden = false;
}
