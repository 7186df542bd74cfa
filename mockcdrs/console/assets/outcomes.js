// What became of a call, in a word, and who called whom: read off the documents of its legs.

const OF_CAUSE = {
  NO_ANSWER: "No answer",
  NO_USER_RESPONSE: "No answer",
  USER_BUSY: "Busy",
  ORIGINATOR_CANCEL: "Cancelled",
  CALL_REJECTED: "Rejected",
};

export const OUTCOMES = ["Answered", "No answer", "Busy", "Cancelled", "Rejected", "Failed"];

const number = (value) => (value === null || value === "" ? NaN : Number(value));

export const billed = (leg) => number(leg.billing_seconds) || 0;
export const ended = (leg) => number(leg.timestamp);
export const began = (leg) => ended(leg) - (number(leg.duration_seconds) || 0);
export const cause = (leg) => String(leg.hangup_cause ?? "");
export const owner = (leg) => leg.custom_channel_vars?.owner_id ?? "";

const party = (name, phone) => ({ name: String(name ?? ""), number: String(phone ?? "") });
export const caller = (leg) => party(leg.caller_id_name, leg.caller_id_number);
export const callee = (leg) => party(leg.callee_id_name, leg.callee_id_number);

// The interaction as a person sees it: its first leg tells who called whom, any leg that was billed that they talked.
export function summary({ interaction_id: id, legs }) {
  const inOrder = [...legs].sort((one, other) => began(one) - began(other));
  const first = inOrder[0];
  const talked = Math.max(...legs.map(billed));
  const last = Math.max(...legs.map(ended).filter(Number.isFinite));
  return {
    id,
    legs: inOrder,
    start: began(first),
    seconds: last - began(first),
    talked,
    from: caller(first),
    to: callee(first),
    direction: String(first.call_direction ?? ""),
    outcome: talked > 0 ? "Answered" : (OF_CAUSE[cause(first)] ?? "Failed"),
    cause: cause(first),
  };
}
