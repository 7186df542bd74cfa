"""A server with calls over the end of a month is a Crossbar, and the suite names what comes of them."""

from typing import Any

import pytest

from mockcdrs.cdr import gregorian
from mockcdrs.contract.check import Result, run
from mockcdrs.contract.server import Server
from mockcdrs.contract.table import CHECKS
from mockcdrs.mock import Mock, serving

JANUARY = gregorian.month_start("202601")
QUIRK = "month-end-call-lost"
# begin and end of calls, in seconds from the end of December
CALLS = [(-100, 60), (-90, 20), (10, 30), (70, 80), (-300, -200)]


def _begun(start: int, name: str) -> dict[str, Any]:
    """What an id and the fields of its interaction say of when a call began."""
    return {
        "_id": f"{gregorian.month_of(start)}-{name}",
        "call_id": name,
        "interaction_time": start,
        "interaction_key": name,
        "interaction_id": f"{start}-{name}",
        "channel_created_time": gregorian.to_unix(start) * 1_000_000,
    }


def results(mock: Mock) -> dict[str, Result]:
    server = Server(mock.url, mock.account_id, mock.auth_token)
    return {made.name: run(made, server) for made in CHECKS}


@pytest.mark.parametrize("fix", [(), (QUIRK,), ("all",)])
def test_calls_over_the_end_of_a_month_are_named_as_the_quirk_they_are(fix: tuple[str, ...]) -> None:
    with serving(fix=fix) as mock:
        before = results(mock)
        for number, (begin, end) in enumerate(CALLS):
            mock.add_call(at=JANUARY + end, fields=_begun(JANUARY + begin, f"call{number}@host"))
        after = results(mock)
    differing = [
        (name, each.what) for name in before for each in after[name].differences if not before[name].differences
    ]
    assert differing == []
    named = {name for name, result in after.items() if QUIRK in result.quirks}
    assert named == (set() if fix else {"range-of-a-month", "walk-down", "walk-up"})
    assert after["range-of-a-month"].outcome == "passed"


def test_without_such_a_call_a_server_cannot_be_told() -> None:
    with serving() as mock:
        server = Server(mock.url, mock.account_id, mock.auth_token)
        (made,) = [made for made in CHECKS if made.name == "range-of-a-month"]
        result = run(made, server)
    reason = "no CDR around the last month's end that was written in the month after that it began in"
    assert (result.outcome, result.not_made) == ("not made", (reason,))
