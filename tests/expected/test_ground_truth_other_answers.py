"""The truth of the summary, of an interaction's legs, of one CDR, and of filters by field: as the server answers."""

from collections.abc import Iterator
from typing import Any

import pytest

from mockcdrs.crossbar.summary import classify
from mockcdrs.expected.ground_truth import kind_of_number
from mockcdrs.expected.query import UnsupportedQuery
from mockcdrs.mock import Mock

END = 63_936_129_600
RANGE: dict[str, Any] = {"created_from": END - 2_600_000, "created_to": END}
VERSIONS = ("4.3", "master")


@pytest.fixture(scope="module", params=[(version, fix) for version in VERSIONS for fix in ((), ("all",))], ids=str)
def mock(request: pytest.FixtureRequest) -> Iterator[Mock]:
    version, fix = request.param
    with Mock(kazoo=version, fix=fix) as mock:
        yield mock


def get(mock: Mock, path: str, **query: Any) -> Any:
    params = {name: str(value) for name, value in query.items()}
    response = mock.client().simulate_get(f"/v2/accounts/{mock.account_id}{path}", params=params)
    assert response.status_code == 200, response.text
    return response.json["data"]


def test_the_summary_is_that_of_the_server_and_has_the_calls_that_it_counts(mock: Mock) -> None:
    for created_from in (RANGE["created_from"], END - 86_400, END - 1):
        query: dict[str, Any] = {**RANGE, "created_from": created_from}
        expected = mock.expected("/cdrs/summary", **query)
        assert expected.summary == get(mock, "/cdrs/summary", **query)
        assert set(expected.ids).isdisjoint(expected.unreachable)
    whole = mock.expected("/cdrs/summary", **RANGE)
    assert bool(whole.unreachable) is bool(mock.config.fix == ())


def test_the_summary_of_a_month_that_has_no_calls_is_empty(mock: Mock) -> None:
    query: dict[str, Any] = {"created_from": END - 10, "created_to": END - 10}
    assert mock.expected("/cdrs/summary", **query).summary == get(mock, "/cdrs/summary", **query)


def test_the_legs_of_an_interaction_come_by_its_id_and_by_that_of_any_of_them(mock: Mock) -> None:
    for leg in mock.expected(**RANGE).legs[::40]:
        by_id = [leg["id"] for leg in get(mock, f"/cdrs/legs/{leg.interaction_id}")]
        assert list(mock.expected(f"/cdrs/legs/{leg.interaction_id}").ids) == by_id
        assert list(mock.expected(f"/cdrs/legs/{leg.id}").ids) == get_ids(mock, f"/cdrs/legs/{leg.id}")
        only = {"filter_call_direction": "inbound"}
        path = f"/cdrs/legs/{leg.interaction_id}"
        assert list(mock.expected(path, **only).ids) == get_ids(mock, path, **only)


def get_ids(mock: Mock, path: str, **query: Any) -> list[str]:
    return [row["id"] for row in get(mock, path, **query)]


@pytest.mark.parametrize("interaction_id", ["x", "99999999999999999-a", "-5-a"])
def test_an_interaction_that_is_not_there_has_no_legs(mock: Mock, interaction_id: str) -> None:
    assert mock.expected(f"/cdrs/legs/{interaction_id}").count == 0


def test_one_cdr_is_expected_as_long_as_it_is_there() -> None:
    with Mock() as mock:
        leg = mock.add_call(seconds=75).legs[0]
        expected = mock.expected(f"/cdrs/{leg['_id']}")
        assert (expected.ids, expected.seconds) == ((leg["_id"],), 75)
        for changes in ({"pvt_deleted": True}, {"pvt_deleted": "true"}, {"pvt_type": "account"}):
            mock.add_cdr({**leg, **changes})
            assert mock.expected(f"/cdrs/{leg['_id']}").count == 0
        mock.remove(leg["_id"])
        assert mock.expected(f"/cdrs/{leg['_id']}").count == 0
        assert mock.expected("/cdrs/x").count == 0


@pytest.mark.parametrize("name", ["has_key", "key_missing", "has_value", "value_missing"])
@pytest.mark.parametrize(
    "field",
    ["to", "other_leg_call_id", "custom_channel_vars.owner_id", "call_id.x", "custom_application_vars", "nosuch"],
)
def test_a_filter_by_field_is_as_the_servers(mock: Mock, name: str, field: str) -> None:
    query: dict[str, Any] = {**RANGE, name: field}
    assert sorted(mock.expected(**query).ids) == sorted(get_ids(mock, "/cdrs", **query, paginate="false"))


@pytest.mark.parametrize(
    "value", ["", 0, "0", None, {}, [], "NULL", "undefined", False, 0.0, "x", [48], [1], 1], ids=repr
)
@pytest.mark.parametrize("name", ["has_value", "value_missing"])
def test_what_counts_as_no_value_is_as_the_servers(name: str, value: Any) -> None:
    with Mock() as mock:
        mock.clear()
        mock.add_call(fields={"user_agent": value})
        query: dict[str, Any] = {name: "user_agent"}
        assert sorted(mock.expected(**query).ids) == sorted(get_ids(mock, "/cdrs", **query, paginate="false"))


def test_an_offset_of_the_times_changes_no_row_but_its_words(mock: Mock) -> None:
    for offset in (3_600, "-3600"):
        query: dict[str, Any] = {**RANGE, "utc_offset": offset}
        assert sorted(mock.expected(**query).ids) == sorted(get_ids(mock, "/cdrs", **query, paginate="false"))


@pytest.mark.parametrize(
    ("path", "query", "message"),
    [
        ("/cdrs/summary", {"page_size": 2}, "page_size: came with /cdrs/summary, expected some of created_from, creat"),
        ("/cdrs/summary", {"filter_to": "x"}, "filter_to: came with /cdrs/summary, expected some of created_from"),
        ("/cdrs/legs/x", {"created_from": END}, "created_from: came with /cdrs/legs/x, expected some of has_key"),
        ("/cdrs/x", {"has_key": "to"}, "has_key: came with /cdrs/x, expected nothing there"),
        ("/cdrs", {"has_key": ""}, "has_key: came '', expected the name of a field"),
        ("/cdrs", {"utc_offset": "east"}, "utc_offset: came 'east', expected seconds to be added"),
    ],
)
def test_what_the_server_ignores_or_breaks_on_is_refused(path: str, query: dict[str, Any], message: str) -> None:
    with Mock() as mock, pytest.raises(UnsupportedQuery, match=message):
        mock.expected(path, **query)


NUMBERS = (
    "+14155550100", "14155550100", "4155550100", "+18005550100", "8885550100", "+19005550100", "+12645550100",
    "12645550100", "2645550100", "+441632960100", "+4416", "911", "933", "1001", "+1415555010", "", "+11155550100",
    "+14151550100", "+999999999", "+1٤155550100", "+٤41632960100", "411", "+0044163296",
)  # fmt: skip


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_is_of_the_kind_that_the_server_says(number: str) -> None:
    assert kind_of_number(number, ("911", "933")) == classify(number, ("911", "933"))
