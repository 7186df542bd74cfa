// Calls: the CDRs as a person reads them.

import { get } from "./api.js";
import { crossbarQuery, fits, queryString } from "./call_query.js";
import { hoursChart, outcomesChart } from "./charts.js";
import { makeFilters } from "./call_filters.js";
import { codeBlock } from "./copying.js";
import { button, el, empty, said } from "./dom.js";
import { summary } from "./outcomes.js";
import { partyText, timeline } from "./timeline.js";
import { lasted, moment } from "./times.js";

const MOST = 500;

export function makeCalls(panel, mock) {
  let calls = [];
  let chosen = null;
  const filters = makeFilters(mock, { onRange: load, onFilter: draw });
  const query = el("div", { class: "query" });
  const charts = el("div", { class: "charts" });
  const count = el("p", { class: "dim count", role: "status" });
  const list = el("ol", { class: "rows calls", "aria-label": "Interactions, newest first" });
  const older = button("Load older ones", loadOlder, { hidden: true });
  panel.append(filters.element, query, charts, count, list, older);

  async function load() {
    calls = [];
    count.textContent = "Loading…";
    await more(filters.values().to);
  }

  async function loadOlder() {
    const oldest = calls.at(-1);
    await more(Math.floor(oldest.start + oldest.seconds)); // its neighbours that ended in the same second are known by id
  }

  async function more(to) {
    const asked = calls; // another range's, once that was chosen, has its own
    try {
      const came = await get("data/interactions", { created_from: filters.values().from, created_to: to, limit: MOST });
      if (asked !== calls) return;
      const known = new Set(calls.map(({ id }) => id));
      calls.push(
        ...came
          .filter(({ legs }) => legs.length)
          .map(summary)
          .filter(({ id }) => !known.has(id)),
      );
      older.hidden = came.length < MOST;
      draw();
    } catch (error) {
      if (asked !== calls) return;
      count.textContent = error.message;
      list.replaceChildren();
    }
  }

  function draw() {
    const values = filters.values();
    const shown = calls.filter((call) => fits(call, values));
    filters.causes(calls.flatMap(({ legs }) => legs));
    charts.replaceChildren(hoursChart(shown), outcomesChart(shown));
    list.replaceChildren(
      ...(shown.length
        ? shown.map(item)
        : [
            el(
              "li",
              null,
              empty(
                calls.length
                  ? "No call is like that."
                  : "No call in this range. Add one in Setup, or choose other dates.",
              ),
            ),
          ]),
    );
    const talked = shown.reduce((sum, call) => sum + call.talked, 0);
    count.textContent = `${shown.length} ${shown.length === 1 ? "interaction" : "interactions"}, ${lasted(talked)} talked${older.hidden ? "" : `; the newest ${calls.length} of the range are loaded`}`;
    tellQuery(values);
  }

  function tellQuery(values) {
    const { path, query: parameters } = crossbarQuery(values);
    const text = `${path}?${queryString(parameters)}`;
    const tooWide = values.to - values.from > mock.maximumRange;
    query.replaceChildren(
      codeBlock("Crossbar query", text),
      el(
        "p",
        { class: "dim" },
        `${moment(values.from)} to ${moment(values.to)} UTC, both included, in Gregorian seconds.`,
      ),
      tooWide
        ? el(
            "p",
            { class: "warn" },
            `Wider than a range may be (${lasted(mock.maximumRange)}): Crossbar answers 400.`,
          )
        : "",
    );
  }

  function item(call) {
    const isOpen = call.id === chosen;
    const head = el(
      "button",
      { type: "button", class: "row", "aria-expanded": String(isOpen), onclick: () => toggle(call, row, head) },
      el("time", { class: "dim" }, moment(call.start)),
      el("span", { class: "who" }, said(partyText(call.from)), " → ", said(partyText(call.to))),
      el("span", { class: "badge" }, said(call.direction || "no direction")),
      el("span", { class: "outcome", "data-outcome": call.outcome, title: call.cause }, call.outcome),
      el("span", { class: "dim took" }, lasted(call.talked || call.seconds)),
    );
    const row = el("li", null, head, isOpen && timeline(call));
    return row;
  }

  function toggle(call, row, head) {
    const isOpen = head.getAttribute("aria-expanded") === "true";
    head.setAttribute("aria-expanded", String(!isOpen));
    chosen = isOpen ? null : call.id;
    if (isOpen) row.lastElementChild.remove();
    else row.append(timeline(call));
  }

  return { show: () => filters.start() && load() };
}
