// The clock: standing or running, put somewhere, moved on.

import { put } from "./api.js";
import { button, el, field } from "./dom.js";
import { attempt } from "./notices.js";
import { moment, toInput } from "./times.js";

const STEPS = { "+1 minute": { minutes: 1 }, "+1 hour": { hours: 1 }, "+1 day": { days: 1 }, "+30 days": { days: 30 } };

export function makeClockCard(mock) {
  const time = el("time", { class: "big" });
  const kind = el("span", { class: "chip" });
  const gregorian = el("p", { class: "dim" });
  const at = el("input", { type: "datetime-local", step: 1, required: true });
  const change = (body) => attempt(async () => mock.took(await put("clock", body)));
  const form = el(
    "form",
    { class: "inline", onsubmit: freezeAt },
    field("Freeze at (UTC)", at),
    el("button", null, "Freeze there"),
  );
  const element = el(
    "section",
    { class: "card wide" },
    el("h2", null, "Clock"),
    el("p", null, time, " UTC ", kind),
    gregorian,
    el(
      "div",
      { class: "toolbar" },
      button("Freeze now", () => change({ freeze: iso(mock.now()) })),
      button("Live", () => change({ live: true })),
      Object.entries(STEPS).map(([text, step]) => button(text, () => change({ advance: step }))),
    ),
    form,
  );

  const iso = (seconds) => `${toInput(seconds)}Z`;

  function freezeAt(event) {
    event.preventDefault();
    change({ freeze: `${at.value}Z` });
  }

  function tell() {
    time.textContent = moment(mock.now());
    kind.textContent = mock.isFrozen ? "frozen" : "live";
    gregorian.textContent = `${mock.now()} Gregorian seconds`;
  }

  mock.addEventListener("clock", tell);
  mock.addEventListener("tick", tell);

  return { element, show: () => (at.value ||= toInput(mock.now())) };
}
