// Calls as lines, each of which folds out to its legs.

import { el, empty, said } from "./dom.js";
import { partyText, timeline } from "./timeline.js";
import { lasted, moment } from "./times.js";

const ARROWS = { incoming: "↙", outgoing: "↗", internal: "↔" };

export function makeCallList({ route }) {
  const element = el("ol", { class: "rows calls", "aria-label": "Calls, newest first" });
  let shown = "";

  function item(call, isNew, isOpen) {
    const head = el(
      "button",
      {
        ...{ type: "button", class: "row", "aria-expanded": String(isOpen) },
        onclick: () => route.set({ call: isOpen ? null : call.interaction_id }, { isStep: true }),
      },
      el("time", { class: "dim" }, moment(call.start_seconds)),
      el(
        "span",
        { class: "direction" },
        el("span", { "aria-hidden": "true" }, `${ARROWS[call.direction]} `),
        call.direction,
      ),
      el("span", { class: "who" }, said(partyText(call.caller)), " → ", said(partyText(call.callee))),
      isNew && el("span", { class: "badge new" }, "new"),
      el("span", { class: `result tone-${call.result}`, title: call.cause }, call.result),
      el("span", { class: "dim took" }, lasted(call.talked || call.seconds)),
    );
    return el("li", { "data-id": call.interaction_id }, head, isOpen && timeline(call));
  }

  // `news` are ids of calls that were not there before; `none` says why there is no call.
  function show(calls, news, none) {
    const open = route.get("call");
    const stamp = JSON.stringify([calls.map(({ interaction_id: id }) => id), [...news], open, none]);
    if (stamp === shown) return; // a person may be reading it
    shown = stamp;
    const focused = document.activeElement?.closest("#calls li")?.dataset.id;
    element.replaceChildren(
      ...(calls.length
        ? calls.map((call) => item(call, news.has(call.interaction_id), call.interaction_id === open))
        : [el("li", null, empty(none))]),
    );
    if (focused) [...element.children].find(({ dataset }) => dataset.id === focused)?.firstElementChild.focus();
  }

  return { element, show };
}
