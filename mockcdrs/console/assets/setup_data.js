// The data: where it comes from, what was added and taken away, and back to the start.

import { post } from "./api.js";
import { button, el, facts, said } from "./dom.js";
import { attempt, confirmed, notice } from "./notices.js";

const ORIGIN = {
  directory: "Directory",
  seed: "Seed",
  calls_per_day: "Calls per day",
  locale: "Locale",
  opened: "First day",
};

export function makeDataCard(mock) {
  const content = el("div");
  const element = el(
    "section",
    { class: "card" },
    el("h3", null, "Data"),
    content,
    el(
      "div",
      { class: "toolbar" },
      dangerous("Undo data changes", "Removes the calls that were added and restores those that were removed.", "data/reset"),
      dangerous("Empty the account", "Removes all calls of the account until the next reset.", "data/clear"),
      dangerous(
        "Reset everything",
        "Restores data, faults, journal, clock, settings and quirks to their state at the start.",
        "reset",
      ),
    ),
  );

  function dangerous(verb, consequence, path) {
    const onclick = async () => {
      if (!(await confirmed(`${verb}?`, consequence, verb))) return;
      await attempt(async () => {
        await post(path);
        notice(`Done: ${verb.toLowerCase()}.`);
        await mock.refresh();
        mock.dispatchEvent(new Event("reset"));
      });
    };
    return button(`${verb}…`, onclick, { class: "danger" });
  }

  function show() {
    const { settings, data } = mock;
    const origin = { ...settings.data, seed: settings.data?.seed ?? settings.seed };
    const known = Object.entries(ORIGIN).filter(([name]) => (origin[name] ?? null) !== null);
    content.replaceChildren(
      facts([
        ["Kazoo", said(settings.kazoo)],
        ...known.map(([name, label]) => [label, said(origin[name])]),
        ["Months", data.months.length ? `${data.months[0]} to ${data.months.at(-1)}` : "none"],
        ["CDRs added", data.added],
        ["CDRs removed", data.removed],
      ]),
    );
  }

  mock.addEventListener("data", show);
  mock.addEventListener("reset", show);

  return { element, show };
}
