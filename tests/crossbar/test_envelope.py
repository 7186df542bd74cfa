import json
from typing import Any

import pytest

from mockcdrs.crossbar import envelope
from mockcdrs.crossbar.context import Context
from mockcdrs.crossbar.errors import Failure, plain, system
from mockcdrs.crossbar.request import Query
from tests.crossbar.builders import ACCOUNT, ask, body_of, calls, context_of, json_of, state_of

IDENTITY: dict[str, Any] = {"kazoo_node": "node", "kazoo_version": "4.0.0"}
TAIL = '"node":"node", "version":"4.0.0", "timestamp":"2026-01-20T12:00:00Z"'


def known(query: Query = (), added: tuple[str, ...] = (), fixed: tuple[str, ...] = (), **fields: Any) -> Context:
    state = state_of(added=added, fixed=fixed, **IDENTITY)
    account = state.data.accounts[ACCOUNT]
    return context_of(state, query, **{"auth_account": account, "auth_token": "token", **fields})


def test_a_good_answer_has_its_keys_in_crossbars_order() -> None:
    context = known(paging={"next_start_key": [1], "page_size": 2, "start_key": [3]})
    assert list(envelope.success(context, [], "abc").items()) == [
        ("next_start_key", "g2sAAQE"),
        ("page_size", 2),
        ("start_key", "g2sAAQM"),
        ("version", "4.0.0"),
        ("timestamp", "2026-01-20T12:00:00Z"),
        ("node", "node"),
        ("request_id", "request-1"),
        ("tokens", {"consumed": 1, "remaining": 100}),
        ("auth_token", "token"),
        ("data", []),
        ("revision", "abc"),
        ("status", "success"),
    ]


def test_an_error_is_told_with_its_status_as_text() -> None:
    shown = envelope.error(known(), system("not_found"))
    assert list(shown)[-4:] == ["data", "error", "message", "status"]
    assert [shown[key] for key in ("data", "error", "message", "status")] == [
        {"message": "not found"},
        "404",
        "not_found",
        "error",
    ]


def test_an_error_without_data_has_no_such_key() -> None:
    assert "data" not in envelope.error(known(), Failure(500, "init failed"))
    assert envelope.error(known(), plain(404, "x"))["data"] == {}


def test_who_is_not_known_is_told_no_version_and_no_token() -> None:
    shown = envelope.error(known(auth_account=None, auth_token=None), system("invalid_credentials"))
    assert not {"version", "auth_token", "revision"} & shown.keys()


@pytest.mark.parametrize("paginate", ["false", "0", "yes", True, ""])
def test_without_pagination_there_are_no_paging_keys(paginate: Any) -> None:
    wants = paginate is True
    context = known((("paginate", paginate),), paging={"page_size": 0, "start_key": [1], "next_start_key": None})
    assert set(envelope.paging(context)) == ({"page_size", "start_key"} if wants else set())
    assert envelope.should_paginate(known((("paginate", "true"),)))


def test_the_last_page_has_no_next_start_key() -> None:
    page = json_of(ask(state_of(calls(3)), query={"is_chunked": "false"}))
    assert "next_start_key" not in page
    assert page["page_size"] == 3


def test_a_trailer_is_all_text_and_its_parts_stand_apart() -> None:
    context = known(paging={"next_start_key": [1], "page_size": 2, "start_key": [3]})
    assert envelope.trailer(context).decode() == (
        '], "next_start_key":"g2sAAQE", "page_size":"2", "start_key":"g2sAAQM", "status":"success", '
        f'"request_id":"request-1", {TAIL}, "auth_token":"token"}}'
    )


@pytest.mark.parametrize("nothing", ["", "0", "NULL", "undefined", None])
def test_a_trailer_drops_what_erlang_takes_for_nothing(nothing: Any) -> None:
    context = known(paging={"page_size": 0, "next_start_key": None}, auth_token=nothing)
    assert envelope.trailer(context).decode() == f'], "status":"success", "request_id":"request-1", {TAIL}}}'


def test_a_trailer_is_not_escaped_unless_that_is_fixed() -> None:
    assert b'"auth_token":"a"b"' in envelope.trailer(known(auth_token='a"b'))
    assert b'"auth_token":"a\\"b"' in envelope.trailer(known(auth_token='a"b', fixed=("trailer-unescaped",)))


def test_kazoo_5_sends_an_integer_page_size() -> None:
    context = known(paging={"page_size": 2}, added=("integer-page-size",))
    assert b'], "page_size":2, "status"' in envelope.trailer(context)


def test_a_chunked_answer_is_one_json_value() -> None:
    body = body_of(ask(state_of(calls(120), **IDENTITY), query={"page_size": "110"})).decode()
    assert body.startswith('{"data":[{"id":')
    assert json.loads(body)["page_size"] == "110"
    assert len(json.loads(body)["data"]) == 110


@pytest.mark.parametrize(("wanted", "is_pretty"), [("true", True), ("false", False), ("1", False), ("True", False)])
def test_pretty_print_is_for_true_alone(wanted: str, is_pretty: bool) -> None:
    body, is_wrapped = envelope.render(known((("pretty_print", wanted),)), {"a": 1})
    assert body == (b'{\n  "a" : 1\n}' if is_pretty else b'{"a":1}')
    assert not is_wrapped


def test_jsonp_wraps_what_is_whole() -> None:
    assert envelope.render(known((("jsonp", "f"),)), {"a": 1}) == (b'f({"a":1});', True)


def test_an_empty_chunked_answer_is_a_plain_envelope_without_paging_keys() -> None:
    shown = json_of(ask(state_of()))
    assert list(shown) == ["version", "timestamp", "node", "request_id", "tokens", "auth_token", "data", "status"]
