"""The parameters and headers of requests in the OpenAPI document, with units and defaults."""

from typing import Any

from mockcdrs.crossbar.settings import Settings

_DEFAULT = Settings()
_GREGORIAN = "in Gregorian seconds (Unix seconds + 62167219200), included"
_INTEGER: dict[str, Any] = {"type": "integer"}
_TEXT: dict[str, Any] = {"type": "string"}
_BOOLEAN: dict[str, Any] = {"type": "boolean"}
_FIELD = "a field of the document, dotted where nested, as in custom_channel_vars.owner_id"


def _query(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _path(name: str, description: str) -> dict[str, Any]:
    schema = {"type": "string", "minLength": 1}
    return {"name": name, "in": "path", "required": True, "description": description, "schema": schema}


def _header(name: str, description: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "description": description, "schema": _TEXT}


PARAMETERS: dict[str, dict[str, Any]] = {
    "account_id": _path("account_id", "The account, 32 hex digits."),
    "user_id": _path("user_id", "A user of the account."),
    "device_id": _path("device_id", "A device of the account."),
    "app_id": _path("app_id", "An app of the apps store."),
    "domain": _path("domain", "The host name of a user interface."),
    "own_token": _path("own_token", "The token that is sent."),
    "token": _query("token", _TEXT, "The token to tell of."),
    "include_api_key": _query("include_api_key", _BOOLEAN, "Whether to show the account's API key."),
    "cdr_id": _path("cdr_id", "A CDR's id, `YYYYMM-` and the call id, percent-encoded."),
    "interaction_id": _path("interaction_id", "An interaction id, or the id of any CDR of the interaction."),
    "created_from": _query(
        "created_from",
        _INTEGER,
        f"The first moment, {_GREGORIAN}; {_DEFAULT.maximum_range} seconds before created_to unless given.",
    ),
    "created_to": _query("created_to", _INTEGER, f"The last moment, {_GREGORIAN}; now unless given."),
    "modified_from": _query("modified_from", _INTEGER, f"Changed then or later, {_GREGORIAN}."),
    "modified_to": _query("modified_to", _INTEGER, f"Changed then or before, {_GREGORIAN}."),
    "page_size": _query(
        "page_size",
        {"type": "integer", "minimum": 1, "default": _DEFAULT.pagination_page_size},
        "Rows of a page.",
    ),
    "start_key": _query("start_key", _TEXT, "The next_start_key of the page before."),
    "end_key": _query("end_key", _TEXT, "A key to end at, in the form of a start_key."),
    "paginate": _query("paginate", {"type": "boolean", "default": True}, "false gives all rows at once."),
    "is_chunked": _query("is_chunked", _BOOLEAN, "Whether listings come in HTTP chunks, in the chunked envelope."),
    "chunk_size": _query(
        "chunk_size",
        {"type": "integer", "minimum": 1, "maximum": _DEFAULT.load_view_chunk_size},
        "Rows of a chunk.",
    ),
    "descending": _query("descending", {"type": "boolean", "default": True}, "Newest first, whatever ascending says."),
    "ascending": _query("ascending", {"type": "boolean", "default": False}, "Oldest first."),
    "utc_offset": _query("utc_offset", _INTEGER, "Seconds by which the column datetime is moved."),
    "filter_hangup_cause": _query(
        "filter_hangup_cause", _TEXT, f"filter_KEY: only where KEY, {_FIELD}, has this value; a JSON array: one of."
    ),
    "filter_not_hangup_cause": _query(
        "filter_not_hangup_cause", _TEXT, f"filter_not_KEY: only where KEY, {_FIELD}, has another value."
    ),
    "has_key": _query("has_key", _TEXT, f"Only where there is {_FIELD}."),
    "key_missing": _query("key_missing", _TEXT, f"Only where there is not {_FIELD}."),
    "has_value": _query("has_value", _TEXT, f"Only where it is not empty: {_FIELD}."),
    "value_missing": _query("value_missing", _TEXT, f"Only where it is empty or not there: {_FIELD}."),
    "accept": _query("accept", {"enum": ["csv", "json", "text/csv"]}, "The form, for who cannot set the header."),
    "file_name": _query("file_name", _TEXT, "The name of a CSV file."),
    "pretty_print": _query("pretty_print", _BOOLEAN, "Indented JSON, of a plain answer."),
    "auth_token": _query("auth_token", _TEXT, "The token, for who cannot set the header."),
    "verb": _query("verb", {"enum": ["GET"]}, "The method to take the request for; POST with GET answers no rows."),
    "X-Request-ID": _header(
        "X-Request-ID",
        "The request's id, which the answer repeats. A quote or backslash breaks a chunked answer (trailer-unescaped).",
    )
    | {"schema": {"type": "string", "pattern": r"^[\w.:/+=-]+$"}},
    "X-File-Name": _header("X-File-Name", "The name of a CSV file; it goes before file_name."),
    "If-None-Match": _header("If-None-Match", "The ETag of an answer that one has."),
    "If-Match": _header("If-Match", "The ETag that the answer has to have."),
    "Origin": _header("Origin", "The origin of the page."),
    "Access-Control-Request-Method": _header("Access-Control-Request-Method", "The method that the page would use."),
    "Access-Control-Request-Headers": _header("Access-Control-Request-Headers", "The headers that it would send."),
}

RANGE = ("created_from", "created_to", "modified_from", "modified_to")
FILTERS = (
    "filter_hangup_cause", "filter_not_hangup_cause", "has_key", "key_missing", "has_value", "value_missing",
)  # fmt: skip
PAGING = (
    "page_size", "start_key", "end_key", "paginate", "is_chunked", "chunk_size", "descending", "ascending",
)  # fmt: skip
FORM = ("accept", "file_name", "X-File-Name", "pretty_print")
CONDITIONS = ("If-None-Match", "If-Match")
SENT = ("auth_token", "verb", "X-Request-ID", "Origin")
PREFLIGHT = ("Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers", "X-Request-ID")
LISTING_PARAMETERS = (*RANGE, *PAGING, "utc_offset", *FILTERS)
