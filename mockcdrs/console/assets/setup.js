// Setup: what a client is configured with, the clock, the data, settings and quirks.

import { el } from "./dom.js";
import { makeAccountCard } from "./setup_account.js";
import { makeClockCard } from "./setup_clock.js";
import { makeDataCard } from "./setup_data.js";
import { makeSettingsCard } from "./setup_settings.js";

export function makeSetup(panel, mock) {
  const cards = [makeClockCard, makeAccountCard, makeDataCard, makeSettingsCard].map((make) => make(mock));
  panel.append(
    el(
      "div",
      { class: "setup" },
      cards.map(({ element }) => element),
    ),
  );

  async function show() {
    await mock.refresh();
    await Promise.all(cards.map((card) => card.show()));
  }

  return { show };
}
