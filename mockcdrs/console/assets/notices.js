// Short words on what happened, and questions before what cannot be undone.

import { byId, el } from "./dom.js";

const SHOWN_MS = 6000;

export function notice(text, kind = "") {
  const shown = el("p", { class: `notice ${kind}` }, text);
  byId("notices").append(shown);
  setTimeout(() => shown.remove(), SHOWN_MS);
}

// What a person set going: where it fails, the server's words say why.
export async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    notice(error.message, "bad");
    return undefined;
  }
}

// Asks before something is lost; `verb` is on the button that does it.
export function confirmed(question, consequence, verb) {
  const dialog = el(
    "dialog",
    { "aria-labelledby": "question" },
    el("h2", { id: "question" }, question),
    el("p", null, consequence),
    el(
      "form",
      { method: "dialog", class: "toolbar" },
      el("button", { value: "no", autofocus: true }, "Cancel"),
      el("button", { value: "yes", class: "danger" }, verb),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) =>
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    }),
  );
}
