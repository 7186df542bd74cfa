"""The `cdrs` schema as data."""

from typing import Any

import jsonschema
import pytest

from mockcdrs.cdr import documents

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
