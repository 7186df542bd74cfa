"""The OpenAPI document as a whole, built from operations and schemas, and its responses with their examples.

Source: `api_util.erl`. `examples-4.3.json` has the examples of Kazoo 4.3, `examples-NAME.json` those of another version
that differ. They come from the committed data; a test builds them again and compares.
"""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from mockcdrs.crossbar import cowboy
from mockcdrs.crossbar.quirks import QUIRKS
from mockcdrs.crossbar.versions import KAZOO_4_3, Version
from mockcdrs.openapi.operations import PARAMETERS, PREFLIGHT, Operation, account_operations, cdr_operations
from mockcdrs.openapi.schemas import build_schemas, schema_ref

_JSON, _OLD_JSON, _CSV = "application/json", "application/x-json", "text/csv"

_ERRORS = {
    "400": "A range that is reversed or too wide (`validation error`), or a body that is no JSON; nothing at all where "
    "the path cannot be read.",
    "401": "No token, or one that is not good.",
    "403": "The account is not the token's to see.",
    "404": "No such account, user or CDR, or a parameter that cannot be (`faulty_request`).",
    "405": "A method that is not served here, by itself or as the parameter `verb`.",
    "410": "Asked under `/v1`.",
    "413": "A request with a body of more than crossbar.max_upload_size bytes.",
    "416": "An unchunked answer of more than crossbar.request_memory_limit bytes.",
    "429": "Too many requests, of logins above all.",
    "500": "Crossbar's own code fails on the request: each is one of x-crossbar-quirks. Nothing at all where the query "
    "cannot be read, or a summary without a call is asked as CSV.",
    "503": "The database fails, or one of x-crossbar-quirks does.",
}
_UNTYPED = ("401", "403", "405", "410", "413")
"""Mostly decided before content negotiation: JSON, in some versions without a content type."""
_SOMETIMES_UNTYPED = ("400", "404", "429", "500")
_WITHOUT_V1 = "410"
_SOMETIMES_BARE = ("400", "500")
_BARE = {
    "204": "A CSV file without content.",
    "304": "Not changed: If-None-Match names the ETag.",
    "406": "No acceptable content type.",
    "412": "If-Match or If-None-Match does not hold.",
    "414": f"A request line of more than {cowboy.MAX_REQUEST_LINE_BYTES:,} bytes.",
    "431": (
        f"A header of more than {cowboy.MAX_HEADER_VALUE_BYTES:,} bytes, or more than {cowboy.MAX_HEADERS} of them."
    ),
    "501": "A method that Crossbar does not know.",
}
_HEADER_DESCRIPTIONS = {
    "X-Request-ID": "The one sent, or 32 hex digits.",
    "Content-Language": "`en-us`, or the language of Accept-Language.",
    "Expires": "A date in the past: answers are not cached.",
    "Vary": "The request headers that the answer depends on.",
    "ETag": "Of a plain answer: the document's revision, or a digest of the answer.",
    "Location": "The user or account of the token, after a login.",
    "Content-Disposition": "The name of a CSV file.",
    "Access-Control-Allow-Origin": "`*`, for a request with an Origin, and on each error.",
    "Access-Control-Allow-Methods": "The methods served at the path, and `OPTIONS`.",
    "Access-Control-Allow-Headers": "The headers that a page may send.",
    "Access-Control-Expose-Headers": "The headers that a page may read.",
    "Access-Control-Max-Age": "The number of seconds for which a browser may cache this.",
}
_CORS = tuple(name for name in _HEADER_DESCRIPTIONS if name.startswith("Access-Control-"))


def _headers(always: tuple[str, ...] = (), sometimes: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        name: {"description": _HEADER_DESCRIPTIONS[name], "schema": {"type": "string"}, "required": name in always}
        for name in (*always, *sometimes)
    }


def success_response(
    version: Version, operation: str, summary: str, schemas: tuple[str, ...], *, has_csv: bool
) -> dict[str, Any]:
    """A successful response: JSON by one of the schemas and, for CDRs, CSV."""
    json = schema_ref(schemas[0]) if len(schemas) == 1 else {"anyOf": [schema_ref(name) for name in schemas]}
    forms = {_JSON: json, _OLD_JSON: json, **({_CSV: {"type": "string"}} if has_csv else {})}
    return {
        "description": summary,
        "headers": _headers(
            ("X-Request-ID", "Content-Language", "Vary"),
            ("Expires", "ETag", "Content-Disposition", "Location", *_CORS),
        ),
        "content": {
            kind: {"schema": schema, **example_refs(version, operation, kind)} for kind, schema in forms.items()
        },
    }


def can_respond(version: Version, status: str) -> bool:
    """Whether a version of Kazoo ever responds with the status of an error or of a response without a body."""
    return status != _WITHOUT_V1 or not version.serves_v1


def response_refs(version: Version, statuses: Iterable[str]) -> dict[str, Any]:
    """References to the responses with these statuses, without those that a version never sends."""
    return {
        status: {"$ref": f"#/components/responses/{_response_name(status)}"}
        for status in statuses
        if can_respond(version, status)
    }


def preflight_responses(version: Version) -> dict[str, Any]:
    """The responses to a CORS preflight."""
    success = {"description": "The permissions of a page.", "headers": _headers(("X-Request-ID", *_CORS))}
    return {"200": success, **response_refs(version, ("400", "404", "405", "410", "413"))}


def error_responses(version: Version) -> dict[str, Any]:
    """All other responses by name. `x-crossbar-untyped` says that one may come without a content type."""
    return {
        **{
            _response_name(status): _error_response(version, status)
            for status in _ERRORS
            if can_respond(version, status)
        },
        **{_response_name(status): {"description": words} for status, words in _BARE.items()},
    }


def _response_name(status: str) -> str:
    return f"Error{status}" if status in _ERRORS else f"Bare{status}"


def _error_response(version: Version, status: str) -> dict[str, Any]:
    has_own_type = not version.always_says_json
    kinds = (_JSON, _CSV) if has_own_type and status not in _UNTYPED else (_JSON,)
    headers = ("X-Request-ID", *_CORS)
    is_whole = status not in _SOMETIMES_BARE
    return {
        "description": _ERRORS[status],
        "headers": _headers(headers) if is_whole else _headers(sometimes=headers),
        "content": {
            kind: {"schema": schema_ref("Error"), **example_refs(version, _response_name(status), kind)}
            for kind in kinds
        },
        "x-crossbar-untyped": not is_whole or (has_own_type and status in (*_UNTYPED, *_SOMETIMES_UNTYPED)),
    }


Examples = dict[str, dict[str, Any]]


@cache
def load_examples(version: Version) -> Examples:
    """The examples of a version by name.

    Each has `of`, the operation or response that it is an example of; `kind`, the content type; `summary`, the request;
    and `value`, the body.
    """
    return {**_read_examples(example_file_name(KAZOO_4_3)), **_read_examples(example_file_name(version))}


def example_file_name(version: Version) -> str:
    """The name of the file with a version's own examples. It does not exist if all are those of 4.3."""
    return f"examples-{version.name}.json"


def _read_examples(name: str) -> Examples:
    file = files("mockcdrs.openapi").joinpath(name)
    examples: Examples = json.loads(file.read_bytes()) if file.is_file() else {}
    return examples


def example_refs(version: Version, of: str, kind: str) -> dict[str, Any]:
    """The member `examples` of a media type, as references; empty if there are no examples."""
    names = [name for name, example in load_examples(version).items() if (example["of"], example["kind"]) == (of, kind)]
    return {"examples": {name: {"$ref": f"#/components/examples/{name}"} for name in names}} if names else {}


def example_components(version: Version) -> dict[str, Any]:
    """All examples of a version, for `components`."""
    return {
        name: {"summary": example["summary"], "value": example["value"]}
        for name, example in load_examples(version).items()
    }


@cache
def build_document(version: Version = KAZOO_4_3) -> dict[str, Any]:
    """The OpenAPI 3.1 document for a version of Kazoo. The result is cached: copy it before changing it."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Call detail records of Crossbar",
            "version": "2",
            "description": "The part of Kazoo's Crossbar API that mockcdrs stands in for, in the version "
            f"`{version.name}`. PATCH and POST of users and accounts, and the resources for user interfaces, such as "
            "voicemail boxes, are not described here: see docs/clients.md. Times are Gregorian seconds "
            "(Unix seconds + 62167219200), and money is in units of 1/10,000 dollar. Unknown parameters are ignored. "
            "`/account` in place of `/accounts/{account_id}` is the account of the token. x-crossbar-untyped marks "
            "answers that may have no content type; they are JSON nevertheless, or empty. x-crossbar-source is the "
            "module of Kazoo, and x-crossbar-quirks lists its quirks; `mockcdrs serve --fix` switches off a quirk "
            "that is on by default, and `--quirk` switches on another.",
        },
        "servers": _servers(version),
        "security": [{"token": []}],
        "paths": {path: _path_item(version, path, methods) for path, methods in _operations(version).items()},
        "components": {
            "securitySchemes": {"token": {"type": "apiKey", "in": "header", "name": "X-Auth-Token"}},
            "parameters": PARAMETERS,
            "responses": error_responses(version),
            "examples": example_components(version),
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
