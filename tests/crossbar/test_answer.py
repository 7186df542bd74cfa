import csv
import io
from collections.abc import Mapping
from typing import Any

import pytest

from mockcdrs.control.state import State
from mockcdrs.crossbar.pipeline import EXPIRES, VARY
from mockcdrs.crossbar.versions import KAZOO_4_3, KAZOO_MASTER
from tests.crossbar.builders import (
    ACCOUNT,
    MASTER_TOKEN,
    NOW,
    OWNER,
    ask,
    body_of,
    calls,
    data_of,
    ids_of,
    json_of,
    leg,
    state_of,
)

ONE = "/cdrs/202601-call00000%40host"


@pytest.fixture
def state() -> State:
    return state_of(calls(3))


def test_one_cdr_has_its_revision_as_etag(state: State) -> None:
    answered = ask(state, ONE)
    assert answered.headers["etag"] == '"1-abc"'
    assert json_of(answered)["revision"] == "1-abc"
    assert list(data_of(answered))[-1] == "id"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"if-none-match": '"1-abc"'}, 304),
        ({"if-none-match": 'W/"1-abc", "x"'}, 304),
        ({"if-none-match": "*"}, 304),
        ({"if-none-match": '"2-abc"'}, 200),
        ({"if-match": '"1-abc"'}, 200),
        ({"if-match": "*"}, 200),
        ({"if-match": '"2-abc"'}, 412),
        ({"if-match": '"2-abc"', "if-none-match": '"1-abc"'}, 412),
        ({"if-match": '"2-abc" , "1-abc",'}, 200),
        # a weak tag never matches strongly: `cowboy_rest:if_match/3`
        ({"if-match": 'W/"1-abc"'}, 412),
        ({"if-none-match": "1-abc"}, 400),
        ({"if-match": ""}, 400),
    ],
)
def test_a_document_answers_preconditions(state: State, headers: Mapping[str, str], status: int) -> None:
    answered = ask(state, ONE, headers=headers)
    assert answered.status == status
    if status == 304:
        assert dict(answered.headers) == {
            "x-request-id": "request-1",
            "content-language": "en",
            "vary": VARY,
            "expires": EXPIRES,
            "etag": '"1-abc"',
        }


def test_a_chunked_listing_has_no_etag_and_meets_no_precondition(state: State) -> None:
    assert "etag" not in ask(state).headers
    assert ask(state, headers={"if-none-match": '"x"'}).status == 412
    assert ask(state, headers={"if-match": '"x"'}).status == 412
    anything = ask(state, headers={"if-none-match": "*"})
    assert (anything.status, "etag" in anything.headers) == (304, False)


def test_a_plain_listings_etag_follows_what_it_shows(state: State) -> None:
    plain = {"is_chunked": "false"}
    first, again, other = (ask(state, query=query) for query in (plain, plain, {**plain, "page_size": "1"}))
    assert first.headers["etag"] == again.headers["etag"] == f'"{json_of(again)["revision"]}"'
    assert other.headers["etag"] != first.headers["etag"]


@pytest.mark.parametrize(
    ("path", "status", "message", "data"),
    [
        ("/cdrs/nomonth", 404, "could not find cdr with supplied id", {}),
        ("/cdrs/202601-unknown", 404, "bad_identifier", {"cause": "202601-unknown", "message": "bad identifier"}),
        ("/cdrs/202511-unknown", 404, "bad_identifier", {"cause": "202511-unknown", "message": "bad identifier"}),
        ("/cdrs/legs/garbage", 404, "bad identifier", ["garbage"]),
        ("/cdrs/legs/202601-unknown", 404, "could not find legs for supplied id", {}),
        ("/cdrs?utc_offset=abc", 404, "utc_offset must be a number", {}),
    ],
)
def test_modules_refuse_in_their_own_words(state: State, path: str, status: int, message: str, data: Any) -> None:
    path, _, query = path.partition("?")
    shown = json_of(ask(state, path, query))
    assert (shown["error"], shown["message"], shown["data"]) == (str(status), message, data)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"pvt_deleted": True}, 404),
        ({"pvt_deleted": "true"}, 404),
        ({"pvt_deleted": 1}, 200),
        ({"pvt_type": "fax"}, 404),
        ({"pvt_type": None}, 404),
        ({"pvt_type": ""}, 200),
        ({"without": ["pvt_type"]}, 200),
        ({}, 200),
    ],
)
def test_deleted_documents_and_other_kinds_are_not_found(changes: dict[str, Any], status: int) -> None:
    """`crossbar_doc:load/4`, `kz_doc:is_soft_deleted/1`."""
    assert ask(state_of([leg("x", **changes)]), "/cdrs/202601-x").status == status


def test_an_interaction_id_that_is_a_cdr_id_leads_on_to_that_cdrs_legs() -> None:
    """`cb_cdrs:load_legs/2` calls itself with whatever interaction id it finds."""
    first, second = leg("first", interaction_id="202601-second"), leg("second")
    state = state_of([first, second, leg("self", interaction_id="202601-self")])
    assert ids_of(ask(state, "/cdrs/legs/202601-first")) == ["202601-second"]
    assert ask(state, "/cdrs/legs/202601-self").status == 404


def test_legs_are_found_by_a_cdr_id_and_by_their_interactions() -> None:
    shared: dict[str, Any] = {"interaction_id": f"{NOW - 60}-k", "interaction_time": NOW - 60, "interaction_key": "k"}
    state = state_of([leg("a", NOW, **shared), leg("b", NOW + 5, **shared), leg("c", NOW)])
    for wanted in ("202601-a", f"{NOW - 60}-k"):
        assert sorted(ids_of(ask(state, f"/cdrs/legs/{wanted}"))) == ["202601-a", "202601-b"]


def test_the_user_in_the_path_of_one_cdr_is_not_looked_at(state: State) -> None:
    assert data_of(ask(state, f"/users/{OWNER}{ONE}")) == data_of(ask(state, ONE))


def test_the_utc_offset_moves_the_datetime_alone(state: State) -> None:
    moved, usual = (data_of(ask(state, query=query))[0] for query in ({"utc_offset": "-3600"}, {}))
    assert {name for name in usual if usual[name] != moved[name]} == {"datetime"}
    assert (usual["datetime"], moved["datetime"]) == ("2026-01-20 10:59:00", "2026-01-20 09:59:00")


def test_empty_columns_are_dropped_from_json_where_the_operator_wants_it() -> None:
    state = state_of(calls(1), should_filter_empty_strings=True)
    row = data_of(ask(state))[0]
    assert "" not in row.values()
    assert row["media_recordings"] == []
    assert "recording_url" not in row


def test_an_interaction_whose_leg_lies_in_a_month_without_a_database_hides_all() -> None:
    state = state_of(calls(2))
    state.data.add(ACCOUNT, "202601", [leg("x", _id="202406-x")])
    answered = ask(state, "/cdrs/interaction", {"is_chunked": "false"})
    assert (answered.status, json_of(answered)["message"]) == (404, "bad_identifier")
    assert ask(state).status == 200


def test_a_failure_behind_the_first_chunk_cuts_the_answer_that_still_says_success() -> None:
    state = state_of([*calls(4), leg("broken", NOW - 7200, call_direction=None)])
    shown = json_of(ask(state, query={"chunk_size": "2"}))
    assert (len(shown["data"]), shown["status"]) == (4, "success")
    assert ask(state, query={"chunk_size": "5"}).status == 503


def test_csv_and_json_errors_carry_the_headers_of_their_kind() -> None:
    broken = [leg("x", call_direction=None)]
    for version, content_type in ((KAZOO_MASTER, "text/csv"), (KAZOO_4_3, "application/json")):
        answered = ask(state_of(broken, version=version), headers=CSV)
        assert (answered.status, answered.headers["content-type"]) == (503, content_type)
        assert json_of(answered)["message"] == "datastore_fault"


CSV = {"accept": "text/csv"}


@pytest.mark.parametrize(("query", "status"), [("", 503), ("&filter_call_id=nobody", 204)])
def test_plain_csv_of_interactions_dies_only_of_a_row_that_passes_the_filters(query: str, status: int) -> None:
    """`cb_cdrs:maybe_add_csv_header/3` asks for a flag that only chunks have, once there is a row."""
    answered = ask(state_of(calls(2)), "/cdrs/interaction", f"is_chunked=false{query}", headers=CSV)
    assert answered.status == status


def test_csv_of_a_month_without_a_call_dies_in_chunks_too() -> None:
    """`kz_csv:row_to_iolist/1` knows no row without a cell."""
    answered = ask(state_of(), "/cdrs/summary", "is_chunked=true", headers=CSV)
    assert (answered.status, body_of(answered)) == (500, b"")


def test_a_value_without_text_is_a_fault_of_a_bare_line_and_an_empty_cell_of_a_file() -> None:
    """`kz_binary:join/2` dies of it, `kz_csv:cell_to_binary/1` does not."""
    state = state_of([leg("x", variables={"media_recordings": ["a", None]})])
    assert ask(state, "/cdrs/interaction", headers=CSV).status == 503
    header, row = csv.reader(io.StringIO(body_of(ask(state, headers=CSV)).decode()))
    assert dict(zip(header, row, strict=True))["media_recordings"] == ""


def test_a_failure_before_the_first_chunk_is_plain_json_whichever_json_was_negotiated() -> None:
    """`api_util:create_pull_response/3` puts the context's own headers over the negotiated ones."""
    answered = ask(state_of([leg("x", call_direction=None)]), headers={"accept": "application/x-json"})
    assert (answered.status, answered.headers["content-type"]) == (503, "application/json")


@pytest.mark.parametrize(
    ("path", "headers"),
    [("/cdrs/nosuch", {}), ("/cdrs", {}), ("/cdrs", CSV), ("/v2/accounts/nosuch", {})],
    ids=["refused by the module", "failed in chunks", "failed in CSV", "refused before negotiation"],
)
def test_an_error_for_jsonp_is_javascript(path: str, headers: Mapping[str, str]) -> None:
    """`api_util:default_stop/2` makes the body anew, and `create_resp_content/2` names its type."""
    answered = ask(state_of([leg("x", call_direction=None)]), path, "jsonp=f", headers=headers)
    assert answered.headers["content-type"] == "application/javascript"
    assert body_of(answered).startswith(b"f({")


@pytest.mark.parametrize(
    ("query", "headers", "name"),
    [
        ("file_name=a/b.csv", {}, "b.csv"),
        ("file_name=a/b/", {}, "b"),
        ("file_name=a.csv", {"x-file-name": "c.csv"}, "c.csv"),
        ("file_name=a%0D%0Ab", {}, "ab"),
    ],
)
def test_a_file_is_named_by_header_or_query(state: State, query: str, headers: Mapping[str, str], name: str) -> None:
    answered = ask(state, query=query, headers={**CSV, **headers})
    assert answered.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert answered.is_file


@pytest.mark.parametrize(
    ("path", "query", "headers", "status"),
    [
        ("/cdrs/202601-x", "jsonp", {}, 500),
        ("/cdrs/nosuch", "jsonp", {}, 500),
        ("/cdrs", "jsonp", {}, 200),
        ("/cdrs", "accept", {}, 500),
        ("/cdrs", "accept", CSV, 200),
        ("/cdrs", "is_chunked=false&file_name", CSV, 500),
        ("/cdrs", "is_chunked=false&file_name", {**CSV, "x-file-name": "a.csv"}, 200),
        ("/cdrs", "file_name", CSV, 204),
        ("/cdrs", "file_name", {}, 200),
    ],
)
def test_a_bare_name_where_text_is_cut_or_joined_ends_the_handler(
    path: str, query: str, headers: Mapping[str, str], status: int
) -> None:
    """Within chunks its death is caught, and the answer is none. Source: `api_util.erl`, `api_resource.erl`."""
    answered = ask(state_of([leg("x")]), path, query, headers=headers)
    assert answered.status == status
    assert (body_of(answered) == b"") is (status != 200)


@pytest.mark.parametrize(("query", "status"), [("verb=get", 200), ("verb=put", 405), ("verb", 405), ("verb=", 405)])
def test_a_verb_in_the_query_takes_the_methods_place(state: State, query: str, status: int) -> None:
    """`api_util:get_http_verb/2`; a bare name is the text "true"."""
    assert ask(state, "/cdrs", query).status == status


@pytest.mark.parametrize(
    ("path", "query", "words"),
    [
        ("/cdrs/summary", "accept=csv&created_to=63934500000", "CSV of a summary"),
        ("/cdrs/summary", "accept=csv&is_chunked=true&created_to=63934500000", "CSV of a summary"),
        (ONE, "accept=pdf", "accept=pdf"),
        ("/cdrs/abcdef-x", "", "the month 'abcdef'"),
        ("/cdrs/legs/abcdefghijk-x", "", "the time 'abcdefghijk'"),
        ("/cdrs", "created_from=1768300000&created_to=1768900000", "are these Unix seconds?"),
        ("/v2/accounts/cdrs", "", "no account"),
    ],
)
def test_each_500_says_in_one_line_what_the_server_died_of(state: State, path: str, query: str, words: str) -> None:
    answered = ask(state, path, query, token=MASTER_TOKEN)
    assert answered.status == 500
    assert answered.note.startswith("this is Crossbar's own behaviour, it dies of ")
    assert words in answered.note
    assert "\n" not in answered.note


@pytest.mark.parametrize(
    ("method", "verb", "origin", "allow"),
    [("PUT", "GET", {}, "GET"), ("HEAD", "GET", {}, "GET"), ("GET", "OPTIONS", {"origin": "x"}, "OPTIONS")],
)
def test_only_a_post_may_stand_for_another_verb(
    state: State, method: str, verb: str, origin: Mapping[str, str], allow: str
) -> None:
    """`api_util:maybe_add_post_method/3` adds POST alone to what Cowboy then holds the method to."""
    answered = ask(state, "/cdrs", f"verb={verb}", method=method, headers=origin)
    assert (answered.status, body_of(answered), answered.headers["allow"]) == (405, b"", allow)
    assert ("access-control-allow-origin" in answered.headers) is bool(origin)


def test_a_preflight_asks_nothing_of_the_account(state: State) -> None:
    """`api_resource:malformed_request/3` lets OPTIONS through."""
    path = f"/v2/accounts/{'0' * 32}/cdrs"
    assert ask(state, path, method="OPTIONS", headers={"origin": "x"}).status == 200
    assert ask(state, path).status == 404


def test_trace_and_unknown_methods_are_a_bare_501(state: State) -> None:
    assert (ask(state, method="TRACE").status, body_of(ask(state, method="TRACE"))) == (501, b"")
    answered = ask(state, method="FOO")
    assert (answered.status, body_of(answered), dict(answered.headers)) == (501, b"", {"x-request-id": "request-1"})


@pytest.mark.parametrize("path", ["/v2/%", "/v2/a b"])
def test_what_cannot_be_read_at_all_is_a_bare_400(state: State, path: str) -> None:
    answered = ask(state, path)
    assert (answered.status, body_of(answered), dict(answered.headers)) == (400, b"", {})
