// Walks: the pages that one client read one after the other, each by the start key that the page before it gave.

import { userAgent } from "./clients.js";

const STILL_READING_SECONDS = 5;

// Whether so long after the end of a page nobody goes on from it, as far as the page knows.
export const isQuiet = (record, ageSeconds) => ageSeconds - record.duration_seconds >= STILL_READING_SECONDS;

// Finds the walk of each request. Requests have to come in the order in which they were completed.
export class WalkFinder {
  #leads = new Map(); // start key of a client's at a path -> the walk that it goes on with, and the page's number

  // The walk and page of an entry, which is added to it; `null` for a request that is no page.
  place(entry) {
    const { record } = entry;
    const key = record.query.start_key;
    const nextKey = record.outcome.next_start_key;
    if (record.method !== "GET" || (key === undefined && !nextKey)) return null;
    const name = (startKey) => JSON.stringify([userAgent(record), record.path, startKey]);
    const lead = key === undefined ? null : this.#leads.get(name(key));
    const walk = lead?.walk ?? { id: record.number, entries: [], isWhole: key === undefined };
    const page = lead?.page ?? 1;
    walk.entries.push(entry);
    if (nextKey) this.#leads.set(name(nextKey), { walk, page: page + 1 });
    return { walk, page };
  }

  clear() {
    this.#leads.clear();
  }
}

export const lastOf = (walk) => walk.entries.at(-1);
export const pagesOf = (walk) => Math.max(...walk.entries.map(({ page }) => page));
export const rowsOf = (walk) => walk.entries.reduce((sum, { record }) => sum + record.outcome.rows, 0);

// Who ended a walk, and where; `ageSeconds` is how long ago its last page was asked for. Only the server knows of a next
// page that is asked for and not answered yet.
export function endOf(walk, ageSeconds) {
  const { record, page } = lastOf(walk);
  if (record.status >= 400) return { text: `stopped on page ${page}: ${record.status}${record.fault ? ", a fault" : ""}`, kind: "bad" };
  if (record.status === 0 || !record.is_complete) return { text: `broke off on page ${page}`, kind: "bad" };
  if (!record.outcome.next_start_key) return { text: "read to its end", kind: "good" };
  if (record.isNextUnderWay || !isQuiet(record, ageSeconds)) return { text: `reading, page ${page}`, kind: "dim", isOpen: true };
  return { text: `the client stopped after page ${page}; more follow`, kind: "warn" };
}
