// One request as a line, and whether it has the words that a person looks for.

import { el } from "./dom.js";
import { took } from "./times.js";

const ACCOUNT = /^\/v\d+\/accounts\/[^/]+(?=\/|$)/;
const LONG_ID = /\b([0-9a-f]{6})[0-9a-f]{26}\b/g;
const BADGES = 2;

export const adviceCode = (advice) => advice.split(":", 1)[0];

export const kindOfStatus = (status) => (status === 0 || status >= 500 ? "bad" : status >= 400 ? "warn" : "good");

// Without the account, which is nearly always the same, and with long ids cut.
function shortPath(path) {
  const below = path.replace(ACCOUNT, "");
  return (below === path ? path : `…${below}`).replace(LONG_ID, "$1…");
}

// As a person reads it: without the percent signs.
export function queryText(query) {
  const pairs = Object.entries(query).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
  return pairs.map(([name, value]) => (value === true ? name : `${name}=${value}`)).join(" ");
}

function badges(record) {
  const codes = [...new Set(record.advice.map(adviceCode))];
  const shown = codes.slice(0, BADGES).map((code) => el("span", { class: "badge warn", title: "advice" }, code));
  if (codes.length > BADGES) shown.push(el("span", { class: "badge warn" }, `+${codes.length - BADGES} advice`));
  if (record.note) shown.unshift(el("span", { class: "badge", title: record.note }, "note"));
  if (record.fault) shown.unshift(el("span", { class: "badge bad", title: record.fault }, "fault"));
  return el("span", { class: "badges" }, shown);
}

const wordsOf = (record) =>
  [
    record.method,
    record.path,
    queryText(record.query),
    record.status,
    record.note,
    ...record.advice,
    record.advice.length ? "advice" : "",
    record.fault ? `fault ${record.fault}` : "",
  ]
    .join(" ")
    .toLowerCase();

// Every word has to be somewhere in it.
export function matches(record, words) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (!wanted.length) return true;
  const held = wordsOf(record);
  return wanted.every((word) => held.includes(word));
}

export function makeRow(record, onclick) {
  const line = [
    el("span", { class: `status ${kindOfStatus(record.status)}` }, record.status || "cut"),
    el("span", { class: "method" }, record.method),
    el(
      "span",
      { class: "target" },
      el("bdi", { class: "path", title: record.path }, shortPath(record.path)),
      " ",
      el("bdi", { class: "dim" }, queryText(record.query)),
    ),
    badges(record),
    el("time", { class: "dim", datetime: record.time_iso }, record.time_iso.slice(11, 19)),
    el("span", { class: "dim took" }, took(record.duration_seconds)),
  ];
  return el(
    "li",
    { "data-number": record.number },
    el("button", { type: "button", class: "row", tabindex: "-1", onclick }, line),
  );
}
