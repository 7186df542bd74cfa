"""Ground truth of filters: what the server finds is expected, and nothing else, whatever the value is."""

from collections.abc import Iterator
from typing import Any

import pytest

from mockcdrs.control_client import ControlClient
from mockcdrs.expected.query import encode_query
from mockcdrs.mock import Mock, serving
from mockcdrs.remote_mock import RemoteMock
from tests.expected.walks import WITH_QUIRKS, walk_ids

NEWEST = 63_935_956_800  # 2026-01-18
RANGE: dict[str, Any] = {"created_from": NEWEST - 86_400, "created_to": NEWEST}
ODD: list[dict[str, Any]] = [
    {"hangup_cause": "A", "billing_seconds": 100, "flag": True},
    {"hangup_cause": "B", "billing_seconds": "100", "flag": "true"},
    {"hangup_cause": '"A"', "billing_seconds": 100.0, "flag": False},
    {"hangup_cause": '["A","B"]', "billing_seconds": 1, "flag": None},
    {"hangup_cause": "", "billing_seconds": -1, "flag": "True", "call_id": "202601-looks-like-an-id"},
    {"hangup_cause": "null", "flag": [1, "x"], "to": {"a": [{"b": "deep"}]}, "call_id": "plain"},
]
# a filter, its value, and how many of the six it finds
FILTERS: list[tuple[str, Any, int]] = [
    ("filter_hangup_cause", "A", 1),
    ("filter_hangup_cause", ["A", "B"], 2),
    ("filter_hangup_cause", ("A", "B"), 2),
    ("filter_hangup_cause", '["A","B"]', 3),
    ("filter_hangup_cause", [], 0),
    ("filter_hangup_cause", '"A"', 2),
    ("filter_hangup_cause", "", 1),
    ("filter_not_hangup_cause", ["A", "B"], 4),
    ("filter_flag", True, 2),
    ("filter_flag", "true", 2),
    ("filter_flag", "True", 1),
    ("filter_flag", False, 1),
    ("filter_flag", "null", 1),
    ("filter_flag", [True, False], 3),
    ("filter_billing_seconds", 100, 2),
    ("filter_billing_seconds", [100, -1], 3),
    ("filter_billing_seconds", "[100]", 0),
    ("filter_billing_seconds", 100.0, 1),
    ("filter_not_billing_seconds", 100, 4),
    ("filter_to.a.1.b", "deep", 1),
    ("filter_not_to.a.1.b", "deep", 0),
    ("filter_flag.2", "x", 1),
    ("filter_call_id", "plain", 1),
    ("filter_call_id", "202601-plain", 1),
    ("filter_call_id", "202601-202601-looks-like-an-id", 1),
    ("filter_call_id", "202601-looks-like-an-id", 0),
    ("filter_not_call_id", "202601-plain", 5),
]


def hold(mock: Mock | RemoteMock, leg: dict[str, Any]) -> None:
    mock.reset()
    mock.clear()
    for number, fields in enumerate(ODD):
        mock.add_cdr({**leg, "_id": f"202601-{number}", "pvt_created": NEWEST - number, **fields})


@pytest.fixture(scope="module")
def mock() -> Iterator[Mock]:
    WITH_QUIRKS.reset()
    hold(WITH_QUIRKS, WITH_QUIRKS.add_call(at=NEWEST).legs[0])
    yield WITH_QUIRKS
    WITH_QUIRKS.reset()


@pytest.mark.parametrize(("name", "value", "count"), FILTERS)
def test_what_a_filter_finds_is_what_is_expected(mock: Mock, name: str, value: Any, count: int) -> None:
    query: dict[str, Any] = {**RANGE, name: value}
    rows = list(walk_ids(mock, "/cdrs", encode_query("/cdrs", query)))
    assert list(mock.expected(**query).ids) == rows
    assert len(rows) == count


@pytest.mark.parametrize(("name", "value"), [("filter_hangup_cause", ["A", "B"]), ("filter_flag", True)])
def test_a_mock_elsewhere_reads_a_value_alike(mock: Mock, name: str, value: Any) -> None:
    leg = mock.add_call(at=NEWEST - 86_500).legs[0]
    with serving() as server:
        elsewhere = RemoteMock(ControlClient(server.url))
        hold(elsewhere, leg)
        assert elsewhere.expected(**RANGE, **{name: value}).ids == mock.expected(**RANGE, **{name: value}).ids != ()
