"""Calls to order, with a mock in this process and one elsewhere."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from mockcdrs.arguments import ArgumentError
from mockcdrs.dataset.call_builder import CallRate, UnknownScenario
from mockcdrs.mock import Mock
from mockcdrs.remote_mock import RemoteMock

Either = Mock | RemoteMock
RANGE: dict[str, Any] = {"created_from": 63_933_000_000, "created_to": 63_936_129_600}


def test_seconds_are_billed_and_ringing_is_not(mock: Either) -> None:
    for leg in mock.add_call(seconds=75, ringing=12).legs:
        assert (leg["billing_seconds"], leg["ringing_seconds"], leg["duration_seconds"]) == (75, 12, 87)


def test_a_rate_makes_the_costs_of_account_and_reseller(mock: Either) -> None:
    rate: CallRate = {"per_minute": 0.02, "increment": 6, "minimum": 30, "surcharge": 0.1, "name": "US"}
    mock.clear()
    mock.add_call(direction="outbound", seconds=61, rate=rate)
    # surcharge 1000, minimum of 30 s at 200 units a minute, then 31 s counted as 36
    assert mock.expected().cost == 1_000 + 100 + 120
    mock.clear()
    mock.add_call(direction="outbound", seconds=61, rate=0.02, billing="flat")
    assert mock.expected().cost == 0


def test_many_calls_are_spread_over_a_stretch_of_time(mock: Either) -> None:
    mock.clear()
    at = datetime(2026, 1, 20, tzinfo=UTC)
    calls = mock.add_calls(50, over=timedelta(days=3), at=at, direction="internal", seconds=60)
    assert len({call.id for call in calls}) == 50
    ends = [max(leg["timestamp"] for leg in call.legs) for call in calls]
    assert ends[-1] == 62_167_219_200 + int(at.timestamp())
    assert {later - earlier for earlier, later in pairwise(ends)} == {3 * 86_400 // 50}
    expected = mock.expected(**RANGE)
    assert (expected.count, expected.seconds) == (100, 100 * 60)


def test_the_same_series_is_the_same_calls() -> None:
    def ids() -> list[str]:
        with Mock() as mock:
            return [call.id for call in mock.add_calls(5, timedelta(hours=1))]

    assert ids() == ids()


WRONG: list[tuple[dict[str, Any], str]] = [
    (
        {"direction": "inbuond"},
        "direction: came 'inbuond', expected one of .*; did you mean inbound",
    ),
    ({"direction": "inbound", "scenario": "menu"}, "direction: came 'inbound' beside scenario='menu', expected one of"),
    ({"billing": "free"}, "billing: came 'free', expected one of per_minute, allotment, flat"),
    ({"rate": -1}, "rate: came -1, expected dollars a minute from 0 on, or some of per_minute, "),
    ({"rate": {"perminute": 1}}, "perminute: a rate has no such argument, expected .*; did you mean per_minute"),
    ({"rate": {"increment": 0}}, "increment: came 0, expected whole seconds from 1 to 86400"),
    ({"tags": {"a": 1}}, "tags: came .*, expected texts by name"),
    ({"fields": {"x": float("nan")}}, "fields: came what no answer could carry .*, expected JSON in UTF-8"),
    ({"fields": {"x": "\ud800"}}, "fields: came what no answer could carry .*, expected JSON in UTF-8"),
    ({"fields": {"x": {1: 2}}}, "fields: came .*, expected text for each key, as JSON has it"),
    ({"recording": "yes"}, "recording: came 'yes', expected True or False"),
    ({"ringing": 4000}, "ringing: came 4000, expected whole seconds from 0 to 3600"),
    ({"scenario": "inbound_missed", "seconds": 5}, "seconds: came 5, and nobody answers in scenario inbound_missed"),
]


@pytest.mark.parametrize(("call", "message"), WRONG)
def test_wrong_arguments_are_refused(mock: Either, call: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        mock.add_call(**call)


def test_an_unknown_scenario_is_refused_with_the_nearest(mock: Either) -> None:
    with pytest.raises(UnknownScenario, match="did you mean voicemail"):
        mock.add_call(scenario="voicemial")


@pytest.mark.parametrize(
    ("count", "over", "message"),
    [
        (0, timedelta(hours=1), "count: came 0, expected a whole number from 1 to 100000"),
        (2, 60, "over: came 60, expected a timedelta of at least a second"),
    ],
)
def test_a_series_needs_a_count_and_a_stretch_of_time(mock: Either, count: int, over: Any, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        mock.add_calls(count, over)
