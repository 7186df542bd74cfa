// What the views share about the mock: its account, its settings, its clock, its faults, and when its data changes.

import { get } from "./api.js";

// Events: `clock`, whenever it was read or set; `clockset`, where it is another one than expected; `faults`; `data`.
export class Mock extends EventTarget {
  account = { users: [], accounts: [] };
  settings = { settings: {}, quirks: [] };
  data = { version: 0 };
  faults = [];
  isDown = false; // every connection to Crossbar is reset
  #clock = { now: 0, frozen: true };
  #readAt = 0;

  async refresh() {
    [this.account, this.settings] = await Promise.all([get("account"), get("settings")]);
    this.account.users ??= [];
    await this.lookAgain();
  }

  async lookAgain() {
    const [clock, data] = await Promise.all([get("clock"), get("data"), this.lookAtFaults()]);
    this.takeClock(clock);
    const isChanged = data.version !== this.data.version;
    this.data = data;
    if (isChanged) this.dispatchEvent(new Event("data"));
  }

  takeClock(clock) {
    const isSet = clock.frozen !== this.#clock.frozen || Math.abs(clock.now - this.now()) > 2;
    this.#clock = clock;
    this.#readAt = performance.now();
    this.dispatchEvent(new Event("clock"));
    if (isSet) this.dispatchEvent(new Event("clockset"));
  }

  async lookAtFaults() {
    const [faults, { down }] = await Promise.all([get("faults"), get("faults/down")]);
    this.faults = faults;
    this.isDown = down;
    this.dispatchEvent(new Event("faults"));
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
