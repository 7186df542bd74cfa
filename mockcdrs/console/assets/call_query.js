// What is shown of the calls, as a query to Crossbar, and in what that one would be another.

// The path and query below the account that ask Crossbar for the CDRs of the same range, user and cause.
export function crossbarQuery({ from, to, user, cause }) {
  const path = user ? `/users/${encodeURIComponent(user)}/cdrs` : "/cdrs";
  const query = { created_from: from, created_to: to, ...(cause && { filter_hangup_cause: cause }) };
  return `${path}?${new URLSearchParams(query)}`;
}

// Where Crossbar has no such filter, or one that takes whole values only.
export function crossbarDifferences({ direction, result, search }) {
  const number = search.replace(/[^\d+]/g, "");
  return [
    direction && "Crossbar's filter_call_direction is a leg's, inbound or outbound: which calls came in follows from both legs.",
    result && "Crossbar has no filter for missed or answered: it follows from the A-leg's billing_seconds and hangup_cause.",
    search &&
      `Crossbar finds no part of a number or name: filter_caller_id_number=${number || search} and filter_callee_id_number=${number || search} match the whole value exactly.`,
  ].filter(Boolean);
}
