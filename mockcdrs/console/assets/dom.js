// Elements from values. What comes from data only ever becomes text or an attribute's value, never markup.

export function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) give(node, name, value);
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

function give(node, name, value) {
  if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
  else if (value === true) node.setAttribute(name, "");
  else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, String(value));
}

export const byId = (id) => document.getElementById(id);

export function button(text, onclick, attributes) {
  return el("button", { type: "button", onclick, ...attributes }, text);
}

// A stranger's words, kept from turning the text around them (right-to-left marks).
export const said = (text) => el("bdi", null, String(text));

export const empty = (...children) => el("p", { class: "empty" }, ...children);

// Names and values, without the empty ones.
export function facts(pairs) {
  const shown = pairs.filter(([, value]) => value !== "" && value !== null && value !== undefined);
  return el(
    "dl",
    { class: "facts" },
    shown.map(([name, value]) => [el("dt", null, name), el("dd", null, value)]),
  );
}

let fields = 0;

// An input with its label, as a pair to be put into a form.
export function field(label, control) {
  control.id ||= `field-${(fields += 1)}`;
  return el("div", { class: "field" }, el("label", { for: control.id }, label), control);
}

export function options(select, pairs) {
  const before = select.value;
  select.replaceChildren(...pairs.map(([value, text]) => el("option", { value }, text)));
  if (pairs.some(([value]) => String(value) === before)) select.value = before;
}

// A `details` element whose content is made when it is first opened: few are.
export function foldable(summary, makeContent, attributes = {}) {
  const made = el("details", attributes, el("summary", null, summary));
  made.addEventListener("toggle", () => made.open && made.children.length === 1 && made.append(...makeContent()));
  return made;
}
