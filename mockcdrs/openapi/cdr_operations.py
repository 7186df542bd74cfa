"""The operations on CDRs (`cb_cdrs.erl`): an account's, and the same below one of its users."""

from dataclasses import replace

from mockcdrs.crossbar.versions import Version
from mockcdrs.openapi.operations import Operation
from mockcdrs.openapi.parameters import CONDITIONS, FILTERS, FORM, LISTING, PAGING, RANGE, SENT

_ANY = ("pdf-500", "modified-alone-ignored", "missing-value-ignored", "csv-short-rows")
_WALK = (
    *_ANY, "chunk-size-0-fault", "reversed-keys-fault", "descending-false-ignored", "trailer-unescaped",
    "integer-page-size", "big-integer-chunk-lost",
)  # fmt: skip
_ROWS = (
    *_WALK, "stale-next-key", "unix-range-500", "broken-document-fault", "fractional-utc-offset-fault",
    "big-integer-chunk-lost",
)  # fmt: skip
_OF_CDRS = (*_ROWS, "no-ccv-not-listed", "month-end-call-lost")
_OF_INTERACTIONS = (
    *_ROWS, "interaction-page-loss", "interaction-raw-rows", "interaction-month-order", "interaction-range-twice",
    "interaction-csv-plain-fault", "interaction-utc-offset-fault", "csv-interaction-unquoted",
)  # fmt: skip
_OF_LEGS = (
    *_WALK, "big-integer-chunk-lost", "legs-chunked-leak", "legs-turned", "legs-missing-month-503",
    "id-without-month-500",
)  # fmt: skip
_OF_SUMMARY = (
    *_WALK, "unix-range-500", "month-end-call-lost", "summary-doubling", "summary-51-rows", "summary-last-month",
    "empty-summary-csv-500",
)  # fmt: skip

_ANSWERS = (
    "204", "304", "400", "401", "403", "404", "405", "406", "410", "412", "413", "414", "416", "429", "431", "500",
    "501", "503",
)  # fmt: skip
_ROW_FORMS = ("PlainRows", "ChunkedRows")
_INTERACTION_FORMS = ("PlainInteractions", "ChunkedInteractions")
_FORMS = (*FORM, *CONDITIONS, *SENT)


def _operation(
    name: str, summary: str, takes: tuple[str, ...], gives: tuple[str, ...], quirks: tuple[str, ...]
) -> Operation:
    return Operation(name, summary, "Calls", "cb_cdrs.erl", (*takes, *_FORMS), gives, _ANSWERS, quirks, has_csv=True)


_OF_ACCOUNT = {
    "/cdrs": _operation("listCdrs", "The calls, newest first.", LISTING, _ROW_FORMS, _OF_CDRS),
    "/cdrs/interaction": _operation(
        "listInteractions",
        "One row for each interaction: its first leg.",
        LISTING,
        _INTERACTION_FORMS,
        _OF_INTERACTIONS,
    ),
    "/cdrs/legs/{interaction_id}": _operation(
        "listLegs",
        "All legs of an interaction, whole.",
        (*PAGING, *FILTERS),
        ("PlainDocuments", "ChunkedDocuments"),
        _OF_LEGS,
    ),
    "/cdrs/summary": _operation(
        "summarizeCdrs",
        "Seconds by direction, domain, classifier and rate.",
        (*RANGE, *PAGING),
        ("OneSummary", "ChunkedSummaries"),
        _OF_SUMMARY,
    ),
    "/cdrs/{cdr_id}": _operation("getCdr", "One call, whole.", (), ("OneDocument",), (*_ANY, "id-without-month-500")),
}


def _of_user(version: Version, below: str, operation: Operation) -> Operation:
    words = {
        "/cdrs": "A user's calls, newest first.",
        "/cdrs/interaction": f"One row for each interaction of a user: {version.owner_interactions.chooses.value}.",
    }
    summary = words.get(below, f"{operation.summary} The user is not looked at.")
    return replace(operation, name=f"{operation.name}OfUser", summary=summary, tag="Calls of a user")


def cdr_operations(version: Version) -> dict[str, Operation]:
    """By path: what GET does there."""
    account, user = "/accounts/{account_id}", "/accounts/{account_id}/users/{user_id}"
    return {
        **{f"{account}{below}": operation for below, operation in _OF_ACCOUNT.items()},
        **{f"{user}{below}": _of_user(version, below, operation) for below, operation in _OF_ACCOUNT.items()},
    }
