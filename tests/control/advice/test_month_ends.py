"""Advice on ranges that begin with a month and lack calls that began in the one before."""

from collections.abc import Iterable
from typing import Any

import pytest

from mockcdrs.control.advice import Facts
from mockcdrs.crossbar import quirks
from mockcdrs.mock import Mock, serving

JANUARY, LATER = 63_934_444_800, 63_935_000_000
CODE = "month-end-call-lost"
OVER = {
    "_id": "202512-over@host",
    "pvt_created": JANUARY + 60,
    "hangup_cause": "A",
    "custom_channel_vars": {"owner_id": "me"},
}
SHOWN = {"quirks": frozenset({CODE})}


def month(start: int = JANUARY, more: str = "") -> str:
    return f"created_from={start}&created_to={LATER}{more}"


def over(account: str, name: str) -> list[dict[str, Any]]:
    assert len(account) == 32
    return [OVER] if name == "202512" else []


@pytest.mark.parametrize("path", ["/cdrs", "/users/me/cdrs", "/cdrs/summary", "/users/you/cdrs/summary"])
@pytest.mark.parametrize("start", [JANUARY, JANUARY + 60])
def test_a_call_that_began_in_the_month_before_is_named(talk: Any, path: str, start: int) -> None:
    asked = talk(over_month_end=over, **SHOWN).asks(path, month(start))
    asked.tells(
        "month-end-call-lost", "lacks 1 CDRs of this range, such as '202512-over@host'", f"created_from={JANUARY - 1},"
    )


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/cdrs", month(JANUARY - 1)),
        ("/cdrs", month(JANUARY + 61)),
        ("/cdrs", month(more="&start_key=g2wAAAABYQFq")),
        ("/cdrs", month(more="&filter_hangup_cause=B")),
        ("/cdrs", "created_from=5&created_to=9"),
        ("/cdrs/interaction", month()),
        ("/users/you/cdrs", month()),
        ("/v2/account/cdrs", month()),
    ],
)
def test_a_request_that_lacks_none_is_right(talk: Any, path: str, query: str) -> None:
    talk(over_month_end=over, **SHOWN).asks(path, query).keeps_silent("month-end-call-lost")


def test_it_is_told_where_the_answer_is_crossbars_and_the_quirk_is_shown_and_calls_can_be_looked_for(talk: Any) -> None:
    talk(over_month_end=over, **SHOWN).asks(query=month(more="&filter_hangup_cause=A")).tells(CODE)
    talk(over_month_end=over, **SHOWN).asks(query=month(), fault="asked for").keeps_silent(CODE)
    talk(over_month_end=over, quirks=frozenset()).asks(query=month()).keeps_silent(CODE)
    talk(**SHOWN).asks(query=month()).keeps_silent(CODE)
    bare = {**OVER, "custom_channel_vars": None}
    talk(over_month_end=lambda *_: [bare], **SHOWN).asks(query=month()).keeps_silent(CODE)


@pytest.mark.parametrize(
    ("before", "is_told"),
    [
        (f"created_from={JANUARY - 1}&created_to={JANUARY + 3600}", False),
        (f"created_from={JANUARY - 1}&created_to={JANUARY + 59}", True),
        (f"created_from={JANUARY}&created_to={JANUARY + 3600}", True),
        (f"created_from={JANUARY - 1}&created_to={JANUARY + 3600}&filter_hangup_cause=B", True),
    ],
)
def test_whoever_asked_before_with_a_margin_has_it_already(talk: Any, before: str, is_told: bool) -> None:
    asked = talk(over_month_end=over, **SHOWN).asks(query=before).asks("/cdrs/summary").asks(query=month())
    asked.tells(CODE) if is_told else asked.keeps_silent(CODE)


def listed(mock: Mock, ranges: Iterable[tuple[int, int]]) -> list[str]:
    path = f"/v2/accounts/{mock.account_id}/cdrs"
    for start, end in ranges:
        mock.client().simulate_get(path, params={"created_from": start, "created_to": end})
    return [text for text in mock.advice() if text.startswith(f"{CODE}: ")]


def test_a_mock_tells_of_a_sweep_month_by_month_that_loses_a_call_and_of_none_with_a_margin() -> None:
    december = JANUARY - 31 * 86_400
    with serving() as mock:
        mock.clear()
        assert listed(mock, [(december, JANUARY - 1), (JANUARY, LATER)]) == []
        (call,) = mock.edge("month-boundary")
        (said,) = listed(mock, [(december, JANUARY - 1), (JANUARY, LATER)])
        assert call["_id"].partition("-")[0] == "202512"
        mock.state.journal.clear()
        assert listed(mock, [(december, JANUARY - 1), (JANUARY - 1, LATER)]) == []
    assert f"such as {call['_id']!r}: " in said


def test_all_of_it_rests_on_facts_that_may_be_missing() -> None:
    assert Facts(now=LATER, quirks=quirks.USUAL).over_month_end is None
