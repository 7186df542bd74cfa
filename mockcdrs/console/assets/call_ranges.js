// Stretches of time that follow the mock's clock, by the names that the address has for them.

import { DAY_SECONDS, fromInput, startOfDay, startOfMonth } from "./times.js";

export const CUSTOM = "custom";
export const USUAL = "7d";

const RANGES = {
  "1d": ["last 24 hours", (now) => [now - DAY_SECONDS, now]],
  "7d": ["last 7 days", (now) => [now - 7 * DAY_SECONDS, now]],
  "30d": ["last 30 days", (now) => [now - 30 * DAY_SECONDS, now]],
  today: ["today", (now) => [startOfDay(now), now]],
  yesterday: ["yesterday", (now) => [startOfDay(now) - DAY_SECONDS, startOfDay(now) - 1]],
  month: ["this month", (now) => [startOfMonth(now), now]],
  "last-month": ["last month", (now) => [startOfMonth(now, -1), startOfMonth(now) - 1]],
};

export const RANGE_NAMES = [...Object.entries(RANGES).map(([name, [text]]) => [name, text]), [CUSTOM, "from … to …"]];

// Both ends in Gregorian seconds, included. Of a custom range an end that is no moment is the last week's.
export function rangeOf(name, now, custom = {}) {
  if (name !== CUSTOM) return (RANGES[name] ?? RANGES[USUAL])[1](now);
  return [fromInput(custom.from) ?? now - 7 * DAY_SECONDS, fromInput(custom.to) ?? now];
}
