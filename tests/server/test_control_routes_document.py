"""The control API's own document is true of every route."""

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from mockcdrs.control_api import ROUTES
from mockcdrs.faults.actions import ACTIONS, RuleArguments
from mockcdrs.faults.reply import ReplyArguments
from mockcdrs.faults.rule import Rule
from mockcdrs.faults.wire_actions import lognormal
from mockcdrs.mock import Mock, serving

STREAMS = {"/journal/events"}
BODIES: dict[tuple[str, str], Any] = {
    ("patch", "/settings"): {"quirks": {"stale-next-key": False}},
    ("post", "/tokens"): {"name": "a test"},
    ("put", "/clock"): {"advance": {"hours": 1}},
    ("post", "/data/calls"): {"scenario": "voicemail", "at": "2026-01-20T11:00:00Z"},
    ("post", "/data/accounts"): {"name": "Branch"},
    ("post", "/data/users"): {"name": "Ann Lee"},
    ("post", "/data/devices"): {"device_type": "softphone"},
    ("post", "/data/numbers"): {},
    ("post", "/data/calls/series"): {"count": 2, "over": 60, "direction": "outbound"},
    ("post", "/data/cdrs"): {"call_id": "a@b"},
    ("post", "/journal/assertions"): {"path": "/cdrs", "at_least": 2},
    ("post", "/faults"): {"status": 503, "path": "/nowhere"},
    ("put", "/faults"): [2, 1],
    ("put", "/faults/{number}"): {"status": 500, "path": "/nowhere"},
    ("post", "/journal/har"): {"numbers": [1]},
    ("put", "/faults/down"): {"down": False},
    ("post", "/webhooks"): {"uri": "http://127.0.0.1:9/calls", "format": "json"},
}


@pytest.fixture(scope="module")
def mock() -> Iterator[Mock]:
    with serving() as mock:
        yield mock


def ask(mock: Mock, method: str, path: str, body: Any = None) -> httpx.Response:
    url = mock.url.removesuffix("/v2") + "/_mockcdrs" + path
    headers = {"Content-Type": "application/json"}
    return httpx.request(
        method.upper(), url, content=None if body is None else json.dumps(body), headers=headers, timeout=30
    )


@pytest.fixture(scope="module")
def document(mock: Mock) -> Any:
    return ask(mock, "get", "/control.json").json()


def test_it_has_every_route_and_method_and_no_other(document: Any) -> None:
    routes = {re.sub(r":\w+}", "}", path): {name.lower() for name in methods} for path, methods in ROUTES.items()}
    assert {path: set(methods) for path, methods in document["paths"].items()} == routes


def test_every_answer_is_as_it_says(mock: Mock, document: Any) -> None:
    httpx.get(mock.url_for("/cdrs"), headers={"X-Auth-Token": mock.auth_token}, timeout=30)
    mock.fail(status=503, path="/nowhere")
    document_id = mock.add_cdr({"call_id": "c@d"})["_id"]
    webhook_id = mock.add_webhook("http://127.0.0.1:9/calls").id
    all_of_it = [(path, method) for path, methods in document["paths"].items() for method in methods]
    for path, method in sorted(all_of_it, key=lambda each: (each[1] == "delete", -len(each[0]))):
        if path not in STREAMS and path not in {"/reset", "/data/clear", "/data/reset"}:
            whole = path.replace("{number}", "1").replace("{cdr_id}", document_id).replace("{webhook_id}", webhook_id)
            response = ask(mock, method, whole, BODIES.get((method, path)))
            check(response, document["paths"][path][method], document)


def check(response: httpx.Response, operation: Any, document: Any) -> None:
    assert str(response.status_code) in operation["responses"], (operation["summary"], response.text)
    described = operation["responses"][str(response.status_code)]
    if "content" in described:
        schema = {**described["content"]["application/json"]["schema"], "components": document["components"]}
        Draft202012Validator(schema).validate(response.json())
    else:
        assert (response.status_code, response.content) == (204, b"")


@pytest.mark.parametrize(("method", "path"), [("get", "/nosuch"), ("put", "/clock"), ("delete", "/clock")])
def test_every_refusal_is_as_it_says(mock: Mock, document: Any, method: str, path: str) -> None:
    refusal = ask(mock, method, path)
    assert refusal.status_code >= 400
    schema = document["components"]["responses"]["Refused"]["content"]["application/json"]["schema"]
    Draft202012Validator({**schema, "components": document["components"]}).validate(refusal.json())


def test_it_has_each_argument_of_a_rule_and_of_a_reply_that_json_can_hold(document: Any) -> None:
    schemas = document["components"]["schemas"]
    assert schemas["Rule"]["properties"].keys() == RuleArguments.__annotations__.keys() - {"then"}
    assert schemas["Reply"]["properties"].keys() == ReplyArguments.__annotations__.keys() - {"file"}
    step = schemas["Rule"]["properties"]["script"]["items"]["oneOf"][1]
    assert step["properties"].keys() == ACTIONS.keys() - {"then", "rate_limit"}


@pytest.mark.parametrize(
    "rule",
    [
        *(Rule(**{name: action.example}) for name, action in ACTIONS.items() if name != "then"),
        Rule(path="/cdrs", method="GET", query={"a": [1]}, headers={"a": "b*", "c": True}, token="secret", empty=True),
        Rule(script=[429, 200, {"cut_after": 9, "delay_seconds": lognormal(1, 0.5)}], after=2, probability=0.5),
    ],
    ids=str,
)
def test_its_schema_of_a_rule_takes_each_rule_as_it_is_sent(document: Any, rule: Rule) -> None:
    schema = {**document["components"]["schemas"]["Rule"], "components": document["components"]}
    Draft202012Validator(schema).validate(rule.to_dict())


def test_a_server_that_is_down_still_takes_orders(mock: Mock) -> None:
    assert ask(mock, "put", "/faults/down", {"down": True}).json() == {"down": True}
    with pytest.raises(httpx.ReadError):
        httpx.get(mock.url_for("/cdrs"))
    assert ask(mock, "get", "/faults/down").json() == {"down": True}
    assert ask(mock, "put", "/faults/down", {}).json() == {"down": True}
    assert ask(mock, "put", "/faults/down", {"down": False}).json() == {"down": False}
    assert httpx.get(mock.url_for("/cdrs")).status_code == 401
