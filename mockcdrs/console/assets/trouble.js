// Trouble: faults switched on and off, and rules of one's own.

import { get, post, remove } from "./api.js";
import { codeBlock } from "./copying.js";
import { button, el, empty, said } from "./dom.js";
import { attempt } from "./notices.js";
import { makeOwnRule } from "./own_rule.js";

// Members in one order, so that equal rules are equal texts.
const sorted = (value) =>
  value !== null && typeof value === "object" && !Array.isArray(value)
    ? Object.fromEntries(
        Object.keys(value)
          .filter((name) => name !== "number")
          .sort()
          .map((name) => [name, sorted(value[name])]),
      )
    : value;
const sameRule = (one, other) => JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));

const firedText = ({ fired, matched }) =>
  `fired ${fired === 1 ? "once" : `${fired} times`}${matched === undefined ? "" : `, ${matched} ${matched === 1 ? "request" : "requests"} matched`}`;

export function makeTrouble(panel, onFaults) {
  let cards = [];
  let shownRules = "";
  const presets = el("ul", { class: "cards", "aria-label": "Presets" });
  const rules = el("ul", { class: "rules", "aria-label": "Rules that are on" });
  const allOff = button("Switch all off", () => change(() => remove("faults")), { class: "danger" });
  panel.append(
    el("div", { class: "toolbar" }, el("h2", null, "Presets"), allOff),
    presets,
    el("h2", null, "Rules that are on"),
    rules,
    el("h2", null, "A rule of your own"),
    makeOwnRule((rule) => add(rule)),
  );

  async function change(work) {
    await attempt(work);
    await refresh();
  }

  async function add(rule) {
    await post("faults", rule);
    await refresh();
  }

  async function refresh() {
    const faults = await get("faults");
    onFaults(faults);
    allOff.disabled = !faults.length;
    for (const card of cards) card.tell(faults);
    tellRules(faults);
  }

  // Drawn anew only where something changed: a person may be reading or pointing at it.
  function tellRules(faults) {
    const told = JSON.stringify(faults);
    if (told === shownRules) return;
    shownRules = told;
    rules.replaceChildren(
      ...(faults.length
        ? faults.map(ruleItem)
        : [el("li", null, empty("None: every request is answered as Crossbar would."))]),
    );
  }

  function ruleItem(fault) {
    return el(
      "li",
      { class: "card" },
      el(
        "div",
        { class: "rule-head" },
        el("span", null, said(fault.description)),
        el("span", { class: "dim" }, firedText(fault)),
        button("Remove", () => change(() => remove(`faults/${fault.id}`)), {
          class: "small",
          "aria-label": `Remove ${fault.description}`,
        }),
      ),
      codeBlock("Python", fault.python),
    );
  }

  function presetCard(preset) {
    const state = el("span", { class: "dim" });
    const turn = el("input", {
      type: "checkbox",
      role: "switch",
      onchange: () => change(() => (turn.checked ? post("faults", preset.rule) : off(preset))),
    });
    const element = el(
      "li",
      { class: "card" },
      el("label", { class: "switch" }, turn, el("span", null, preset.name)),
      el("p", null, preset.says),
      state,
      el(
        "details",
        null,
        el("summary", null, "The rule"),
        codeBlock("JSON", JSON.stringify(preset.rule, null, 2)),
        codeBlock("Python", preset.python),
      ),
    );
    const tell = (faults) => {
      const mine = faults.filter(({ rule }) => sameRule(rule, preset.rule));
      turn.checked = mine.length > 0;
      element.classList.toggle("on", turn.checked);
      state.textContent = mine.length ? `On, ${mine.map(firedText).join("; ")}` : "Off";
    };
    return { element, tell };
  }

  async function off(preset) {
    const mine = (await get("faults")).filter(({ rule }) => sameRule(rule, preset.rule));
    for (const { id } of mine) await remove(`faults/${id}`);
  }

  async function show() {
    if (!cards.length) {
      cards = (await get("faults/presets")).map(presetCard);
      presets.replaceChildren(...cards.map(({ element }) => element));
    }
    await refresh();
  }

  return { show, refresh };
}
