// Requests: what clients ask, as they ask it.

import { remove } from "./api.js";
import { button, el, empty } from "./dom.js";
import { attempt } from "./notices.js";
import { noDetail, showDetail } from "./request_detail.js";
import { RequestList } from "./request_list.js";

const NONE_YET =
  "No request yet. Point a client at the URL in Setup, or paste the curl from there: requests show up here as they come.";

export function makeRequests(panel, stream) {
  let dropped = 0;
  let held = []; // what came while paused
  const list = new RequestList(choose);
  const words = el("input", {
    type: "search",
    placeholder: "path, status, fault, advice…",
    "aria-label": "Show only requests with these words",
    oninput: filter,
  });
  const pause = button("Pause", turn, { "aria-pressed": "false" });
  const clear = button("Clear", () => attempt(() => remove("journal")));
  const count = el("p", { class: "dim count", role: "status" });
  const nothing = empty();
  const detail = el("section", { class: "detail", "aria-label": "The chosen request", tabindex: "-1" });
  detail.addEventListener("keydown", (event) => event.key === "Escape" && list.unchoose());
  panel.append(
    el("div", { class: "toolbar" }, words, pause, clear, count),
    el("div", { class: "split" }, el("div", { class: "list" }, list.element, nothing), detail),
  );
  noDetail(detail);
  tell();

  stream.addEventListener("journal", ({ detail: journal }) => {
    list.capacity = journal.capacity;
    take(journal.records);
    dropped = journal.dropped; // it counts the list's own as well
    tell();
  });
  stream.addEventListener("records", ({ detail: records }) => {
    take(records);
    tell();
  });

  function take(records) {
    held = [...held, ...records].slice(-list.capacity);
    if (!isPaused()) release();
  }

  stream.addEventListener("emptied", () => {
    dropped = 0;
    held = [];
    list.clear();
    tell();
  });

  function isPaused() {
    return pause.getAttribute("aria-pressed") === "true";
  }

  function release() {
    dropped += list.add(held);
    held = [];
  }

  function turn() {
    pause.setAttribute("aria-pressed", String(!isPaused()));
    if (!isPaused()) release();
    tell();
  }

  function filter() {
    list.filter(words.value);
    tell();
  }

  function choose(record) {
    panel.classList.toggle("has-detail", record !== null);
    if (record === null) return noDetail(detail);
    showDetail(detail, record, () => list.unchoose());
    // on a phone the list is gone now
    if (!list.element.offsetParent) detail.focus();
    return undefined;
  }

  function tell() {
    const shown = list.shown.length;
    nothing.hidden = shown > 0;
    nothing.textContent = list.size ? "No request has these words." : NONE_YET;
    const lost = dropped ? ` · ${dropped} older dropped: the journal keeps the last ${list.capacity}` : "";
    count.textContent = `${shown === list.size ? "" : `${shown} of `}${list.size} ${list.size === 1 ? "request" : "requests"}${lost}`;
    pause.textContent = isPaused() ? `Go on (${held.length} new)` : "Pause";
  }
}
