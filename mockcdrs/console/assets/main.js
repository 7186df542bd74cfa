// The page: its views, its connection, and what stands above all views.

import { get, useToken } from "./api.js";
import { makeCalls } from "./calls.js";
import { byId } from "./dom.js";
import { Mock } from "./mock.js";
import { notice } from "./notices.js";
import { makeRequests } from "./requests.js";
import { makeSetup } from "./setup.js";
import { Stream } from "./stream.js";
import { makeTabs } from "./tabs.js";
import { moment } from "./times.js";
import { makeTrouble } from "./trouble.js";

const LOOK_AGAIN_MS = 3000;
const SECOND_MS = 1000;

const mock = new Mock();
const stream = new Stream();
makeRequests(byId("requests"), stream);
const trouble = makeTrouble(byId("trouble"), tellFaults);
const views = {
  requests: { show: () => undefined },
  calls: makeCalls(byId("calls"), mock),
  trouble,
  setup: makeSetup(byId("setup"), mock),
};
let current = "requests";
let isReady = false;

function tellFaults(faults) {
  const armed = byId("armed");
  armed.hidden = !faults.length;
  armed.textContent = faults.length === 1 ? "1 fault on" : `${faults.length} faults on`;
}

function tellClock() {
  byId("clock-kind").textContent = mock.isFrozen ? "frozen at" : "live";
  byId("clock-time").textContent = moment(mock.now());
}

async function showView(name) {
  current = name;
  if (!isReady) return;
  try {
    await views[name].show();
  } catch (error) {
    notice(error.message, "bad");
  }
}

// With the server there, or there again, all that was known may be another server's.
async function arrive() {
  await mock.refresh();
  isReady = true;
  byId("account-name").textContent = mock.account.name || mock.account.account_id;
  tellFaults(await get("faults"));
  await showView(current);
}

const WORDS = {
  connecting: "connecting",
  live: "live",
  polling: "reconnecting",
  gone: "server gone",
  refused: "token needed",
};
let state = "connecting";

function tellState(now) {
  const wasAway = state !== "live" && state !== "polling";
  state = now;
  byId("connection").dataset.state = now;
  byId("connection").textContent = WORDS[now];
  byId("gone").hidden = now !== "gone";
  byId("gone").textContent =
    "The server does not answer. What is shown may be old; the page goes on by itself once the server is back.";
  byId("ask-token").hidden = now !== "refused";
  if (wasAway && (now === "live" || now === "polling")) arrive().catch((error) => notice(error.message, "bad"));
}

// Others change the mock too: a test, another page.
async function lookAgain() {
  if (state === "live" && !document.hidden) {
    await mock.refreshClock();
    if (current === "trouble") await trouble.refresh();
    else tellFaults(await get("faults"));
  }
}

document.addEventListener("visibilitychange", () => (document.hidden ? stream.stop() : stream.start()));
stream.addEventListener("state", ({ detail }) => tellState(detail));
mock.addEventListener("clock", tellClock);
mock.addEventListener("tick", tellClock);
setInterval(() => mock.dispatchEvent(new Event("tick")), SECOND_MS);
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
makeTabs(document.querySelector("[role=tablist]"), showView);
stream.start();
