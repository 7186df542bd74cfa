"""The document as a whole."""

from functools import cache
from typing import Any

from mockcdrs.crossbar.versions import KAZOO_4_3, Version
from mockcdrs.openapi import examples
from mockcdrs.openapi.answers import answers
from mockcdrs.openapi.around_operations import around_operations
from mockcdrs.openapi.cdr_operations import cdr_operations
from mockcdrs.openapi.operations import Operation, path_item
from mockcdrs.openapi.parameters import PARAMETERS
from mockcdrs.openapi.schemas import schemas


@cache
def document(version: Version = KAZOO_4_3) -> dict[str, Any]:
    """The OpenAPI 3.1 document of what a version of Kazoo serves. Shared: copy it before changing it."""
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
        "paths": {path: path_item(version, path, methods) for path, methods in _operations(version).items()},
        "components": {
            "securitySchemes": {"token": {"type": "apiKey", "in": "header", "name": "X-Auth-Token"}},
            "parameters": PARAMETERS,
            "responses": answers(version),
            "examples": examples.components(version),
            "schemas": schemas(version),
        },
    }


def _servers(version: Version) -> list[dict[str, str]]:
    old = {"url": "/v1", "description": "never pages"}
    return [{"url": "/v2"}, *([old] if version.serves_v1 else [])]


def _operations(version: Version) -> dict[str, dict[str, Operation]]:
    return {path: {"get": operation} for path, operation in cdr_operations(version).items()} | around_operations(
        version
    )
