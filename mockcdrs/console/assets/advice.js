// Advice: what clients do wrong or will come to regret, by its code.

import { get } from "./api.js";
import { clientName } from "./clients.js";
import { el, empty, said } from "./dom.js";
import { adviceCode, adviceCodes } from "./request_search.js";
import { adviceOf } from "./reference.js";
import { addressOf } from "./route.js";

const MOST_LISTED = 12;

export function makeAdvice(panel, { log, route, stream }) {
  const content = el("div", { class: "advice-list" });
  let drawn = "";
  let seen = 0; // the log's revision when it was drawn
  let sentences = new Map(); // of all codes
  panel.append(el("h2", { class: "unseen" }, "Advice"), content);
  stream.addEventListener("emptied", () => !panel.hidden && show());

  async function show() {
    seen = log.revision;
    if (!sentences.size) sentences = new Map(adviceOf(await get("reference")).map(({ name, sentence }) => [name, sentence]));
    draw([...(await get("advice")).filter(({ open }) => !open), ...ofStopped()]);
  }

  // What a client did wrong by stopping, once it has stopped.
  function ofStopped() {
    const texts = log.entries.flatMap(({ record }) => (record.hasStopped ? record.open_advice : []));
    return texts.map((text) => ({ code: adviceCode(text), text, count: 1 }));
  }

  function draw(texts) {
    const stamp = JSON.stringify([texts, route.get("code"), log.revision]);
    if (stamp === drawn) return; // a person may be reading it
    drawn = stamp;
    const asked = sentences.has(route.get("code")) ? [route.get("code")] : []; // a link may name one never given
    const codes = [...new Set([...texts.map(({ code }) => code), ...asked])];
    content.replaceChildren(
      ...(codes.length
        ? codes.map((code) => card(code, texts.filter((text) => text.code === code)))
        : [empty("No advice: no request so far looks like a mistake.")]),
    );
    if (route.get("code")) content.querySelector(".chosen")?.scrollIntoView({ block: "nearest" });
  }

  function card(code, texts) {
    const records = log.entries.map(({ record }) => record).filter((record) => adviceCodes(record).includes(code));
    const clients = [...new Set(records.map(clientName))];
    const count = texts.reduce((sum, text) => sum + text.count, 0);
    const listed = texts.slice(-MOST_LISTED).reverse();
    const newest = records.slice(-MOST_LISTED).reverse();
    return el(
      "section",
      { class: route.get("code") === code ? "card chosen" : "card" },
      el(
        "header",
        { class: "card-head" },
        el("h3", null, el("code", null, code)),
        el("span", { class: "dim" }, count === 1 ? "once" : `${count} times`),
        records.length > 0 && el("a", { href: addressOf("requests", { q: `advice:${code}` }) }, "show the requests"),
      ),
      el("p", null, sentences.get(code)),
      el(
        "ul",
        { class: "plain" },
        listed.map(({ text, count: often }) =>
          el("li", null, said(text.slice(code.length + 1)), often > 1 && el("span", { class: "dim" }, ` ${often} times`)),
        ),
      ),
      texts.length > listed.length && el("p", { class: "dim" }, `and ${texts.length - listed.length} older`),
      clients.length > 0 && el("p", { class: "dim" }, "Clients: ", said(clients.join(", "))),
      newest.length > 0 &&
        el(
          "p",
          { class: "links dim" },
          "Requests: ",
          newest.map(({ number }) => [el("a", { href: addressOf("requests", { request: number }) }, `#${number}`), " "]),
          records.length > newest.length && `and ${records.length - newest.length} older`,
        ),
    );
  }

  function tick() {
    if (log.revision !== seen) show().catch(() => undefined); // the stream says when the server is gone
  }

  return { show, tick };
}
