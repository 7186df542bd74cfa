// The form that adds a call by its scenario.

import { get, post } from "./api.js";
import { el, field, options } from "./dom.js";
import { attempt, notice } from "./notices.js";

const FIELDS = {
  caller: ["Caller's number", "text", "+14155550100"],
  callee: ["Callee's number", "text", "+14155550199"],
  caller_name: ["Caller's name", "text", "the scenario's"],
  callee_name: ["Callee's name", "text", "the scenario's"],
  seconds: ["Seconds talked", "number", "the scenario's"],
};

// `onAdded` is called with what the control API says of the call.
export function makeCallForm(onAdded) {
  const scenario = el("select");
  const inputs = Object.fromEntries(
    Object.entries(FIELDS).map(([name, [, type, placeholder]]) => [
      name,
      el("input", { type, placeholder, autocomplete: "off", min: type === "number" ? 0 : null }),
    ]),
  );
  const form = el(
    "form",
    { onsubmit: add },
    el(
      "div",
      { class: "filters" },
      field("Scenario", scenario),
      Object.entries(FIELDS).map(([name, [label]]) => field(label, inputs[name])),
    ),
    el("button", { class: "primary" }, "Add the call"),
  );
  const element = el("details", { class: "more add-call" }, el("summary", null, "Add a call"), form);
  element.addEventListener("toggle", () => element.open && attempt(fill));

  async function fill() {
    if (scenario.options.length) return;
    const known = await get("data/scenarios");
    options(
      scenario,
      known.scenarios.map(({ name }) => [name, name.replaceAll("_", " ")]),
    );
    scenario.value = known.default;
  }

  async function add(event) {
    event.preventDefault();
    const spec = { scenario: scenario.value };
    for (const [name, input] of Object.entries(inputs))
      if (input.value) spec[name] = input.type === "number" ? Number(input.value) : input.value;
    await attempt(async () => {
      const added = await post("data/calls", spec);
      notice(`Added: ${scenario.value}, ${added.legs.length} ${added.legs.length === 1 ? "leg" : "legs"}.`);
      onAdded(added);
    });
  }

  return { element };
}
