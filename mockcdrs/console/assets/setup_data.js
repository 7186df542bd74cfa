// The data: where it comes from, what was added and taken away, and back to the start.

import { post } from "./api.js";
import { button, el, facts, said } from "./dom.js";
import { attempt, confirmed, notice } from "./notices.js";

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
      dangerous("Take back all changes", "Calls that were added go, calls that were removed come back.", "data/reset"),
      dangerous("Empty the account", "The account has no calls then, until a reset.", "data/clear"),
      dangerous(
        "Reset everything",
        "Data, faults, journal, clock, settings and quirks become as they were at the start.",
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
    const origin = Object.entries(settings.data ?? {}).map(([name, value]) => [name.replaceAll("_", " "), textOf(value)]);
    content.replaceChildren(
      facts([
        ["Kazoo", said(settings.kazoo)],
        ...(settings.data?.directory ? [["seed", settings.seed]] : []),
        ...origin,
        ["months", data.months.length ? `${data.months[0]} to ${data.months.at(-1)}` : "none"],
        ["added", data.added],
        ["removed", data.removed],
      ]),
    );
  }

  mock.addEventListener("data", show);
  mock.addEventListener("reset", show);

  return { element, show };
}

const textOf = (value) => (value === null || value === "" ? "" : said(typeof value === "object" ? JSON.stringify(value) : value));
