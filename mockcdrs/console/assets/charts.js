// Calls over a range, as bars with axes, by what came of them. The numbers are the server's counts.

import { RESULTS } from "./call_filters.js";
import { el } from "./dom.js";
import { moment } from "./times.js";

const HEIGHT = 150;
const EDGE = { top: 8, right: 8, bottom: 22, left: 38 };
const LABEL_PIXELS = 62; // so wide is the label of an hour or a day
const WIDEST_BAR = 26;

function svg(tag, attributes, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

// The least of 1, 2, 5, 10, 20, ... that makes at most four steps up to the most.
function stepOf(most) {
  for (let unit = 1; ; unit *= 10) for (const factor of [1, 2, 5]) if (most <= 4 * unit * factor) return unit * factor;
}

// Every hour or day of the range, those without calls too.
function allSteps({ steps, step_seconds: size }, [from, to]) {
  const known = new Map(steps.map((step) => [step.start, step]));
  const starts = [];
  for (let start = from - (from % size); start <= to; start += size) starts.push(start);
  return starts.map((start) => known.get(start) ?? { start });
}

const sum = (step) => RESULTS.reduce((all, name) => all + (step[name] ?? 0), 0);

function drawBars(counts, times, width) {
  const steps = allSteps(counts, times);
  const most = Math.max(1, ...steps.map(sum));
  const unit = stepOf(most);
  const top = Math.ceil(most / unit) * unit;
  const [right, bottom] = [width - EDGE.right, HEIGHT - EDGE.bottom];
  const slot = (right - EDGE.left) / steps.length;
  const y = (count) => bottom - ((bottom - EDGE.top) * count) / top;
  const chart = svg("svg", { width, height: HEIGHT, "aria-hidden": "true", class: "bars" });
  for (let count = 0; count <= top; count += unit) {
    chart.append(svg("line", { class: "grid", x1: EDGE.left, x2: right, y1: y(count), y2: y(count) }));
    chart.append(svg("text", { x: EDGE.left - 6, y: y(count) + 4, "text-anchor": "end" }, String(count)));
  }
  const isHours = counts.step_seconds < 86_400;
  const every = Math.max(1, Math.ceil(LABEL_PIXELS / slot));
  steps.forEach((step, at) => {
    const bar = Math.min(WIDEST_BAR, Math.max(1, slot - 2));
    const x = EDGE.left + slot * at + (slot - bar) / 2;
    const label = isHours ? moment(step.start).slice(11, 16) : moment(step.start).slice(5, 10);
    let below = 0;
    const parts = RESULTS.filter((name) => step[name]).map((name) => {
      const part = svg("rect", { class: `tone-${name}`, x, width: bar, y: y(below + step[name]), height: y(below) - y(below + step[name]) });
      below += step[name];
      return part;
    });
    const words = RESULTS.filter((name) => step[name]).map((name) => `${step[name]} ${name}`);
    const title = svg("title", {}, `${moment(step.start).slice(0, isHours ? 16 : 10)}: ${words.join(", ")}`);
    if (parts.length) chart.append(svg("g", {}, title, ...parts));
    if (at % every === 0)
      chart.append(svg("text", { x: EDGE.left + slot * (at + 0.5), y: HEIGHT - 6, "text-anchor": "middle" }, label));
  });
  return chart;
}

const counted = (count, name) => `${count} ${name}`;

// A figure that draws itself anew when its width changes. `show(counts, times)` gives it what to draw.
export function makeChart() {
  const caption = el("figcaption");
  const legend = el("ul", { class: "legend" });
  const frame = el("div", { class: "frame" });
  const element = el("figure", { class: "chart" }, caption, frame, legend);
  let shown = null;

  function draw() {
    const width = Math.floor(frame.clientWidth);
    if (shown && width) frame.replaceChildren(drawBars(...shown, width));
  }

  function show(counts, times) {
    shown = [counts, times];
    const unit = counts.step_seconds < 86_400 ? "hour" : "day";
    const limit = counts.counted_from === null ? "" : ` Only the newest were counted, from ${moment(counts.counted_from)} on.`;
    caption.textContent = `Calls that began in each ${unit} (UTC), by result: ${counts.total} in all.${limit}`;
    legend.replaceChildren(
      ...RESULTS.map((name) =>
        el("li", null, el("span", { class: `swatch tone-${name}`, "aria-hidden": "true" }), counted(counts.results[name], name)),
      ),
      ...Object.entries(counts.directions).map(([name, count]) => el("li", { class: "dim" }, counted(count, name))),
    );
    draw();
  }

  new ResizeObserver(draw).observe(frame);
  return { element, show };
}
