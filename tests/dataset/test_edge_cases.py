"""The catalogue of edge cases."""

import jsonschema
import pytest

from mockcdrs.cdr import documents, gregorian
from mockcdrs.dataset import fixtures
from mockcdrs.dataset.store import Document

CATALOGUE = fixtures.load_edge_cases()
NAMED = [
    "midnight-utc",
    "month-boundary",
    "dst-change",
    "same-second-x50",
    "leap-day",
    "zero-duration",
    "seven-hour-call",
    "missing-callee",
    "empty-strings",
    "null-field",
    "no-custom-channel-vars",
    "unicode-rtl",
    "emoji",
    "csv-injection",
    "quotes-commas-newlines",
    "call-id-with-at",
    "call-id-with-slash",
    "integer-as-string",
    "recordings-list",
    "recordings-string",
    "deleted",
    "anonymous-caller",
    "twelve-legs",
    "orphan-leg",
    "fax-failed",
    "schema-001",
]
SCHEMA_CASES = [name for name in CATALOGUE if name.startswith("schema-")]


def one(name: str) -> Document:
    (document,) = CATALOGUE[name]
    return document


def day_of(gregorian_seconds: int) -> str:
    return gregorian.to_datetime(gregorian_seconds).date().isoformat()


@pytest.mark.parametrize("name", NAMED)
def test_the_named_cases_are_there(name: str) -> None:
    assert CATALOGUE[name]


def test_there_are_about_120_names() -> None:
    assert 110 <= len(CATALOGUE) <= 140


def test_no_two_documents_share_an_id() -> None:
    ids = [document["_id"] for documents in CATALOGUE.values() for document in documents]
    assert len(set(ids)) == len(ids)


def test_every_case_can_be_stored() -> None:
    for case in CATALOGUE.values():
        for document in case:
            assert document.keys() >= {"_id", "pvt_account_id", "pvt_created", "pvt_type"}


@pytest.mark.parametrize("name", SCHEMA_CASES)
def test_a_found_document_is_valid_against_the_schema(name: str) -> None:
    jsonschema.Draft4Validator(documents.load_schema()).validate(one(name))


def test_there_are_found_documents_with_every_field_and_with_none_but_the_required() -> None:
    assert any(one(name).keys() >= set(documents.schema_field_names()) for name in SCHEMA_CASES)
    assert any(not one(name).keys() & (set(documents.schema_field_names()) - {"call_id"}) for name in SCHEMA_CASES)


@pytest.mark.parametrize("name", ["midnight-utc", "month-boundary", "leap-day-into-march"])
def test_a_leg_over_a_boundary_belongs_to_the_day_of_its_start(name: str) -> None:
    document = one(name)
    assert day_of(document["interaction_time"]) < day_of(document["timestamp"])
    assert document["_id"].startswith(gregorian.month_of(document["interaction_time"]))


def test_fifty_legs_end_in_one_second() -> None:
    assert len(CATALOGUE["same-second-x50"]) == 50
    assert len({document["pvt_created"] for document in CATALOGUE["same-second-x50"]}) == 1


def test_twelve_legs_are_one_interaction() -> None:
    assert len(CATALOGUE["twelve-legs"]) == 12
    assert len({document["interaction_id"] for document in CATALOGUE["twelve-legs"]}) == 1


def test_the_other_leg_of_an_orphan_is_nowhere() -> None:
    call_ids = {document["call_id"] for documents in CATALOGUE.values() for document in documents}
    assert one("orphan-leg")["other_leg_call_id"] not in call_ids


def test_changed_values_are_where_they_say() -> None:
    assert "callee_id_number" not in one("missing-callee")
    assert one("null-field")["callee_id_name"] is None
    assert one("deleted")["pvt_deleted"] is True
    assert one("seven-hour-call")["billing_seconds"] == 7 * 3_600
    assert one("zero-duration")["duration_seconds"] == 0
    assert one("integer-as-string")["duration_seconds"] == "60"
    assert len(one("recordings-list")["custom_channel_vars"]["media_recordings"]) == 2
    assert isinstance(one("recordings-string")["custom_channel_vars"]["media_recordings"], str)
    assert one("call-id-with-slash")["_id"] == "202601-Call/ID/7c643a2f4c"


def test_each_reading_gives_documents_of_its_own() -> None:
    fixtures.load_edge_cases()["emoji"][0].clear()
    assert fixtures.load_edge_cases()["emoji"] == CATALOGUE["emoji"]
