// The page: its views, its connection, and what stands above all views.

import { makeAdvice } from "./advice.js";
import { changes, useToken } from "./api.js";
import { makeCalls } from "./calls.js";
import { byId } from "./dom.js";
import { Mock } from "./mock.js";
import { notice } from "./notices.js";
import { RequestLog } from "./request_log.js";
import { makeRequests } from "./requests.js";
import { Route } from "./route.js";
import { makeSetup } from "./setup.js";
import { Stream } from "./stream.js";
import { makeTabs } from "./tabs.js";
import { moment } from "./times.js";
import { makeTrouble } from "./trouble.js";

const LOOK_AGAIN_MS = 3000;
const SECOND_MS = 1000;
const CONNECTIONS = {
  connecting: "connecting",
  live: "connected",
  polling: "reconnecting",
  gone: "server gone",
  refused: "token needed",
};

const mock = new Mock();
const stream = new Stream();
const log = new RequestLog();
const route = new Route(["requests", "advice", "calls", "trouble", "setup"]);
const shared = { mock, stream, route, log };
const views = {
  requests: makeRequests(byId("requests"), shared),
  advice: makeAdvice(byId("advice"), shared),
  calls: makeCalls(byId("calls"), shared),
  trouble: makeTrouble(byId("trouble"), shared),
  setup: makeSetup(byId("setup"), shared),
};
let state = "connecting";
let isReady = false;

const rulesText = (count) => (count === 1 ? "1 rule" : `${count} rules`);

function showFaults() {
  const spent = mock.faults.filter((fault) => fault.spent).length;
  const on = mock.faults.length - spent;
  byId("armed").hidden = !mock.faults.length && !mock.isDown;
  byId("armed").classList.toggle("bad", on > 0 || mock.isDown);
  const words = [mock.isDown && "server down", on && `${rulesText(on)} on`, spent && `${rulesText(spent)} spent`];
  byId("armed").textContent = words.filter(Boolean).join(", ");
}

function showClock() {
  byId("clock").hidden = false;
  byId("clock-kind").textContent = mock.isFrozen ? "clock: frozen" : "clock: live";
  byId("clock-time").textContent = moment(mock.now());
}

async function showView() {
  if (!isReady) return;
  try {
    await views[route.view].show();
  } catch (error) {
    notice(error.message, "bad");
  }
}

// With the server there, or there again, all that was known may be another server's.
async function arrive() {
  await mock.refresh();
  isReady = true;
  byId("account-name").textContent = mock.account.name || mock.account.account_id;
  await showView();
}

function showState(now) {
  const wasAway = state !== "live" && state !== "polling";
  const isRefused = now === "refused";
  byId("wrong-token").hidden = !(isRefused && state === "refused");
  state = now;
  byId("connection").dataset.state = now;
  byId("connection").textContent = CONNECTIONS[now];
  byId("gone").hidden = now !== "gone";
  byId("ask-token").hidden = !isRefused;
  document.body.classList.toggle("refused", isRefused);
  if (isRefused) byId("token").focus();
  if (wasAway && (now === "live" || now === "polling")) arrive().catch((error) => notice(error.message, "bad"));
}

// Others change the mock too: a test, another page.
async function lookAgain() {
  if (state === "live" && !document.hidden) await mock.lookAgain();
}

document.addEventListener("visibilitychange", () => (document.hidden ? stream.stop() : stream.start()));
stream.addEventListener("state", ({ detail }) => showState(detail));
changes.addEventListener("other", () => {
  stream.start();
  arrive().catch((error) => notice(error.message, "bad"));
});
mock.addEventListener("clock", showClock);
mock.addEventListener("faults", showFaults);
route.addEventListener("change", showView);
setInterval(() => {
  if (isReady) showClock(); // before, the clock has not been read
  log.settle().catch(() => undefined); // the stream says when the server is gone
  views[route.view].tick?.();
}, SECOND_MS);
setInterval(() => lookAgain().catch(() => undefined), LOOK_AGAIN_MS); // the stream says when the server is gone
byId("ask-token").addEventListener("submit", (event) => {
  event.preventDefault();
  useToken(byId("token").value);
  stream.start();
});
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault(); // the address names the view, not the content
  byId("main").focus();
});
makeTabs(document.querySelector("[role=tablist]"), route);
stream.start();
