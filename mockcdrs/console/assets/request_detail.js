// One request, whole: advice, the query in words, both sides' headers, the answer, and a curl that asks it again.

import { get } from "./api.js";
import { codeBlock } from "./copying.js";
import { button, el, empty, facts, said } from "./dom.js";
import { laidOut, pretty } from "./pretty.js";
import { adviceCode, kindOfStatus, queryText } from "./request_row.js";
import { bytes, took } from "./times.js";

const section = (title, ...content) => el("section", null, el("h3", null, title), content);

export function noDetail(panel) {
  panel.replaceChildren(empty("Choose a request to see its headers, its query in words, and the answer."));
}

export async function showDetail(panel, summary, onClose) {
  const head = headOf(summary, onClose);
  const rest = el("div", null, empty("Loading…"));
  panel.replaceChildren(head, rest);
  try {
    const record = await get(`journal/${summary.number}`);
    rest.replaceChildren(...sections(record));
  } catch (error) {
    rest.replaceChildren(el("p", { class: "empty bad" }, error.message));
  }
}

function headOf(record, onClose) {
  const status = el("span", { class: `status ${kindOfStatus(record.status)}` }, record.status || "cut");
  return el(
    "header",
    { class: "detail-head" },
    el("h2", null, status, " ", record.method, " ", said(record.path)),
    button("Close", onClose, { class: "small" }),
  );
}

function sections(record) {
  return [
    facts([
      ["When", `${record.time_iso.slice(0, 19).replace("T", " ")} UTC, by the mock's clock`],
      ["Took", took(record.duration_seconds)],
      ["Sent", `${bytes(record.sent_bytes)}, received ${bytes(record.received_bytes)}`],
      ["Fault", record.fault && said(record.fault)],
      ["Note", record.note && said(record.note)],
    ]),
    record.advice.length > 0 && section("Advice", el("ul", { class: "advice" }, record.advice.map(adviceItem))),
    section("The query in words", inWords(record)),
    section("Ask it again", codeBlock("curl", record.curl)),
    section("The answer", ...answer(record.response)),
    section("Headers of the request", headers(record.headers)),
    section("Headers of the answer", headers(record.response?.headers ?? {})),
  ].filter(Boolean);
}

function adviceItem(advice) {
  const code = adviceCode(advice);
  return el("li", null, el("span", { class: "badge warn" }, code), said(advice.slice(code.length + 1)));
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

function answer(response) {
  if (!response) return [empty("No longer kept: only the last few answers are.")];
  const { headers: held, body, truncated } = response;
  if (!body) return [empty("No body.")];
  const isJson = (held["content-type"] ?? "").includes("json") || /^\s*[{[]/.test(body);
  const nodes = isJson ? pretty(body) : [body];
  const cut = truncated && el("p", { class: "dim" }, "Only the beginning is kept: the answer was longer.");
  return [codeBlock(isJson ? "JSON" : "body", laidOut(nodes), nodes), cut].filter(Boolean);
}
