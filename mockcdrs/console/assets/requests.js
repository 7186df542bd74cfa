// Requests: what clients ask, as they ask it.

import { download, post, remove } from "./api.js";
import { button, el, empty } from "./dom.js";
import { attempt, confirmed } from "./notices.js";
import { OpenPages } from "./open_pages.js";
import { showDetail } from "./request_detail.js";
import { isSameLine, requestRow, walkRow } from "./request_rows.js";
import { CHIPS, makeFilter } from "./request_search.js";
import { ago } from "./times.js";
import { VirtualList } from "./virtual_list.js";
import { endOf, lastOf } from "./walks.js";

const NONE_YET =
  "No request yet. Point a client at the URL in Setup, or paste the curl from there: requests show up here as they come.";

export function makeRequests(panel, { stream, route, log }) {
  let dropped = 0;
  let waiting = []; // what came while the list is held
  let isPointed = false;
  let isDue = false; // whether what waits is looked at in the next frame
  let shown = { words: "", chips: [], withPreflights: false, request: 0 }; // what the address says
  let shownDetail = 0;
  const open = new Set(); // ids of walks that are folded out
  const list = new VirtualList("Requests, newest first", makeRow, isSameLine);
  const words = el("input", {
    type: "search",
    placeholder: "words, status:401, client:, path:, advice:",
    "aria-label": "Show only requests with these words",
    oninput: () => route.set({ q: words.value }),
  });
  const chips = Object.keys(CHIPS).map((name) => button(name, () => toggleChip(name), { class: "chip toggle" }));
  const preflights = button("hide preflights", () => route.set({ preflights: shown.withPreflights ? null : "shown" }), {
    class: "chip toggle",
  });
  const news = button("", release, { class: "primary small news", hidden: true });
  const har = button("HAR", () => exportHar(shownNumbers()), { title: "Download what is shown as an HTTP Archive" });
  const clear = button("Clear…", clearJournal);
  const count = el("p", { class: "dim count", role: "status" });
  const nothing = empty();
  const detail = el("section", { class: "detail", "aria-label": "The chosen request", tabindex: "-1", hidden: true });
  panel.append(
    el("div", { class: "toolbar" }, words, el("div", { class: "chips" }, chips, preflights), har, clear, news, count),
    el("div", { class: "split" }, el("div", { class: "listing" }, list.element, nothing), detail),
  );

  list.element.addEventListener("pointerenter", ({ pointerType }) => (isPointed = pointerType === "mouse"));
  list.element.addEventListener("pointerleave", () => {
    isPointed = false;
    settle();
  });
  list.element.addEventListener("focusout", () => setTimeout(settle));
  list.element.addEventListener("scroll", settle);
  list.element.addEventListener("walk", ({ detail: line }) => shown.request && line.entry && choose(line.entry.record.number));
  route.addEventListener("change", () => panel.hidden && settle()); // nobody reads the list now
  panel.addEventListener("keydown", (event) => event.key === "Escape" && shown.request && choose(null));

  stream.addEventListener("journal", ({ detail: journal }) => {
    log.capacity = journal.capacity;
    log.machineOffset = journal.machine_seconds - performance.now() / 1000;
    OpenPages.note(journal.records, journal.under_way, ageOf);
    waiting.push(...journal.records);
    release();
    dropped = journal.dropped; // it counts the list's own as well
    tell();
    showChosen();
  });
  stream.addEventListener("records", ({ detail: records }) => {
    waiting.push(...records);
    if (!isDue) requestAnimationFrame(settle);
    isDue = true;
  });
  stream.addEventListener("emptied", () => {
    dropped = 0;
    waiting = [];
    open.clear();
    log.clear();
    shown.request = 0;
    draw();
    showChosen();
  });

  const ageOf = (record) => log.ageOf(record);

  // A list that is pointed at, focused, scrolled or has a chosen request does not move away under a person.
  function isHeld() {
    const { element } = list;
    const isUsed = isPointed || element.scrollTop > 0 || element.contains(document.activeElement);
    return !panel.hidden && (isUsed || shown.request > 0);
  }

  function settle() {
    isDue = false;
    if (waiting.length > log.capacity) waiting = waiting.slice(-log.capacity);
    if (isHeld()) tell();
    else release();
  }

  function release() {
    if (!waiting.length) return;
    dropped += log.add(waiting);
    waiting = [];
    draw();
  }

  function draw() {
    drawnRevision = log.revision;
    const { lines, count: wanted } = log.lines(makeFilter(shown), (walk) => open.has(walk.id));
    for (const line of lines) {
      const walk = line.walk ?? line.entry.walk;
      line.size = walk?.entries.length ?? 0;
      line.hasStopped = (line.entry ?? lastOf(walk)).record.hasStopped;
      if (line.walk) line.end = endOf(walk, ageOf(lastOf(walk).record));
      else line.isChosen = line.entry.record.number === shown.request;
    }
    list.lines = lines;
    nothing.hidden = wanted > 0;
    list.element.hidden = wanted === 0;
    nothing.textContent = log.size ? "No request matches. Change the words above, or switch a filter off." : NONE_YET;
    tell(wanted);
  }

  let shownCount = 0;
  let drawnRevision = 0;

  function tell(wanted = shownCount) {
    shownCount = wanted;
    const lost = dropped ? ` · ${dropped} older dropped: the journal keeps the last ${log.capacity}` : "";
    count.textContent = `${wanted === log.size ? "" : `${wanted} of `}${log.size} ${log.size === 1 ? "request" : "requests"}${lost}`;
    news.hidden = waiting.length === 0;
    news.textContent = `${waiting.length} new`;
  }

  function makeRow(line) {
    if (line.walk) return walkRow(line, { age: ageOf(lastOf(line.walk).record), onclick: () => fold(line.walk) });
    const { record } = line.entry;
    return requestRow(line, { age: ageOf(record), isChosen: line.isChosen, onclick: () => choose(record.number) });
  }

  function fold(walk) {
    if (!open.delete(walk.id)) open.add(walk.id);
    draw();
  }

  function toggleChip(name) {
    const { chips: on } = shown;
    route.set({ show: (on.includes(name) ? on.filter((one) => one !== name) : [...on, name]).join() });
  }

  function choose(number) {
    route.set({ request: number && String(number) }, { isStep: true });
  }

  function show() {
    shown = {
      words: route.get("q"),
      chips: route.get("show").split(",").filter(Boolean),
      withPreflights: route.get("preflights") !== "",
      request: Number(route.get("request")),
    };
    if (words.value !== shown.words) words.value = shown.words;
    for (const chip of chips) chip.setAttribute("aria-pressed", String(shown.chips.includes(chip.textContent)));
    preflights.setAttribute("aria-pressed", String(!shown.withPreflights));
    draw();
    showChosen();
  }

  function showChosen() {
    if (shown.request === shownDetail) return;
    if (waiting.some(({ number }) => number === shown.request)) release();
    const before = shownDetail;
    const entry = log.entry(shown.request);
    shownDetail = entry ? shown.request : 0;
    detail.hidden = !entry;
    panel.classList.toggle("has-detail", Boolean(entry));
    if (entry) {
      if (entry.walk?.entries.length > 1) open.add(entry.walk.id);
      showDetail(detail, entry, { onClose: () => choose(null), choose, exportHar, ageOf });
      if (!list.element.offsetParent) detail.focus(); // on a phone the list is gone now
    } else if (log.entry(before)) list.focus(`r${before}`);
    draw();
  }

  const shownNumbers = () =>
    list.lines.flatMap(({ walk, entry, isPage }) =>
      walk ? walk.entries.map(({ record }) => record.number) : isPage ? [] : [entry.record.number],
    );

  const exportHar = (numbers) =>
    attempt(async () => download("mockcdrs.har", JSON.stringify(await post("journal/har", { numbers }), null, 2)));

  async function clearJournal() {
    if (await confirmed("Clear the journal?", "Deletes all recorded requests, also for tests that read them.", "Clear"))
      await attempt(() => remove("journal"));
  }

  function tick() {
    for (const { line, node } of list.rendered) {
      const record = line.entry?.record ?? lastOf(line.walk).record;
      const time = node.querySelector(".age");
      const text = ago(ageOf(record));
      if (time.textContent !== text) time.textContent = text;
    }
    if (drawnRevision !== log.revision || list.lines.some(({ end }) => end?.isOpen)) draw(); // whether a client still reads follows from the time
  }

  return { show, tick };
}
