// Schemas of an OpenAPI document in words: a type in one line, an object as a table of its members.

import { el } from "./dom.js";

// The text with its parts between backticks as code.
export function codeText(text) {
  return text.split("`").map((part, at) => (at % 2 ? el("code", null, part) : part));
}

export function resolve(spec, node) {
  if (!node.$ref) return node;
  return node.$ref
    .slice(2)
    .split("/")
    .reduce((held, step) => held[step], spec);
}

const joined = (parts, word) => parts.flatMap((part, at) => (at ? [word, part] : [part]));

function schemaLink({ $ref }) {
  const name = $ref.split("/").at(-1);
  return el("a", { href: `#schema-${name}` }, name);
}

// Nodes that name the type, with links to other schemas.
export function typeOf(schema) {
  if (schema.$ref) return [schemaLink(schema)];
  if (schema.anyOf) return joined(schema.anyOf.map(typeOf), " or ").flat();
  if ("const" in schema) return [el("code", null, JSON.stringify(schema.const))];
  if (schema.enum) {
    return joined(
      schema.enum.map((value) => el("code", null, JSON.stringify(value))),
      " or ",
    );
  }
  const type = [schema.type ?? "anything"].flat().join(" or ");
  if (schema.items) return [`${type} of `, ...typeOf(schema.items)];
  if (schema.additionalProperties) return [`${type} of `, ...typeOf(schema.additionalProperties), " by name"];
  return [type];
}

// What a value has to fulfil beside its type.
export function limitsOf(schema) {
  const names = { minimum: "at least", maximum: "at most", default: "default", pattern: "pattern" };
  const limits = Object.entries(names).filter(([name]) => name in schema);
  const texts = limits.map(([name, word]) => [`${word} `, el("code", null, String(schema[name]))]);
  if (schema.minLength > 1) texts.push([`at least ${schema.minLength} characters`]);
  if ("maxLength" in schema) texts.push([`at most ${schema.maxLength} characters`]);
  return joined(texts, ", ").flat();
}

function memberRows(schema, prefix = "") {
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    const limits = limitsOf(member);
    const row = el(
      "tr",
      null,
      el(
        "th",
        { scope: "row" },
        el("code", null, prefix + name),
        schema.required?.includes(name) && el("span", { class: "badge" }, "required"),
      ),
      el("td", null, typeOf(member), limits.length > 0 && ["; ", limits]),
      el("td", null, codeText(member.description ?? "")),
    );
    return [row, ...memberRows(member, `${prefix}${name}.`)];
  });
}

export function schemaTable(schema) {
  const rows = memberRows(schema);
  const columns = ["Member", "Type", "Meaning"].map((name) => el("th", { scope: "col" }, name));
  return el(
    "div",
    { class: "body" },
    schema.description && el("p", null, codeText(schema.description)),
    rows.length > 0
      ? el("table", null, el("thead", null, el("tr", null, columns)), el("tbody", null, rows))
      : el("p", null, typeOf(schema)),
  );
}
