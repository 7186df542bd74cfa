"""The account's timeline: interactions that are wanted, and their counts."""

from typing import Any

import httpx
import pytest

from mockcdrs.control_api import timeline
from mockcdrs.mock import Mock, serving

HOUR, DAY = 3_600, 86_400


def asked(mock: Mock, path: str, **query: Any) -> httpx.Response:
    return httpx.get(f"{mock.url.removesuffix('/v2')}/_mockcdrs/data/{path}", params=query, timeout=10)


def test_only_wanted_calls_are_listed_and_counted() -> None:
    with serving() as mock:
        mock.clear()
        missed = mock.add_call(scenario="inbound_missed", caller="+14155550100")
        mock.add_call(scenario="internal_call")
        (entry,) = asked(mock, "interactions", direction="incoming", search="5550100").json()
        assert entry["interaction_id"] == missed.id
        assert (entry["caller"]["number"], entry["direction"]) == ("+14155550100", "incoming")
        assert {leg["id"] for leg in entry["legs"]} == {leg["_id"] for leg in missed.legs}
        assert len(asked(mock, "interactions", direction="incoming", limit=0).json()) == 0
        counts = asked(mock, "counts").json()
        assert (counts["total"], counts["directions"]) == (2, {"incoming": 1, "outgoing": 0, "internal": 1})
        assert asked(mock, "counts", direction="internal").json()["total"] == 1


def test_calls_are_counted_by_day_or_in_a_short_range_by_hour() -> None:
    with serving() as mock:
        mock.clear()
        for at in ("2026-01-18T10:00:00Z", "2026-01-20T10:30:00Z", "2026-01-20T11:00:00Z"):
            mock.add_call(at=at, scenario="internal_call", seconds=60)
        now = mock.clock.now()
        by_day = asked(mock, "counts", created_from=now - 7 * DAY, created_to=now).json()
        assert (by_day["step_seconds"], by_day["counted_from"]) == (DAY, None)
        assert [step["answered"] for step in by_day["steps"]] == [1, 2]
        assert (by_day["results"]["answered"], by_day["talked_seconds"]) == (3, 180)
        by_hour = asked(mock, "counts", created_from=now - 2 * DAY, created_to=now).json()
        assert by_hour["step_seconds"] == HOUR
        assert all(step["start"] % HOUR == 0 for step in by_hour["steps"])


def test_counts_that_are_not_of_all_calls_say_from_where_on_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as mock:
        monkeypatch.setattr(timeline, "MAX_SEARCHED", 3)
        counts = asked(mock, "counts").json()
        newest = asked(mock, "interactions", limit=3).json()
        assert (counts["total"], counts["counted_from"]) == (3, newest[-1]["start_seconds"])


@pytest.mark.parametrize("name", ["direction", "result"])
def test_a_word_that_no_call_has_is_refused(name: str) -> None:
    with serving() as mock:
        refused = asked(mock, "counts", **{name: "sideways"})
        assert (refused.status_code, refused.json()["error"]["field"]) == (400, name)


def test_calls_days_apart_are_all_listed() -> None:
    with serving() as mock:
        mock.clear()
        calls = [mock.add_call(at=f"2026-01-{day}T10:00:00Z").id for day in (20, 15, 10)]
        assert [each["interaction_id"] for each in asked(mock, "interactions").json()] == calls
        assert [each["interaction_id"] for each in asked(mock, "interactions", limit=2).json()] == calls[:2]
