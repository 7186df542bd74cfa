// The form above Calls: dates, direction, user, hangup cause, numbers.

import { el, field, options } from "./dom.js";
import { cause } from "./outcomes.js";
import { fromInput, toInput } from "./times.js";

const WEEK_SECONDS = 7 * 86_400;
const ANY = ["", "any"];

export function makeFilters(mock, { onRange, onFilter }) {
  const moment = () => el("input", { type: "datetime-local", step: 1, onchange: onRange });
  const choice = (pairs) => {
    const select = el("select", { onchange: onFilter });
    options(select, pairs);
    return select;
  };
  const phone = () =>
    el("input", {
      type: "text",
      inputmode: "tel",
      placeholder: "whole number",
      autocomplete: "off",
      oninput: onFilter,
    });
  const inputs = {
    from: moment(),
    to: moment(),
    direction: choice([ANY, ["inbound", "inbound"], ["outbound", "outbound"]]),
    user: choice([ANY]),
    cause: choice([ANY]),
    caller: phone(),
    callee: phone(),
  };
  const labels = {
    from: "From (UTC)",
    to: "To (UTC)",
    direction: "Direction",
    user: "User",
    cause: "Hangup cause",
    caller: "Caller's number",
    callee: "Callee's number",
  };
  const element = el(
    "form",
    { class: "filters", "aria-label": "Filters", onsubmit: (event) => event.preventDefault() },
    Object.entries(inputs).map(([name, input]) => field(labels[name], input)),
  );

  const range = () => ({
    from: fromInput(inputs.from.value) ?? mock.now() - WEEK_SECONDS,
    to: fromInput(inputs.to.value) ?? mock.now(),
  });

  return {
    element,
    values: () => ({
      ...Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, input.value.trim()])),
      ...range(),
    }),
    // The last week by the mock's clock, until a person chooses.
    start() {
      if (!inputs.from.value) inputs.from.value = toInput(mock.now() - WEEK_SECONDS);
      if (!inputs.to.value) inputs.to.value = toInput(mock.now());
      options(inputs.user, [ANY, ...mock.account.users.map(({ id, name }) => [id, name || id])]);
      return true;
    },
    causes(legs) {
      const known = [...new Set([...legs.map(cause).filter(Boolean), inputs.cause.value].filter(Boolean))].sort();
      options(inputs.cause, [ANY, ...known.map((name) => [name, name])]);
    },
  };
}
