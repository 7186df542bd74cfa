"""Over a data directory the clock stands where the data ends, so that a test finds the same calls in any year."""

import json
from pathlib import Path
from typing import Any

import pytest

from mockcdrs.mock import Mock
from tests.pytest_plugin.running import run_pytest

OFFICE = 63_936_129_600  # 2026-01-20T12:00:00Z, for which the committed office was made
END = 63_931_900_000
CDR = {
    "pvt_account_id": "8f3c1e5a7b9d4c2e8a6f0b1d3e5f7a90",
    "pvt_type": "cdr",
    "custom_channel_vars": {},
    "call_direction": "inbound",
    "interaction_id": "63931900000-feedbeef",
}


def directory(place: Path, *documents: dict[str, Any]) -> Path:
    lines = (json.dumps({"_id": f"202512-{n}", **CDR, **document}) for n, document in enumerate(documents))
    place.joinpath("one.jsonl").write_text("\n".join(lines))
    return place


def test_a_default_listing_has_the_last_calls(tmp_path: Path) -> None:
    data = directory(tmp_path, {"pvt_created": END - 9, "timestamp": END - 9}, {"pvt_created": END, "timestamp": END})
    mock = Mock(data=data)
    assert (mock.clock.now(), mock.clock.is_frozen) == (END, True)
    rows = mock.client().simulate_get(f"/v2/accounts/{mock.account_id}/cdrs").json["data"]
    assert [row["id"] for row in rows] == ["202512-1", "202512-0"]
    mock.clock.advance(days=3)
    mock.reset()
    assert mock.clock.now() == END


@pytest.mark.parametrize(
    ("documents", "end"),
    [
        ([{"pvt_created": END, "timestamp": END + 7}], END + 7),
        ([{"pvt_created": END}], END),
        ([{"timestamp": END}], END),
        ([{"_id": "202511-a", "pvt_created": END}], END),  # it went on over the end of its month
        *(
            ([{"pvt_created": END}, {"pvt_created": odd, "timestamp": odd}], END)
            for odd in (None, True, "63935956800", 63_935_956_800.5, 1_768_909_600, 63_935_956_800_000, OFFICE * 2)
        ),
        ([{"_id": "000001-a", "pvt_created": END}], OFFICE),  # before the first year that a calendar has
        ([{}], OFFICE),
    ],
)
def test_the_end_is_that_of_the_last_call_whose_time_is_none_of_another_month(
    tmp_path: Path, documents: list[dict[str, Any]], end: int
) -> None:
    assert Mock(data=directory(tmp_path, *documents)).clock.now() == end


def test_now_goes_before_the_end_of_the_data(tmp_path: Path) -> None:
    data = directory(tmp_path, {"pvt_created": END})
    assert Mock(data=data, now="2026-01-20T12:00:00Z").clock.now() == OFFICE
    live = Mock(data=data, now="live").clock
    assert not live.is_frozen
    assert live.now() > OFFICE


def test_it_stands_for_a_marker_too(pytester: pytest.Pytester) -> None:
    directory(pytester.mkdir("calls"), {"pvt_created": END, "timestamp": END})
    result = run_pytest(
        pytester,
        f"""
import pytest

@pytest.mark.mockcdrs(data="calls")
def test_it(mockcdrs, make_mockcdrs):
    for mock in (mockcdrs, make_mockcdrs()):
        assert (mock.clock.now(), mock.clock.is_frozen) == ({END}, True)
        assert len(ask(mock)["data"]) == mock.expected().count == 1
""",
    )
    result.assert_outcomes(passed=1)
