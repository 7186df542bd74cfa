// The form of a rule: fields for what most rules have, and its JSON, which is what is sent. Each follows the other.

import { button, el, field, options } from "./dom.js";

const NUMBER = [Number, String];
const TEXT = [String, String];
const JSON_VALUE = [JSON.parse, (value) => JSON.stringify(value)];

// What can happen: its words, how its value is read and written, and an example. Without a value it is switched on.
const ACTIONS = {
  status: ["answer with a status", NUMBER, "503"],
  error: ["answer with Crossbar's error", TEXT, "datastore_unreachable"],
  reply: ["answer with a reply of your own", JSON_VALUE, '{"json": {"data": []}, "status": 200}'],
  rate_limit: ["limit the rate by a bucket", JSON_VALUE, '{"max_bucket_tokens": 5, "tokens_fill_rate": 1}'],
  delay_seconds: ["wait, in seconds", JSON_VALUE, "3"],
  bandwidth: ["share a line of bytes a second", NUMBER, "50000"],
  drip: ["drip, in bytes a second", NUMBER, "200"],
  cut_after: ["cut the body after bytes", NUMBER, "100"],
  wrong_content_length: ["misstate the length by bytes", NUMBER, "100"],
  close: ["close without an answer"],
  reset: ["reset the connection"],
  blackhole: ["accept, and never answer"],
  cut_in_chunk: ["cut in the middle of a chunk"],
  malformed_json: ["send malformed JSON"],
  empty: ["send an empty body"],
  token_expired: ["expire the token"],
  stale_key: ["refuse the start key"],
  duplicate_row: ["send the last row twice"],
  endless_next_key: ["lead a page to itself"],
};
const OTHER = "other";
const FIELDS = {
  path: ["Path ends with", TEXT, "any"],
  method: ["Method", TEXT, "any"],
  page: ["Only page", NUMBER, "any"],
  times: ["Times at most", NUMBER, "any"],
  nth: ["Only match number", NUMBER, "any"],
  after: ["Skip the first", NUMBER, "0"],
  probability: ["Probability, 0 to 1", NUMBER, "1"],
};
const EXAMPLE = { path: "/cdrs", status: 503 };

// `onSend(rule, id)` adds a rule, or replaces the one with that id; `onLeave` is called where a change is given up.
export function makeRuleForm({ onSend, onLeave }) {
  let rule = EXAMPLE;
  let id = null;
  const title = el("h2");
  const action = el("select", { onchange: chooseAction });
  options(action, [...Object.entries(ACTIONS).map(([name, [text]]) => [name, text]), [OTHER, "what the JSON says"]]);
  const value = el("input", { type: "text", autocomplete: "off", spellcheck: "false", oninput: write });
  const inputs = Object.fromEntries(
    Object.entries(FIELDS).map(([name, [, [read], placeholder]]) => [
      name,
      el("input", {
        ...{ type: read === Number ? "number" : "text", step: "any", min: 0, placeholder, autocomplete: "off" },
        oninput: write,
      }),
    ]),
  );
  const json = el("textarea", { rows: 7, spellcheck: "false", class: "mono", oninput: readJson });
  const wrong = el("p", { class: "bad", role: "alert" });
  const valueField = field("Value", value);
  const send = el("button", { class: "primary" });
  const leave = button("Cancel", () => onLeave());
  const element = el(
    "form",
    { class: "card rule-form", onsubmit: submit },
    title,
    el(
      "div",
      { class: "filters" },
      field("What happens", action),
      valueField,
      Object.keys(FIELDS).map((name) => field(FIELDS[name][0], inputs[name])),
    ),
    field("Rule as JSON", json),
    wrong,
    el("div", { class: "toolbar" }, send, leave),
  );

  const actionOf = (one) => Object.keys(ACTIONS).find((name) => name in one) ?? OTHER;

  function chooseAction() {
    value.value = ACTIONS[action.value]?.[2] ?? "";
    write();
  }

  // The JSON from the fields; members that no field has stay.
  function write() {
    const [, kind] = ACTIONS[action.value] ?? [];
    const before = actionOf(rule);
    const others = Object.entries(rule).filter(([name]) => !(name in FIELDS) && name !== before);
    const typed = Object.entries(inputs).filter(([, input]) => input.value !== "");
    const made = Object.fromEntries(typed.map(([name, input]) => [name, FIELDS[name][1][0](input.value)]));
    try {
      const happens = action.value === OTHER ? {} : { [action.value]: kind ? kind[0](value.value) : true };
      wrong.textContent = "";
      rule = { ...made, ...Object.fromEntries(others), ...happens };
      json.value = JSON.stringify(rule, null, 2);
    } catch (error) {
      wrong.textContent = `The value is not valid JSON: ${error.message}`;
    }
    valueField.hidden = kind === undefined;
  }

  // The fields from the JSON; one that is being typed may be none yet.
  function readJson() {
    try {
      const read = JSON.parse(json.value);
      if (read === null || typeof read !== "object" || Array.isArray(read)) throw new SyntaxError("an object was expected");
      rule = read;
      wrong.textContent = "";
      fill();
      return true;
    } catch (error) {
      wrong.textContent = `Not valid JSON: ${error.message}`;
      return false;
    }
  }

  function fill() {
    for (const [name, input] of Object.entries(inputs)) input.value = name in rule ? FIELDS[name][1][1](rule[name]) : "";
    action.value = actionOf(rule);
    const [, kind] = ACTIONS[action.value] ?? [];
    value.value = kind ? kind[1](rule[action.value]) : "";
    valueField.hidden = kind === undefined;
  }

  async function submit(event) {
    event.preventDefault();
    if (!readJson()) return json.focus();
    try {
      await onSend(rule, id);
    } catch (error) {
      wrong.textContent = error.message;
      json.focus();
    }
    return undefined;
  }

  // Fills the form with a rule: a new one, or the one with an id.
  function edit(given, ofId = null) {
    [rule, id] = [given ?? EXAMPLE, ofId];
    title.textContent = id === null ? "A rule of your own" : `Change rule ${id}`;
    send.textContent = id === null ? "Switch it on" : "Save";
    leave.hidden = given === undefined;
    wrong.textContent = "";
    json.value = JSON.stringify(rule, null, 2);
    fill();
  }

  edit();
  return { element, edit };
}
