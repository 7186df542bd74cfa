// What the views share about the mock: its account, its clock, the widest range it takes.

import { get } from "./api.js";

export class Mock extends EventTarget {
  account = { users: [] };
  settings = { settings: {}, quirks: [] };
  #clock = { now: 0, frozen: true };
  #readAt = 0;

  async refresh() {
    [this.account, this.settings] = await Promise.all([get("account"), get("settings")]);
    this.account.users ??= [];
    this.took(await get("clock"));
  }

  async refreshClock() {
    this.took(await get("clock"));
  }

  took(clock) {
    this.#clock = clock;
    this.#readAt = performance.now();
    this.dispatchEvent(new Event("clock"));
  }

  get isFrozen() {
    return this.#clock.frozen;
  }

  get maximumRange() {
    return this.settings.maximum_range ?? Infinity;
  }

  // Gregorian seconds by the mock's clock, without asking again.
  now() {
    const since = this.isFrozen ? 0 : Math.floor((performance.now() - this.#readAt) / 1000);
    return this.#clock.now + since;
  }
}
