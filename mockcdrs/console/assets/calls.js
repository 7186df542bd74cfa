// Calls: the account's interactions as a person reads them.

import { get } from "./api.js";
import { makeFilters } from "./call_filters.js";
import { makeCallForm } from "./call_form.js";
import { makeCallList } from "./call_list.js";
import { crossbarDifferences, crossbarQuery } from "./call_query.js";
import { makeChart } from "./charts.js";
import { codeBlock } from "./copying.js";
import { button, el } from "./dom.js";
import { attempt } from "./notices.js";
import { lasted, moment } from "./times.js";

const MOST = 200;
const FOLLOW_SECONDS = 20; // so often a range that follows a running clock is read anew

export function makeCalls(panel, { mock, route }) {
  let calls = [];
  let counts = null;
  let asked = ""; // the query that the calls are of
  let news = new Set();
  let readAt = 0;
  const filters = makeFilters({ mock, route });
  const form = makeCallForm(added);
  const list = makeCallList({ route });
  const chart = makeChart();
  const query = el("div", { class: "query" });
  const count = el("p", { class: "dim count", role: "status" });
  const exact = el("p", { class: "hint", hidden: true });
  const older = button("Load older calls", loadOlder, { hidden: true });
  const charts = el("details", { class: "more charts" }, el("summary", null, "Chart"), chart.element);
  charts.open = matchMedia("(min-width: 64rem) and (min-height: 40rem)").matches;
  panel.append(
    el("h2", { class: "unseen" }, "Calls"),
    filters.element,
    exact,
    el(
      "div",
      { class: "folds" },
      filters.more,
      form.element,
      el("details", { class: "more" }, el("summary", null, "As a query to Crossbar"), query),
      charts,
    ),
    count,
    list.element,
    older,
  );
  mock.addEventListener("data", () => panel.hidden || attempt(load));
  mock.addEventListener("clockset", () => panel.hidden || attempt(load));

  function parameters({ times: [from, to], ...wanted }) {
    const { direction, result, user, cause, search } = wanted;
    const given = Object.entries({ direction, result, user, cause, search }).filter(([, value]) => value);
    return { created_from: from, created_to: to, ...Object.fromEntries(given) };
  }

  const questionOf = ({ times: _, ...rest }) => JSON.stringify([rest, route.get("from"), route.get("to")]);

  // What the address says; calls are read anew where it asks for others.
  async function show() {
    filters.show();
    if (questionOf(filters.values()) === asked && performance.now() - readAt < FOLLOW_SECONDS * 1000) draw();
    else await load();
  }

  async function load() {
    const values = filters.values();
    const question = questionOf(values);
    if (question !== asked) count.textContent = "Loading…";
    const wanted = parameters(values);
    readAt = performance.now();
    const [came, counted] = await Promise.all([
      get("data/interactions", { ...wanted, limit: MOST }),
      get("data/counts", wanted),
    ]);
    if (questionOf(filters.values()) !== question) return; // another one was asked meanwhile
    const before = new Set(calls.map(({ interaction_id: id }) => id));
    const isSame = question === asked;
    const fresh = came.map(({ interaction_id: id }) => id).filter((id) => !before.has(id));
    news = new Set(isSame ? [...news, ...fresh] : []);
    asked = question;
    counts = counted;
    calls = came;
    chart.show(counts, values.times);
    draw();
  }

  async function loadOlder() {
    const question = asked;
    const oldest = calls.at(-1);
    const end = oldest.start_seconds + oldest.seconds; // its neighbours that ended in the same second are known by id
    await attempt(async () => {
      const came = await get("data/interactions", { ...parameters(filters.values()), created_to: end, limit: MOST });
      if (question !== asked) return;
      const known = new Set(calls.map(({ interaction_id: id }) => id));
      const more = came.filter(({ interaction_id: id }) => !known.has(id));
      calls.push(...more);
      if (!more.length) counts.total = calls.length;
      draw();
    });
  }

  async function added({ interaction_id: id }) {
    await attempt(async () => {
      await mock.lookAgain();
      route.set({ call: id }, { isStep: true });
    });
  }

  function draw() {
    const values = filters.values();
    const none = counts.total || values.search || values.direction || values.result || values.user || values.cause;
    list.show(calls, news, none ? "No call matches these filters." : "No call in this range. Add one, or choose another range.");
    older.hidden = calls.length >= counts.total;
    const part = older.hidden ? "" : `, the newest ${calls.length} are shown`;
    count.textContent = `${counts.total} ${counts.total === 1 ? "call" : "calls"}, ${lasted(counts.talked_seconds)} talked${part}`;
    showQuery(values);
  }

  function showQuery({ times: [from, to], ...values }) {
    const differences = crossbarDifferences(values);
    const isWide = to - from > mock.maximumRange;
    exact.hidden = !values.search;
    exact.textContent = "Searched here, in any part. Crossbar's own filters match a whole number exactly.";
    query.replaceChildren(
      codeBlock("Crossbar query", crossbarQuery({ from, to, ...values })),
      el("p", { class: "dim" }, `${moment(from)} to ${moment(to)} UTC, both included, in Gregorian seconds.`),
      ...differences.map((text) => el("p", { class: "dim" }, text)),
      isWide ? el("p", { class: "warn" }, `Wider than a range may be (${lasted(mock.maximumRange)}): Crossbar answers 400.`) : "",
    );
  }

  function tick() {
    if (!mock.isFrozen && performance.now() - readAt > FOLLOW_SECONDS * 1000) load().catch(() => undefined);
  }

  return { show, tick };
}
