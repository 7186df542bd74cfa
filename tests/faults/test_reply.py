"""Replies of the test's own: their bodies, the functions that make them, and the pages that may read them."""

import base64
from pathlib import Path
from typing import Any

import pytest

from mockcdrs.control.state import State
from mockcdrs.crossbar.pipeline import HttpRequest, HttpResponse
from mockcdrs.faults import RuleError
from mockcdrs.faults.action import Action
from mockcdrs.faults.actions import ACTIONS
from mockcdrs.faults.reply import Reply, make_reply
from mockcdrs.faults.request_view import RequestView
from mockcdrs.faults.rule import Rule
from tests.crossbar.builders import ACCOUNT, body_of
from tests.faults.client import FIRST_PAGE, ask, envelope

PREFLIGHT = {"origin": "http://ui.example", "access-control-request-method": "GET"}


def sent(state: State, reply: Reply) -> tuple[bytes, str | None]:
    state.faults.add(Rule(path="/braintree", reply=reply))
    response, _ = ask(state, path="/braintree")
    return body_of(response), response.headers.get("content-type")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"json": {"a": 1}}, (b'{"a":1}', "application/json")),
        ({"text": "caf\u00e9"}, (b"caf\xc3\xa9", "text/plain; charset=utf-8")),
        ({"body": b"\xff\x00"}, (b"\xff\x00", "application/octet-stream")),
        ({"text": "<a/>", "headers": {"Content-Type": "text/xml"}}, (b"<a/>", "text/xml")),
        ({}, (b"", None)),
    ],
)
def test_a_reply_has_json_text_bytes_or_nothing(
    state: State, arguments: dict[str, Any], expected: tuple[bytes, str | None]
) -> None:
    assert sent(state, Reply(**arguments)) == expected


@pytest.mark.parametrize(
    ("name", "kind"), [("prices.csv", "text/csv"), ("greeting.mp3", "audio/mpeg"), ("x", "application/octet-stream")]
)
def test_a_reply_may_be_a_file(state: State, tmp_path: Path, name: str, kind: str) -> None:
    (tmp_path / name).write_bytes(b"a;b\r\n")
    assert sent(state, Reply(file=tmp_path / name)) == (b"a;b\r\n", kind)


def test_a_file_goes_through_json_as_its_bytes_and_its_type(tmp_path: Path) -> None:
    (tmp_path / "prices.csv").write_bytes(b"a;b")
    in_json = Reply(file=str(tmp_path / "prices.csv")).to_json()
    assert in_json == {
        "body": base64.b64encode(b"a;b").decode(),
        "status": 200,
        "headers": {"content-type": "text/csv"},
    }
    assert Reply.from_json(in_json).content == b"a;b"
    typed = Reply(file=tmp_path / "prices.csv", headers={"Content-Type": "text/plain"})
    assert typed.to_json()["headers"] == {"Content-Type": "text/plain"}


def test_a_file_that_is_not_there_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(
        RuleError, match=r"file: came '.*nosuch', expected a file that can be read \(No such file"
    ) as caught:
        Reply(file=tmp_path / "nosuch")
    assert caught.value.name == "file"


@pytest.mark.parametrize(
    ("values", "name", "words"),
    [
        ({"file": "a.csv"}, "file", "file: came as JSON, expected the file's bytes as body, in Base64"),
        ({"body": "?"}, "body", "body: came '?', expected Base64"),
        ({"body": 1}, "body", "body: came 1, expected Base64"),
        ({"json": float("nan")}, "json", "json: came nan, expected what JSON can hold ("),
        ({"json": [{1: 2}] * 11}, "json", f"json: came {[{1: 2}] * 11!r:.80}, expected what JSON can hold ("),
        ({"json": {}, "text": ""}, "text", "json and text in one reply exclude each other: a reply has one body"),
        ({"text": "\ud800"}, "text", "text: came '\\ud800', expected what UTF-8 can hold"),
        ({"status": 600}, "status", "status: came 600, expected a whole number from 200 to 599"),
        ({"headers": {"X": "a\nb"}}, None, "headers: came 'X': 'a\\nb', expected text on one line"),
        ({"headers": {"": "a"}}, None, "headers: came '': 'a', expected text on one line"),
        ({"headers": {"Connection": "close"}}, None, "headers: came 'Connection', which is the server's to write"),
    ],
    ids=str,
)
def test_what_makes_no_reply_is_refused_by_name(values: dict[str, object], name: str | None, words: str) -> None:
    with pytest.raises(RuleError) as caught:
        Reply.from_json(values)
    assert (caught.value.name, str(caught.value)[: len(words)]) == (name, words)


def test_a_reply_is_made_of_its_arguments_or_by_a_function() -> None:
    assert make_reply({"json": [1], "status": 201}) == Reply([1], 201)
    assert make_reply(Reply([1])) == Reply([1])
    with pytest.raises(
        RuleError, match=r"^reply: came 7, expected a Reply, or a function of the request that returns one$"
    ):
        make_reply(7)


def test_a_function_makes_the_reply_of_the_request(state: State) -> None:
    def count(request: RequestView) -> Reply:
        return Reply([request.method, request.path, request.query["a"], request.headers["x-kind"], request.json()])

    state.faults.add(Rule(method="PUT", path="/braintree", reply=count))
    incoming = HttpRequest("PUT", f"/v2/accounts/{ACCOUNT}/braintree", "a=1&a=2", {"x-kind": "b"}, b'{"c": 3}')
    response, _ = state.faults.apply(incoming, state.server_state(), lambda *_: HttpResponse(404))
    value: Any = envelope(response)
    assert value == ["PUT", f"/v2/accounts/{ACCOUNT}/braintree", ["1", "2"], "b", {"c": 3}]


def test_a_function_that_fails_breaks_the_connection_and_fails_the_test(state: State) -> None:
    rule = state.faults.add(Rule(path="/braintree", reply=lambda request: request.json()))
    response, effect = ask(state, path="/braintree")
    assert (response.status, effect.close) == (500, True)
    with pytest.raises(ValueError, match="Expecting value") as caught:
        state.faults.check()
    assert str(rule) in caught.value.__notes__[0]


def test_a_function_that_returns_no_reply_says_so(state: State) -> None:
    def text_alone(_request: RequestView) -> str:
        return "no Reply"

    state.faults.add(Rule(path="/braintree", reply=text_alone))  # type: ignore[arg-type]
    ask(state, path="/braintree")
    with pytest.raises(RuleError, match="reply: text_alone returned 'no Reply', expected a Reply") as caught:
        state.faults.check()
    assert caught.value.name == "reply"


def test_a_pattern_stands_for_any_text_within_a_segment(state: State) -> None:
    state.faults.add(Rule(path="/devices/*/sync", reply=Reply(status=202)))
    answers = [ask(state, path=path)[0].status for path in ("/devices/a/sync", "/devices/b%2Fc/sync", "/devices/sync")]
    assert (answers[0], 202 in answers[1:]) == (202, False)


def test_a_page_of_another_origin_may_read_a_reply(state: State) -> None:
    state.faults.add(
        Rule(path="/braintree", reply=Reply({}, headers={"Access-Control-Allow-Origin": "http://ui.example"}))
    )
    headers = ask(state, path="/braintree", headers={"origin": "http://ui.example"})[0].headers
    assert headers["access-control-allow-origin"] == "http://ui.example"
    assert "x-auth-token" in headers["access-control-allow-headers"]


def test_a_page_may_ask_first_whether_it_may_send_a_request_to_a_path_that_is_replied_to(state: State) -> None:
    rule = state.faults.add(Rule(path="/braintree", reply=Reply({}), times=1))
    response, _ = ask(state, path="/braintree", method="OPTIONS", token=None, headers=PREFLIGHT)
    assert (response.status, state.faults.fired(rule)) == (200, 0)
    assert response.headers["access-control-allow-methods"] == "GET, OPTIONS"


@pytest.mark.parametrize("action", [each for each in ACTIONS.values() if each.group == "answer"])
def test_a_page_of_another_origin_may_read_whatever_a_fault_makes_of_an_answer(
    state: State, action: type[Action]
) -> None:
    value: Any = {"max_bucket_tokens": 1} if action.keyword == "rate_limit" else action.example
    state.faults.add(Rule(**{action.keyword: value}))
    first = ask(state, FIRST_PAGE, headers=PREFLIGHT)[0]
    ask(state, FIRST_PAGE, headers=PREFLIGHT)
    fourth = ask(state, "start_key=g2wAAAABYg", headers=PREFLIGHT)[0]
    assert state.faults.never_fired() == []
    for response in (first, fourth):
        assert response.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    ("path", "method"), [("/cdrs", "GET"), ("/nosuch", "GET"), ("/v2/user_auth", "PUT"), ("/v2", "GET")]
)
def test_a_page_of_another_origin_may_read_an_error_wherever_it_comes(state: State, path: str, method: str) -> None:
    state.faults.add(Rule(status=503, path=path))
    response, _ = ask(state, path=path, method=method, headers={"origin": "http://ui.example"})
    assert response.headers["access-control-allow-origin"] == "*"
