"""Reading documents, and the `cdrs` schema as data."""

from typing import Any

import jsonschema
import pytest

from mockcdrs.cdr import documents
from mockcdrs.cdr.documents import (
    MISSING,
    channel_vars,
    copy_json,
    integer_at,
    is_private,
    public_fields,
    text_at,
    value_at,
)
from mockcdrs.cdr.erlang import BadArgument

DOCUMENT = {"a": {"b": [10, {"c": "deep"}]}, "number": "7", "float": 1.5, "null": None, "nested": [None]}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ((), DOCUMENT),
        (("a", "b"), [10, {"c": "deep"}]),
        (("a", "b", "1"), 10),
        (("a", "b", "2", "c"), "deep"),
        (("null",), None),
    ],
)
def test_a_path_goes_through_objects_and_counts_lists_from_1(path: tuple[str, ...], value: Any) -> None:
    assert value_at(DOCUMENT, path) == value


@pytest.mark.parametrize("path", [("b",), ("a", "x"), ("a", "b", "0"), ("a", "b", "3"), ("a", "b", "x"), ("x", "y")])
def test_a_step_that_is_not_there_gives_the_default(path: tuple[str, ...]) -> None:
    assert value_at(DOCUMENT, path) is MISSING
    assert value_at(DOCUMENT, path, "default") == "default"


@pytest.mark.parametrize("path", [("number", "x"), ("null", "x"), ("a", "b", "1", "x"), ("nested", "1", "x")])
def test_a_path_that_goes_on_behind_a_text_a_number_or_null_kills(path: tuple[str, ...]) -> None:
    """`kz_json:get_value1/3` ends in `badarg`, which no accessor's default hides."""
    for read in (value_at, text_at, integer_at):
        with pytest.raises(BadArgument, match=rf"^.+ has no '{path[-1]}'$"):
            read(DOCUMENT, path)


def test_without_a_document_all_is_missing() -> None:
    assert value_at(None, ("a", "b"), "default") == "default"


def test_text_is_made_of_what_stands_there() -> None:
    assert text_at(DOCUMENT, ("float",)) == "1.5"
    assert text_at(DOCUMENT, ("null",)) == "null"
    assert text_at(DOCUMENT, ("none",)) == ""
    assert text_at(DOCUMENT, ("nested",), "no text") == "no text"


def test_an_integer_is_read_from_text_and_rounded() -> None:
    assert integer_at(DOCUMENT, ("number",)) == 7
    assert integer_at(DOCUMENT, ("float",)) == 2
    assert integer_at(DOCUMENT, ("null",), 0) == 0
    assert integer_at(DOCUMENT, ("none",)) is None


@pytest.mark.parametrize("variables", [None, "text", [], 1])
def test_channel_variables_that_are_no_object_are_an_empty_one(variables: Any) -> None:
    assert channel_vars({"custom_channel_vars": variables}) == {}
    assert channel_vars({}) == {}


def test_channel_variables_are_given_as_they_are() -> None:
    assert channel_vars({"custom_channel_vars": {"owner_id": "x"}}) == {"owner_id": "x"}


@pytest.mark.parametrize(("key", "private"), [("_id", True), ("pvt_type", True), ("pvt", False), ("a_b", False)])
def test_private_keys_start_with_an_underscore_or_pvt(key: str, private: bool) -> None:
    assert is_private(key) is private


def test_public_fields_end_with_the_id() -> None:
    document = {"_id": "202601-x", "b": 1, "_rev": "1-a", "pvt_type": "cdr", "a": {"_kept": 2}}
    assert list(public_fields(document).items()) == [("b", 1), ("a", {"_kept": 2}), ("id", "202601-x")]


def test_an_id_of_a_documents_own_gives_way_where_it_stands() -> None:
    document = {"_id": "202601-x", "a": 1, "id": "other", "b": 2}
    assert list(public_fields(document).items()) == [("a", 1), ("id", "202601-x"), ("b", 2)]


def test_a_public_document_keeps_its_own_id() -> None:
    assert public_fields({"id": "x", "a": 1}) == {"a": 1, "id": "x"}
    assert public_fields({"a": 1}) == {"a": 1}


def test_the_document_itself_stays_as_it_was() -> None:
    document = {"_id": "202601-x", "a": 1}
    public_fields(document)
    assert document == {"_id": "202601-x", "a": 1}


PAGE = [
    "app_name", "app_version", "billing_seconds", "call_direction", "call_id", "callee_id_name",
    "callee_id_number", "caller_id_name", "caller_id_number", "custom_application_vars", "custom_channel_vars",
    "custom_sip_headers", "digits_dialed", "disposition", "duration_seconds", "fax_bad_rows", "fax_ecm_used",
    "fax_result_code", "fax_result_text", "fax_success", "fax_total_pages", "fax_transfer_rate",
    "fax_transferred_pages", "from", "from_tag", "from_uri", "hangup_cause", "hangup_code", "interaction_id",
    "local_sdp", "media_server", "node", "other_leg_call_id", "other_leg_caller_id_name",
    "other_leg_caller_id_number", "other_leg_destination_number", "other_leg_direction", "presence_id",
    "remote_sdp", "request", "ringing_seconds", "timestamp", "to", "to_tag", "to_uri", "user_agent",
]  # fmt: skip
LATER_TEXTS = [
    "channel_call_state", "channel_name", "channel_state", "event_category", "event_name", "interaction_key",
    "msg_id", "switch_hostname", "switch_nodename", "switch_uri", "switch_url",
]  # fmt: skip
LATER_INTEGERS = ["channel_created_time", "interaction_time"]


def errors(document: Any) -> list[str]:
    return [error.message for error in jsonschema.Draft4Validator(documents.load_schema()).iter_errors(document)]


def test_the_schema_is_itself_valid() -> None:
    jsonschema.Draft4Validator.check_schema(documents.load_schema())


def test_it_has_the_properties_of_the_page_and_marks_the_later_ones_with_their_version() -> None:
    properties = documents.load_schema()["properties"]
    later = {name: field["type"] for name, field in properties.items() if "x-crossbar-since" in field}
    assert len(PAGE) == 46
    assert [name for name in properties if name not in later] == PAGE
    assert later == {**dict.fromkeys(LATER_TEXTS, "string"), **dict.fromkeys(LATER_INTEGERS, "integer")}
    assert {properties[name]["x-crossbar-since"] for name in later} == {"4.3.114"}
    assert list(properties) == sorted(properties)
    assert list(documents.load_schema()["definitions"]) == ["custom_sip_headers"]


def test_six_fields_are_integers() -> None:
    assert documents.integer_field_names() == {
        "billing_seconds",
        "duration_seconds",
        "ringing_seconds",
        "timestamp",
        *LATER_INTEGERS,
    }


def test_every_field_is_described() -> None:
    assert all(field["description"] for field in documents.load_schema()["properties"].values())


@pytest.mark.parametrize(
    "headers", [{}, {"x_kazoo_aor": "sip:1"}, {"in": {"x-a": "1"}}, {"in": {}, "out": {"X_b": ""}}, {"in": "1"}]
)
def test_sip_headers_are_flat_or_apart_for_each_direction(headers: Any) -> None:
    assert errors({"call_id": "x", "custom_sip_headers": headers}) == []


@pytest.mark.parametrize("headers", [{"x y": "1"}, {"x": 1}, {"in": {"x": 1}}, {"in": {"x": "1"}, "y": "1"}, "x"])
def test_other_sip_headers_are_refused(headers: Any) -> None:
    assert errors({"call_id": "x", "custom_sip_headers": headers})


@pytest.mark.parametrize(
    "document", [{}, {"call_id": 1}, {"call_id": "x", "call_direction": "up"}, {"call_id": "x", "timestamp": "1"}]
)
def test_a_document_with_a_wrong_field_is_refused(document: Any) -> None:
    assert errors(document)


def test_a_copy_shares_nothing_that_can_be_changed() -> None:
    original: dict[str, Any] = {"a": {"b": [1, {"c": None}]}, "d": ("x", [2])}
    copied = copy_json(original)
    assert copied == {"a": {"b": [1, {"c": None}]}, "d": ["x", [2]]}
    original["a"]["b"][1]["c"] = "changed"
    original["d"][1].append(3)
    assert copied == {"a": {"b": [1, {"c": None}]}, "d": ["x", [2]]}
