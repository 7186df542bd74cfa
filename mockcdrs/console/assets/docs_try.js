// The form that sends an operation's request to this server, with the token and account filled in, and shows the response.

import { codeBlock } from "./copying.js";
import { codeText, limitsOf, resolve, typeOf } from "./docs_schema.js";
import { el, facts, field } from "./dom.js";
import { laidOut, pretty } from "./pretty.js";

const API = new URL("../", document.baseURI);
const LONGEST_SHOWN = 500_000;
// headers that a browser sets itself and lets no page set
const OF_THE_BROWSER = new Set(["Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"]);

// what most requests are tried with; the rest is folded
const USUAL = new Set(["created_from", "created_to", "page_size", "start_key", "filter_hangup_cause", "token"]);

let lists = 0;

// A text field that suggests what is allowed and takes anything: a server's answer to a wrong value is worth a look.
function control(parameter, value) {
  const { schema } = parameter;
  const isFixed = OF_THE_BROWSER.has(parameter.name);
  const input = el("input", { autocomplete: "off", spellcheck: "false", value, disabled: isFixed });
  input.required = Boolean(parameter.required);
  if (isFixed) input.placeholder = "set by the browser";
  else if ("default" in schema) input.placeholder = String(schema.default);
  const choices = schema.type === "boolean" ? [true, false] : (schema.enum ?? []);
  if (choices.length === 0) return [input];
  const id = `choices-${(lists += 1)}`;
  input.setAttribute("list", id);
  return [input, el("datalist", { id }, choices.map((choice) => el("option", { value: choice })))];
}

function parameterField(parameter, value) {
  const [input, list] = control(parameter, value);
  const made = field(`${parameter.name} (${parameter.in}${parameter.required ? ", required" : ""})`, input);
  const limits = limitsOf(parameter.schema);
  const words = [typeOf(parameter.schema), limits.length > 0 && ["; ", limits], ". ", codeText(parameter.description)];
  const help = el("p", { class: "help", id: `${input.id}-help` }, words);
  input.setAttribute("aria-describedby", help.id);
  if (list) made.append(list);
  made.append(help);
  return { made, parameter, input };
}

function sampleOf(spec, schema) {
  const { type, properties = {}, required = [] } = resolve(spec, schema);
  if (type !== "object") return "";
  return Object.fromEntries(required.map((name) => [name, sampleOf(spec, properties[name])]));
}

function bodyField(spec, content) {
  const sample = JSON.stringify(sampleOf(spec, content["application/json"].schema), null, 2);
  const input = el("textarea", { rows: 6, spellcheck: "false" });
  input.value = sample;
  return { made: field("Body (JSON)", input), input };
}

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

function curlOf({ url, method, headers, body }) {
  const sent = Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`);
  const parts = ["curl -sS", method === "GET" ? "" : `-X ${method}`, ...sent, body ? `-d ${quoted(body)}` : ""];
  return [...parts, quoted(String(url))].filter(Boolean).join(" ");
}

function requestOf(context, path, method, operation, fields, more, accept, body) {
  const headers = {};
  const query = new URLSearchParams();
  let target = path;
  for (const { parameter, input } of fields) {
    if (parameter.in === "path") target = target.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
    else if (input.value === "" || input.disabled) continue;
    else if (parameter.in === "query") query.append(parameter.name, input.value);
    else headers[parameter.name] = input.value;
  }
  if (accept.value) headers.Accept = accept.value;
  if (context.token && operation.security?.length !== 0) headers["X-Auth-Token"] = context.token;
  if (body) headers["Content-Type"] = "application/json";
  const search = [String(query), more.value].filter(Boolean).join("&");
  const url = new URL(`.${context.server}${target}${search ? `?${search}` : ""}`, API);
  return { url, method: method.toUpperCase(), headers, body: body?.input.value };
}

function responseBody(response, text) {
  if (text === "") return el("p", { class: "empty" }, "No body.");
  const shown = text.slice(0, LONGEST_SHOWN);
  const isJson = (response.headers.get("content-type") ?? "").includes("json");
  const nodes = isJson ? pretty(shown) : [shown];
  const cut = shown.length < text.length && el("p", { class: "dim" }, `The first ${LONGEST_SHOWN} characters.`);
  return el("div", null, codeBlock("Response body", laidOut(nodes), nodes), cut);
}

async function send(request, result) {
  const curl = codeBlock("curl", curlOf(request));
  result.replaceChildren(el("p", { class: "dim" }, "Waiting for the response."), curl);
  const { url, ...options } = request;
  try {
    const response = await fetch(url, { ...options, cache: "no-store", credentials: "omit" });
    const text = await response.text();
    const status = el("strong", { class: response.ok ? "good" : "bad" }, `${response.status} ${response.statusText}`);
    const headers = el("details", null, el("summary", null, "Response headers"), facts([...response.headers]));
    result.replaceChildren(el("p", { class: "status" }, status), responseBody(response, text), headers, curl);
  } catch (error) {
    const words = `No whole response came: ${error.message}. Is the server there, or is a fault set to break it off?`;
    result.replaceChildren(el("p", { class: "bad" }, words), curl);
  }
}

export function tryForm(spec, context, path, method, operation) {
  const known = { ...context.ids, own_token: context.token, token: context.token };
  const fields = operation.parameters.map((reference) => {
    const parameter = resolve(spec, reference);
    return parameterField(parameter, known[parameter.name] ?? "");
  });
  const success = resolve(spec, Object.values(operation.responses)[0]);
  const types = Object.keys(success.content ?? {}).map((type) => el("option", { value: type }, type));
  const accept = el("select", null, el("option", { value: "" }, "any"), types);
  const more = el("input", { autocomplete: "off", spellcheck: "false", placeholder: "filter_KEY=VALUE&..." });
  const [usual, others] = [true, false].map((isUsual) =>
    fields.filter(({ parameter }) => isUsual === (Boolean(parameter.required) || USUAL.has(parameter.name))),
  );
  const body = operation.requestBody && bodyField(spec, operation.requestBody.content);
  const result = el("div", { class: "result", "aria-live": "polite" });
  const onsubmit = (event) => {
    event.preventDefault();
    void send(requestOf(context, path, method, operation, fields, more, accept, body), result);
  };
  return el(
    "form",
    { class: "try", onsubmit },
    el("h3", null, "Parameters"),
    el(
      "div",
      { class: "filters" },
      usual.map(({ made }) => made),
      field("Accept (header)", accept),
      field("More of the query", more),
    ),
    others.length > 0 &&
      el(
        "details",
        null,
        el("summary", null, `More parameters (${others.length})`),
        el(
          "div",
          { class: "filters" },
          others.map(({ made }) => made),
        ),
      ),
    body && body.made,
    el("div", { class: "toolbar" }, el("button", { class: "primary" }, "Send the request")),
    result,
  );
}
