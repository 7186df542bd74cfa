"""Troubles under names that a person knows them by."""

from mockcdrs.faults.rule import Rule

PRESETS: dict[str, tuple[Rule, str]] = {
    "Datastore down": (Rule(status=503), "Every request is a 503, as when the database cannot be reached."),
    "Rate limited": (
        Rule(error="too_many_requests", after=5, probability=0.5),
        "After five requests, every other one is a 429.",
    ),
    "Slow Monday": (Rule(delay_seconds=3.0), "Every answer takes three seconds longer."),
    "Slow line": (Rule(drip=20_000.0), "Answers come with 20,000 bytes a second."),
    "Page 3 fails": (Rule(status=503, page=3), "A walk breaks on its third page, each time."),
    "Hiccup": (Rule(status=503, times=1), "The next request is a 503; then all is well again."),
    "Token expired": (Rule(token_expired=True), "Whatever token comes is refused from then on: log in again."),
    "Stale start key": (Rule(stale_key=True, page=2), "The key of the second page is refused."),
    "Cut body": (Rule(cut_after=1_000), "The connection ends after the first 1,000 bytes of an answer."),
    "Closed without an answer": (Rule(close=True), "The connection ends before any byte."),
    "Malformed JSON": (Rule(malformed_json=True), "Answers are no JSON, though they say so."),
    "Empty 200": (Rule(empty=True), "A success without a body."),
    "Duplicate row": (Rule(duplicate_row=True), "The last row of each page comes twice."),
    "Endless next_start_key": (Rule(endless_next_key=True), "A page leads to itself: a client must notice."),
}
