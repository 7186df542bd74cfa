"""An operation: what a method at a path takes, answers and follows, and how that is said in OpenAPI."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mockcdrs.crossbar.quirks import QUIRKS
from mockcdrs.crossbar.versions import Version
from mockcdrs.openapi.answers import good, preflight_answers, refs_to_answers
from mockcdrs.openapi.parameters import PREFLIGHT
from mockcdrs.openapi.schemas import ref

_PREFLIGHT_TAG = "Preflight"


@dataclass(frozen=True, slots=True)
class Operation:
    """`takes` names parameters beside those in the path, `gives` the schemas that a good answer may have.

    `answers` are the statuses of all other answers, `source` is the server's module, `status` that of a good answer,
    `body` the schema of the request's, and `is_open`: no token is needed.
    """

    name: str
    summary: str
    tag: str
    source: str
    takes: tuple[str, ...]
    gives: tuple[str, ...]
    answers: tuple[str, ...]
    quirks: tuple[str, ...] = ()
    status: str = "200"
    body: str = ""
    is_open: bool = False
    has_csv: bool = False


def path_item(version: Version, path: str, methods: Mapping[str, Operation]) -> dict[str, Any]:
    """A path with its operations, and with the question that a browser asks before them."""
    first = next(iter(methods.values()))
    described = {method: _described(version, path, operation) for method, operation in methods.items()}
    return {**described, "options": _preflight(version, path, first)}


def _described(version: Version, path: str, operation: Operation) -> dict[str, Any]:
    others = refs_to_answers(version, operation.answers)
    made = good(version, operation.name, operation.summary, operation.gives, has_csv=operation.has_csv)
    return {
        "operationId": operation.name,
        "summary": operation.summary,
        "tags": [operation.tag],
        "parameters": _parameters(*_in_path(path), *operation.takes),
        **({"requestBody": _body(operation.body)} if operation.body else {}),
        **({"security": []} if operation.is_open else {}),
        "responses": dict(sorted({operation.status: made, **others}.items())),
        "x-crossbar-source": operation.source,
        "x-crossbar-quirks": [_quirk(version, name) for name in operation.quirks],
    }


def _quirk(version: Version, name: str) -> dict[str, Any]:
    """A quirk, and whether the version shows it unless told otherwise."""
    return {"name": name, "sentence": QUIRKS[name].sentence, "default": name in version.quirks}


def _preflight(version: Version, path: str, operation: Operation) -> dict[str, Any]:
    return {
        "operationId": f"{operation.name}Preflight",
        "summary": "What a browser asks before a page of another origin may ask here.",
        "tags": [_PREFLIGHT_TAG],
        "security": [],
        "parameters": _parameters(*_in_path(path), *PREFLIGHT),
        "responses": preflight_answers(version),
        "x-crossbar-source": "api_resource.erl",
        "x-crossbar-quirks": [],
    }


def _body(schema: str) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": ref(schema)}}}


def _parameters(*names: str) -> list[dict[str, str]]:
    return [{"$ref": f"#/components/parameters/{name}"} for name in names]


def _in_path(path: str) -> list[str]:
    return [step[1:-1] for step in path.split("/") if step.startswith("{")]
