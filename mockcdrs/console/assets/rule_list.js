// The rules, in the order in which they are tried: how often each fired and for whom, and what to do with it.

import { clientName } from "./clients.js";
import { codeBlock } from "./copying.js";
import { button, el, empty, said } from "./dom.js";
import { addressOf } from "./route.js";

const times = (count) => (count === 1 ? "once" : `${count} times`);

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

const curlOf = (rule, origin) =>
  `curl -sS -H 'Content-Type: application/json' -d ${quoted(JSON.stringify(rule))} ${quoted(`${origin}/_mockcdrs/faults`)}`;

export const firedText = ({ fired, matched }) =>
  fired ? `fired ${times(fired)}, ${matched} matched` : `not fired yet, ${matched} matched`;

// Members in one order, so that equal rules are equal texts.
const sorted = (value) =>
  value !== null && typeof value === "object" && !Array.isArray(value)
    ? Object.fromEntries(Object.keys(value).sort().map((name) => [name, sorted(value[name])]))
    : value;
export const isSameRule = (one, other) => JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));

// `actions`: `edit(fault)`, `duplicate(fault)`, `remove(fault)`, `order(ids)`.
export function makeRuleList(actions, log) {
  const element = el("ol", { class: "rules", "aria-label": "Rules" });
  let shown = "";

  const clientsOf = ({ description }) => [
    ...new Set(log.entries.filter(({ record }) => record.fault.split("; ").includes(description)).map(({ record }) => clientName(record))),
  ];

  // Drawn anew only where something changed: a person may be reading or pointing at it.
  function show(faults) {
    const clients = faults.map(clientsOf);
    const stamp = JSON.stringify([faults, clients]);
    if (stamp === shown) return;
    shown = stamp;
    const open = new Set([...element.querySelectorAll("details[open]")].map(({ dataset }) => dataset.id));
    element.replaceChildren(
      ...(faults.length
        ? faults.map((fault, at) => ruleItem(fault, at, faults, clients[at], open.has(String(fault.id))))
        : [el("li", null, empty("None: every request is answered as Crossbar would."))]),
    );
  }

  function ruleItem(fault, at, faults, clients, isOpen) {
    const name = fault.description;
    const act = (text, label, onclick, attributes = {}) =>
      button(text, onclick, { class: "small", "aria-label": `${label} ${name}`, ...attributes });
    const ids = faults.map(({ id }) => id);
    const swapped = (one, other) => {
      const order = [...ids];
      [order[one], order[other]] = [order[other], order[one]];
      return order;
    };
    return el(
      "li",
      { class: fault.spent ? "card" : "card on" },
      el(
        "div",
        { class: "rule-head" },
        el("strong", null, said(name)),
        el("span", { class: fault.spent ? "badge" : "badge bad" }, fault.spent ? "spent" : "on"),
        el("span", { class: "dim" }, firedText(fault), clients.length > 0 && [": ", said(clients.join(", "))]),
      ),
      el(
        "div",
        { class: "toolbar" },
        act("Edit", "Edit", () => actions.edit(fault)),
        act("Duplicate", "Duplicate", () => actions.duplicate(fault)),
        faults.length > 1 && act("↑", "Move up", () => actions.order(swapped(at, at - 1)), { disabled: at === 0 }),
        faults.length > 1 && act("↓", "Move down", () => actions.order(swapped(at, at + 1)), { disabled: at === ids.length - 1 }),
        act("Remove", "Remove", () => actions.remove(fault)),
      ),
      shareOf(fault, isOpen),
    );
  }

  return { element, show };
}

// The rule to take along: as code, as a command, as data, and as a link that fills the form.
function shareOf({ id, rule, python }, isOpen) {
  const origin = location.origin;
  const link = new URL(addressOf("trouble", { rule: JSON.stringify(rule) }), document.baseURI);
  return el(
    "details",
    { "data-id": id, open: isOpen },
    el("summary", null, "Share"),
    codeBlock("Python", python),
    codeBlock("curl", curlOf(rule, origin)),
    codeBlock("JSON", JSON.stringify(rule, null, 2)),
    codeBlock("link", String(link)),
  );
}
