// JSON laid out token by token: it works on answers that broke off, and changes no number and no key.

import { el } from "./dom.js";

const TOKENS = /"(?:\\[^]|[^"\\])*"?|[{}[\],:]|[^\s{}[\],:"]+/g;
const MOST_TOKENS = 60_000;

function kindOf(token, next) {
  if (token.startsWith('"')) return next === ":" ? "key" : "text";
  return /^-?\d/.test(token) ? "number" : "word";
}

// Nodes for a `<pre>`.
export function pretty(json) {
  const tokens = json.match(TOKENS) ?? [];
  if (tokens.length > MOST_TOKENS) return [json];
  const nodes = [];
  let depth = 0;
  const line = () => `\n${"  ".repeat(depth)}`;
  tokens.forEach((token, at) => {
    const next = tokens[at + 1];
    if (token === "{" || token === "[") {
      depth += 1;
      nodes.push(token, next === "}" || next === "]" ? "" : line());
    } else if (token === "}" || token === "]") {
      depth = Math.max(0, depth - 1);
      const isEmpty = tokens[at - 1] === "{" || tokens[at - 1] === "[";
      nodes.push(isEmpty ? token : line() + token);
    } else if (token === ",") nodes.push(token + line());
    else if (token === ":") nodes.push(": ");
    else nodes.push(el("span", { class: `json-${kindOf(token, next)}` }, token));
  });
  return nodes;
}

export const laidOut = (nodes) => nodes.map((node) => node.textContent ?? node).join("");
