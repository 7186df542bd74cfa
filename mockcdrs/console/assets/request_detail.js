// One request, whole: why it was refused, advice, its query in words, the answer, and what to do with it.

import { get } from "./api.js";
import { clientName, userAgent } from "./clients.js";
import { codeBlock, copyButton } from "./copying.js";
import { button, el, empty, facts, said } from "./dom.js";
import { laidOut, pretty } from "./pretty.js";
import { kindOfStatus } from "./request_rows.js";
import { adviceCode, queryText } from "./request_search.js";
import { addressOf } from "./route.js";
import { ago, bytes, took } from "./times.js";
import { pagesOf } from "./walks.js";

const ACCOUNT = /^\/v\d+\/accounts\/[^/]+/;
const UNLABELLED = 12; // beyond so many, pages of a walk are not linked one by one

const section = (title, ...content) => el("section", null, el("h3", null, title), content);

// `actions` are of the list around it: `onClose`, `choose(number)`, `exportHar(numbers)`, `ageOf(record)`.
export async function showDetail(panel, entry, actions) {
  const rest = el("div", null, empty("Loading…"));
  panel.replaceChildren(headOf(entry.record, actions), rest);
  panel.scrollTop = 0;
  try {
    rest.replaceChildren(...sections(await get(`journal/${entry.record.number}`), entry, actions));
  } catch (error) {
    rest.replaceChildren(el("p", { class: "empty bad" }, error.message));
  }
}

function headOf(record, { onClose }) {
  const status = el("span", { class: `status ${kindOfStatus(record.status)}` }, record.status || "cut");
  return el(
    "header",
    { class: "detail-head" },
    el("h2", null, status, " ", record.method, " ", said(record.path)),
    button("Close", onClose, { class: "small" }),
  );
}

function sections(record, entry, actions) {
  return [
    record.reason && el("p", { class: "why" }, el("strong", null, "Why: "), said(record.reason)),
    adviceSection("Advice", record.advice),
    adviceSection("Advice, unless the client goes on", record.open_advice),
    actionBar(record, entry, actions),
    facts([
      ["Client", [said(clientName(record)), userAgent(record) !== clientName(record) && [": ", said(userAgent(record))]]],
      ["When", `${ago(actions.ageOf(record))}; ${record.time_iso.slice(0, 19).replace("T", " ")} UTC by the mock's clock`],
      ["Walk", entry.walk && walkLinks(entry, actions)],
      ["Rows", record.outcome.rows || ""],
      ["Took", took(record.duration_seconds)],
      ["Bytes", `${bytes(record.sent_bytes)} sent, ${bytes(record.received_bytes)} received`],
      ["Fault", record.fault && said(record.fault)],
      ["Note", record.note && said(record.note)],
    ]),
    section("The query in words", inWords(record)),
    section("The answer", ...answer(record.response)),
    record.body && section("The request's body", codeBlock("request body", record.body)),
    section("Repeat the request", codeBlock("curl", record.curl)),
    section("Headers of the request", headers(record.headers)),
    section("Headers of the answer", record.response ? headers(record.response.headers) : notKept()),
  ].filter(Boolean);
}

function actionBar(record, { page, walk }, { exportHar }) {
  const path = record.path.replace(ACCOUNT, "") || record.path;
  const match = { method: record.method, path, ...(walk && page && { page }) };
  const link = (text, rule) =>
    el("a", { class: "button small", href: addressOf("trouble", { rule: JSON.stringify(rule) }) }, text);
  return el(
    "div",
    { class: "toolbar" },
    copyButton(record.curl, "Copy as curl"),
    link("Fail this request", { ...match, status: 503 }),
    link("Answer this path", { method: record.method, path, reply: { json: { data: [] }, status: 200 } }),
    button("HAR", () => exportHar([record.number]), { class: "small", title: "Download it as an HTTP Archive" }),
  );
}

function walkLinks({ record: { number }, walk, page }, { choose }) {
  const near = walk.entries.filter((other) => walk.entries.length <= UNLABELLED || Math.abs(other.page - page) < 4);
  return [
    `page ${page} of ${pagesOf(walk)} so far: `,
    near.map((other) =>
      button(other.page, () => choose(other.record.number), {
        class: "small",
        "aria-label": `Page ${other.page}, ${other.record.status || "cut"}`,
        "aria-current": other.record.number === number ? "true" : null,
      }),
    ),
  ];
}

const adviceSection = (title, advice) =>
  advice.length > 0 && section(title, el("ul", { class: "advice" }, advice.map(adviceItem)));

function adviceItem(advice) {
  const code = adviceCode(advice);
  return el(
    "li",
    null,
    el("a", { class: "badge warn", href: addressOf("advice", { code }) }, code),
    said(advice.slice(code.length + 1)),
  );
}

function inWords(record) {
  if (record.explained.length)
    return el(
      "ul",
      { class: "plain" },
      record.explained.map((words) => el("li", null, said(words))),
    );
  return el("p", { class: "dim" }, queryText(record.query) || "No query: Crossbar's defaults hold.");
}

const headers = (held) =>
  Object.keys(held).length
    ? facts(Object.entries(held).map(([name, value]) => [said(name), said(value)]))
    : empty("None.");

const notKept = () => empty("No longer kept: the answers to the last 50 requests are, and to the last 200 that were refused.");

function answer(response) {
  if (!response) return [notKept()];
  const { headers: held, body, truncated } = response;
  if (!body) return [empty("No body.")];
  const isJson = (held["content-type"] ?? "").includes("json") || /^\s*[{[]/.test(body);
  const nodes = isJson ? pretty(body) : [body];
  const cut = truncated && el("p", { class: "dim" }, "Only the beginning is kept: the answer was longer.");
  return [codeBlock(isJson ? "JSON" : "body", laidOut(nodes), nodes), cut].filter(Boolean);
}
