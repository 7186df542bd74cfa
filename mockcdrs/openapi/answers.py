"""What is answered: success in each form, errors in an envelope, and answers without a body (`api_util.erl`)."""

from collections.abc import Iterable
from typing import Any

from mockcdrs.crossbar.pipeline import MAX_HEADER_VALUE_BYTES, MAX_HEADERS, MAX_REQUEST_LINE_BYTES
from mockcdrs.crossbar.versions import Version
from mockcdrs.openapi import examples
from mockcdrs.openapi.schemas import ref

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
"""Mostly met before the form of an answer is chosen: JSON, without a content type where a version has none then."""
_SOMETIMES_UNTYPED = ("400", "404", "429", "500")
_WITHOUT_V1 = "410"
_SOMETIMES_BARE = ("400", "500")
_BARE = {
    "204": "Nothing to put into a CSV file.",
    "304": "Not changed: If-None-Match names the ETag.",
    "406": "No form that can be sent.",
    "412": "If-Match or If-None-Match does not hold.",
    "414": f"A request line of more than {MAX_REQUEST_LINE_BYTES:,} bytes.",
    "431": f"A header of more than {MAX_HEADER_VALUE_BYTES:,} bytes, or more than {MAX_HEADERS} of them.",
    "501": "A method that Crossbar does not know.",
}
_HELD = {
    "X-Request-ID": "The one sent, or 32 hex digits.",
    "Content-Language": "`en-us` unless Accept-Language says otherwise.",
    "Expires": "Long ago: an answer is not to be kept.",
    "Vary": "What of the request the form of the answer depends on.",
    "ETag": "Of a plain answer: the document's revision, or a digest of the answer.",
    "Location": "Whose token it is, of a login.",
    "Content-Disposition": "The name of a CSV file.",
    "Access-Control-Allow-Origin": "`*`, for whoever asks with an Origin, and on each error.",
    "Access-Control-Allow-Methods": "The methods served at the path, and `OPTIONS`.",
    "Access-Control-Allow-Headers": "The headers that a page may send.",
    "Access-Control-Expose-Headers": "The headers that a page may read.",
    "Access-Control-Max-Age": "For how many seconds this is true.",
}
_CORS = tuple(name for name in _HELD if name.startswith("Access-Control-"))


def _headers(always: tuple[str, ...] = (), sometimes: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        name: {"description": _HELD[name], "schema": {"type": "string"}, "required": name in always}
        for name in (*always, *sometimes)
    }


def good(version: Version, operation: str, summary: str, schemas: tuple[str, ...], *, has_csv: bool) -> dict[str, Any]:
    """A good answer, in JSON by the schemas and, for CDRs, in CSV."""
    json = ref(schemas[0]) if len(schemas) == 1 else {"anyOf": [ref(name) for name in schemas]}
    forms = {_JSON: json, _OLD_JSON: json, **({_CSV: {"type": "string"}} if has_csv else {})}
    return {
        "description": summary,
        "headers": _headers(
            ("X-Request-ID", "Content-Language", "Vary"),
            ("Expires", "ETag", "Content-Disposition", "Location", *_CORS),
        ),
        "content": {
            kind: {"schema": schema, **examples.of(version, operation, kind)} for kind, schema in forms.items()
        },
    }


def is_given(version: Version, status: str) -> bool:
    """Whether a version ever answers with an error's or a bare answer's status."""
    return status != _WITHOUT_V1 or not version.serves_v1


def refs_to_answers(version: Version, statuses: Iterable[str]) -> dict[str, Any]:
    """References to the answers with these statuses, but for those that a version never gives."""
    return {
        status: {"$ref": f"#/components/responses/{_name(status)}"} for status in statuses if is_given(version, status)
    }


def preflight_answers(version: Version) -> dict[str, Any]:
    """What OPTIONS answers."""
    made = {"description": "What a page may do.", "headers": _headers(("X-Request-ID", *_CORS))}
    return {"200": made, **refs_to_answers(version, ("400", "404", "405", "410", "413"))}


def answers(version: Version) -> dict[str, Any]:
    """Every answer but the good ones, by name. `x-crossbar-untyped`: it may come without a content type."""
    return {
        **{_name(status): _error(version, status) for status in _ERRORS if is_given(version, status)},
        **{_name(status): {"description": words} for status, words in _BARE.items()},
    }


def _name(status: str) -> str:
    return f"Error{status}" if status in _ERRORS else f"Bare{status}"


def _error(version: Version, status: str) -> dict[str, Any]:
    has_own_type = not version.always_says_json
    kinds = (_JSON, _CSV) if has_own_type and status not in _UNTYPED else (_JSON,)
    carried = ("X-Request-ID", *_CORS)
    is_whole = status not in _SOMETIMES_BARE
    return {
        "description": _ERRORS[status],
        "headers": _headers(carried) if is_whole else _headers(sometimes=carried),
        "content": {kind: {"schema": ref("Error"), **examples.of(version, _name(status), kind)} for kind in kinds},
        "x-crossbar-untyped": not is_whole or (has_own_type and status in (*_UNTYPED, *_SOMETIMES_UNTYPED)),
    }
