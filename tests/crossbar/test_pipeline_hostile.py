"""What no well-meaning client sends, and what no well-kept database holds: still Crossbar's answers."""

from typing import Any

import pytest

from mockcdrs.crossbar.versions import KAZOO_MASTER
from tests.crossbar.builders import ACCOUNT, ask, calls, data_of, ids_of, leg, state_of


@pytest.mark.parametrize("moment", [1, 2_681_999, 31_622_399])
@pytest.mark.parametrize("fixed", [[], ["all"]])
def test_a_range_that_begins_before_the_year_0_is_as_one_without_month_names(moment: int, fixed: list[str]) -> None:
    state = state_of(calls(3), fixed=fixed)
    for path in ("/cdrs", "/cdrs/interaction", "/cdrs/summary"):
        response = ask(state, path, {"created_to": moment})
        assert response.status == (200 if fixed else 500)


@pytest.mark.parametrize("size", ["9223372036854775807", "1.0e19", "1" + "0" * 30])
def test_a_page_may_be_wanted_as_large_as_a_number_can_be(size: str) -> None:
    response = ask(state_of(calls(3)), "/cdrs", {"page_size": size, "is_chunked": "false"})
    assert len(ids_of(response)) == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"data":{"page_size":NaN}}', b"invalid_json around 22"),
        ('{"data":{"page_size":1e999}}', b"decoder_exit around 0"),
        ('{"data":{"a":"\\ud800"}}', b"invalid_string around 21"),
    ],
)
def test_a_body_that_erlang_would_not_read_is_refused(text: str, words: bytes) -> None:
    headers = {"content-type": "application/json"}
    response = ask(state_of(calls(3)), "/cdrs", headers=headers, body=text.encode())
    assert response.status == 400
    assert words in (response.body if isinstance(response.body, bytes) else b"")


def test_a_start_key_with_a_float_that_erlang_does_not_have_is_refused() -> None:
    assert ask(state_of(calls(3)), "/cdrs", {"start_key": "g2wAAAABRn_4AAAAAAAAag"}).status == 500


def test_an_added_document_takes_the_place_of_the_base_s_of_the_same_id() -> None:
    state = state_of(calls(3))
    changed = {**calls(3)[1], "caller_id_name": "Zoe"}
    state.data.add(ACCOUNT, "202601", [changed])
    rows = data_of(ask(state, "/cdrs"))
    assert [row["caller_id_name"] for row in rows] == ["Alice", "Zoe", "Alice"]
    assert state.data.remove(changed["_id"])
    assert changed["_id"] not in ids_of(ask(state, "/cdrs"))


PER_MINUTE = {"account_billing": "per_minute", "rate_increment": "60"}


@pytest.mark.parametrize(
    "document",
    [
        leg("odd@host", channel_created_time=10**400),
        leg("odd@host", variables={**PER_MINUTE, "rate": 10**400}),
        leg("odd@host", variables={**PER_MINUTE, "surcharge": 10**400}),
    ],
    ids=["time", "rate", "surcharge"],
)
def test_a_number_too_large_for_a_column_is_a_fault_of_the_datastore_s(document: dict[str, Any]) -> None:
    path, query = "/cdrs", {"is_chunked": "false"}
    assert ask(state_of([document], version=KAZOO_MASTER), path, query).status == 503
    lenient = state_of([document], fixed=["all"], version=KAZOO_MASTER)
    assert ids_of(ask(lenient, path, query)) == [document["_id"]]


@pytest.mark.parametrize("direction", [["inbound"], {"a": 1}, None])
def test_a_direction_that_is_no_text_is_a_fault_of_the_summary_s(direction: Any) -> None:
    document = leg("odd@host", call_direction=direction, variables={"resource_id": "r"})
    assert ask(state_of([document]), "/cdrs/summary").status == 503
