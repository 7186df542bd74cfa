// Pages that name a next one which nobody has asked for: whether their clients have stopped, or still go on.

import { get } from "./api.js";
import { isQuiet } from "./walks.js";

const nameOf = (path, startKey) => JSON.stringify([path.replace(/\/+$/, ""), startKey]);

// Sets on the records of such pages `hasStopped`, or `isNextUnderWay` where the next one is asked for and not answered.
export class OpenPages {
  #records = new Map(); // path and start key -> the records that named it
  #isAsking = false;

  // Notes what the server says of records that it has just told, beside the requests that are under way.
  static note(records, underWay, ageOf) {
    const pages = underWay.filter(({ query }) => query.start_key !== undefined);
    const asked = new Set(pages.map(({ path, query }) => nameOf(path, query.start_key)));
    for (const record of records) {
      record.hasStopped = record.open_advice.length > 0 && isQuiet(record, ageOf(record));
      record.isNextUnderWay = asked.has(nameOf(record.path, record.outcome.next_start_key));
    }
  }

  add(record) {
    if (record.query.start_key !== undefined) this.#follow(nameOf(record.path, record.query.start_key));
    if (!record.open_advice.length && !record.isNextUnderWay) return;
    const name = nameOf(record.path, record.outcome.next_start_key);
    this.#records.set(name, [...(this.#records.get(name) ?? []), record]);
  }

  drop(record) {
    const name = nameOf(record.path, record.outcome.next_start_key);
    const others = (this.#records.get(name) ?? []).filter((other) => other !== record);
    if (others.length) this.#records.set(name, others);
    else this.#records.delete(name);
  }

  clear() {
    this.#records.clear();
  }

  // Asks the server about the clients that are quiet by now; gives whether there was something to ask. `ageOf` says how
  // many seconds ago a request came in.
  async settle(ageOf) {
    const isDue = (record) => !record.hasStopped && !record.isNextUnderWay && isQuiet(record, ageOf(record));
    const due = [...this.#records.values()].flat().filter(isDue);
    if (this.#isAsking || !due.length) return false;
    this.#isAsking = true;
    try {
      const { records } = await get("journal", { since: Math.min(...due.map(({ completion }) => completion)) - 1 });
      const open = new Set(records.filter((record) => record.open_advice.length).map(({ number }) => number));
      for (const record of due) {
        record.hasStopped = open.has(record.number);
        record.isNextUnderWay = !record.hasStopped;
      }
    } finally {
      this.#isAsking = false;
    }
    return true;
  }

  #follow(name) {
    for (const record of this.#records.get(name) ?? [])
      Object.assign(record, { open_advice: [], hasStopped: false, isNextUnderWay: false });
    this.#records.delete(name);
  }
}
