// One operation: its source and quirks, a form to try it, and its responses with their examples.

import { codeBlock } from "./copying.js";
import { codeText, resolve, typeOf } from "./docs_schema.js";
import { tryForm } from "./docs_try.js";
import { el, foldable } from "./dom.js";
import { laidOut, pretty } from "./pretty.js";
import { addressOf } from "./route.js";

// Operations, and the kinds of endpoint that advice knows them as.
const KINDS = {
  listCdrs: "listing",
  listInteractions: "interaction",
  listLegs: "legs",
  summarizeCdrs: "summary",
  getCdr: "one",
};

function jsonBlock(name, text) {
  const nodes = pretty(text);
  return codeBlock(name, laidOut(nodes), nodes);
}

function quirkList(quirks) {
  const items = quirks.map(({ name, sentence, default: isDefault }) =>
    el(
      "li",
      null,
      el("a", { href: `./${addressOf("setup", { quirk: name })}` }, el("code", null, name)),
      !isDefault && el("span", { class: "badge" }, "off by default"),
      " ",
      codeText(sentence),
    ),
  );
  return el("details", { class: "quirks" }, el("summary", null, `Quirks of Crossbar's (${quirks.length})`), el("ul", null, items));
}

// The codes of advice that look at requests of this kind.
function adviceList(rules) {
  const items = rules.map(({ name, sentence }) =>
    el("li", null, el("a", { href: `./${addressOf("advice", { code: name })}` }, el("code", null, name)), " ", codeText(sentence)),
  );
  return el("details", { class: "quirks" }, el("summary", null, `Advice on it (${rules.length})`), el("ul", null, items));
}

function example(spec, type, reference) {
  const { summary, value } = resolve(spec, reference);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return type.endsWith("json") ? jsonBlock(summary, text) : codeBlock(summary, text);
}

function contentOf(spec, [type, { schema, examples = {} }]) {
  const blocks = Object.values(examples).map((reference) => example(spec, type, reference));
  return el(
    "div",
    { class: "content" },
    el("p", null, el("code", null, type), ": ", typeOf(schema)),
    blocks.length > 0 &&
      el("details", null, el("summary", null, `${blocks.length === 1 ? "Example" : "Examples"} as ${type}`), blocks),
  );
}

function headerTable(headers) {
  const rows = Object.entries(headers).map(([name, { description, required }]) =>
    el(
      "tr",
      null,
      el("th", { scope: "row" }, el("code", null, name), required && el("span", { class: "badge" }, "always")),
      el("td", null, codeText(description)),
    ),
  );
  const columns = ["Header", "Meaning"].map((name) => el("th", { scope: "col" }, name));
  const table = el("table", null, el("thead", null, el("tr", null, columns)), el("tbody", null, rows));
  return el("details", null, el("summary", null, `Headers (${rows.length})`), table);
}

function response(spec, [status, reference]) {
  const { description, headers, content = {} } = resolve(spec, reference);
  const summary = [el("strong", { class: status < "400" ? "good" : "bad" }, status), " ", codeText(description)];
  const makeBody = () => [
    ...Object.entries(content).map((each) => contentOf(spec, each)),
    ...(headers ? [headerTable(headers)] : []),
  ];
  return foldable(summary, makeBody, { class: "response" });
}

// On a phone folded, so that an operation is not longer than two screens.
function responseList(spec, responses) {
  return el(
    "details",
    { open: matchMedia("(min-width: 44rem)").matches },
    el("summary", null, el("h4", null, `Responses (${responses.length})`)),
    el(
      "div",
      { class: "responses" },
      responses.map((each) => response(spec, each)),
    ),
  );
}

export function operationBody(spec, context, path, method, operation) {
  const quirks = operation["x-crossbar-quirks"];
  const rules = context.advice.filter(({ endpoints }) => endpoints.includes(KINDS[operation.operationId.replace(/OfUser$/, "")]));
  return el(
    "div",
    { class: "body" },
    el("p", { class: "dim" }, "In Kazoo: ", el("code", null, operation["x-crossbar-source"])),
    quirks.length > 0 && quirkList(quirks),
    rules.length > 0 && adviceList(rules),
    tryForm(spec, context, path, method, operation),
    responseList(spec, Object.entries(operation.responses)),
  );
}
