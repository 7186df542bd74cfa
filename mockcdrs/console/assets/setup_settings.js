// Settings under Kazoo's names, and Crossbar's quirks, each with its sentence and a switch.

import { patch } from "./api.js";
import { el, empty, field, said } from "./dom.js";
import { attempt } from "./notices.js";

export function makeSettingsCard(mock, route) {
  const settings = el("div", { class: "filters settings" });
  const quirks = el("ul", { class: "quirks" });
  const words = el("input", { type: "search", oninput: draw });
  const element = el(
    "section",
    { class: "card" },
    el("h3", null, "Settings"),
    settings,
    el("h3", null, "Quirks of Crossbar's"),
    el("p", { class: "dim" }, "On: the mock behaves as Crossbar does. Off: it behaves as Crossbar's documentation says."),
    field("Search quirks", words),
    quirks,
  );
  mock.addEventListener("reset", show);

  async function change(body) {
    await attempt(async () => {
      mock.settings = await patch("settings", body);
    });
    show(); // where it was refused, what holds is shown again
  }

  function settingField([name, value]) {
    const isFlag = typeof value === "boolean";
    const input = el("input", isFlag ? { type: "checkbox", role: "switch" } : { type: "text", autocomplete: "off" });
    if (isFlag) input.checked = value;
    else input.value = value === null ? "null" : value;
    input.addEventListener("change", () =>
      change({ settings: { [name]: isFlag ? input.checked : typed(input.value, value) } }),
    );
    return field(name, input);
  }

  function quirkItem({ name, shown, sentence, source }) {
    const turn = el("input", {
      type: "checkbox",
      role: "switch",
      onchange: () => change({ quirks: { [name]: turn.checked } }),
    });
    turn.checked = shown;
    return el(
      "li",
      null,
      el("label", { class: "switch" }, turn, el("code", null, name)),
      el("p", null, sentence, " ", el("span", { class: "dim" }, said(source))),
    );
  }

  function draw() {
    const wanted = words.value.toLowerCase();
    const found = mock.settings.quirks.filter(({ name, sentence }) =>
      `${name} ${sentence}`.toLowerCase().includes(wanted),
    );
    quirks.replaceChildren(
      ...(found.length ? found.map(quirkItem) : [el("li", null, empty("No quirk matches."))]),
    );
  }

  function show() {
    if (route.get("quirk")) words.value = route.get("quirk");
    settings.replaceChildren(...Object.entries(mock.settings.settings).map(settingField));
    draw();
  }

  // A link to a quirk leads to it.
  function scroll() {
    if (route.get("quirk")) quirks.scrollIntoView();
  }

  return { element, show, scroll };
}

// What was text stays text; a number or null is typed as JSON.
function typed(text, before) {
  if (typeof before === "string") return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
