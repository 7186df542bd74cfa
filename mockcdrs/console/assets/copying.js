// Text to take along: a button that puts it onto the clipboard, alone or beside the text.

import { button, el } from "./dom.js";
import { notice } from "./notices.js";

const SAID_MS = 1500;

// `text` may be a function, for what changes.
export function copyButton(text, label = "Copy", attributes = {}) {
  const made = button(
    label,
    async () => {
      if (!(await copied(typeof text === "function" ? text() : text)))
        return notice("The browser did not copy.", "bad");
      made.textContent = "Copied";
      setTimeout(() => (made.textContent = label), SAID_MS);
    },
    { class: "small", ...attributes },
  );
  return made;
}

async function copied(text) {
  if (navigator.clipboard)
    return navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
  // a page from another machine without TLS has no clipboard of its own
  const area = el("textarea", { class: "unseen", "aria-hidden": "true" });
  area.value = text;
  document.body.append(area);
  area.select();
  const isDone = document.execCommand("copy");
  area.remove();
  return isDone;
}

// Code with its button above; `name` says what it is.
export function codeBlock(name, text, shown = text) {
  const head = el(
    "div",
    { class: "code-head" },
    el("span", { class: "dim" }, name),
    copyButton(text, "Copy", { "aria-label": `Copy ${name}` }),
  );
  return el("div", { class: "code" }, head, el("pre", { tabindex: "0", "aria-label": name }, shown));
}
