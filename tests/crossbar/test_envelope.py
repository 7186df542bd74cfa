import json
from typing import Any

import pytest

from mockcdrs.cdr.documents import MISSING
from mockcdrs.crossbar import envelope
from mockcdrs.crossbar.context import NULL, Context, Query
from mockcdrs.crossbar.errors import EmptyResponse, Failure, module_error, schema_error, system_error, validation_error
from mockcdrs.crossbar.versions import KAZOO_4_3, KAZOO_MASTER, Version
from tests.crossbar.builders import ACCOUNT, ask, body_of, calls, context_of, json_of, state_of

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
    ("token", "told"),
    [("token", "token"), (True, "true"), (1, "1"), (["a", "b"], "ab"), ({"a": 1}, '{"a":1}'), (NULL, "null")],
)
def test_an_error_tells_a_token_as_it_came_or_as_text(token: Any, told: str) -> None:
    assert envelope.error_envelope(known(auth_token=token), system_error("invalid_credentials"))["auth_token"] == told
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


@pytest.mark.parametrize(("version", "told"), [(KAZOO_4_3, "\udce9"), (KAZOO_MASTER, "é")])
def test_only_master_looks_into_the_data_of_an_error_for_latin_1(version: Version, told: str) -> None:
    """`kz_json:set_value/3`."""
    assert envelope.error_envelope(known(version=version), module_error(404, "x", ["\udce9"]))["data"] == [told]


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


def test_a_trailer_is_all_text_and_its_parts_stand_apart() -> None:
    context = known(paging={"start_key": [3], "page_size": 2, "next_start_key": [1]})
    assert envelope.chunks_trailer(context).decode() == (
        '], "next_start_key":"g2sAAQE", "page_size":"2", "start_key":"g2sAAQM", "status":"success", '
        f'"request_id":"request-1", {TAIL}, "auth_token":"token"}}'
    )


@pytest.mark.parametrize("nothing", ["", "0", "NULL", "undefined", None])
def test_a_trailer_drops_what_erlang_takes_for_nothing(nothing: Any) -> None:
    token = MISSING if nothing is None else nothing
    context = known(paging={"page_size": 0, "next_start_key": None}, auth_token=token)
    assert envelope.chunks_trailer(context).decode() == f'], "status":"success", "request_id":"request-1", {TAIL}}}'


def test_a_trailer_is_not_escaped_unless_that_is_fixed() -> None:
    assert b'"auth_token":"a"b"' in envelope.chunks_trailer(known(auth_token='a"b'))
    assert b'"auth_token":"a\\"b"' in envelope.chunks_trailer(known(auth_token='a"b', fixed=("trailer-unescaped",)))


def test_kazoo_5_sends_an_integer_page_size() -> None:
    context = known(paging={"page_size": 2}, added=("integer-page-size",))
    assert b'], "page_size":2, "status"' in envelope.chunks_trailer(context)


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
