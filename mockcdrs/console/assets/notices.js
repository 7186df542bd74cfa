// Short words on what happened, seen and heard.

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
