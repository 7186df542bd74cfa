// Setup: what a client is configured with, who is there, the clock, the data, settings and quirks.

import { el } from "./dom.js";
import { makeAccountCard, makePeopleCard } from "./setup_account.js";
import { makeClockCard } from "./setup_clock.js";
import { makeDataCard } from "./setup_data.js";
import { makeSettingsCard } from "./setup_settings.js";

export function makeSetup(panel, { mock, route }) {
  const [account, people, clock, data, settings] = [
    makeAccountCard,
    makePeopleCard,
    makeClockCard,
    makeDataCard,
    makeSettingsCard,
  ].map((make) => make(mock, route));
  panel.append(
    el("h2", { class: "unseen" }, "Setup"),
    el(
      "div",
      { class: "columns" },
      el("div", { class: "column" }, account.element, people.element),
      el("div", { class: "column" }, clock.element, data.element),
    ),
    settings.element,
  );

  async function show() {
    await mock.refresh();
    for (const card of [account, people, clock, data, settings]) card.show();
    settings.scroll();
  }

  return { show };
}
