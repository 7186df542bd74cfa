"""The document is true of the real server too: each recorded answer at a described path is as described."""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import jsonschema
import pytest

from mockcdrs.exchanges import exchange as files
from mockcdrs.exchanges.exchange import Exchange
from mockcdrs.openapi.document import document
from tests.openapi.making_checked import GOLDEN, operation_at

NOT_DESCRIBED = re.compile(r"(^|&)(jsonp=|accept=pdf)")
"""Scripts and PDF: neither is JSON or CSV."""
OF_A_SETTING = "should_filter_empty_strings"
"""It leaves out columns, which the document says in words."""

pytestmark = pytest.mark.skipif(
    not GOLDEN.exists(), reason="the recorded answers of the real server are not beside this checkout"
)


def operation_of(exchange: Exchange) -> dict[str, Any] | None:
    """What is described for a request."""
    method, _, path = (operation_at(exchange.request.method, exchange.request.path) or "").partition(" ")
    found: dict[str, Any] | None = document()["paths"][path][method.lower()] if path else None
    return found


def resolved(part: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in part:
        return part
    kind, name = part["$ref"].split("/")[2:]
    found: dict[str, Any] = document()["components"][kind][name]
    return found


@cache
def validator(schema: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator({**json.loads(schema), "components": document()["components"]})


def wrong(exchange: Exchange, operation: dict[str, Any]) -> Iterator[str]:
    answer = exchange.answer
    described = operation["responses"].get(str(answer.status))
    if described is None:
        yield f"status {answer.status}"
        return
    described = resolved(described)
    for name, header in described.get("headers", {}).items():
        if header["required"] and name.lower() not in answer.headers:
            yield f"no {name}"
    kind = answer.headers.get("content-type")
    if kind is None and answer.body and not described.get("x-crossbar-untyped"):
        yield "no content type"
    if answer.body and kind in {None, "application/json", "application/x-json"}:
        schema = described["content"]["application/json"]["schema"]
        yield from (each.message[:200] for each in validator(json.dumps(schema)).iter_errors(json.loads(answer.body)))
    elif kind is not None and kind not in described["content"]:
        yield f"content type {kind}"


def test_every_recorded_answer_at_a_described_path_is_as_described() -> None:
    recorded = [each for name in ("exchanges", "mixed", "around") for each in files.read(GOLDEN / f"{name}.jsonl")]
    usual = [each for each in recorded if OF_A_SETTING not in each.config.get("crossbar.cdrs", {})]
    held = [(each, operation_of(each)) for each in usual if not NOT_DESCRIBED.search(each.request.query)]
    described = [(each, operation) for each, operation in held if operation is not None]
    found = {each.name: told for each, operation in described if (told := list(wrong(each, operation)))}
    assert found == {}
    assert len(described) > 1_000
