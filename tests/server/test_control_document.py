"""The control API's own document is true of every route."""

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from mockcdrs.control_api import ROUTES
from mockcdrs.mock import Mock, serving

STREAMS = {"/journal/events"}
BODIES: dict[tuple[str, str], Any] = {
    ("patch", "/settings"): {"quirks": {"stale-next-key": False}},
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
}


@pytest.fixture(scope="module")
def mock() -> Iterator[Mock]:
    with serving() as made:
        yield made


def asked(mock: Mock, method: str, path: str, body: Any = None) -> httpx.Response:
    url = mock.url.removesuffix("/v2") + "/_mockcdrs" + path
    headers = {"Content-Type": "application/json"}
    return httpx.request(
        method.upper(), url, content=None if body is None else json.dumps(body), headers=headers, timeout=30
    )


@pytest.fixture(scope="module")
def document(mock: Mock) -> Any:
    return asked(mock, "get", "/control.json").json()


def test_it_has_every_route_and_method_and_no_other(document: Any) -> None:
    routes = {re.sub(r":\w+}", "}", path): {name.lower() for name in methods} for path, methods in ROUTES.items()}
    assert {path: set(methods) for path, methods in document["paths"].items()} == routes


def test_every_answer_is_as_it_says(mock: Mock, document: Any) -> None:
    httpx.get(mock.url_for("/cdrs"), headers={"X-Auth-Token": mock.auth_token}, timeout=30)
    mock.fail(status=503, path="/nowhere")
    document_id = mock.add_cdr({"call_id": "c@d"})["_id"]
    all_of_it = [(path, method) for path, methods in document["paths"].items() for method in methods]
    for path, method in sorted(all_of_it, key=lambda each: (each[1] == "delete", -len(each[0]))):
        if path not in STREAMS and path not in {"/reset", "/data/clear", "/data/reset"}:
            whole = path.replace("{number}", "1").replace("{cdr_id}", document_id)
            answered = asked(mock, method, whole, BODIES.get((method, path)))
            check(answered, document["paths"][path][method], document)


def check(answered: httpx.Response, operation: Any, document: Any) -> None:
    assert str(answered.status_code) in operation["responses"], (operation["summary"], answered.text)
    said = operation["responses"][str(answered.status_code)]
    if "content" in said:
        schema = {**said["content"]["application/json"]["schema"], "components": document["components"]}
        Draft202012Validator(schema).validate(answered.json())
    else:
        assert (answered.status_code, answered.content) == (204, b"")


@pytest.mark.parametrize(("method", "path"), [("get", "/nosuch"), ("put", "/clock"), ("delete", "/clock")])
def test_every_refusal_is_as_it_says(mock: Mock, document: Any, method: str, path: str) -> None:
    refused = asked(mock, method, path)
    assert refused.status_code >= 400
    schema = document["components"]["responses"]["Refused"]["content"]["application/json"]["schema"]
    Draft202012Validator({**schema, "components": document["components"]}).validate(refused.json())
