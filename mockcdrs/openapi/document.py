"""The document as a whole."""

from functools import cache
from typing import Any

from mockcdrs.openapi import examples
from mockcdrs.openapi.answers import answers
from mockcdrs.openapi.around_operations import AROUND_OPERATIONS
from mockcdrs.openapi.cdr_operations import CDR_OPERATIONS
from mockcdrs.openapi.operations import Operation, path_item
from mockcdrs.openapi.parameters import PARAMETERS
from mockcdrs.openapi.schemas import SCHEMAS


@cache
def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document. Shared: copy it before changing it."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Call detail records of Crossbar",
            "version": "2",
            "description": "The part of Kazoo's Crossbar API that mockcdrs stands in for. Times are Gregorian seconds "
            "(Unix seconds + 62167219200), money is in units of 1/10,000 dollar. Unknown parameters are ignored. "
            "`/account` instead of `/accounts/{account_id}` is the account of the token. x-crossbar-untyped says that "
            "an answer may come without a content type: it is JSON nevertheless. "
            "x-crossbar-source names the server's module, x-crossbar-quirks its surprises, each of which "
            "`mockcdrs serve --fix` can leave out.",
        },
        "servers": [{"url": "/v2"}],
        "security": [{"token": []}],
        "paths": {path: path_item(path, methods) for path, methods in _operations().items()},
        "components": {
            "securitySchemes": {"token": {"type": "apiKey", "in": "header", "name": "X-Auth-Token"}},
            "parameters": PARAMETERS,
            "responses": answers(),
            "examples": examples.components(),
            "schemas": SCHEMAS,
        },
    }


def _operations() -> dict[str, dict[str, Operation]]:
    return {**{path: {"get": operation} for path, operation in CDR_OPERATIONS.items()}, **AROUND_OPERATIONS}
