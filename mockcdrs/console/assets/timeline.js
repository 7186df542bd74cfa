// The legs of one interaction on a common axis: ringing pale, talking full.

import { codeBlock } from "./copying.js";
import { el, foldable, said } from "./dom.js";
import { laidOut, pretty } from "./pretty.js";
import { lasted, moment } from "./times.js";

const TICKS = 4;

const number = (value) => (value === null || value === "" ? NaN : Number(value));
const billed = (leg) => number(leg.billing_seconds) || 0;
const ended = (leg) => number(leg.timestamp);
const began = (leg) => ended(leg) - (number(leg.duration_seconds) || 0);
const party = (leg, role) => ({ name: String(leg[`${role}_name`] ?? ""), number: String(leg[`${role}_number`] ?? "") });

export const partyText = ({ name, number }) => (name && name !== number ? `${name} ${number}` : number || "unknown");

function place(node, from, to) {
  node.style.setProperty("--from", from);
  node.style.setProperty("--to", Math.max(to, from + 0.004));
  return node;
}

function axis(call, whole) {
  const ticks = Array.from({ length: TICKS + 1 }, (_, at) => {
    const tick = el("span", null, at ? `+${lasted((whole * at) / TICKS)}` : moment(call.start_seconds).slice(11));
    tick.style.setProperty("--from", at / TICKS);
    return tick;
  });
  return el("div", { class: "axis dim", "aria-hidden": "true" }, ticks);
}

function legItem(leg, call, whole) {
  const share = (moment) => (moment - call.start_seconds) / whole;
  const answered = ended(leg) - billed(leg);
  const track = el(
    "div",
    { class: "track", "aria-hidden": "true" },
    place(el("span", { class: "ring" }), share(began(leg)), share(answered)),
  );
  if (billed(leg)) track.append(place(el("span", { class: "talk" }), share(answered), share(ended(leg))));
  const document = JSON.stringify(leg);
  return el(
    "li",
    null,
    el(
      "p",
      { class: "leg-who" },
      el("span", { class: "badge" }, said(leg.call_direction ?? "no direction")),
      " ",
      said(partyText(party(leg, "caller_id"))),
      " → ",
      said(partyText(party(leg, "callee_id"))),
    ),
    track,
    el(
      "p",
      { class: "dim" },
      `began ${moment(began(leg))}, rang ${lasted(answered - began(leg))}, ${billed(leg) ? `talked ${lasted(billed(leg))}` : "nobody talked"}, `,
      said(leg.hangup_cause || "no hangup cause"),
    ),
    documentOf(leg, document),
  );
}

function documentOf(leg, json) {
  return foldable(["The CDR ", said(leg.id ?? "")], () => {
    const nodes = pretty(json);
    return [codeBlock("CDR", laidOut(nodes), nodes)];
  });
}

export function timeline(call) {
  const whole = Math.max(1, call.seconds || 1);
  return el(
    "div",
    { class: "timeline" },
    axis(call, whole),
    el(
      "ol",
      null,
      call.legs.map((leg) => legItem(leg, call, whole)),
    ),
  );
}
