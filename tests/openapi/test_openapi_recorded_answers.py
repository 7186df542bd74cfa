"""The document is true of the real server too: each recorded answer at a described path is as described."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import jsonschema
import pytest

from mockcdrs.crossbar.versions import KAZOO_4_3, KAZOO_MASTER, Version
from mockcdrs.openapi import build_document
from mockcdrs.recordings import exchanges as files
from mockcdrs.recordings.exchanges import Exchange

SHARED = Path(__file__).parents[3] / "shared"
GOLDEN = SHARED / "golden"
RECORDED = {
    KAZOO_MASTER: [GOLDEN / "exchanges.jsonl", GOLDEN / "mixed.jsonl", GOLDEN / "around.jsonl"],
    KAZOO_4_3: [SHARED / "golden-4.3" / f"{name}.jsonl" for name in ("exchanges", "mixed", "settings", "around")],
}
NOT_DESCRIBED = re.compile(r"(^|&)(jsonp=|accept=pdf)")
"""Scripts and PDF: neither is JSON or CSV."""
NO_JSON = "failure in request, contact support"
"""What Kazoo says, whatever the content type, where it cannot write its answer as JSON."""
OF_A_SETTING = "should_filter_empty_strings"
"""It leaves out columns, which the document says in words."""

pytestmark = [
    pytest.mark.no_cover,
    pytest.mark.skipif(
        not GOLDEN.exists(), reason="the recorded answers of the real server are not beside this checkout"
    ),
]


def plain(path: str) -> str:
    """A path without needless escapes, one of them undone again as Kazoo 4.3 does."""
    return "/".join(quote(unquote(step.replace("%25", "%")), safe="") for step in path.split("/"))


@cache
def patterns(version: Version) -> list[tuple[re.Pattern[str], str]]:
    """Described paths; a literal step goes before one with a name in it."""
    described = sorted(build_document(version)["paths"], key=lambda each: each.count("{"))
    servers = "|".join(each["url"] for each in build_document(version)["servers"])
    return [(re.compile(f"({servers})" + re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))), path) for path in described]


def operation_of(version: Version, exchange: Exchange) -> dict[str, Any] | None:
    """What is described for a request."""
    path_of_request = plain(exchange.request.path)
    path = next((path for pattern, path in patterns(version) if pattern.fullmatch(path_of_request)), None)
    return None if path is None else build_document(version)["paths"][path].get(exchange.request.method.lower())


def resolved(version: Version, part: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in part:
        return part
    kind, name = part["$ref"].split("/")[2:]
    component: dict[str, Any] = build_document(version)["components"][kind][name]
    return component


@cache
def validator(version: Version, schema: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator({**json.loads(schema), "components": build_document(version)["components"]})


def wrong(version: Version, exchange: Exchange, operation: dict[str, Any]) -> Iterator[str]:
    answer = exchange.response
    described = operation["responses"].get(str(answer.status))
    if described is None:
        yield f"status {answer.status}"
        return
    described = resolved(version, described)
    for name, header in described.get("headers", {}).items():
        if header["required"] and name.lower() not in answer.headers:
            yield f"no {name}"
    kind = answer.headers.get("content-type")
    if kind is None and answer.body and not described.get("x-crossbar-untyped"):
        yield "no content type"
    if answer.body == NO_JSON:
        return
    if answer.body and kind in {None, "application/json", "application/x-json"}:
        schema = described["content"]["application/json"]["schema"]
        yield from (
            each.message[:200] for each in validator(version, json.dumps(schema)).iter_errors(json.loads(answer.body))
        )
    elif kind is not None and kind not in described["content"]:
        yield f"content type {kind}"


@pytest.mark.parametrize("version", RECORDED, ids=lambda version: version.name)
def test_every_recorded_answer_at_a_described_path_is_as_described(version: Version) -> None:
    answers = [each for path in RECORDED[version] for each in files.read_exchanges(path)]
    usual = [each for each in answers if OF_A_SETTING not in each.config.get("crossbar.cdrs", {})]
    pairs = [(each, operation_of(version, each)) for each in usual if not NOT_DESCRIBED.search(each.request.query)]
    described = [(each, operation) for each, operation in pairs if operation is not None]
    differences = {
        each.name: texts for each, operation in described if (texts := list(wrong(version, each, operation)))
    }
    assert differences == {}
    assert len(described) > 1_000
