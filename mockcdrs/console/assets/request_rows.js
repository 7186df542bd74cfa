// A request, or a walk of several, as one line of the list.

import { clientName, userAgent } from "./clients.js";
import { el, said } from "./dom.js";
import { adviceCodes, queryText } from "./request_search.js";
import { ago, isGregorian, moment, took } from "./times.js";
import { lastOf, pagesOf, rowsOf } from "./walks.js";

const ACCOUNT = /^\/v\d+\/accounts\/[^/]+(?=\/|$)/;
const LONG_ID = /\b([0-9a-f]{6})[0-9a-f]{26}\b/g;
const BADGES = 1;

export const kindOfStatus = (status) => (status === 0 || status >= 500 ? "bad" : status >= 400 ? "warn" : "good");

// Without the account, which is nearly always the same, and with long ids cut.
function shortPath(path) {
  const below = path.replace(ACCOUNT, "");
  return (below === path ? path : `…${below}`).replace(LONG_ID, "$1…");
}

// The query with its range as dates; a start key is told by the number of its page.
function queryWords({ query }) {
  const { created_from: from, created_to: to, start_key: _, ...rest } = query;
  const range = [from, to].map((value) => (isGregorian(value) ? moment(value) : (value ?? "")));
  const times = from === undefined && to === undefined ? "" : `${range[0] || "…"} to ${range[1] || "now"}`;
  return [times, queryText(rest)].filter(Boolean).join("  ");
}

// What is said of a walk is said once, at its last page.
function codesOf({ record, walk }) {
  if (!walk || walk.entries.length < 2) return adviceCodes(record);
  return record === lastOf(walk).record ? codesOfWalk(walk) : [];
}

const codesOfWalk = (walk) => [...new Set(walk.entries.flatMap(({ record }) => adviceCodes(record)))];

function badges(codes, { fault, note }) {
  const shown = codes.slice(0, BADGES).map((code) => el("span", { class: "badge warn", title: "advice" }, code));
  if (codes.length > BADGES) shown.push(el("span", { class: "badge warn" }, `+${codes.length - BADGES}`));
  if (note) shown.unshift(el("span", { class: "badge", title: note }, "note"));
  if (fault) shown.unshift(el("span", { class: "badge bad", title: fault }, "fault"));
  return el("span", { class: "badges" }, shown);
}

const rowsText = (count) => `${count} ${count === 1 ? "row" : "rows"}`;

function cells({ status, method, target, record, rows, marks, age, seconds }) {
  return [
    el("span", { class: `status ${kindOfStatus(status)}` }, status || "cut"),
    el("span", { class: "method" }, method),
    el("span", { class: "target" }, target),
    el("span", { class: "client", title: userAgent(record) }, said(clientName(record))),
    el("span", { class: "count dim" }, rows ? rowsText(rows) : ""),
    marks,
    el("time", { class: "age dim", datetime: record.time_iso, title: `${record.time_iso} by the mock's clock` }, ago(age)),
    el("span", { class: "took dim" }, took(seconds)),
  ];
}

export function requestRow({ entry, isPage }, { age, isChosen, onclick }) {
  const { record, walk, page } = entry;
  const isOfWalk = walk && (walk.entries.length > 1 || page > 1);
  const target = [
    !isPage && el("bdi", { class: "path", title: record.path }, shortPath(record.path)),
    isOfWalk && el("span", { class: "page" }, ` page ${page} `),
    " ",
    isPage ? el("bdi", { class: "dim" }, record.reason) : el("bdi", { class: "dim" }, record.reason || queryWords(record)),
  ];
  return el(
    "button",
    {
      ...{ type: "button", class: isPage ? "row page-row" : "row", tabindex: "-1", onclick },
      "aria-current": isChosen ? "true" : null,
    },
    cells({
      ...{ status: record.status, method: record.method, target: target.filter(Boolean), record, age },
      ...{ rows: record.outcome.rows, marks: badges(codesOf(entry), record), seconds: record.duration_seconds },
    }),
  );
}

export function walkRow({ walk, isOpen, end }, { age, onclick }) {
  const { record } = lastOf(walk);
  const target = [
    el("span", { class: "fold", "aria-hidden": "true" }, isOpen ? "▾" : "▸"),
    el("bdi", { class: "path", title: record.path }, shortPath(record.path)),
    el("span", { class: "page" }, ` ${pagesOf(walk)} pages, `),
    el("span", { class: end.kind }, end.text),
    " ",
    el("bdi", { class: "dim" }, queryWords(record)),
  ];
  const seconds = walk.entries.reduce((sum, page) => sum + page.record.duration_seconds, 0);
  return el(
    "button",
    { type: "button", class: "row walk-row", tabindex: "-1", "aria-expanded": String(isOpen), onclick },
    cells({
      ...{ status: record.status, method: record.method, target, record, age, seconds },
      ...{ rows: rowsOf(walk), marks: badges(codesOfWalk(walk), { fault: walk.entries.map((page) => page.record.fault).find(Boolean) }) },
    }),
  );
}

// Whether two lines of one key look alike: a walk grows, and of a client it may turn out that it has stopped.
export function isSameLine(one, other) {
  if (one.isChosen !== other.isChosen || one.isOpen !== other.isOpen || one.isPage !== other.isPage) return false;
  return one.size === other.size && one.end?.text === other.end?.text && one.hasStopped === other.hasStopped;
}
