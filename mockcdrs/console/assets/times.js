// Moments and lengths of time. All times are UTC, as Kazoo's are.

const GREGORIAN_OF_UNIX_EPOCH = 62_167_219_200;

const toGregorian = (unixSeconds) => unixSeconds + GREGORIAN_OF_UNIX_EPOCH;
const toUnix = (gregorianSeconds) => gregorianSeconds - GREGORIAN_OF_UNIX_EPOCH;

// `2026-01-20 12:00:00`; what is no moment that a calendar has comes back as it was.
export function moment(gregorianSeconds) {
  const date = new Date(toUnix(Number(gregorianSeconds)) * 1000);
  return Number.isNaN(date.getTime()) ? String(gregorianSeconds) : date.toISOString().slice(0, 19).replace("T", " ");
}

// For `<input type="datetime-local">`, which is read as UTC here.
export const toInput = (gregorianSeconds) => moment(gregorianSeconds).replace(" ", "T");

export function fromInput(text) {
  const milliseconds = Date.parse(`${text}Z`);
  return Number.isNaN(milliseconds) ? null : toGregorian(Math.floor(milliseconds / 1000));
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
