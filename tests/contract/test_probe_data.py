"""A server with calls over the end of a month is a Crossbar, and the suite names what comes of them."""

from collections.abc import Iterator
from typing import Any

import pytest

from mockcdrs.cdr import gregorian
from mockcdrs.contract.check import CheckResult
from mockcdrs.contract.checks import CHECKS
from mockcdrs.contract.probe_data import MAX_ROWS
from mockcdrs.contract.target import TargetServer
from mockcdrs.mock import Mock, serving
from tests.contract.running import run_check

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


def results(mock: Mock) -> dict[str, CheckResult]:
    server = TargetServer(mock.url, mock.account_id, mock.auth_token)
    return {check.name: check.run(server) for check in CHECKS}


@pytest.mark.parametrize("fix", [(), (QUIRK,), ("all",)])
def test_calls_over_the_end_of_a_month_are_named_as_the_quirk_they_are(fix: tuple[str, ...]) -> None:
    with serving(fix=fix) as mock:
        before = results(mock)
        for number, (begin, end) in enumerate(CALLS):
            mock.add_call(at=JANUARY + end, fields=_begun(JANUARY + begin, f"call{number}@host"))
        after = results(mock)
    differing = [
        (name, each.text) for name in before for each in after[name].differences if not before[name].differences
    ]
    assert differing == []
    names = {name for name, result in after.items() if QUIRK in result.quirks}
    assert bool(names) is not bool(fix)
    assert fix or names >= {"range-of-a-month", "walk-down", "walk-up"}
    assert after["range-of-a-month"].outcome == "passed"


def test_without_such_a_call_a_server_cannot_be_told() -> None:
    with serving() as mock:
        result = run_check("range-of-a-month", mock)
    reason = "no CDR around the last month's end that was written in the month after that it began in"
    assert (result.outcome, result.skipped) == ("skipped", (reason,))


@pytest.fixture
def mock() -> Iterator[Mock]:
    with serving() as mock:
        mock.clear()
        yield mock


def add_cdr_to(mock: Mock, **changes: Any) -> dict[str, Any]:
    """A CDR that took no time, ended an hour ago, and is its whole interaction."""
    end = mock.clock.now() - 3600
    usual = {
        "billing_seconds": 5,
        "call_id": "call",
        "call_direction": "inbound",
        "channel_name": "sofia/sipinterface_1/1001@host",
        "duration_seconds": 0,
        "from": "1001@example.com",
        "interaction_id": f"{end}-key",
        "interaction_key": "key",
        "interaction_time": end,
        "timestamp": end,
        "to": "1002@example.com",
    }
    variables = {"account_id": mock.account_id, **changes.pop("variables", {})}
    return mock.add_cdr({**usual, "custom_channel_vars": variables, **changes})


def reasons_to_skip(mock: Mock, name: str) -> tuple[str, ...]:
    result = run_check(name, mock)
    assert result.differences == ()
    return result.skipped


def test_one_leg_has_no_order(mock: Mock) -> None:
    add_cdr_to(mock)
    assert reasons_to_skip(mock, "order-of-legs") == (
        "no interaction around the last month's end has two legs of different times",
    )


def test_an_interaction_that_ended_as_it_began_tells_nothing_of_its_range(mock: Mock) -> None:
    add_cdr_to(mock)
    assert reasons_to_skip(mock, "range-of-interactions") == (
        "no interaction around the last month's end whose first leg ended after it began",
    )


def test_a_summary_of_one_month_and_one_call_cannot_show_what_is_lost_of_more(mock: Mock) -> None:
    add_cdr_to(mock)
    assert reasons_to_skip(mock, "summary") == (
        "the CDRs around the last month's end are of one month: summary-last-month would not show",
        "too few billed CDRs around the last month's end: summary-51-rows would not show",
    )


def test_an_owner_who_is_gone_is_not_asked_for(mock: Mock) -> None:
    add_cdr_to(mock, variables={"owner_id": "0" * 32})
    assert reasons_to_skip(mock, "cdrs-of-a-user") == (
        "no CDR around the last month's end names an owner that the account still has",
    )


def test_another_account_that_is_not_there_cannot_be_forbidden(mock: Mock) -> None:
    add_cdr_to(mock, variables={"reseller_id": "0" * 32})
    assert reasons_to_skip(mock, "other-account") == (
        "the only other account that is named may be seen with this token, or is not there",
    )


def test_more_cdrs_in_a_second_than_a_check_may_ask_for_end_it(mock: Mock) -> None:
    for number in range(MAX_ROWS + 1):
        add_cdr_to(mock, call_id=f"call-{number}")
    assert reasons_to_skip(mock, "walk-down") == (
        f"more than {MAX_ROWS} CDRs in the seconds around the last month's end",
    )


def test_the_widest_range_is_not_judged_by_a_cdr_that_no_row_can_be_made_of(mock: Mock) -> None:
    mock.edge("no-direction")
    assert reasons_to_skip(mock, "too-wide-everywhere") == (
        "the listing is a 503: broken-document-fault hides all CDRs there are",
    )


def test_interactions_that_an_id_without_a_month_hides_are_named_as_hidden(mock: Mock) -> None:
    document = add_cdr_to(mock)
    hiding = {**document, "_id": "no-month", "interaction_key": "other"}
    mock.state.data.add(mock.account_id, "202601", [hiding])
    assert reasons_to_skip(mock, "range-of-interactions") == (
        "/interaction shows no listing rows: interaction-raw-rows hides all interactions there are",
    )


def test_interactions_that_a_cdr_hides_which_no_listing_shows_are_named_as_hidden(mock: Mock) -> None:
    document = add_cdr_to(mock)
    hiding = {**document, "_id": "202601-broken", "interaction_key": "other", "call_direction": "sideways"}
    del hiding["custom_channel_vars"]
    mock.state.data.add(mock.account_id, "202601", [hiding])
    assert reasons_to_skip(mock, "range-of-interactions") == (
        "/interaction is a 503: broken-document-fault hides all interactions there are",
    )


def test_plain_interactions_whose_only_page_is_left_out_are_none_to_ask_for_as_csv() -> None:
    with serving(settings={"crossbar.pagination_page_size": 1}) as mock:
        mock.clear()
        mock.add_call(at=mock.clock.now() - 7200)
        add_cdr_to(mock, pvt_created=mock.clock.now() - 90 * 86_400)
        assert reasons_to_skip(mock, "csv-of-plain-interactions") == (
            "with is_chunked=false no interaction around the last month's end is shown",
        )
