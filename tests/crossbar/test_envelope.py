"""Envelopes, whole and around chunks."""

import json
import tracemalloc
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from mockcdrs.cdr import listing_columns
from mockcdrs.cdr.documents import MISSING, Document
from mockcdrs.control.state import State
from mockcdrs.crossbar import envelope
from mockcdrs.crossbar.context import NULL, Context, Query
from mockcdrs.crossbar.errors import EmptyResponse, Failure, module_error, schema_error, system_error, validation_error
from mockcdrs.crossbar.pipeline import HttpRequest, respond
from mockcdrs.crossbar.resources import cdrs
from mockcdrs.crossbar.versions import KAZOO_4_3, KAZOO_MASTER, Version
from tests.crossbar.builders import (
    ACCOUNT,
    ACCOUNT_TOKEN,
    NOW,
    ask,
    body_of,
    calls,
    context_of,
    data_of,
    json_of,
    leg,
    state_of,
)

IDENTITY: dict[str, Any] = {"kazoo_node": "node", "kazoo_version": "4.0.0"}
TAIL = '"node":"node", "version":"4.0.0", "timestamp":"2026-01-20T12:00:00Z"'


def known(
    query: Query = (),
    added: tuple[str, ...] = (),
    fixed: tuple[str, ...] = (),
    version: Version = KAZOO_4_3,
    **fields: Any,
) -> Context:
    state = state_of(added=added, fixed=fixed, version=version, **IDENTITY)
    account = state.data.accounts[ACCOUNT]
    return context_of(state, query, **{"auth_account": account, "auth_token": "token", **fields})


SUCCESS = {
    "next_start_key": "g2sAAQE",
    "page_size": 2,
    "start_key": "g2sAAQM",
    "version": "4.0.0",
    "timestamp": "2026-01-20T12:00:00Z",
    "node": "node",
    "request_id": "request-1",
    "tokens": {"consumed": 1, "remaining": 100},
    "auth_token": "token",
    "data": [],
    "revision": "abc",
    "status": "success",
}


def test_a_good_answer_has_its_keys_in_the_versions_order() -> None:
    context = known(paging={"start_key": [3], "page_size": 2, "next_start_key": [1]}, version=KAZOO_MASTER)
    assert list(envelope.success_envelope(context, [], "abc").items()) == list(SUCCESS.items())
    names = "next_start_key page_size start_key data revision timestamp version node request_id status auth_token"
    shown = envelope.success_envelope(known(paging=context.paging), [], "abc")
    assert list(shown.items()) == [(name, SUCCESS[name]) for name in names.split()]


def test_an_error_is_told_with_its_status_as_text() -> None:
    shown = envelope.error_envelope(known(), system_error("not_found"))
    assert list(shown) == [
        "data",
        "error",
        "message",
        "status",
        "timestamp",
        "version",
        "node",
        "request_id",
        "auth_token",
    ]
    assert [shown[key] for key in ("data", "error", "message", "status")] == [
        {"message": "not found"},
        "404",
        "not_found",
        "error",
    ]
    masters = [
        "version",
        "timestamp",
        "node",
        "request_id",
        "tokens",
        "auth_token",
        "data",
        "error",
        "message",
        "status",
    ]
    assert list(envelope.error_envelope(known(version=KAZOO_MASTER), system_error("not_found"))) == masters


@pytest.mark.parametrize(
    ("token", "shown"),
    [("token", "token"), (True, "true"), (1, "1"), (["a", "b"], "ab"), ({"a": 1}, '{"a":1}'), (NULL, "null")],
)
def test_an_error_tells_a_token_as_it_came_or_as_text(token: Any, shown: str) -> None:
    assert envelope.error_envelope(known(auth_token=token), system_error("invalid_credentials"))["auth_token"] == shown
    as_it_came = envelope.error_envelope(
        known(auth_token=token, version=KAZOO_MASTER), system_error("invalid_credentials")
    )
    assert as_it_came["auth_token"] == (None if token is NULL else token)


def test_a_token_that_has_no_text_kills_the_error_that_would_tell_it() -> None:
    with pytest.raises(EmptyResponse) as caught:
        envelope.error_envelope(known(auth_token=[1000]), system_error("invalid_credentials"))
    assert caught.value.status == 500


def test_version_1_is_told_only_the_words_of_a_system_error() -> None:
    assert (
        envelope.error_envelope(known(api_version="v1"), system_error("bad_identifier", cause="x"))["data"]
        == "bad identifier"
    )
    assert envelope.error_envelope(known(api_version="v1"), module_error(404, "no such thing"))["data"] == {}
    assert envelope.error_envelope(known(), system_error("bad_identifier", cause="x"))["data"]["cause"] == "x"


@pytest.mark.parametrize(
    ("word", "body"), [("\udce9", b'{"a":"\xc3\xa9"}'), ("\udc99", b"failure in request, contact support")]
)
def test_bytes_that_are_no_utf_8_are_latin_1_if_they_can_be_printed(word: str, body: bytes) -> None:
    """`kz_json:utf8_binary/1`, `api_util:create_resp_content/2`."""
    assert envelope.encode_envelope(known(), {"a": word}) == (body, envelope.JSON_TYPE if body.startswith(b"{") else "")
    assert envelope.encode_envelope(known(), {"a": [word]}) == (b"failure in request, contact support", "")


@pytest.mark.parametrize(("version", "shown"), [(KAZOO_4_3, "\udce9"), (KAZOO_MASTER, "é")])
def test_only_master_looks_into_the_data_of_an_error_for_latin_1(version: Version, shown: str) -> None:
    """`kz_json:set_value/3`."""
    assert envelope.error_envelope(known(version=version), module_error(404, "x", ["\udce9"]))["data"] == [shown]


@pytest.mark.parametrize(
    ("version", "keys"), [(KAZOO_4_3, ["target", "message"]), (KAZOO_MASTER, ["message", "target"])]
)
def test_what_crossbars_code_finds_wrong_is_told_in_the_versions_order(version: Version, keys: list[str]) -> None:
    """`cb_context:add_validation_error/4`, unlike `cb_context:failed/2`."""
    added = validation_error("json", "invalid", message="m", target="body")
    assert [*envelope.error_envelope(known(version=version), added)["data"]["json"]["invalid"]] == keys
    broken = schema_error({"data": {"type": {"message": "m", "target": "t"}}})
    assert [*envelope.error_envelope(known(version=version), broken)["data"]["data"]["type"]] == ["message", "target"]


def test_an_error_without_data_has_no_such_key() -> None:
    assert "data" not in envelope.error_envelope(known(), Failure(500, "init failed"))
    assert envelope.error_envelope(known(), module_error(404, "x"))["data"] == {}


def test_who_is_not_known_is_told_no_version_and_no_token_or_all_the_same() -> None:
    unknown: dict[str, Any] = {"auth_account": None, "auth_token": MISSING}
    shown = envelope.error_envelope(known(**unknown, version=KAZOO_MASTER), system_error("invalid_credentials"))
    assert not {"version", "auth_token", "revision"} & shown.keys()
    shown = envelope.error_envelope(known(**unknown), system_error("invalid_credentials"))
    assert (shown["version"], shown["auth_token"]) == ("4.0.0", "undefined")
    assert "auth_token" not in envelope.success_envelope(known(**unknown), [])


@pytest.mark.parametrize("paginate", ["false", "0", "yes", True, ""])
def test_without_pagination_there_are_no_paging_keys(paginate: Any) -> None:
    wants = paginate is True
    context = known((("paginate", paginate),), paging={"page_size": 0, "start_key": [1], "next_start_key": None})
    assert set(envelope.paging_fields(context)) == ({"page_size", "start_key"} if wants else set())
    assert known((("paginate", "true"),)).should_paginate
    assert not known((("paginate", "true"),), api_version="v1").should_paginate


def test_the_last_page_has_no_next_start_key() -> None:
    page = json_of(ask(state_of(calls(3)), query={"is_chunked": "false"}))
    assert "next_start_key" not in page
    assert page["page_size"] == 3


def test_a_trailer_whose_texts_are_escaped_has_all_as_text_still() -> None:
    state = state_of(calls(3), fixed=["trailer-unescaped"])
    assert json_of(ask(state, headers={"x-request-id": 'a"b'}))["page_size"] == "3"


def trailer(context: Context) -> bytes:
    return envelope.chunks_trailer(context, envelope.paging_fields(context))


def test_a_trailer_is_all_text_and_its_parts_stand_apart() -> None:
    context = known(paging={"start_key": [3], "page_size": 2, "next_start_key": [1]})
    assert trailer(context).decode() == (
        '], "next_start_key":"g2sAAQE", "page_size":"2", "start_key":"g2sAAQM", "status":"success", '
        f'"request_id":"request-1", {TAIL}, "auth_token":"token"}}'
    )


@pytest.mark.parametrize("nothing", ["", "0", "NULL", "undefined", None])
def test_a_trailer_drops_what_erlang_takes_for_nothing(nothing: Any) -> None:
    token = MISSING if nothing is None else nothing
    context = known(paging={"page_size": 0, "next_start_key": None}, auth_token=token)
    assert trailer(context).decode() == f'], "status":"success", "request_id":"request-1", {TAIL}}}'


def test_a_trailer_is_not_escaped_unless_that_is_fixed() -> None:
    assert b'"auth_token":"a"b"' in trailer(known(auth_token='a"b'))
    assert b'"auth_token":"a\\"b"' in trailer(known(auth_token='a"b', fixed=("trailer-unescaped",)))


def test_kazoo_5_sends_an_integer_page_size() -> None:
    context = known(paging={"page_size": 2}, added=("integer-page-size",))
    assert b'], "page_size":2, "status"' in trailer(context)


def test_a_chunked_answer_is_one_json_value() -> None:
    body = body_of(ask(state_of(calls(120), **IDENTITY), query={"page_size": "110"})).decode()
    assert body.startswith('{"data":[{"id":')
    assert json.loads(body)["page_size"] == "110"
    assert len(json.loads(body)["data"]) == 110


@pytest.mark.parametrize(("wanted", "is_pretty"), [("true", True), ("false", False), ("1", False), ("True", False)])
def test_pretty_print_is_for_true_alone(wanted: str, is_pretty: bool) -> None:
    body, content_type = envelope.encode_envelope(known((("pretty_print", wanted),)), {"a": 1})
    assert body == (b'{\n  "a" : 1\n}' if is_pretty else b'{"a":1}')
    assert content_type == "application/json"


def test_jsonp_wraps_what_is_whole() -> None:
    assert envelope.encode_envelope(known((("jsonp", "f"),)), {"a": 1}) == (b'f({"a":1});', "application/javascript")


def test_an_empty_chunked_answer_is_a_plain_envelope_without_paging_keys() -> None:
    shown = json_of(ask(state_of()))
    assert list(shown) == ["data", "timestamp", "version", "node", "request_id", "status", "auth_token"]


ALL = {"paginate": "false", "ascending": "true"}


def _parts(count: int, path: str) -> Iterable[bytes]:
    state = state_of(calls(count, apart=1))
    warm = ask(state, path, {**ALL, "is_chunked": "true"}).body
    assert not isinstance(warm, bytes)
    assert sum(1 for _ in warm) > 1
    parts = ask(state, path, ALL).body
    assert not isinstance(parts, bytes)
    return parts


def _peak_bytes(parts: Iterable[bytes]) -> int:
    tracemalloc.start()
    try:
        for _ in parts:
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.no_cover
@pytest.mark.parametrize("path", ["/cdrs", "/cdrs/interaction"])
def test_ten_times_the_rows_take_no_more_memory(path: str) -> None:
    few, many = (_peak_bytes(_parts(count, path)) for count in (300, 3_000))
    assert many < 2 * few + 500_000


def test_lines_of_csv_end_as_if_whole_where_a_later_chunk_fails() -> None:
    query = {"accept": "csv", "ascending": "true", "chunk_size": "2"}
    good, broken = calls(4), leg("broken", NOW - 60, variables={"media_recordings": [None]})
    whole, cut = (
        body_of(ask(state_of(documents), "/cdrs/interaction", query)) for documents in (good, [*good, broken])
    )
    assert cut == whole
    assert whole.count(b"\r\n") == 5
    assert ask(state_of([*good, broken]), "/cdrs/interaction", {**query, "chunk_size": "5"}).status == 503


def test_the_first_part_is_out_before_later_rows_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    names: list[str] = []
    make_row = listing_columns.make_row

    def counting(document: Document, *more: Any) -> dict[str, object]:
        names.append(document["_id"])
        return make_row(document, *more)

    monkeypatch.setattr(listing_columns, "make_row", counting)
    parts: Iterator[bytes] = iter(ask(state_of(calls(500)), "/cdrs", ALL).body)  # type: ignore[arg-type]
    assert next(parts).startswith(b'{"data":[')
    assert len(names) < 200
    assert b"".join(parts).endswith(b"}")
    assert len(names) == 500


def test_rows_are_made_once_as_long_as_there_is_room_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    names: list[str] = []
    make_row = listing_columns.make_row

    def counting(document: Document, *more: Any) -> dict[str, object]:
        names.append(document["_id"])
        return make_row(document, *more)

    monkeypatch.setattr(listing_columns, "make_row", counting)
    for room, count in ((100, 7), (3, 14)):
        monkeypatch.setattr(cdrs, "CACHED_ROWS", room)
        state = state_of(calls(7))
        bodies = {body_of(ask(state)) for _ in range(2)}
        assert (len(bodies), len(names)) == (1, count)
        names.clear()


BIG = leg("big@host", NOW - 3600 - 90, variables={"rate_name": -(2**63) - 1}, more={"big": [2**63]})


@pytest.fixture
def state() -> State:
    return state_of([*calls(3), BIG])


@pytest.mark.parametrize(("size", "shown"), [(1, [0, 1, 2]), (2, [0, 1]), (3, [2]), (50, [])])
def test_a_chunk_with_a_big_integer_is_lost_but_its_rows_count(state: State, size: int, shown: list[int]) -> None:
    response = ask(state, query={"chunk_size": size})
    answer = json_of(response)
    assert [row["id"] for row in answer["data"]] == [f"202601-call{number:05}@host" for number in shown]
    assert answer.get("page_size") == ("4" if shown else None)
    assert (response.outcome.rows, response.outcome.lost) == (4, 4 - len(shown))


def test_a_page_that_is_lost_as_a_whole_is_a_plain_empty_list(state: State) -> None:
    response = json_of(ask(state))
    assert response["data"] == []
    assert not {"page_size", "start_key", "next_start_key"} & response.keys()


@pytest.mark.parametrize(("version", "lost"), [(KAZOO_4_3, True), (KAZOO_MASTER, False)])
@pytest.mark.parametrize("path", ["/cdrs", "/cdrs/interaction", f"/cdrs/legs/{BIG['_id'].replace('@', '%40')}"])
def test_only_4_3_loses_chunks(version: Any, lost: bool, path: str) -> None:
    rows = data_of(ask(state_of([BIG], version=version), path, "is_chunked=true"))
    assert len(rows) == (0 if lost else 1)


@pytest.mark.parametrize(("query", "accept"), [("is_chunked=false", "application/json"), ("", "text/csv")])
def test_an_answer_at_once_and_csv_lose_nothing(state: State, query: str, accept: str) -> None:
    response = ask(state, query=query, headers={"accept": accept})
    assert b"-9223372036854775809" in body_of(response)
    assert response.outcome.lost == 0


@pytest.mark.parametrize("version", [KAZOO_4_3, KAZOO_MASTER], ids=lambda version: version.name)
def test_a_chunk_with_text_that_is_none_is_lost_by_both(version: Any) -> None:
    state = state_of([leg("odd@host", caller_id_name=[0x99]), *calls(1)], version=version)
    response = ask(state, query="chunk_size=1")
    assert len(data_of(response)) == 1
    assert response.outcome.lost == 1
    assert data_of(ask(state)) == []
    assert body_of(ask(state, query="is_chunked=false")) == b"failure in request, contact support"


def test_what_was_lost_is_known_of_an_answer_from_memory_too(state: State) -> None:
    incoming = HttpRequest("GET", f"/v2/accounts/{ACCOUNT}/cdrs", "chunk_size=1", {"x-auth-token": ACCOUNT_TOKEN})
    for _ in range(3):  # the second is kept, the third comes from memory
        response = state.answers.respond(incoming, state.server_state(), "request-1")
        assert body_of(response)
        assert (response.outcome.rows, response.outcome.lost) == (4, 1)


def test_the_outcome_tells_what_the_client_got_and_what_it_did_not() -> None:
    page = ask(state_of(calls(5)), query="page_size=3&chunk_size=2")
    next_start_key = json_of(page)["next_start_key"]
    assert (page.outcome.rows, page.outcome.lost, page.outcome.next_start_key) == (3, 0, next_start_key)
    whole = ask(state_of(calls(5)), query="page_size=3&is_chunked=false")
    assert (whole.outcome.rows, whole.outcome.next_start_key) == (3, json_of(whole)["next_start_key"])
    assert ask(state_of(calls(1)), "/cdrs/202601-call00000%40host").outcome.rows == 1
    assert ask(state_of(calls(1)), "/cdrs/nosuch").outcome.message == "could not find cdr with supplied id"
    big = [leg(f"big{n}@host", NOW - n, variables={"owner_id": 2**63}) for n in range(3)]
    lost = ask(state_of(big), query="chunk_size=1")
    assert (data_of(lost), lost.outcome.lost) == ([], 3)


def test_the_header_asks_for_pretty_print_before_the_query_does() -> None:
    """`api_util:create_resp_content/2`."""
    for wanted, query, is_pretty in (("true", "", True), ("true", "pretty_print=false", True), ("no", "", False)):
        response = ask(state_of(calls(1)), "/cdrs/202601-call00000%40host", query, headers={"x-pretty-print": wanted})
        assert (b'"status" : "success"' in body_of(response)) is is_pretty


def test_a_request_id_of_any_bytes_is_told_as_it_came() -> None:
    request = HttpRequest("GET", f"/v2/accounts/{ACCOUNT}/cdrs", "", {"x-auth-token": ACCOUNT_TOKEN})
    response = respond(request, state_of(calls(1)).server_state(), "\udcff")
    assert b'"request_id":"\xff"' in body_of(response)
