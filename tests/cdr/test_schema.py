"""The `cdrs` schema as data."""

from typing import Any

import jsonschema
import pytest

from mockcdrs.cdr import schema


def errors(document: Any) -> list[str]:
    return [error.message for error in jsonschema.Draft4Validator(schema.load()).iter_errors(document)]


def test_the_schema_is_itself_valid() -> None:
    jsonschema.Draft4Validator.check_schema(schema.load())


def test_it_knows_47_fields_and_one_definition() -> None:
    assert len(schema.public_fields()) == 47
    assert list(schema.load()["definitions"]) == ["custom_sip_headers"]


def test_five_fields_are_integers() -> None:
    assert schema.integer_fields() == {
        "billing_seconds",
        "duration_seconds",
        "ringing_seconds",
        "timestamp",
        "channel_created_time",
    }


def test_every_field_is_described() -> None:
    assert all(field["description"] for field in schema.load()["properties"].values())


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
