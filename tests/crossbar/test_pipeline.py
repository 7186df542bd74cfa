"""One request through all of Crossbar: order of checks, headers, a GET in a POST, and what clients rarely send."""

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

import pytest

from mockcdrs.cdr.erlang import to_text
from mockcdrs.control.state import State
from mockcdrs.crossbar.pipeline import EXPIRES, VARY, HttpResponse
from mockcdrs.crossbar.versions import KAZOO_4_3, KAZOO_MASTER
from tests.crossbar.builders import (
    ACCOUNT,
    ACCOUNT_TOKEN,
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
    response = ask(state, ONE)
    assert response.headers["etag"] == '"1-abc"'
    assert json_of(response)["revision"] == "1-abc"
    assert list(data_of(response))[-1] == "id"


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
    response = ask(state, ONE, headers=headers)
    assert response.status == status
    if status == 304:
        assert dict(response.headers) == {
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


def test_without_the_quirk_a_datetime_before_the_year_0_is_empty() -> None:
    query = {"utc_offset": str(-NOW)}
    assert ask(state_of([leg()]), query=query).status == 503
    assert data_of(ask(state_of([leg()], fixed=["broken-document-fault"]), query=query))[0]["datetime"] == ""


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
    response = ask(state, "/cdrs/interaction", {"is_chunked": "false"})
    assert (response.status, json_of(response)["message"]) == (404, "bad_identifier")
    assert ask(state).status == 200


def test_a_failure_behind_the_first_chunk_cuts_the_answer_that_still_says_success() -> None:
    state = state_of([*calls(4), leg("broken", NOW - 7200, call_direction=None)])
    shown = json_of(ask(state, query={"chunk_size": "2"}))
    assert (len(shown["data"]), shown["status"]) == (4, "success")
    assert ask(state, query={"chunk_size": "5"}).status == 503


def test_csv_and_json_errors_carry_the_headers_of_their_kind() -> None:
    broken = [leg("x", call_direction=None)]
    for version, content_type in ((KAZOO_MASTER, "text/csv"), (KAZOO_4_3, "application/json")):
        response = ask(state_of(broken, version=version), headers=CSV)
        assert (response.status, response.headers["content-type"]) == (503, content_type)
        assert json_of(response)["message"] == "datastore_fault"


CSV = {"accept": "text/csv"}


@pytest.mark.parametrize(("query", "status"), [("", 503), ("&filter_call_id=nobody", 204)])
def test_plain_csv_of_interactions_dies_only_of_a_row_that_passes_the_filters(query: str, status: int) -> None:
    """`cb_cdrs:maybe_add_csv_header/3` asks for a flag that only chunks have, once there is a row."""
    response = ask(state_of(calls(2)), "/cdrs/interaction", f"is_chunked=false{query}", headers=CSV)
    assert response.status == status


def test_csv_of_a_month_without_a_call_dies_in_chunks_too() -> None:
    """`kz_csv:row_to_iolist/1` knows no row without a cell."""
    response = ask(state_of(), "/cdrs/summary", "is_chunked=true", headers=CSV)
    assert (response.status, body_of(response)) == (500, b"")


def test_a_value_without_text_is_a_fault_of_a_bare_line_and_an_empty_cell_of_a_file() -> None:
    """`kz_binary:join/2` dies of it, `kz_csv:cell_to_binary/1` does not."""
    state = state_of([leg("x", variables={"media_recordings": ["a", None]})])
    assert ask(state, "/cdrs/interaction", headers=CSV).status == 503
    header, row = csv.reader(io.StringIO(body_of(ask(state, headers=CSV)).decode()))
    assert dict(zip(header, row, strict=True))["media_recordings"] == ""


def test_a_failure_before_the_first_chunk_is_plain_json_whichever_json_was_negotiated() -> None:
    """`api_util:create_pull_response/3` puts the context's own headers over the negotiated ones."""
    response = ask(state_of([leg("x", call_direction=None)]), headers={"accept": "application/x-json"})
    assert (response.status, response.headers["content-type"]) == (503, "application/json")


@pytest.mark.parametrize(
    ("path", "headers"),
    [("/cdrs/nosuch", {}), ("/cdrs", {}), ("/cdrs", CSV), ("/v2/accounts/nosuch", {})],
    ids=["refused by the module", "failed in chunks", "failed in CSV", "refused before negotiation"],
)
def test_an_error_for_jsonp_is_javascript(path: str, headers: Mapping[str, str]) -> None:
    """`api_util:default_stop/2` makes the body anew, and `create_resp_content/2` names its type."""
    response = ask(state_of([leg("x", call_direction=None)]), path, "jsonp=f", headers=headers)
    assert response.headers["content-type"] == "application/javascript"
    assert body_of(response).startswith(b"f({")


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
    response = ask(state, query=query, headers={**CSV, **headers})
    assert response.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert response.is_file


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
    response = ask(state_of([leg("x")]), path, query, headers=headers)
    assert response.status == status
    assert (body_of(response) == b"") is (status != 200)


@pytest.mark.parametrize(("query", "status"), [("verb=get", 200), ("verb=put", 405), ("verb", 405), ("verb=", 405)])
def test_a_verb_in_the_query_takes_the_methods_place(state: State, query: str, status: int) -> None:
    """`api_util:get_http_verb/2`; a bare name is the text "true"."""
    assert ask(state, "/cdrs", query).status == status


@pytest.mark.parametrize(
    ("path", "query", "words"),
    [
        ("/cdrs/summary", "accept=csv&created_to=63934500000", "CSV of a summary without a call"),
        ("/cdrs/summary", "accept=csv&is_chunked=true&created_to=63934500000", "CSV of a summary without a call"),
        (ONE, "accept=pdf", "accept=pdf for something that is no PDF"),
        ("/cdrs/abcdef-x", "", "the month 'abcdef' of a CDR id"),
        ("/cdrs/legs/abcdefghijk-x", "", "the time 'abcdefghijk' of an interaction id"),
        ("/cdrs/legs/202601-empty", "", "an interaction id that is empty"),
        (
            "/cdrs",
            "created_from=1768300000&created_to=1768900000",
            "a range from 1768300000 to 1768900000, whose months have no names: are these Unix seconds?",
        ),
        ("/v2/accounts/cdrs", "", "a path without an account"),
        ("/cdrs", "a=%zz", "a query string that cannot be read"),
    ],
)
def test_each_500_says_in_one_line_what_the_server_died_of(state: State, path: str, query: str, words: str) -> None:
    state.data.add(ACCOUNT, "202601", [leg("empty", interaction_id="")])
    response = ask(state, path, query, token=MASTER_TOKEN)
    assert (response.status, response.note) == (500, f"this is Crossbar's own behaviour: it crashes on {words}")


@pytest.mark.parametrize(
    ("path", "values", "words"),
    [
        ("/cdrs", {"accept": {"a": 1}}, "an accept that is no text"),
        ("/cdrs", {"utc_offset": {"a": 1}}, "a utc_offset of {'a': 1}"),
        ("/cdrs", {"utc_offset": False}, "a utc_offset of False"),
        (ONE, {"accept": "csv", "file_name": {"a": 1}}, "a file_name that is no text"),
    ],
)
def test_a_value_in_a_body_that_kills_the_server_is_named(
    state: State, path: str, values: dict[str, Any], words: str
) -> None:
    response = ask(state, path, body=json.dumps({"data": {}, **values}).encode())
    assert (response.status, response.note) == (500, f"this is Crossbar's own behaviour: it crashes on {words}")


@pytest.mark.parametrize(
    ("method", "verb", "origin", "allow"),
    [("PUT", "GET", {}, "GET"), ("HEAD", "GET", {}, "GET"), ("GET", "OPTIONS", {"origin": "x"}, "OPTIONS")],
)
def test_only_a_post_may_stand_for_another_verb(
    state: State, method: str, verb: str, origin: Mapping[str, str], allow: str
) -> None:
    """`api_util:maybe_add_post_method/3` adds POST alone to what Cowboy then holds the method to."""
    response = ask(state, "/cdrs", f"verb={verb}", method=method, headers=origin)
    assert (response.status, body_of(response), response.headers["allow"]) == (405, b"", allow)
    assert ("access-control-allow-origin" in response.headers) is bool(origin)


def test_a_preflight_asks_nothing_of_the_account(state: State) -> None:
    """`api_resource:malformed_request/3` lets OPTIONS through."""
    path = f"/v2/accounts/{'0' * 32}/cdrs"
    assert ask(state, path, method="OPTIONS", headers={"origin": "x"}).status == 200
    assert ask(state, path).status == 404


def test_trace_and_unknown_methods_are_a_bare_501(state: State) -> None:
    assert (ask(state, method="TRACE").status, body_of(ask(state, method="TRACE"))) == (501, b"")
    response = ask(state, method="FOO")
    assert (response.status, body_of(response), dict(response.headers)) == (501, b"", {"x-request-id": "request-1"})


@pytest.mark.parametrize("path", ["/v2/%", "/v2/a b"])
def test_what_cannot_be_read_at_all_is_a_bare_400(state: State, path: str) -> None:
    response = ask(state, path)
    assert (response.status, body_of(response), dict(response.headers)) == (400, b"", {})


DOCUMENT = leg("one@host", _rev="3-x")


def posted(path: str = "/cdrs", query: str = "", **more: Any) -> HttpResponse:
    return ask(state_of([DOCUMENT, *calls(2)], months=("202601",)), path, f"verb=GET&{query}", method="POST", **more)


@pytest.mark.parametrize("path", ["/cdrs", "/cdrs/interaction"])
def test_a_listing_in_chunks_has_loaded_nothing_by_then(path: str) -> None:
    response = json_of(posted(path))
    assert response["data"] == []
    assert not {"page_size", "start_key", "revision"} & response.keys()


def test_a_plain_listing_is_all_there() -> None:
    response = json_of(posted(query="is_chunked=false&page_size=2"))
    assert (len(response["data"]), response["page_size"], response["revision"]) == (2, 2, "automatic")
    assert "next_start_key" in response


def test_interactions_are_rows_of_their_view_with_an_id() -> None:
    row = data_of(posted("/cdrs/interaction", "is_chunked=false"))[0]
    assert [*row] == ["key", "value", "id"]
    assert row["id"] == row["value"]["id"]


@pytest.mark.parametrize(
    ("path", "revision"), [("/cdrs/202601-one@host", "3-x"), ("/cdrs/summary", "automatic"), ("/cdrs/legs/1", None)]
)
def test_a_document_has_its_revision_and_what_has_none_an_automatic_one(path: str, revision: str | None) -> None:
    assert json_of(posted(path)).get("revision") == revision


@pytest.mark.parametrize("accept", ["*/*", "text/csv", "application/x-json"])
def test_it_is_json_whatever_is_wanted(accept: str) -> None:
    response = posted(query="is_chunked=false", headers={"accept": accept})
    assert response.headers["content-type"] == "application/json"
    assert not {"etag", "expires"} & response.headers.keys()
    assert len(data_of(response)) == 3


def test_what_a_get_refuses_it_refuses() -> None:
    assert json_of(posted(query="page_size=0"))["data"]["message"] == "page size must be at least 1"
    assert posted(headers={"accept": "text/html"}).status == 406


@pytest.mark.parametrize(
    ("path", "tag", "status"),
    [("/cdrs/202601-one@host", "*", 412), ("/cdrs/202601-one@host", '"3-x"', 412), ("/cdrs", '"x"', 412)],
)
def test_a_tag_that_matches_is_a_failed_precondition(path: str, tag: str, status: int) -> None:
    response = posted(path, headers={"if-none-match": tag})
    assert (response.status, body_of(response)) == (status, b"")
    assert "etag" not in response.headers


def test_a_tag_that_does_not_match_is_none() -> None:
    assert posted("/cdrs/202601-one@host", headers={"if-none-match": '"2-x"'}).status == 200


@pytest.mark.parametrize(
    ("verb", "status"),
    [
        ("get", 200),
        (["GET"], 200),
        (["G", "E", ["T"]], 200),
        (None, 405),
        (True, 405),
        (1, 405),
        ("", 405),
        ({}, 405),
        ([1000], 500),
    ],
)
def test_a_verb_in_a_body_is_made_text(verb: Any, status: int) -> None:
    """`api_util:get_http_verb/2`."""
    body = json.dumps({"data": {"verb": verb}}).encode()
    assert ask(state_of(calls(1)), method="POST", body=body).status == status


def test_a_verb_beside_the_data_that_is_null_is_none() -> None:
    assert ask(state_of(calls(1)), body=b'{"data":{},"verb":null}').status == 200


_NO_MONTH = "/cdrs/legs/69999999999-x"


@pytest.mark.parametrize("path", ["/v2/nosuch", "/v2/nosuch/cdrs", "/v2", "/v2/"])
def test_a_path_without_a_module_is_not_found_rather_than_forbidden(state: State, path: str) -> None:
    """`api_util:is_permitted_nouns/4`."""
    response = ask(state, path, token=ACCOUNT_TOKEN)
    assert (response.status, json_of(response)["message"]) == (404, "not_found")
    assert ask(state, path, token=None).status == 401


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [("GET", {}, 404), ("DELETE", {}, 404), ("GET", {"if-match": "*"}, 412), ("GET", {"accept": "text/html"}, 406)],
)
def test_who_may_do_everything_is_told_nothing_of_a_path_without_a_module(
    state: State, method: str, headers: Mapping[str, str], status: int
) -> None:
    response = ask(state, "/v2/nosuch", method=method, headers={**headers, "origin": "x"}, token=MASTER_TOKEN)
    spoken = {} if status == 406 else {"content-language": "en", "vary": VARY}
    assert (response.status, body_of(response)) == (status, b"")
    assert dict(response.headers) == {"x-request-id": "request-1", **spoken}


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_who_may_do_everything_kills_what_would_write_to_no_module(state: State, method: str) -> None:
    response = ask(state, "/v2/nosuch", method=method, token=MASTER_TOKEN)
    assert (response.status, json_of(response)["message"]) == (500, "init failed")


@pytest.mark.parametrize(
    ("query", "headers", "status", "what"),
    [
        ("x=" + "y" * 7_900, {}, 200, ""),
        ("x=" + "y" * 8_000, {}, 414, "a request line of more than 8000 bytes"),
        ("", {"x-any": "y" * 4_096}, 200, ""),
        ("", {"x-any": "y" * 4_097}, 431, "more than 4096 bytes in the header x-any"),
        ("", {"x-any": "ä" * 2_048}, 200, ""),
        ("", {"x-longer": "y" * 2_100, "x-any": "ä" * 2_049}, 431, "more than 4096 bytes in the header x-any"),
        ("", {"x-any": "\udcff" * 4_096}, 200, ""),
        ("", {f"x-{number}": "" for number in range(100)}, 431, "more than 100 headers"),
    ],
)
def test_the_head_of_a_request_has_a_limit(
    state: State, query: str, headers: Mapping[str, str], status: int, what: str
) -> None:
    response = ask(state, "/cdrs", query, headers=headers)
    assert response.status == status
    if what:
        assert (body_of(response), dict(response.headers)) == (b"", {})
        assert response.note == f"this is Crossbar's own behaviour, it takes no request with {what}"


def test_slashes_at_the_end_of_a_path_say_nothing(state: State) -> None:
    """`cb_context:path_tokens/1`."""
    assert len(data_of(ask(state, "/cdrs//"))) == 3


@pytest.mark.parametrize("path", ["/v1/accounts", "/cdrs"])
def test_what_ends_before_the_body_is_read_is_neither_pretty_nor_wrapped(path: str) -> None:
    query = {"pretty_print": "true", "jsonp": "f"}
    state = state_of(version=KAZOO_MASTER)
    response = ask(state, path, query, headers={"x-pretty-print": "true"}, body=b"{")
    assert body_of(response).startswith(b'{"timestamp":')
    assert "content-type" not in response.headers


def test_a_body_that_is_too_long_ends_a_request_before_it_is_read() -> None:
    response = ask(state_of(max_upload_size=10), "/cdrs", {"pretty_print": "true"}, body=b"x" * 8_000_001)
    assert response.status == 413
    assert body_of(response).startswith(b'{"data":{"file":{"maxSize":')


def test_a_query_that_cannot_be_read_kills_once_the_version_is_known(state: State) -> None:
    """`api_resource:init/2` dies, and so does `terminate/3`, which hides from Cowboy that the client is at fault."""
    response = ask(state, "/cdrs", "a=%zz")
    assert (response.status, body_of(response), dict(response.headers)) == (500, b"", {})
    assert ask(state, "/v1/accounts", "a=%zz").status == 500
    assert ask(state_of(version=KAZOO_MASTER), "/v1/accounts", "a=%zz").status == 410


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/json;charset=utf-8", 200),
        ("application/x-json", 200),
        ("text/csv", 200),
        ("multipart/mixed; boundary=cut", 200),
        ("text/plain", 415),
        ("image/png", 415),
    ],
)
def test_a_get_in_a_post_has_to_have_a_body_of_a_kind_that_is_taken(state: State, kind: str, status: int) -> None:
    """`api_resource:content_types_accepted/2`."""
    body = b"--cut\r\nContent-Type: text/csv\r\n\r\na,b\r\n--cut--" if kind.startswith("multipart") else b""
    response = ask(state, "/cdrs", "verb=GET", method="POST", headers={"content-type": kind}, body=body)
    assert response.status == status
    assert response.headers["content-language"] == "en"


@pytest.mark.parametrize(("value", "count"), [("Zo%C3%AB", 1), ("Zo%EB", 1), ("Zo%EB%99", 0)])
def test_latin_1_in_a_query_is_taken_for_what_it_means(value: str, count: int) -> None:
    """`kz_json:from_list/1` makes UTF-8 of a value, if all of it can be printed."""
    state = state_of([leg(caller_id_name="Zoë"), *calls(1)])
    assert len(data_of(ask(state, "/cdrs", f"filter_caller_id_name={value}"))) == count


def test_a_utc_offset_is_looked_at_before_the_path(state: State) -> None:
    """`cb_cdrs:validate_utc_offset/2`."""
    assert json_of(ask(state, "/users/cdrs"))["message"] == "faulty_request"
    assert json_of(ask(state, "/users/cdrs", "utc_offset=abc"))["message"] == "utc_offset must be a number"


@pytest.mark.parametrize(("query", "data"), [("is_chunked=false", {}), ("is_chunked=true", [])])
def test_a_failure_of_the_first_chunk_keeps_no_data_but_a_message(state: State, query: str, data: object) -> None:
    """`api_resource:reset_context_between_chunks/3`."""
    response = ask(state, _NO_MONTH, query)
    assert (response.status, data_of(response)) == (503, data)
    faulty = ask(state, "/cdrs", "start_key=garbage")
    assert data_of(faulty) == {"cause": "Bad Request", "message": "unknown failure"}


def test_a_failure_without_data_leaves_a_csv_file_without_a_name(state: State) -> None:
    csv = {"accept": "text/csv"}
    assert "content-disposition" in ask(state, "/cdrs", "start_key=garbage", headers=csv).headers
    response = ask(state_of(version=KAZOO_MASTER), _NO_MONTH, "is_chunked=true", headers=csv)
    assert response.headers["content-type"] == "text/csv"
    assert "content-disposition" not in response.headers


ORIGIN = {"origin": "https://console.example.com"}


@pytest.mark.parametrize(
    ("arguments", "status", "has_cors"),
    [
        ({"path": "/cdrs/202601-call00000@host", "headers": {"if-none-match": "*"}}, 304, True),
        ({"headers": {"accept": "x"}}, 400, True),
        ({"headers": {"accept": "text/html"}}, 406, True),
        ({"headers": {"if-match": '"x"'}}, 412, True),
        ({"query": "verb=GET", "method": "POST", "headers": {"content-type": "image/png"}}, 415, True),
        ({"headers": {"accept-language": "en_GB"}}, 400, False),
        ({"headers": {"if-none-match": "x"}}, 400, False),
        ({"query": "=x"}, 500, False),
        ({"query": "created_from=1&created_to=2"}, 500, True),
        ({"query": {"filter_call_id": "nobody"}, "headers": {"accept": "text/csv"}}, 204, False),
    ],
)
def test_an_answer_without_a_body_has_cors_headers_where_crossbar_makes_it(
    state: State, arguments: Mapping[str, Any], status: int, has_cors: bool
) -> None:
    """`api_resource:maybe_add_cors_headers/2`: where Cowboy answers alone there are none."""
    headers = arguments.get("headers", {})
    response = ask(state, **{"path": "/cdrs", **arguments, "headers": {**headers, **ORIGIN}})
    assert response.status == status
    assert ("access-control-allow-origin" in response.headers) is has_cors
    if status < 500:
        without = ask(state, **{"path": "/cdrs", **arguments, "headers": headers})
        assert (without.status, "access-control-allow-origin" in without.headers) == (status, False)


@pytest.mark.parametrize("interaction_id", ["", [], [[]]])
def test_legs_of_a_call_whose_interaction_id_is_empty_kill(interaction_id: object) -> None:
    """`kzd_cdrs:interaction_id/1` finds nothing then, and `cb_cdrs:load_legs/2` knows no such id."""
    documents = [leg("x", interaction_id=interaction_id)]
    assert json_of(ask(state_of(documents), "/cdrs/legs/202601-x"))["message"] == "init failed"
    assert ask(state_of(documents, fixed=["id-without-month-500"]), "/cdrs/legs/202601-x").status == 404


@pytest.mark.parametrize("interaction_id", [None, 0, False, {}, "x"])
def test_legs_of_a_call_with_another_interaction_id_are_looked_for_by_its_text(interaction_id: object) -> None:
    response = ask(state_of([leg("x", interaction_id=interaction_id)]), "/cdrs/legs/202601-x")
    assert (response.status, json_of(response)["message"]) == (404, "bad identifier")
    assert data_of(response) == [to_text(interaction_id)]


def test_legs_of_a_call_without_an_interaction_id_are_looked_for_by_the_word_undefined() -> None:
    response = ask(state_of([leg("x", without=["interaction_id"])]), "/cdrs/legs/202601-x")
    assert (response.status, data_of(response)) == (404, ["undefined"])


@pytest.mark.parametrize(
    "path",
    [
        "/cdrs/000000-x", "/cdrs/099912-x", "/cdrs/legs/099912-x", "/cdrs/legs/00000000000-x",
        "/cdrs/legs/31500000000-x", "/cdrs/2026%C3%A9-x", "/cdrs/legs/639359567%C3%A9-x",
    ],
)  # fmt: skip
def test_an_id_of_a_year_with_too_few_digits_kills(state: State, path: str) -> None:
    """`kz_util:format_account_mod_id/3`."""
    response = ask(state, path)
    assert (response.status, json_of(response)["message"]) == (500, "init failed")


@pytest.mark.parametrize("path", ["/cdrs/100001-x", "/cdrs/-20261-x", "/cdrs/2026+1-x", "/cdrs/20260%C3%A9-x"])
def test_an_id_of_another_year_is_only_unknown(state: State, path: str) -> None:
    assert ask(state, path).status == 404


@pytest.mark.parametrize(
    "query",
    ["created_from=315569520000&created_to=315569520001", "created_from=999999999999999&created_to=999999999999999"],
)
def test_a_range_in_years_of_five_digits_has_no_calls(state: State, query: str) -> None:
    assert data_of(ask(state, "/cdrs", query)) == []


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/cdrs", "", 200),
        ("/cdrs", "is_chunked=false&filter_call_id=nobody", 200),
        ("/cdrs", "is_chunked=false", 500),
        ("/cdrs/summary", "", 500),
        ("/cdrs/summary", "created_from=63935603901&created_to=63935603902", 500),
        ("/cdrs/legs/69999999999-x", "", 503),
        ("/cdrs/202601-call00000@host", "", 500),
    ],
)
def test_nothing_makes_a_pdf_so_only_an_empty_list_can_pass_for_one(
    state: State, path: str, query: str, status: int
) -> None:
    response = ask(state, path, f"accept=pdf&{query}")
    assert response.status == status
    if status == 200:
        assert (body_of(response), response.headers.get("content-type")) == (b"", None)
        assert response.headers["content-disposition"] == 'attachment; filename="file.pdf"'


@pytest.mark.parametrize(
    ("key", "cause"), [("g2gA", "timeout"), ("g2wAAAABaABq", "timeout"), ("garbage", "Bad Request")]
)
def test_a_start_key_that_no_query_can_be_made_with_is_told_with_its_cause(state: State, key: str, cause: str) -> None:
    """`kz_couch_util:format_error/1`."""
    for chunked in ("true", "false"):
        response = ask(state, "/cdrs", {"start_key": key, "is_chunked": chunked})
        assert (response.status, data_of(response)) == (500, {"cause": cause, "message": "unknown failure"})


@pytest.mark.parametrize("ascending", ["true", "false"])
def test_an_encoded_start_key_of_null_is_none(state: State, ascending: str) -> None:
    query = {"start_key": "g2QABG51bGw", "ascending": ascending}
    assert ids_of(ask(state, "/cdrs", query)) == ids_of(ask(state, "/cdrs", {"ascending": ascending}))


@pytest.mark.parametrize(
    ("kind", "shown"),
    [("cdr", True), (["cdr"], True), ([["cdr"]], True), (["cdr", "x"], False), ("CDR", False), (None, False)],
)
def test_a_type_in_a_list_is_the_same_to_javascript(kind: object, shown: bool) -> None:
    state = state_of([leg("x", pvt_type=kind)])
    assert ids_of(ask(state, "/cdrs")) == (["202601-x"] if shown else [])
    assert ask(state, "/cdrs/202601-x").status == (200 if shown else 404)


def test_version_1_is_gone_where_it_is_no_longer_served() -> None:
    v1, v2 = (f"/{version}/accounts/{ACCOUNT}/cdrs" for version in ("v1", "v2"))
    assert [ask(state_of(), path).status for path in (v1, v2)] == [200, 200]
    master = state_of(version=KAZOO_MASTER)
    assert [ask(master, path).status for path in (v1, v2)] == [410, 200]
    assert json_of(ask(master, v1))["message"] == "gone"
