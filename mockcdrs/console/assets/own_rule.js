// A rule of one's own: a few fields that write the JSON, and the JSON itself, which is what is sent.

import { el, field, options } from "./dom.js";

// What can happen: its name, and how what was typed becomes its value.
const EFFECTS = {
  status: ["answer with a status", Number, "503"],
  error: ["answer with Crossbar's error", String, "datastore_unreachable"],
  delay_seconds: ["wait, in seconds", Number, "3"],
  drip: ["drip, in bytes a second", Number, "200"],
  cut_after: ["cut the body after bytes", Number, "100"],
  close: ["close without an answer"],
  cut_in_chunk: ["cut in the middle of a chunk"],
  malformed_json: ["send malformed JSON"],
  empty: ["send an empty body"],
  token_expired: ["expire the token"],
  stale_key: ["refuse the start key"],
  duplicate_row: ["send the last row twice"],
  endless_next_key: ["lead a page to itself"],
};
const TURNS = { times: "Times at most", nth: "Only match number", page: "Only page" };

export function makeOwnRule(onAdd) {
  const effect = el("select", { onchange: ofEffect });
  options(
    effect,
    Object.entries(EFFECTS).map(([name, [text]]) => [name, text]),
  );
  const value = el("input", { type: "text", autocomplete: "off", oninput: write });
  const path = el("input", { type: "text", value: "/cdrs", autocomplete: "off", oninput: write });
  const turns = Object.fromEntries(
    Object.keys(TURNS).map((name) => [
      name,
      el("input", { type: "number", min: 1, placeholder: "any", oninput: write }),
    ]),
  );
  const json = el("textarea", { rows: 6, spellcheck: "false", class: "mono" });
  const wrong = el("p", { class: "bad", role: "alert" });
  const valueField = field("Value", value);
  ofEffect();

  function ofEffect() {
    const [, make, example] = EFFECTS[effect.value];
    valueField.hidden = make === undefined;
    value.value = example ?? "";
    write();
  }

  function write() {
    const [, make] = EFFECTS[effect.value];
    const rule = { ...(path.value && { path: path.value }), [effect.value]: make ? make(value.value) : true };
    for (const [name, input] of Object.entries(turns)) if (input.value) rule[name] = Number(input.value);
    json.value = JSON.stringify(rule, null, 2);
  }

  async function send(event) {
    event.preventDefault();
    try {
      await onAdd(JSON.parse(json.value));
      wrong.textContent = "";
    } catch (error) {
      wrong.textContent = error instanceof SyntaxError ? `This is no JSON: ${error.message}` : error.message;
      json.focus();
    }
  }

  return el(
    "form",
    { class: "card own-rule", onsubmit: send },
    el(
      "div",
      { class: "filters" },
      field("Path ends with", path),
      field("What happens", effect),
      valueField,
      Object.entries(turns).map(([name, input]) => field(TURNS[name], input)),
    ),
    field("Rule as JSON", json),
    wrong,
    el("button", { class: "primary" }, "Switch it on"),
  );
}
