// The filters of Calls, as Crossbar's query and as a test on the legs that are at hand.

import { callee, caller, cause, owner } from "./outcomes.js";

// What a filter is called in a query, and what it looks at in a document.
const FILTERS = {
  direction: ["filter_call_direction", (leg) => leg.call_direction],
  cause: ["filter_hangup_cause", cause],
  caller: ["filter_caller_id_number", (leg) => caller(leg).number],
  callee: ["filter_callee_id_number", (leg) => callee(leg).number],
};

// The path and query below the account that ask Crossbar for the same.
export function crossbarQuery({ from, to, user, ...chosen }) {
  const query = { created_from: from, created_to: to };
  for (const [name, [parameter]] of Object.entries(FILTERS)) if (chosen[name]) query[parameter] = chosen[name];
  return { path: user ? `/users/${encodeURIComponent(user)}/cdrs` : "/cdrs", query };
}

export const queryString = (query) => new URLSearchParams(query).toString();

// An interaction is shown when one leg satisfies all filters, as one CDR has to in Crossbar.
export function fits(call, { user, ...chosen }) {
  const wanted = Object.entries(FILTERS).filter(([name]) => chosen[name]);
  return call.legs.some(
    (leg) => (!user || owner(leg) === user) && wanted.every(([name, [, held]]) => held(leg) === chosen[name]),
  );
}
