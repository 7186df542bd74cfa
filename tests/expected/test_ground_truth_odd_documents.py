"""Ground truth of documents as real servers hold them: what is no number, missing or of another type."""

from typing import Any

import pytest

from mockcdrs.dataset import fixtures
from mockcdrs.mock import Mock
from tests.expected.walks import WITH_QUIRKS, WITHOUT, walk_ids

NEWEST = 63_935_956_800  # 2026-01-18
MOCKS = [pytest.param(WITH_QUIRKS, id="quirks"), pytest.param(WITHOUT, id="fixed")]
ODD: list[Any] = ["soon", "", None, [], {}, -1, 1.5, True, "63935956790"]


def check(mock: Mock, end: int = NEWEST) -> None:
    """Truth and walks over the 30 days before the end agree."""
    query: dict[str, Any] = {
        "created_from": end - 30 * 86_400,
        "created_to": end,
        "ascending": "true",
        "paginate": "false",
    }
    for path in ("/cdrs", "/cdrs/interaction"):
        assert sorted(walk_ids(mock, path, query)) == sorted(mock.expected(path, **query).ids)


@pytest.mark.parametrize("mock", MOCKS)
@pytest.mark.parametrize("name", fixtures.load_edge_cases())
def test_every_edge_case_ends_up_as_expected(mock: Mock, name: str) -> None:
    mock.reset()
    mock.clear()
    created = [each.get("pvt_created") for each in mock.edge(name)]
    check(mock, max((time for time in created if isinstance(time, int) and time > 10**10), default=NEWEST))


@pytest.mark.parametrize("mock", MOCKS)
@pytest.mark.parametrize("value", ODD, ids=repr)
@pytest.mark.parametrize(
    "key",
    [
        *("timestamp", "duration_seconds", "billing_seconds", "channel_created_time", "channel_loopback_leg"),
        *("pvt_created", "interaction_time", "interaction_key", "custom_channel_vars"),
    ],
)
def test_a_value_of_another_type_ends_up_as_expected(mock: Mock, key: str, value: Any) -> None:
    mock.reset()
    legs = mock.add_call(at=NEWEST).legs
    mock.clear()
    for leg in legs:
        mock.add_cdr({**leg, key: value})
    check(mock)


@pytest.mark.parametrize("mock", MOCKS)
@pytest.mark.parametrize("kind", [["cdr"], [["cdr"]], ["cdr", "x"], [], "CDR", "", None], ids=repr)
@pytest.mark.parametrize("deleted", [[], {}, 0, 0.0, "", "false", None, True], ids=repr)
def test_what_the_views_take_for_a_cdr_is_expected(mock: Mock, kind: Any, deleted: Any) -> None:
    mock.reset()
    legs = mock.add_call(at=NEWEST).legs
    mock.clear()
    for leg in legs:
        mock.add_cdr({**leg, "pvt_type": kind, "pvt_deleted": deleted})
    check(mock)


@pytest.mark.parametrize("variable", ["rate", "rate_increment", "surcharge"])
def test_a_cost_that_cannot_be_told_is_none(variable: str) -> None:
    WITHOUT.reset()
    leg = WITHOUT.add_call(at=NEWEST).legs[0]
    WITHOUT.clear()
    variables = {**leg["custom_channel_vars"], "account_billing": "per_minute", variable: "dear"}
    WITHOUT.add_cdr({**leg, "custom_channel_vars": variables})
    assert (WITHOUT.expected().count, WITHOUT.expected().cost) == (1, 0)


@pytest.mark.parametrize("name", ["filter_call_id.x", "filter_not_call_id.x", "filter_not_custom_sip_headers.x"])
def test_a_filter_that_leads_through_a_text_ends_up_as_expected(name: str) -> None:
    WITH_QUIRKS.reset()
    WITH_QUIRKS.clear()
    WITH_QUIRKS.add_call(at=NEWEST)
    query: dict[str, Any] = {"created_to": NEWEST, name: "y"}
    assert sorted(walk_ids(WITH_QUIRKS, "/cdrs", query)) == sorted(WITH_QUIRKS.expected("/cdrs", **query).ids)
