// The form above the calls: one search box, the range, direction and result; what few need is folded away.

import { CUSTOM, RANGE_NAMES, USUAL, rangeOf } from "./call_ranges.js";
import { el, field, options } from "./dom.js";
import { moment } from "./times.js";

const DIRECTIONS = ["incoming", "outgoing", "internal"];
export const RESULTS = ["answered", "voicemail", "missed", "busy", "failed"];
const ANY = ["", "any"];
const PAUSE_MS = 250; // so long after the last key the search begins

export function makeFilters({ mock, route }) {
  let pause = null;
  const select = (name, pairs) => {
    const made = el("select", { onchange: () => route.set({ [name]: made.value }, { isStep: true }) });
    options(made, pairs);
    return made;
  };
  const time = (name) =>
    el("input", {
      type: "text",
      placeholder: "2026-01-20 12:00:00",
      autocomplete: "off",
      onchange: ({ target }) => route.set({ [name]: target.value.trim() }, { isStep: true }),
    });
  const inputs = {
    range: el("select", { onchange: chooseRange }),
    from: time("from"),
    to: time("to"),
    direction: select("direction", [["", "any direction"], ...DIRECTIONS.map((name) => [name, name])]),
    result: select("result", [["", "any result"], ...RESULTS.map((name) => [name, name])]),
    user: select("user", [ANY]),
    cause: el("input", {
      ...{ type: "text", placeholder: "e.g. NO_ANSWER", autocomplete: "off" },
      onchange: ({ target }) => route.set({ cause: target.value.trim() }, { isStep: true }),
    }),
  };
  options(inputs.range, RANGE_NAMES);
  const search = el("input", {
    type: "search",
    placeholder: "digits anywhere in a number, or a name",
    "aria-label": "Search calls by number or name",
    oninput: () => {
      clearTimeout(pause);
      pause = setTimeout(() => route.set({ q: search.value }), PAUSE_MS);
    },
  });
  inputs.range.setAttribute("aria-label", "Range");
  inputs.direction.setAttribute("aria-label", "Direction");
  inputs.result.setAttribute("aria-label", "Result");
  const custom = el("div", { class: "pair" }, field("From (UTC)", inputs.from), field("To (UTC)", inputs.to));
  const more = el(
    "details",
    { class: "more" },
    el("summary", null, "More filters"),
    el("div", { class: "pair" }, field("User", inputs.user), field("Hangup cause", inputs.cause)),
  );
  const element = el(
    "form",
    { class: "call-filters", role: "search", "aria-label": "Filters", onsubmit: (event) => event.preventDefault() },
    search,
    inputs.range,
    inputs.direction,
    inputs.result,
    custom,
  );

  // A range of one's own begins as the one that was shown.
  function chooseRange() {
    const [from, to] = values().times;
    const ends = inputs.range.value === CUSTOM ? { from: moment(from), to: moment(to) } : { from: null, to: null };
    route.set({ range: inputs.range.value, ...ends }, { isStep: true });
  }

  function values() {
    const range = route.get("range") || USUAL;
    return {
      range,
      times: rangeOf(range, mock.now(), { from: route.get("from"), to: route.get("to") }),
      search: route.get("q"),
      ...Object.fromEntries(["direction", "result", "user", "cause"].map((name) => [name, route.get(name)])),
    };
  }

  // Fills the form with what the address says.
  function show() {
    options(inputs.user, [ANY, ...mock.account.users.map(({ id, name }) => [id, name || id])]);
    const { range } = values();
    inputs.range.value = range;
    custom.hidden = range !== CUSTOM;
    for (const name of ["from", "to", "direction", "result", "user", "cause"]) inputs[name].value = route.get(name);
    if (document.activeElement !== search) search.value = route.get("q");
    if (route.get("user") || route.get("cause")) more.open = true;
  }

  return { element, more, show, values };
}
