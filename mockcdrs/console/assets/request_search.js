// What a person looks for among requests: chips, and words as `status:401 client:curl path:/cdrs "page 2"`.

import { clientName, userAgent } from "./clients.js";

const WORD = /(?:(\w+):)?(?:"([^"]*)"?|(\S+))/g;

export const adviceCode = (advice) => advice.split(":", 1)[0];
// What a client did wrong by stopping is said once it has stopped.
export const adviceOn = (record) => (record.hasStopped ? [...record.advice, ...record.open_advice] : record.advice);
export const adviceCodes = (record) => [...new Set(adviceOn(record).map(adviceCode))];

// The chips: each has the requests that have some trouble of one kind.
export const CHIPS = {
  "4xx": ({ status }) => status >= 400 && status < 500,
  "5xx": ({ status }) => status >= 500 || status === 0,
  fault: ({ fault }) => fault !== "",
  advice: (record) => adviceOn(record).length > 0,
};

const FIELDS = {
  status: (record, wanted) => {
    const status = String(record.status || "cut");
    return /^\dxx$/.test(wanted) ? status[0] === wanted[0] : status.startsWith(wanted);
  },
  client: (record, wanted) => `${userAgent(record)} ${record.client_address}`.toLowerCase().includes(wanted),
  path: (record, wanted) => record.path.toLowerCase().includes(wanted),
  method: (record, wanted) => record.method.toLowerCase() === wanted,
  advice: (record, wanted) => adviceCodes(record).some((code) => code.includes(wanted)),
  fault: (record, wanted) => record.fault.toLowerCase().includes(wanted),
};

// As a person reads it: without the percent signs.
export function queryText(query) {
  const pairs = Object.entries(query).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
  return pairs.map(([name, value]) => (value === true ? name : `${name}=${value}`)).join(" ");
}

const textOf = (record) =>
  [
    ...[record.method, record.path, queryText(record.query), record.status || "cut", record.note, record.reason],
    ...[userAgent(record), clientName(record), ...adviceOn(record), record.fault && `fault ${record.fault}`],
  ]
    .join(" ")
    .toLowerCase();

// A function that tells whether an entry is wanted. Every word has to fit, and one of the chips, if any is chosen.
export function makeFilter({ words, chips, withPreflights }) {
  const wanted = [...words.toLowerCase().matchAll(WORD)].map(([whole, field, quoted, plain]) =>
    field in FIELDS
      ? (entry) => FIELDS[field](entry.record, quoted ?? plain)
      : (entry) => (entry.text ??= textOf(entry.record)).includes(field ? whole.replaceAll('"', "") : (quoted ?? plain)),
  );
  const kinds = chips.filter((name) => name in CHIPS).map((name) => CHIPS[name]);
  return (entry) =>
    (withPreflights || entry.record.method !== "OPTIONS") &&
    (!kinds.length || kinds.some((isOfKind) => isOfKind(entry.record))) &&
    wanted.every((fits) => fits(entry));
}
