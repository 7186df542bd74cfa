// The control API: everything the page does goes through here.

const BASE = new URL("./", document.baseURI);
const KEPT = "mockcdrs-control-token";

let token = takeToken();
const mocks = new Set(); // the names of those that answered; of several processes behind one address each has one

// Tells of `other`: a mock answers that never did before, as when a server began anew with changed data.
export const changes = new EventTarget();

// The token comes in the page's address; it does not stay there, where it would be copied along.
function takeToken() {
  const address = new URL(location.href);
  const given = address.searchParams.get("token");
  if (given === null) return sessionStorage.getItem(KEPT) ?? "";
  sessionStorage.setItem(KEPT, given);
  address.searchParams.delete("token");
  history.replaceState(null, "", address);
  return given;
}

export function useToken(given) {
  token = given;
  sessionStorage.setItem(KEPT, given);
}

export class ApiError extends Error {
  constructor(status, error) {
    super(error.message ?? `the server answered ${status}`);
    this.status = status;
    this.field = error.field;
  }
}

async function call(method, path, body) {
  const headers = token ? { "X-Mockcdrs-Token": token } : {};
  if (method !== "GET") headers["Content-Type"] = "application/json"; // each change needs it: no foreign form can say so
  const request = { method, headers, body: body === undefined ? undefined : JSON.stringify(body), cache: "no-store" };
  const answer = await fetch(new URL(path, BASE), request).catch(() => {
    throw new Error("The server does not answer.");
  });
  const name = answer.headers.get("X-Mockcdrs-State");
  const isOther = name !== null && mocks.size > 0 && !mocks.has(name);
  if (name !== null) mocks.add(name);
  if (isOther) changes.dispatchEvent(new Event("other"));
  const text = await answer.text();
  if (!answer.ok) throw new ApiError(answer.status, errorIn(text));
  return text ? JSON.parse(text) : null;
}

function errorIn(text) {
  try {
    return JSON.parse(text).error ?? {};
  } catch {
    return {}; // not the API's own: a proxy's, for example
  }
}

export const get = (path, query) => call("GET", query ? `${path}?${new URLSearchParams(query)}` : path);
export const post = (path, body) => call("POST", path, body);
export const put = (path, body) => call("PUT", path, body);
export const patch = (path, body) => call("PATCH", path, body);
export const remove = (path) => call("DELETE", path);

export function eventSource(path, query) {
  // an event source cannot send headers
  return new EventSource(new URL(`${path}?${new URLSearchParams(token ? { ...query, token } : query)}`, BASE));
}

// Gives a person a file.
export function download(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href));
}
