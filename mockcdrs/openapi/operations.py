"""The paths that are served, with what each takes, answers, and follows."""

from typing import Any

from mockcdrs.crossbar.quirks import QUIRKS
from mockcdrs.openapi.parameters import FILTERS, FORM, LISTING, PAGING, RANGE
from mockcdrs.openapi.schemas import ref

_ACCOUNT = "/accounts/{account_id}"
_USER = f"{_ACCOUNT}/users/{{user_id}}"
_HEADERS = {
    "X-Request-ID": {"description": "The one sent, or 32 hex digits.", "schema": {"type": "string"}, "required": True},
}
_CSV = {
    "Content-Disposition": {"description": "The file's name.", "schema": {"type": "string"}},
}
_ERRORS = {
    "400": "A range that is reversed or too wide (`validation error`).",
    "404": "No such account, user or CDR, or a parameter that cannot be (`faulty_request`).",
    "416": "More than crossbar.request_memory_limit bytes.",
    "429": "Too many requests.",
    "500": "Crossbar's own code fails on the request: each is one of x-crossbar-quirks.",
    "503": "The database fails, or one of x-crossbar-quirks does.",
}
_UNTYPED = {
    "401": "No token, or one that is not good: an Error without a content type.",
    "403": "The account is not the token's to see: an Error without a content type.",
}
_BARE = {
    "204": "Nothing to put into a CSV file.",
    "304": "Not changed: If-None-Match names the ETag.",
    "406": "No form that can be sent.",
    "412": "If-Match or If-None-Match does not hold.",
    "500": "Crossbar's own code fails: an Error, or nothing at all where a summary without a call is asked as CSV.",
}
_ANY = ("pdf-500", "modified-alone-ignored", "missing-value-ignored", "csv-short-rows")
_WALK = (
    *_ANY, "chunk-size-0-fault", "reversed-keys-fault", "descending-false-ignored", "trailer-unescaped",
    "integer-page-size",
)  # fmt: skip
_ROWS = (
    *_WALK, "stale-next-key", "unix-range-500", "broken-document-fault", "fractional-utc-offset-fault",
)  # fmt: skip
_OF_CDRS = (*_ROWS, "no-ccv-not-listed")
_OF_INTERACTIONS = (
    *_ROWS, "interaction-page-loss", "interaction-month-order", "interaction-range-twice",
    "interaction-csv-plain-fault", "interaction-utc-offset-fault", "csv-interaction-unquoted",
)  # fmt: skip
_OF_LEGS = (*_WALK, "legs-chunked-leak", "legs-turned", "legs-missing-month-503", "id-without-month-500")
_OF_SUMMARY = (
    *_WALK, "unix-range-500", "summary-doubling", "summary-51-rows", "summary-last-month", "empty-summary-csv-500",
)  # fmt: skip


def _parameter(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/parameters/{name}"}


def _bodies(*names: str) -> dict[str, Any]:
    json = ref(names[0]) if len(names) == 1 else {"anyOf": [ref(name) for name in names]}
    return {"application/json": {"schema": json}, "text/csv": {"schema": {"type": "string"}}}


def _operation(
    path: str,
    name: str,
    summary: str,
    takes: tuple[str, ...],
    gives: tuple[str, ...],
    source: str,
    quirks: tuple[str, ...],
) -> dict[str, Any]:
    errors = {status: {"$ref": f"#/components/responses/Error{status}"} for status in _ERRORS}
    if name == "summarizeCdrs":
        del errors["500"]
    without = (_UNTYPED | _BARE).keys() - errors.keys()
    bare = {status: {"$ref": f"#/components/responses/Bare{status}"} for status in without}
    good = {"description": summary, "headers": {**_HEADERS, **_CSV}, "content": _bodies(*gives)}
    return {
        "operationId": name,
        "summary": summary,
        "parameters": [_parameter(each) for each in (*_in_path(path), *takes, "auth_token")],
        "responses": dict(sorted({"200": good, **errors, **bare}.items())),
        "x-crossbar-source": source,
        "x-crossbar-quirks": [{"name": each, "sentence": QUIRKS[each].sentence} for each in quirks],
    }


_ROW_FORMS = ("PlainRows", "ChunkedRows")
_OPERATIONS: dict[str, tuple[str, str, tuple[str, ...], tuple[str, ...], str, tuple[str, ...]]] = {
    f"{_ACCOUNT}/cdrs": ("listCdrs", "The calls, newest first.", LISTING, _ROW_FORMS, "cb_cdrs.erl", _OF_CDRS),
    f"{_ACCOUNT}/cdrs/interaction": (
        "listInteractions", "One row for each interaction: its first leg.", LISTING, _ROW_FORMS, "cb_cdrs.erl",
        _OF_INTERACTIONS,
    ),
    f"{_ACCOUNT}/cdrs/legs/{{interaction_id}}": (
        "listLegs", "All legs of an interaction, whole.", (*PAGING, *FILTERS, *FORM),
        ("PlainDocuments", "ChunkedDocuments"), "cb_cdrs.erl", _OF_LEGS,
    ),
    f"{_ACCOUNT}/cdrs/summary": (
        "summarizeCdrs", "Seconds by direction, domain, classifier and rate.", (*RANGE, *PAGING, *FORM),
        ("OneSummary", "ChunkedSummaries"), "cb_cdrs.erl", _OF_SUMMARY,
    ),
    f"{_ACCOUNT}/cdrs/{{cdr_id}}": (
        "getCdr", "One call, whole.", FORM, ("OneDocument",), "cb_cdrs.erl", (*_ANY, "id-without-month-500"),
    ),
    f"{_USER}/cdrs": ("listCdrsOfUser", "A user's calls.", LISTING, _ROW_FORMS, "cb_cdrs.erl", _OF_CDRS),
    f"{_USER}/cdrs/interaction": (
        "listInteractionsOfUser", "A user's interactions.", LISTING, _ROW_FORMS, "cb_cdrs.erl", _OF_INTERACTIONS,
    ),
}  # fmt: skip


def paths() -> dict[str, Any]:
    """Each path with its operation."""
    return {path: {"get": _operation(path, *parts)} for path, parts in _OPERATIONS.items()}


def _in_path(path: str) -> list[str]:
    return [step[1:-1] for step in path.split("/") if step.startswith("{")]


def responses() -> dict[str, Any]:
    """Every error: with an envelope, or bare. An error met before the form was chosen carries no content type."""
    enveloped = {
        f"Error{status}": {
            "description": words,
            "headers": {"X-Request-ID": {**_HEADERS["X-Request-ID"], "required": False}},
            "content": {kind: {"schema": ref("Error")} for kind in ("application/json", "text/csv")},
        }
        for status, words in _ERRORS.items()
    }
    return enveloped | {f"Bare{status}": {"description": words} for status, words in (_UNTYPED | _BARE).items()}
