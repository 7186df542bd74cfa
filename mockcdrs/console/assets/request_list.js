// The rows of the journal, newest first: filtered by words, walked with the arrow keys, one of them chosen.

import { el } from "./dom.js";
import { makeRow, matches } from "./request_row.js";

export class RequestList {
  element = el("ol", {
    class: "rows",
    "aria-label": "Requests, newest first",
    onkeydown: (event) => this.#walk(event),
  });
  capacity = Infinity;
  #entries = new Map(); // number -> {record, row}
  #words = "";
  #chosen = null;
  #onChoose;

  // `onChoose` is called with a record, or with null when none is chosen any more.
  constructor(onChoose) {
    this.#onChoose = onChoose;
  }

  get size() {
    return this.#entries.size;
  }

  get shown() {
    return [...this.element.children].filter((row) => !row.hidden);
  }

  // Gives how many of the oldest had to go.
  add(records) {
    for (const record of records) if (!this.#entries.has(record.number)) this.#place(record);
    const tooMany = [...this.element.children].slice(this.capacity);
    for (const row of tooMany) this.#drop(row);
    this.#settle();
    return tooMany.length;
  }

  clear() {
    this.#entries.clear();
    this.element.replaceChildren();
    this.unchoose();
  }

  filter(words) {
    this.#words = words;
    for (const { record, row } of this.#entries.values()) row.hidden = !matches(record, words);
    this.#settle();
  }

  unchoose() {
    const button = this.#button(this.#chosen);
    button?.removeAttribute("aria-current");
    this.#chosen = null;
    this.#onChoose(null);
    button?.focus();
  }

  #place(record) {
    const row = makeRow(record, () => this.#choose(record));
    row.hidden = !matches(record, this.#words);
    this.#entries.set(record.number, { record, row });
    // a slow request completes after younger ones, but keeps its place
    let older = this.element.firstElementChild;
    while (older && Number(older.dataset.number) > record.number) older = older.nextElementSibling;
    this.element.insertBefore(row, older);
  }

  #drop(row) {
    row.remove();
    this.#entries.delete(Number(row.dataset.number));
  }

  #button(number) {
    return this.#entries.get(number)?.row.firstElementChild;
  }

  #choose(record) {
    this.#button(this.#chosen)?.removeAttribute("aria-current");
    this.#chosen = record.number;
    this.#button(record.number).setAttribute("aria-current", "true");
    this.#settle();
    this.#onChoose(record);
  }

  // One row is the tab key's stop: the chosen one, else the newest.
  #settle() {
    const rows = this.shown;
    const stop = rows.find((row) => Number(row.dataset.number) === this.#chosen) ?? rows[0];
    for (const row of rows) row.firstElementChild.tabIndex = row === stop ? 0 : -1;
  }

  #walk(event) {
    if (event.key === "Escape") this.unchoose();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const rows = this.shown;
    const next = rows[rows.indexOf(event.target.closest("li")) + step]?.firstElementChild;
    next?.focus();
    if (this.#chosen !== null) next?.click();
  }
}
