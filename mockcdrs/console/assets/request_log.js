// The requests that the page knows of, in the order of their numbers, each with its walk; and which lines of a list
// show them.

import { OpenPages } from "./open_pages.js";
import { WalkFinder } from "./walks.js";

export class RequestLog {
  capacity = Infinity;
  machineOffset = 0; // the machine's clock minus the page's
  revision = 0; // changes with each of its changes
  #entries = []; // {record, walk, page}, the oldest first
  #byNumber = new Map();
  #walks = new WalkFinder();
  #open = new OpenPages();

  get size() {
    return this.#entries.length;
  }

  get entries() {
    return this.#entries;
  }

  entry(number) {
    return this.#byNumber.get(number);
  }

  // How many seconds ago a request came in.
  ageOf(record) {
    return performance.now() / 1000 + this.machineOffset - record.arrived_seconds;
  }

  // Takes records in the order of their completion; gives how many of the oldest had to go.
  add(records) {
    for (const record of records) if (!this.#byNumber.has(record.number)) this.#place(record);
    const gone = this.#entries.splice(0, Math.max(0, this.size - this.capacity));
    for (const entry of gone) this.#drop(entry);
    this.revision += 1;
    return gone.length;
  }

  clear() {
    this.#entries = [];
    this.#byNumber.clear();
    this.#walks.clear();
    this.#open.clear();
    this.revision += 1;
  }

  // Finds out which clients have stopped reading a walk.
  async settle() {
    if (await this.#open.settle((record) => this.ageOf(record))) this.revision += 1;
  }

  // The lines of a list, the newest first: a walk of which several pages are wanted is one line, and its pages follow
  // where it is open. `isWanted` tells it of an entry, `isOpen` of a walk.
  lines(isWanted, isOpen) {
    const wanted = this.#entries.filter(isWanted);
    const pages = new Map();
    for (const entry of wanted) if (entry.walk) pages.set(entry.walk, (pages.get(entry.walk) ?? 0) + 1);
    const lines = [];
    const told = new Set();
    for (const entry of wanted.reverse()) {
      const { walk, record } = entry;
      if (!walk || pages.get(walk) < 2) lines.push({ key: `r${record.number}`, entry, isPage: false });
      else if (!told.has(walk)) {
        told.add(walk);
        lines.push({ key: `w${walk.id}`, walk, isOpen: isOpen(walk) });
        if (isOpen(walk)) {
          const shown = walk.entries.filter((page) => this.#byNumber.has(page.record.number) && isWanted(page));
          lines.push(...shown.reverse().map((page) => ({ key: `r${page.record.number}`, entry: page, isPage: true })));
        }
      }
    }
    return { lines, count: wanted.length };
  }

  #place(record) {
    const entry = { record, walk: null, page: null };
    Object.assign(entry, this.#walks.place(entry));
    this.#byNumber.set(record.number, entry);
    this.#open.add(record);
    // a slow request completes after younger ones, but keeps its place
    let at = this.#entries.length;
    while (at && this.#entries[at - 1].record.number > record.number) at -= 1;
    this.#entries.splice(at, 0, entry);
  }

  #drop(entry) {
    this.#byNumber.delete(entry.record.number);
    this.#open.drop(entry.record);
    if (entry.walk) entry.walk.entries.splice(entry.walk.entries.indexOf(entry), 1);
  }
}
