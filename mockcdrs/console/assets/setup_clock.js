// The clock: standing or running, put somewhere, moved on.

import { put } from "./api.js";
import { button, el, field } from "./dom.js";
import { attempt, notice } from "./notices.js";
import { fromInput, moment, startOfMonth } from "./times.js";

const STEPS = { "+1 minute": { minutes: 1 }, "+1 hour": { hours: 1 }, "+1 day": { days: 1 }, "+30 days": { days: 30 } };

export function makeClockCard(mock) {
  const time = el("time", { class: "big" });
  const kind = el("span", { class: "chip" });
  const gregorian = el("p", { class: "dim" });
  const at = el("input", { type: "text", placeholder: "2026-01-20 12:00:00", autocomplete: "off", required: true });
  const change = (body) => attempt(async () => mock.takeClock(await put("clock", body)));
  const freeze = (seconds) => change({ freeze: `${moment(seconds).replace(" ", "T")}Z` });
  const form = el(
    "form",
    { class: "inline", onsubmit: freezeAt },
    field("Freeze at (UTC)", at),
    el("button", null, "Freeze there"),
  );
  const element = el(
    "section",
    { class: "card" },
    el("h3", null, "Clock"),
    el("p", null, time, " UTC ", kind),
    gregorian,
    el(
      "div",
      { class: "toolbar" },
      button("Freeze now", () => freeze(mock.now())),
      button("Freeze at the month's end", () => freeze(startOfMonth(mock.now(), 1) - 1)),
      button("Live", () => change({ live: true })),
      Object.entries(STEPS).map(([text, step]) => button(text, () => change({ advance: step }))),
    ),
    form,
  );

  function freezeAt(event) {
    event.preventDefault();
    const seconds = fromInput(at.value);
    if (seconds === null) notice(`Invalid time ${at.value}: expected one like 2026-01-20 12:00:00.`, "bad");
    else freeze(seconds);
  }

  function draw() {
    time.textContent = moment(mock.now());
    kind.textContent = mock.isFrozen ? "frozen" : "live";
    gregorian.textContent = `${mock.now()} Gregorian seconds`;
  }

  mock.addEventListener("clock", draw);
  setInterval(draw, 1000);

  return { element, show: () => (at.value ||= moment(mock.now())) };
}
