// A long list of lines of one height, of which only those in view are rendered; walked with the arrow keys.

import { el } from "./dom.js";

const LINES_BEYOND = 8; // above and below what is in view: a fast scroll meets rows, not blanks

export class VirtualList {
  element; // what scrolls
  #list;
  #ruler = el("li", { class: "ruler", "aria-hidden": "true" });
  #lines = [];
  #rows = new Map(); // key -> {line, node}
  #stop = null; // the key of the line that the tab key stops at
  #isDue = false;
  #makeRow;
  #isSame;

  // `makeRow(line)` gives a line's button; `isSame(one, other)` tells whether two lines of one key look alike.
  constructor(label, makeRow, isSame) {
    this.#makeRow = makeRow;
    this.#isSame = isSame;
    this.#list = el("ol", { class: "rows", "aria-label": label, onkeydown: (event) => this.#walk(event) });
    this.element = el("div", { class: "list", onscroll: () => this.draw() }, this.#list);
    this.#list.addEventListener("focusin", ({ target }) => {
      const key = target.closest("li")?.dataset.key;
      if (key && key !== this.#stop) this.#setStop(key);
    });
    new ResizeObserver(() => this.draw()).observe(this.element);
  }

  get lines() {
    return this.#lines;
  }

  set lines(lines) {
    this.#lines = lines;
    if (!lines.length) for (const [key, { node }] of this.#rows) this.#forget(key, node); // it may be hidden by now
    this.draw();
  }

  get rendered() {
    return [...this.#rows.values()];
  }

  // In the next frame, however often it is asked for.
  draw() {
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      this.#drawNow();
    });
  }

  focus(key) {
    this.#setStop(key);
    this.scrollTo(key);
    this.#drawNow();
    this.#rows.get(key)?.node.firstElementChild.focus({ preventScroll: true });
  }

  scrollTo(key) {
    const at = this.#lines.findIndex((line) => line.key === key);
    const height = this.#height();
    const { scrollTop, clientHeight } = this.element;
    if (at * height < scrollTop) this.element.scrollTop = at * height;
    else if ((at + 1) * height > scrollTop + clientHeight) this.element.scrollTop = (at + 1) * height - clientHeight;
  }

  #height() {
    if (!this.#ruler.isConnected) this.#list.prepend(this.#ruler);
    return this.#ruler.offsetHeight || 1;
  }

  #drawNow() {
    const { scrollTop, clientHeight } = this.element;
    if (!clientHeight) return; // nobody sees it
    const height = this.#height();
    this.#list.style.height = `${this.#lines.length * height}px`;
    const first = Math.max(0, Math.floor(scrollTop / height) - LINES_BEYOND);
    const last = Math.min(this.#lines.length, Math.ceil((scrollTop + clientHeight) / height) + LINES_BEYOND);
    const stop = Math.max(0, this.#lines.findIndex(({ key }) => key === this.#stop));
    const shown = new Map();
    for (let at = first; at < last; at += 1) shown.set(at, this.#lines[at]);
    if (this.#lines.length && !shown.has(stop)) shown.set(stop, this.#lines[stop]); // it may have the focus
    const keys = new Set([...shown.values()].map(({ key }) => key));
    for (const [key, { node }] of this.#rows) if (!keys.has(key)) this.#forget(key, node);
    let before = this.#ruler; // rows stand in the document in their order, as they are read aloud
    for (const [at, line] of [...shown].sort(([one], [other]) => one - other)) {
      const node = this.#place(line, at, height, at === stop);
      if (before.nextElementSibling !== node) before.after(node);
      before = node;
    }
  }

  #forget(key, node) {
    node.remove();
    this.#rows.delete(key);
  }

  #place(line, at, height, isStop) {
    const row = this.#rows.get(line.key);
    const node = row && this.#isSame(row.line, line) ? row.node : this.#make(line, row);
    this.#rows.set(line.key, { node, line });
    node.style.transform = `translateY(${at * height}px)`;
    node.setAttribute("aria-posinset", at + 1);
    node.setAttribute("aria-setsize", this.#lines.length);
    node.firstElementChild.tabIndex = isStop ? 0 : -1;
    return node;
  }

  #make(line, row) {
    const node = el("li", { "data-key": line.key }, this.#makeRow(line));
    const hadFocus = row?.node.contains(document.activeElement);
    row?.node.replaceWith(node);
    if (hadFocus) node.firstElementChild.focus({ preventScroll: true });
    return node;
  }

  #setStop(key) {
    const before = this.#rows.get(this.#stop);
    if (before) before.node.firstElementChild.tabIndex = -1;
    this.#stop = key;
    const now = this.#rows.get(key);
    if (now) now.node.firstElementChild.tabIndex = 0;
  }

  #walk(event) {
    const page = Math.max(1, Math.floor(this.element.clientHeight / this.#height()) - 1);
    const at = this.#lines.findIndex(({ key }) => key === event.target.closest("li")?.dataset.key);
    const to = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: this.#lines.length - 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const line = this.#lines[Math.min(Math.max(to, 0), this.#lines.length - 1)];
    if (line) {
      this.focus(line.key);
      this.element.dispatchEvent(new CustomEvent("walk", { detail: line }));
    }
  }
}
