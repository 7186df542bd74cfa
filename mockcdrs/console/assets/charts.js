// Two charts as lists that CSS draws bars for: they read aloud as what they are, and need no library.

import { el } from "./dom.js";
import { OUTCOMES } from "./outcomes.js";

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

function bars(kind, title, entries) {
  const most = Math.max(1, ...entries.map(({ count }) => count));
  const items = entries.map(({ name, count, label }) => {
    const bar = el("span", { class: "bar", "aria-hidden": "true" });
    bar.style.setProperty("--share", count / most);
    return el(
      "li",
      { title: `${name}: ${count}`, "data-outcome": kind === "across" ? name : null },
      el(
        "span",
        { class: "name" },
        el("span", { "aria-hidden": "true" }, label ?? name),
        label === undefined ? null : el("span", { class: "unseen" }, name),
      ),
      bar,
      el("span", { class: "count" }, count),
    );
  });
  return el("figure", { class: `chart ${kind}` }, el("figcaption", null, title), el("ol", null, items));
}

export function hoursChart(calls) {
  const entries = HOURS.map((hour) => {
    const count = calls.filter(({ start }) => Math.floor((start % 86_400) / 3600) === hour).length;
    const name = `${String(hour).padStart(2, "0")}:00`;
    return { name, count, label: hour % 6 ? "" : name.slice(0, 2) };
  });
  return bars("up", "Calls by hour of the day, UTC", entries);
}

export function outcomesChart(calls) {
  const entries = OUTCOMES.map((name) => ({ name, count: calls.filter(({ outcome }) => outcome === name).length }));
  return bars("across", "Outcomes", entries);
}
