// The data: the seed, what was added and taken away, a call by scenario, and back to the start.

import { get, post } from "./api.js";
import { button, el, facts, field, options, said } from "./dom.js";
import { attempt, notice } from "./notices.js";

const FIELDS = {
  caller: ["Caller's number", "text", "+14155550100"],
  callee: ["Callee's number", "text", "+14155550199"],
  caller_name: ["Caller's name", "text", "the scenario's"],
  callee_name: ["Callee's name", "text", "the scenario's"],
  seconds: ["Seconds talked", "number", "the scenario's"],
};

export function makeDataCard(mock) {
  const counts = el("div");
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
    el("h3", null, "Add a call"),
    el(
      "div",
      { class: "filters" },
      field("Scenario", scenario),
      Object.entries(FIELDS).map(([name, [label]]) => field(label, inputs[name])),
    ),
    el("button", { class: "primary" }, "Add the call"),
  );
  const sure = el(
    "dialog",
    { "aria-labelledby": "sure-title" },
    el("h2", { id: "sure-title" }, "Reset everything?"),
    el("p", null, "Data, faults, journal, clock, settings and quirks become as they were at the start."),
    el(
      "form",
      { method: "dialog", class: "toolbar" },
      el("button", { value: "no" }, "Cancel"),
      el("button", { value: "yes", class: "danger" }, "Reset everything"),
    ),
  );
  sure.addEventListener(
    "close",
    () => sure.returnValue === "yes" && change("reset", "Everything is as it was at the start."),
  );
  const element = el(
    "section",
    { class: "card" },
    el("h2", null, "Data"),
    counts,
    form,
    el(
      "div",
      { class: "toolbar" },
      button("Take back all changes", () => change("data/reset", "The data is as it was at the start.")),
      button("Empty the account", () => change("data/clear", "The account has no calls now.")),
      button(
        "Reset everything…",
        () => {
          sure.returnValue = "";
          sure.showModal();
        },
        { class: "danger" },
      ),
    ),
    sure,
  );

  async function change(path, words) {
    await attempt(async () => {
      await post(path);
      notice(words);
      await mock.refresh();
      mock.dispatchEvent(new Event("reset"));
      await show();
    });
  }

  async function add(event) {
    event.preventDefault();
    const order = { scenario: scenario.value };
    for (const [name, input] of Object.entries(inputs))
      if (input.value) order[name] = input.type === "number" ? Number(input.value) : input.value;
    await attempt(async () => {
      const added = await post("data/calls", order);
      notice(`Added: ${scenario.value}, ${added.legs.length} ${added.legs.length === 1 ? "leg" : "legs"}.`);
      await show();
    });
  }

  async function show() {
    const [data, known] = await Promise.all([get("data"), get("data/scenarios")]);
    const isFirst = !scenario.options.length;
    options(
      scenario,
      known.scenarios.map(({ name }) => [name, name.replaceAll("_", " ")]),
    );
    if (isFirst) scenario.value = known.default;
    const plain = Object.entries(data).map(([name, value]) => [
      name.replaceAll("_", " "),
      said(
        Array.isArray(value)
          ? value.length
          : typeof value === "object" && value !== null
            ? Object.keys(value).length
            : value,
      ),
    ]);
    counts.replaceChildren(facts([["seed", mock.settings.seed], ...plain]));
  }

  return { element, show };
}
