"""The OpenAPI document as a whole, built from operations, parameters, responses and schemas."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from mockcdrs.crossbar.quirks import QUIRKS
from mockcdrs.crossbar.versions import KAZOO_4_3, Version
from mockcdrs.openapi import responses
from mockcdrs.openapi.operations import Operation, account_operations, cdr_operations
from mockcdrs.openapi.parameters import PARAMETERS, PREFLIGHT
from mockcdrs.openapi.responses import error_responses, preflight_responses, response_refs, success_response
from mockcdrs.openapi.schemas import build_schemas, schema_ref


@cache
def build_document(version: Version = KAZOO_4_3) -> dict[str, Any]:
    """The OpenAPI 3.1 document for a version of Kazoo. The result is cached: copy it before changing it."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Call detail records of Crossbar",
            "version": "2",
            "description": "The part of Kazoo's Crossbar API that mockcdrs stands in for, as the version "
            f"`{version.name}` has it. Times are Gregorian seconds "
            "(Unix seconds + 62167219200), money is in units of 1/10,000 dollar. Unknown parameters are ignored. "
            "`/account` instead of `/accounts/{account_id}` is the account of the token. x-crossbar-untyped says that "
            "an answer may come without a content type: it is JSON nevertheless, or nothing at all. "
            "x-crossbar-source names the server's module, x-crossbar-quirks its surprises; `mockcdrs serve "
            "--fix` leaves out one that is there by default, `--quirk` shows another.",
        },
        "servers": _servers(version),
        "security": [{"token": []}],
        "paths": {path: _path_item(version, path, methods) for path, methods in _operations(version).items()},
        "components": {
            "securitySchemes": {"token": {"type": "apiKey", "in": "header", "name": "X-Auth-Token"}},
            "parameters": PARAMETERS,
            "responses": error_responses(version),
            "examples": responses.example_components(version),
            "schemas": build_schemas(version),
        },
    }


def _servers(version: Version) -> list[dict[str, str]]:
    old = {"url": "/v1", "description": "never pages"}
    return [{"url": "/v2"}, *([old] if version.serves_v1 else [])]


def _operations(version: Version) -> dict[str, dict[str, Operation]]:
    return {path: {"get": operation} for path, operation in cdr_operations(version).items()} | account_operations(
        version
    )


_PREFLIGHT_TAG = "Preflight"


def _path_item(version: Version, path: str, methods: Mapping[str, Operation]) -> dict[str, Any]:
    """A path with its operations and the CORS preflight."""
    first = next(iter(methods.values()))
    described = {method: _describe(version, path, operation) for method, operation in methods.items()}
    return {**described, "options": _preflight(version, path, first)}


def _describe(version: Version, path: str, operation: Operation) -> dict[str, Any]:
    errors = response_refs(version, operation.errors)
    success = success_response(version, operation.name, operation.summary, operation.schemas, has_csv=operation.has_csv)
    return {
        "operationId": operation.name,
        "summary": operation.summary,
        "tags": [operation.tag],
        "parameters": _parameters(*_path_parameters(path), *operation.parameters),
        **({"requestBody": _body(operation.body)} if operation.body else {}),
        **({"security": []} if operation.is_open else {}),
        "responses": dict(sorted({operation.status: success, **errors}.items())),
        "x-crossbar-source": operation.source,
        "x-crossbar-quirks": [_quirk(version, name) for name in operation.quirks],
    }


def _quirk(version: Version, name: str) -> dict[str, Any]:
    """A quirk, and whether the version has it by default."""
    return {"name": name, "sentence": QUIRKS[name].sentence, "default": name in version.quirks}


def _preflight(version: Version, path: str, operation: Operation) -> dict[str, Any]:
    return {
        "operationId": f"{operation.name}Preflight",
        "summary": "What a browser asks before a page of another origin may ask here.",
        "tags": [_PREFLIGHT_TAG],
        "security": [],
        "parameters": _parameters(*_path_parameters(path), *PREFLIGHT),
        "responses": preflight_responses(version),
        "x-crossbar-source": "api_resource.erl",
        "x-crossbar-quirks": [],
    }


def _body(schema: str) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": schema_ref(schema)}}}


def _parameters(*names: str) -> list[dict[str, str]]:
    return [{"$ref": f"#/components/parameters/{name}"} for name in names]


def _path_parameters(path: str) -> list[str]:
    return [step[1:-1] for step in path.split("/") if step.startswith("{")]
