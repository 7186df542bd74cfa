// Trouble: the rules, faults to switch on and off, and rules of one's own.

import { get, post, put, remove } from "./api.js";
import { codeBlock } from "./copying.js";
import { button, el } from "./dom.js";
import { attempt, confirmed } from "./notices.js";
import { makeRuleForm } from "./rule_form.js";
import { firedText, isSameRule, makeRuleList } from "./rule_list.js";

export function makeTrouble(panel, { mock, route, log }) {
  let cards = [];
  let edited = JSON.stringify(["", ""]); // what of the address the form shows: at first nothing, as it was made
  const presets = el("ul", { class: "cards", "aria-label": "Presets" });
  const rules = makeRuleList(
    {
      edit: ({ id }) => route.set({ edit: String(id), rule: null }, { isStep: true }),
      duplicate: ({ rule }) => route.set({ rule: JSON.stringify(rule), edit: null }, { isStep: true }),
      remove: ({ id }) => change(() => remove(`faults/${id}`)),
      order: (ids) => change(() => put("faults", ids)),
    },
    log,
  );
  const leave = () => route.set({ rule: null, edit: null });
  const form = makeRuleForm({ onSend: send, onLeave: leave });
  const allOff = button("Remove all…", removeAll, { class: "danger small" });
  panel.append(
    el("div", { class: "toolbar" }, el("h2", null, "Rules"), allOff),
    rules.element,
    el(
      "div",
      { class: "columns" },
      form.element,
      el("section", { class: "presets" }, el("h2", null, "Presets"), presets),
    ),
  );
  mock.addEventListener("faults", () => panel.hidden || draw());

  async function change(work) {
    await attempt(work);
    await attempt(() => mock.lookAtFaults());
  }

  async function send(rule, id) {
    await (id === null ? post("faults", rule) : put(`faults/${id}`, rule));
    leave();
    await mock.lookAtFaults();
  }

  async function removeAll() {
    const words = "Tokens that a rule expired are valid again, and a server that was down is up.";
    const isSure = await confirmed("Remove all rules?", words, "Remove all rules");
    if (isSure) await change(() => remove("faults"));
  }

  // The server as a whole, whatever the rules.
  function downCard() {
    const turn = flip(() => change(() => put("faults/down", { down: turn.checked })));
    const element = el(
      "li",
      { class: "card" },
      el("label", { class: "switch" }, turn, el("span", null, "Server down")),
      el("p", null, "Every connection to Crossbar is reset, whatever the rules say. The console keeps working."),
    );
    const show = () => {
      turn.checked = mock.isDown;
      element.classList.toggle("on", mock.isDown);
    };
    return { element, show };
  }

  function presetCard(preset) {
    const state = el("span", { class: "dim" });
    const turn = flip(() => change(() => (turn.checked ? post("faults", preset.rule) : off(preset))));
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
    const show = () => {
      const mine = mock.faults.filter(({ rule }) => isSameRule(rule, preset.rule));
      turn.checked = mine.length > 0;
      element.classList.toggle("on", turn.checked);
      state.textContent = mine.length ? `On, ${mine.map(firedText).join("; ")}` : "Off";
    };
    return { element, show };
  }

  async function off(preset) {
    const mine = (await get("faults")).filter(({ rule }) => isSameRule(rule, preset.rule));
    for (const { id } of mine) await remove(`faults/${id}`);
  }

  function draw() {
    allOff.hidden = !mock.faults.length;
    for (const card of cards) card.show();
    rules.show(mock.faults);
  }

  // The form shows the rule that the address has, or the one whose id it has.
  function showForm() {
    const wanted = JSON.stringify([route.get("edit"), route.get("rule")]);
    if (wanted === edited) return;
    edited = wanted;
    const fault = mock.faults.find(({ id }) => String(id) === route.get("edit"));
    if (fault) form.edit(fault.rule, fault.id);
    else form.edit(parsed(route.get("rule")));
    if (fault || route.get("rule")) {
      form.element.scrollIntoView({ block: "nearest" });
      form.element.querySelector("select").focus({ preventScroll: true });
    }
  }

  async function show() {
    if (!route.get("edit")) showForm(); // at once: a person may type before the rules are there
    if (!cards.length) {
      cards = [downCard(), ...(await get("faults/presets")).map(presetCard)];
      presets.replaceChildren(...cards.map(({ element }) => element));
    }
    await mock.lookAtFaults();
    draw();
    showForm();
  }

  return { show };
}

const flip = (onchange) => el("input", { type: "checkbox", role: "switch", onchange });

function parsed(text) {
  try {
    return text ? JSON.parse(text) : undefined;
  } catch {
    return undefined; // a link that was cut: the form is as ever
  }
}
