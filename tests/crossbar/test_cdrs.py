"""Interactions in pages, chunks and CSV.

One whose leg has an id without a month leaves its page or chunk as the view gave it: `cb_cdrs:split_to_modbs/3` dies of
it, and `kazoo_bindings` goes on with what was there before.
"""

import csv
import io

import pytest

from mockcdrs.control.state import State
from mockcdrs.crossbar.errors import EmptyResponse
from mockcdrs.crossbar.pipeline import HttpResponse
from mockcdrs.crossbar.versions import KAZOO_4_3
from tests.crossbar.builders import (
    MASTER_TOKEN,
    NOW,
    OWNER,
    Document,
    ask,
    body_of,
    calls,
    data_of,
    ids_of,
    json_of,
    leg,
    state_of,
)

CSV = {"accept": "text/csv"}
RAW_ROW = ["key", "value"]


def document(name: str, end: int, cdr_id: str = "") -> Document:
    return leg(name, end, _id=cdr_id or f"202601-{name}", channel_created_time=1)


def state_with(*ids: str) -> State:
    """Interactions a minute apart, the newest first; an empty id is a proper one."""
    state = state_of(months=("202601",))
    documents = [document(f"c{place}", NOW - 60 * place, cdr_id) for place, cdr_id in enumerate(ids, start=1)]
    state.data.add("a" * 32, "202601", documents)
    return state


def ask_interactions(state: State, query: str = "", **more: object) -> HttpResponse:
    return ask(state, "/cdrs/interaction", query, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "cdr_id", ["nomonth", "20261-short", "abcdef-x", "20260\u00e9-x", "099912-early", "202601", "2026\u00e9-x"]
)
def test_an_id_without_a_month_leaves_its_chunk_raw(cdr_id: str) -> None:
    shown = json_of(ask_interactions(state_with(cdr_id, "")))
    assert shown["page_size"] == "2"
    assert [[*row] for row in shown["data"]] == [RAW_ROW, RAW_ROW]
    assert shown["data"][0]["key"] == [NOW - 120, "c1"]
    assert shown["data"][0]["value"] == {"id": cdr_id, "channel_time": 1, "leg": "_"}


def test_what_erlang_reads_as_numbers_is_a_month() -> None:
    assert ids_of(ask_interactions(state_with("2026+1-x", ""))) == ["2026+1-x", "202601-c2"]
    without_database = ask_interactions(state_with("-20261-x", ""))
    assert (without_database.status, json_of(without_database)["message"]) == (404, "bad_identifier")


def test_other_chunks_are_listing_rows() -> None:
    rows = data_of(ask_interactions(state_with("", "nomonth", ""), "chunk_size=1&ascending=true"))
    assert [next(iter(row)) for row in rows] == ["id", "key", "id"]


def test_in_a_plain_answer_each_row_has_an_id_too() -> None:
    row = data_of(ask_interactions(state_with("nomonth"), "is_chunked=false"))[0]
    assert [*row] == [*RAW_ROW, "id"]
    assert row["id"] == "nomonth"


def test_once_fixed_the_others_are_listed() -> None:
    state = state_with("nomonth", "")
    state.quirks -= {"interaction-raw-rows"}
    assert ids_of(ask_interactions(state)) == ["202601-c2"]


@pytest.mark.parametrize(
    ("query", "columns", "last"),
    [("", '"key","value_id","value_channel_time","value_leg"', ""), ("is_chunked=false", "", ',"nomonth"')],
)
def test_csv_is_a_file_of_view_rows(query: str, columns: str, last: str) -> None:
    response = ask_interactions(state_with("nomonth"), query, headers=CSV)
    header, row, end = body_of(response).decode().split("\n")
    assert header == (columns or '"key","value_id","value_channel_time","value_leg","ID"')
    assert (row, end) == (f',"nomonth","1","_"{last}', "")
    assert response.headers["content-disposition"].startswith('attachment; filename="json_')
    assert response.is_file


def test_raw_chunks_of_csv_are_one_file() -> None:
    response = ask_interactions(state_with("nomonth", "nomonth2"), "chunk_size=1&ascending=true", headers=CSV)
    assert body_of(response).count(b"\n") == 3


def test_lines_of_csv_behind_view_rows_kill() -> None:
    response = ask_interactions(state_with("", "nomonth"), "chunk_size=1&ascending=true", headers=CSV)
    assert (response.status, body_of(response)) == (500, b"")
    assert response.note.endswith(": it crashes on lines of CSV behind what is to become a file")


def test_view_rows_behind_lines_of_csv_kill_once_the_lines_are_out() -> None:
    response = ask_interactions(state_with("", "nomonth", ""), "chunk_size=1&ascending=true", headers=CSV)
    parts = list[bytes]()
    assert response.status == 200
    assert not isinstance(response.body, bytes)
    with pytest.raises(EmptyResponse, match="500") as caught:
        parts.extend(response.body)
    assert caught.value.why == "a file of CSV behind lines that are out"
    assert b"".join(parts).count(b"\r\n") == 3


def test_the_month_of_a_chosen_leg_has_to_be_there() -> None:
    """`cb_cdrs:load_chunked_cdr_id/2` opens the documents in the database that the id names."""
    missing = json_of(ask_interactions(state_with("202406-x", "")))
    assert (missing["error"], missing["message"]) == ("404", "bad_identifier")
    assert missing["data"] == {"cause": "load_cdrs", "message": "bad identifier"}


@pytest.mark.parametrize("query", ["", "is_chunked=false"])
def test_interactions_of_one_month_stay_in_the_order_of_their_times(query: str) -> None:
    """`cb_cdrs:split_to_modbs/3` puts the older month first, and in a month changes nothing."""
    names = ("b", "d", "a", "c")
    state = state_of([leg(name, NOW - 60 * place) for place, name in enumerate(names)])
    assert ids_of(ask_interactions(state, query)) == [f"202601-{name}" for name in names]


def test_interactions_come_in_chunks_of_the_operators_bulk() -> None:
    state = state_of(calls(12), maximum_bulk=5, load_view_chunk_size=50)
    body = ask_interactions(state, "ascending=true").body
    assert not isinstance(body, bytes)
    assert [len(part) > 1000 for part in body] == [True, True, True, False]  # 5, 5 and 2 rows, then the trailer


@pytest.mark.parametrize(("chunk_size", "shown"), [(2, 6), (3, 7), (4, 8), (8, 8), (9, 9)])
def test_interactions_in_one_piece_lose_one_at_the_end_of_each_chunk_too(chunk_size: int, shown: int) -> None:
    """`crossbar_view.erl` goes on from a group's key, beyond which the group lies that it fetched last."""
    query = f"is_chunked=false&paginate=false&chunk_size={chunk_size}"
    assert len(data_of(ask_interactions(state_of(calls(9)), query))) == shown


@pytest.mark.parametrize("fixed", [[], ["csv-interaction-unquoted", "interaction-csv-plain-fault"]])
@pytest.mark.parametrize("query", ["", "is_chunked=false", "chunk_size=1&ascending=true"])
def test_csv_of_interactions_has_the_columns_of_a_listing_in_every_line(fixed: list[str], query: str) -> None:
    """`cb_cdrs:csv_rows/1` knows no `inception_direction`."""
    response = ask_interactions(state_of(calls(2), fixed=fixed), query, headers=CSV)
    if "is_chunked" in query and not fixed:
        assert response.status == 503
        return
    header, *rows = csv.reader(io.StringIO(body_of(response).decode()))
    assert header == [("ID" if fixed else name) if name == "id" else name for name in KAZOO_4_3.columns]
    without_quotes = 0 if fixed else 1  # `rfc_1036` has a comma
    assert [len(row) for row in rows] == [len(header) + without_quotes] * 2
    assert sorted(row[0] for row in rows) == ["202601-call00000@host", "202601-call00001@host"]


def test_bytes_that_are_no_text_go_out_in_a_line_of_csv_as_they_came() -> None:
    body = body_of(ask_interactions(state_of([leg(caller_id_name="\udcff")]), headers=CSV))
    assert b",1001,\xff," in body


def test_cdrs_of_no_account_are_a_faulty_request() -> None:
    response = ask(state_of(), "/v2/cdrs", token=MASTER_TOKEN)
    assert (response.status, json_of(response)["data"]) == (404, {"message": "faulty request"})


@pytest.mark.parametrize(("owner", "inception"), [("", "origination"), (f"/users/{OWNER}", "termination")])
def test_who_had_to_authorize_placed_a_call_but_to_a_user_its_direction_tells(owner: str, inception: str) -> None:
    row = data_of(ask(state_of([leg(call_direction="outbound")]), f"{owner}/cdrs/interaction"))[0]
    assert row["inception_direction"] == inception
