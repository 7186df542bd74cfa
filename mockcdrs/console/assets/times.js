// Moments and lengths of time. All times are UTC, as Kazoo's are, and look alike everywhere: 2026-01-20 12:00:00.

const GREGORIAN_OF_UNIX_EPOCH = 62_167_219_200;
const GREGORIAN_OF_2200 = 69_425_251_200;
const INPUT = /^\s*(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d)(:\d\d)?)?\s*Z?\s*$/;

export const DAY_SECONDS = 86_400;

const toGregorian = (unixSeconds) => unixSeconds + GREGORIAN_OF_UNIX_EPOCH;
const dateOf = (gregorianSeconds) => new Date((Number(gregorianSeconds) - GREGORIAN_OF_UNIX_EPOCH) * 1000);

// What is no moment that a calendar has comes back as it was.
export function moment(gregorianSeconds) {
  const date = dateOf(gregorianSeconds);
  return Number.isNaN(date.getTime()) ? String(gregorianSeconds) : date.toISOString().slice(0, 19).replace("T", " ");
}

// Whether a number is one of Gregorian seconds from 1970 to 2200, and not one of Unix seconds.
export const isGregorian = (value) => value > GREGORIAN_OF_UNIX_EPOCH && value < GREGORIAN_OF_2200;

// As a person types it, with or without the time of the day; `null` for what is no moment.
export function fromInput(text) {
  const parts = INPUT.exec(text);
  const milliseconds = parts ? Date.parse(`${parts[1]}T${parts[2] ?? "00:00"}${parts[3] ?? ":00"}Z`) : NaN;
  return Number.isNaN(milliseconds) ? null : toGregorian(Math.floor(milliseconds / 1000));
}

export const startOfDay = (gregorianSeconds) => gregorianSeconds - (gregorianSeconds % DAY_SECONDS);

// The first second of the month that is `months` after the one of a moment.
export function startOfMonth(gregorianSeconds, months = 0) {
  const date = dateOf(gregorianSeconds);
  return toGregorian(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months) / 1000);
}

// `48s`, `2m 05s`, `1h 02m 05s`
export function lasted(seconds) {
  if (!Number.isFinite(seconds)) return "?";
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (number) => String(number).padStart(2, "0");
  if (hours) return `${hours}h ${two(minutes)}m ${two(rest)}s`;
  return minutes ? `${minutes}m ${two(rest)}s` : `${rest}s`;
}

// How long ago something was in real time: `now`, `2 s ago`, `3 min ago`.
export function ago(seconds) {
  if (seconds < 1) return "now";
  if (seconds < 60) return `${Math.floor(seconds)} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  return seconds < DAY_SECONDS ? `${Math.floor(seconds / 3600)} h ago` : `${Math.floor(seconds / DAY_SECONDS)} d ago`;
}

// A request's: `0.8 ms`, `12 ms`, `1.24 s`
export function took(seconds) {
  const milliseconds = seconds * 1000;
  if (milliseconds < 10) return `${milliseconds.toFixed(1)} ms`;
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${seconds.toFixed(2)} s`;
}

export function bytes(count) {
  if (count < 1000) return `${count} B`;
  return count < 1_000_000 ? `${(count / 1000).toFixed(1)} kB` : `${(count / 1_000_000).toFixed(1)} MB`;
}
