"""What each column of a row shows of a document, and the type of a row, which the rows of each version are of."""

from typing import Any, get_origin, get_type_hints

import pytest

from mockcdrs import serving
from mockcdrs.cdr import listing_columns as rows
from mockcdrs.cdr.listing_columns import ListingRow, datetime_text, start_seconds
from mockcdrs.crossbar.versions import VERSIONS

NAMES = (
    "id call_id caller_id_number caller_id_name callee_id_number callee_id_name duration_seconds billing_seconds "
    "timestamp hangup_cause disposition other_leg_call_id owner_id to from direction request authorizing_id cost "
    "dialed_number calling_from datetime unix_timestamp unix_timestamp_micro rfc_1036 iso_8601 iso_8601_combined "
    "call_type rate rate_name bridge_id recording_url media_recordings media_server call_priority interaction_id "
    "inception_direction reseller_cost reseller_call_type reseller_id account_id"
)
COLUMNS = NAMES.split()

END = 63_936_129_600  # 2026-01-20T12:00:00Z
LEAST = {"_id": "202601-x", "call_direction": "inbound", "timestamp": END}

TYPES = get_type_hints(ListingRow)


def row(is_reseller: bool = False, variables: Any = None, **changes: Any) -> dict[str, Any]:
    document = {**LEAST, **changes}
    if variables is not None:
        document["custom_channel_vars"] = variables
    return make_row(document)


def make_row(document: dict[str, Any], is_lenient: bool = False) -> dict[str, Any]:
    return rows.make_row(document, rows.select_columns(COLUMNS, " "), is_lenient)


def test_a_row_has_the_columns_that_it_is_asked_for_in_their_order() -> None:
    assert list(row()) == COLUMNS
    columns = rows.select_columns(("to", "id"), "_")
    assert rows.make_row({**LEAST, "to": "a@b"}, columns) == {"to": "a@b", "id": "202601-x"}
    assert [*rows.make_row({**LEAST, "to": "a@b"}, columns)] == ["to", "id"]
    with pytest.raises(KeyError, match="nosuch"):
        rows.select_columns(("nosuch",), " ")


def test_a_resellers_cost_is_by_what_the_reseller_pays() -> None:
    columns = row(variables={"reseller_billing": "per_minute", "rate": 100, "reseller_id": "r"}, billing_seconds=61)
    assert (columns["reseller_cost"], columns["reseller_call_type"], columns["cost"]) == ("200", "per_minute", "0")
    assert (columns["reseller_id"], columns["account_id"]) == ("r", "")


@pytest.mark.parametrize(
    ("variables", "inception"),
    [
        ({"authorizing_id": "d"}, "origination"),
        ({"authorizing_id": None}, "origination"),
        ({"authorizing_id": "a", "account_id": "a"}, "origination"),
        ({}, "termination"),
        ([], "termination"),
        (None, "termination"),
    ],
)
def test_a_call_that_somebody_authorized_began_inside(variables: Any, inception: str) -> None:
    assert row(variables=variables)["inception_direction"] == inception


@pytest.mark.parametrize(("direction", "inception"), [("inbound", "origination"), ("outbound", "termination")])
def test_of_a_user_a_leg_from_the_phone_is_where_a_call_began(direction: str, inception: str) -> None:
    columns = rows.select_columns(["inception_direction"], " ", of_user=True)
    assert rows.make_row({"call_direction": direction}, columns) == {"inception_direction": inception}
    with pytest.raises(ValueError, match="expected inbound or outbound"):
        rows.make_row({}, columns)


def test_what_is_missing_is_empty_text_but_for_rate_cost_and_recordings() -> None:
    filled = {"id", "direction", "timestamp", "datetime", "rfc_1036", "inception_direction"}
    filled |= {name for name in COLUMNS if name.startswith(("unix_", "iso_"))}
    empty = {name: value for name, value in row().items() if name not in filled}
    assert empty.pop("rate") == "0.0"
    assert empty.pop("cost") == empty.pop("reseller_cost") == "0"
    assert empty.pop("media_recordings") == []
    assert set(empty.values()) == {""}


def test_texts_come_from_the_fields_of_their_names() -> None:
    names = ("call_id", "caller_id_name", "callee_id_number", "hangup_cause", "media_server", "interaction_id", "from")
    columns = make_row({**LEAST, **{name: f"the {name}" for name in names}})
    assert {name: columns[name] for name in names} == {name: f"the {name}" for name in names}


def test_texts_are_text_whatever_the_document_holds() -> None:
    columns = row(call_id=12, caller_id_name=None, media_server=1.0, recording_url=12)
    assert (columns["call_id"], columns["caller_id_name"], columns["media_server"]) == ("12", "null", "1.0")
    assert columns["recording_url"] == 12


def test_channel_variables_are_shown_as_they_stand() -> None:
    variables = {"owner_id": 5, "rate_name": None, "bridge_id": ["b"], "call_priority": "1", "account_billing": "x"}
    columns = row(variables=variables)
    shown = {name: columns[name] for name in ("owner_id", "rate_name", "bridge_id", "call_priority", "call_type")}
    assert shown == {"owner_id": 5, "rate_name": None, "bridge_id": ["b"], "call_priority": "1", "call_type": "x"}


@pytest.mark.parametrize(("value", "shown"), [(60, 60), ("60", 60), (59.5, 60), ("", ""), ("x", ""), (None, "")])
def test_seconds_are_integers_where_they_are_numbers(value: Any, shown: Any) -> None:
    columns = row(billing_seconds=value, duration_seconds=value)
    assert columns["billing_seconds"] == shown
    assert columns["duration_seconds"] == shown


def test_a_row_tells_the_start_where_its_document_tells_the_end() -> None:
    columns = row(duration_seconds=100)
    assert columns["timestamp"] == "63936129500"
    assert columns["datetime"] == "2026-01-20 11:58:20"
    assert columns["unix_timestamp"] == "1768910300"
    assert columns["rfc_1036"] == "Tue, 20 Jan 2026 11:58:20 GMT"
    assert columns["iso_8601"] == "2026-01-20"
    assert columns["iso_8601_combined"] == "2026-01-20T11:58:20Z"


def test_the_start_is_counted_from_0_where_the_end_is_missing() -> None:
    assert start_seconds({"duration_seconds": 5}) == -5
    assert start_seconds({"timestamp": "5", "duration_seconds": "x"}) == 5
    assert make_row({"call_direction": "inbound"})["datetime"] == "0000-01-01 00:00:00"


@pytest.mark.parametrize(
    ("created", "shown"),
    [(1_759_478_672_569_712, "1759478672.569712"), ("1759478672000000", "1759478672.0"), (0, "0.0")],
)
def test_microseconds_come_from_the_channels_creation(created: Any, shown: str) -> None:
    assert row(channel_created_time=created)["unix_timestamp_micro"] == shown


@pytest.mark.parametrize("created", [{}, {"channel_created_time": "x"}, {"channel_created_time": None}])
def test_microseconds_are_the_start_where_the_channels_creation_is_not_known(created: dict[str, Any]) -> None:
    assert row(duration_seconds=100, **created)["unix_timestamp_micro"] == "1768910300.0"


def test_an_authorizing_account_is_not_shown() -> None:
    assert row(variables={"account_id": "a", "authorizing_id": "a"})["authorizing_id"] == ""
    assert row(variables={"account_id": "a", "authorizing_id": "b"})["authorizing_id"] == "b"
    assert row(variables={"authorizing_id": "b"})["authorizing_id"] == "b"
    assert row(variables={"account_id": 1, "authorizing_id": 1})["authorizing_id"] == ""
    assert row(variables={"account_id": 1, "authorizing_id": True})["authorizing_id"] is True


def test_a_list_of_character_codes_is_shown_as_text() -> None:
    """Latin-1's in UTF-8, as with all texts that are put into an object (`kz_json:from_list/1`)."""
    shown = row(caller_id_name=[90, 111, 235], billing_seconds=[52, 50])
    assert (shown["caller_id_name"], shown["billing_seconds"]) == ("Zoë", 42)


NUMBERS = {
    "request": "2001@host@more",
    "to": "2002@host@more",
    "from_uri": "1001@host@more",
    "caller_id_number": "1002",
}


@pytest.mark.parametrize(
    ("direction", "dialed", "calling"), [("inbound", "2001", "1002"), ("outbound", "2002", "1001")]
)
def test_numbers_depend_on_the_direction(direction: str, dialed: str, calling: str) -> None:
    columns = make_row({**LEAST, **NUMBERS, "call_direction": direction})
    assert (columns["dialed_number"], columns["calling_from"]) == (dialed, calling)


def test_a_number_without_a_host_is_shown_whole() -> None:
    assert row(request="2001")["dialed_number"] == row(request=2001)["dialed_number"] == "2001"
    assert row()["dialed_number"] == ""


@pytest.mark.parametrize(("value", "shown"), [("x", ["x"]), (["x", "y"], ["x", "y"]), ([], []), (None, [None])])
def test_recordings_are_always_a_list(value: Any, shown: list[Any]) -> None:
    assert row(variables={"media_recordings": value})["media_recordings"] == shown


@pytest.mark.parametrize(
    ("rate", "shown"), [(333, "0.0333"), ("10000", "1.0"), (0, "0.0"), (5, "0.0005"), (33333, "3.3333")]
)
def test_the_rate_is_in_dollars(rate: Any, shown: str) -> None:
    assert row(variables={"rate": rate})["rate"] == shown


def test_the_cost_is_in_units_as_text() -> None:
    assert row(variables={"account_billing": "per_minute", "rate": 100}, billing_seconds=61)["cost"] == "200"


BROKEN: dict[str, dict[str, Any]] = {
    "no direction": {"call_direction": None},
    "another direction": {"call_direction": "internal"},
    "no end but a duration": {"timestamp": "soon", "duration_seconds": 5},
    "variables that are null": {"custom_channel_vars": None},
    "variables that are a text": {"custom_channel_vars": "none"},
    "a rate that is no number": {"custom_channel_vars": {"rate": "cheap"}},
    "a surcharge that is no number": {
        "billing_seconds": 5,
        "custom_channel_vars": {"account_billing": "per_minute", "surcharge": "x"},
    },
}


@pytest.mark.parametrize("changes", BROKEN.values(), ids=BROKEN)
def test_a_document_that_a_column_cannot_handle_has_no_row(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        make_row({**LEAST, **changes})


@pytest.mark.parametrize("changes", BROKEN.values(), ids=BROKEN)
def test_a_lenient_row_leaves_the_broken_columns_empty(changes: dict[str, Any]) -> None:
    columns = make_row({**LEAST, **changes}, is_lenient=True)
    assert list(columns) == COLUMNS
    assert columns["id"] == "202601-x"
    assert "" in {columns["dialed_number"], columns["datetime"], columns["rate"], columns["cost"]}


def test_variables_that_are_a_list_are_none() -> None:
    assert row(custom_channel_vars=[])["owner_id"] == ""


def test_the_broken_direction_is_named() -> None:
    with pytest.raises(ValueError, match="call_direction: 'internal', expected inbound or outbound"):
        make_row({**LEAST, "call_direction": "internal"})


def test_a_year_of_five_digits_does_not_fit_into_a_datetime() -> None:
    """`kz_time:pretty_print_datetime/1` has a field of four; the other dates are only filled up to as many."""
    assert datetime_text(315_569_520_000, " ") == "****-01-01 00:00:00"
    assert datetime_text(315_569_519_999, " ") == "9999-12-31 23:59:59"
    columns = row(timestamp=END * 1000)
    assert columns["datetime"] == "****-04-17 00:00:00"
    assert (columns["iso_8601"], columns["rfc_1036"]) == ("2026055-04-17", "Sat, 17 Apr 2026055 00:00:00 GMT")


def test_a_datetime_wants_whole_seconds() -> None:
    assert datetime_text(END, " ") == "2026-01-20 12:00:00"
    assert datetime_text(END, "_") == "2026-01-20_12:00:00"
    with pytest.raises(ValueError, match="expected whole seconds"):
        datetime_text(float(END), " ")


def test_only_interactions_in_json_and_resellers_have_further_columns() -> None:
    row_columns = rows.RowColumns(("id", "datetime"), ("inception_direction",), ("reseller_cost",), "_")
    further = {
        ("", False): [],
        ("account", False): ["inception_direction"],
        ("user", False): ["inception_direction"],
        ("", True): [],
        ("account", True): [],
    }
    for (interactions_of, is_csv), names in further.items():
        own = [*row_columns(interactions_of=interactions_of, is_csv=is_csv)]
        resellers = [*row_columns(is_reseller=True, interactions_of=interactions_of, is_csv=is_csv)]
        assert own == ["id", "datetime", *names]
        assert resellers == [*own, "reseller_cost"]
    shown = [rows.make_row(LEAST, row_columns(interactions_of=whose)) for whose in ("account", "user")]
    assert [each["inception_direction"] for each in shown] == ["termination", "origination"]
    assert shown[0]["datetime"] == "2026-01-20_12:00:00"


def columns_of_versions(*, is_reseller: bool) -> list[set[str]]:
    return [
        set(version.row_columns(is_reseller=is_reseller, interactions_of=interactions_of))
        for version in VERSIONS.values()
        for interactions_of in ("", "account", "user")
    ]


def test_the_type_of_a_row_has_each_column_of_each_version_and_no_other() -> None:
    assert set[str]().union(*columns_of_versions(is_reseller=True)) == TYPES.keys()


def test_columns_that_not_all_rows_have_are_not_required_by_the_type() -> None:
    assert ListingRow.__required_keys__ == set.intersection(*columns_of_versions(is_reseller=False))


def is_of_type(value: Any, kind: Any) -> bool:
    return isinstance(value, get_origin(kind) or kind) if get_origin(kind) is list else isinstance(value, kind)


@pytest.mark.parametrize("kazoo", VERSIONS)
@pytest.mark.parametrize("path", ["/cdrs", "/cdrs/interaction"])
def test_the_rows_of_the_office_are_of_that_type(kazoo: str, path: str) -> None:
    with serving(kazoo=kazoo, reseller=True) as mock:
        client = mock.client()
        rows = client.simulate_get(f"/v2/accounts/{mock.account_id}{path}?paginate=false").json["data"]
    assert len(rows) > 100
    wrong = {(name, type(value)) for row in rows for name, value in row.items() if not is_of_type(value, TYPES[name])}
    assert wrong == set()
