"""The requests in the OpenAPI document: operations with their parameters and headers, units and defaults."""

from dataclasses import dataclass, replace
from typing import Any

from mockcdrs.crossbar.settings import Settings
from mockcdrs.crossbar.versions import Version

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
    "own_token": _path("own_token", "The token of the request."),
    "token": _query("token", _TEXT, "The token to describe."),
    "include_api_key": _query("include_api_key", _BOOLEAN, "Whether to show the account's API key."),
    "cdr_id": _path("cdr_id", "A CDR's id, `YYYYMM-` and the call id, percent-encoded."),
    "interaction_id": _path("interaction_id", "An interaction id, or the id of any CDR of the interaction."),
    "created_from": _query(
        "created_from",
        _INTEGER,
        f"The first moment, {_GREGORIAN}; by default {_DEFAULT.maximum_range} seconds before created_to.",
    ),
    "created_to": _query("created_to", _INTEGER, f"The last moment, {_GREGORIAN}; by default now."),
    "modified_from": _query("modified_from", _INTEGER, f"Only documents changed at this time or later, {_GREGORIAN}."),
    "modified_to": _query("modified_to", _INTEGER, f"Only documents changed at this time or before, {_GREGORIAN}."),
    "page_size": _query(
        "page_size",
        {"type": "integer", "minimum": 1, "default": _DEFAULT.pagination_page_size},
        "The number of rows in a page.",
    ),
    "start_key": _query("start_key", _TEXT, "The next_start_key of the page before."),
    "end_key": _query("end_key", _TEXT, "A key to end at, in the form of a start_key."),
    "paginate": _query("paginate", {"type": "boolean", "default": True}, "false gives all rows at once."),
    "is_chunked": _query("is_chunked", _BOOLEAN, "Whether listings come in HTTP chunks, in the chunked envelope."),
    "chunk_size": _query(
        "chunk_size",
        {"type": "integer", "minimum": 1, "maximum": _DEFAULT.load_view_chunk_size},
        "The number of rows in a chunk.",
    ),
    "descending": _query("descending", {"type": "boolean", "default": True}, "Newest first; overrides ascending."),
    "ascending": _query("ascending", {"type": "boolean", "default": False}, "Oldest first."),
    "utc_offset": _query("utc_offset", _INTEGER, "Seconds to add to the column datetime."),
    "filter_hangup_cause": _query(
        "filter_hangup_cause", _TEXT, f"filter_KEY: only if KEY, {_FIELD}, has this value, or one of a JSON array."
    ),
    "filter_not_hangup_cause": _query(
        "filter_not_hangup_cause", _TEXT, f"filter_not_KEY: only if KEY, {_FIELD}, has another value."
    ),
    "has_key": _query("has_key", _TEXT, f"Only documents with {_FIELD}."),
    "key_missing": _query("key_missing", _TEXT, f"Only documents without {_FIELD}."),
    "has_value": _query("has_value", _TEXT, f"Only documents where it is not empty: {_FIELD}."),
    "value_missing": _query("value_missing", _TEXT, f"Only documents where it is empty or missing: {_FIELD}."),
    "accept": _query(
        "accept",
        {"enum": ["csv", "json", "text/csv"]},
        "The content type, for clients that cannot set the header Accept.",
    ),
    "file_name": _query("file_name", _TEXT, "The name of a CSV file."),
    "pretty_print": _query("pretty_print", _BOOLEAN, "Whether to indent the JSON of a plain answer."),
    "auth_token": _query("auth_token", _TEXT, "The token, for clients that cannot set the header X-Auth-Token."),
    "verb": _query(
        "verb", {"enum": ["GET"]}, "The method to handle the request as. A POST with verb=GET gets no rows."
    ),
    "X-Request-ID": _header(
        "X-Request-ID",
        "The request's id, which the answer repeats. A quote or backslash breaks a chunked answer (trailer-unescaped).",
    )
    | {"schema": {"type": "string", "pattern": r"^[\w.:/+=-]+$"}},
    "X-File-Name": _header("X-File-Name", "The name of a CSV file; overrides file_name."),
    "If-None-Match": _header("If-None-Match", "The ETag of an earlier answer."),
    "If-Match": _header("If-Match", "The required ETag of the answer."),
    "Origin": _header("Origin", "The origin of the page."),
    "Access-Control-Request-Method": _header("Access-Control-Request-Method", "The method that the page would use."),
    "Access-Control-Request-Headers": _header(
        "Access-Control-Request-Headers", "The headers that the page would send."
    ),
}

_RANGE = ("created_from", "created_to", "modified_from", "modified_to")
_FILTERS = (
    "filter_hangup_cause", "filter_not_hangup_cause", "has_key", "key_missing", "has_value", "value_missing",
)  # fmt: skip
_PAGING = (
    "page_size", "start_key", "end_key", "paginate", "is_chunked", "chunk_size", "descending", "ascending",
)  # fmt: skip
_FORM = ("accept", "file_name", "X-File-Name", "pretty_print")
_CONDITIONS = ("If-None-Match", "If-Match")
_SENT = ("auth_token", "verb", "X-Request-ID", "Origin")
PREFLIGHT = ("Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers", "X-Request-ID")
_LISTING_PARAMETERS = (*_RANGE, *_PAGING, "utc_offset", *_FILTERS)


@dataclass(frozen=True, slots=True)
class Operation:
    """A method at a path.

    `parameters` has names from `PARAMETERS`, without those in the path. `schemas` names the possible schemas of a
    successful response, whose status is `status`; `errors` has the statuses of all other responses. `source` is the
    module of Kazoo, `body` names the schema of the request body, and `is_open` says that no token is needed.
    """

    name: str
    summary: str
    tag: str
    source: str
    parameters: tuple[str, ...]
    schemas: tuple[str, ...]
    errors: tuple[str, ...]
    quirks: tuple[str, ...] = ()
    status: str = "200"
    body: str = ""
    is_open: bool = False
    has_csv: bool = False


_GET_QUIRKS = ("pdf-500", "modified-alone-ignored", "missing-value-ignored", "csv-short-rows")
_PAGE_QUIRKS = (
    *_GET_QUIRKS, "chunk-size-0-fault", "reversed-keys-fault", "descending-false-ignored", "trailer-unescaped",
    "integer-page-size", "big-integer-chunk-lost",
)  # fmt: skip
_LISTING_QUIRKS = (
    *_PAGE_QUIRKS, "stale-next-key", "unix-range-500", "broken-document-fault", "fractional-utc-offset-fault",
)  # fmt: skip
_CDRS_QUIRKS = (*_LISTING_QUIRKS, "no-ccv-not-listed", "month-end-call-lost")
_INTERACTION_QUIRKS = (
    *_LISTING_QUIRKS, "interaction-page-loss", "interaction-raw-rows", "interaction-month-order",
    "interaction-range-twice", "interaction-csv-plain-fault", "interaction-utc-offset-fault",
    "csv-interaction-unquoted",
)  # fmt: skip
_LEGS_QUIRKS = (
    *_PAGE_QUIRKS, "legs-chunked-leak", "legs-turned", "legs-missing-month-503",
    "id-without-month-500",
)  # fmt: skip
_SUMMARY_QUIRKS = (
    *_PAGE_QUIRKS, "unix-range-500", "month-end-call-lost", "summary-doubling", "summary-51-rows", "summary-last-month",
    "empty-summary-csv-500",
)  # fmt: skip

_CDR_ERRORS = (
    "204", "304", "400", "401", "403", "404", "405", "406", "410", "412", "413", "414", "416", "429", "431", "500",
    "501", "503",
)  # fmt: skip
_ROW_FORMS = ("PlainRows", "ChunkedRows")
_INTERACTION_FORMS = ("PlainInteractions", "ChunkedInteractions")
_FORM_PARAMETERS = (*_FORM, *_CONDITIONS, *_SENT)


def _cdr_operation(
    name: str, summary: str, parameters: tuple[str, ...], schemas: tuple[str, ...], quirks: tuple[str, ...]
) -> Operation:
    return Operation(
        name,
        summary,
        "Calls",
        "cb_cdrs.erl",
        (*parameters, *_FORM_PARAMETERS),
        schemas,
        _CDR_ERRORS,
        quirks,
        has_csv=True,
    )


_CDR_OPERATIONS = {
    "/cdrs": _cdr_operation("listCdrs", "The calls, newest first.", _LISTING_PARAMETERS, _ROW_FORMS, _CDRS_QUIRKS),
    "/cdrs/interaction": _cdr_operation(
        "listInteractions",
        "One row for each interaction: its first leg.",
        _LISTING_PARAMETERS,
        _INTERACTION_FORMS,
        _INTERACTION_QUIRKS,
    ),
    "/cdrs/legs/{interaction_id}": _cdr_operation(
        "listLegs",
        "All legs of an interaction, as whole documents.",
        (*_PAGING, *_FILTERS),
        ("PlainDocuments", "ChunkedDocuments"),
        _LEGS_QUIRKS,
    ),
    "/cdrs/summary": _cdr_operation(
        "summarizeCdrs",
        "Seconds by direction, domain, classifier and rate.",
        (*_RANGE, *_PAGING),
        ("OneSummary", "ChunkedSummaries"),
        _SUMMARY_QUIRKS,
    ),
    "/cdrs/{cdr_id}": _cdr_operation(
        "getCdr", "One CDR, as a whole document.", (), ("OneDocument",), (*_GET_QUIRKS, "id-without-month-500")
    ),
}


def _user_operation(version: Version, below: str, operation: Operation) -> Operation:
    words = {
        "/cdrs": "A user's calls, newest first.",
        "/cdrs/interaction": f"One row for each interaction of a user: {version.owner_interactions.leg.value}.",
    }
    summary = words.get(below, f"{operation.summary} The user is not checked.")
    return replace(operation, name=f"{operation.name}OfUser", summary=summary, tag="Calls of a user")


def cdr_operations(version: Version) -> dict[str, Operation]:
    """The GET operations on CDRs by path. Source: `cb_cdrs.erl`."""
    account, user = "/accounts/{account_id}", "/accounts/{account_id}/users/{user_id}"
    return {
        **{f"{account}{below}": operation for below, operation in _CDR_OPERATIONS.items()},
        **{
            f"{user}{below}": _user_operation(version, below, operation) for below, operation in _CDR_OPERATIONS.items()
        },
    }


_READ_ERRORS = (
    "304", "400", "401", "403", "404", "405", "406", "410", "412", "413", "414", "429", "431", "500", "501", "503",
)  # fmt: skip
_CHANGE_ERRORS = ("400", "401", "403", "404", "405", "406", "410", "413", "414", "429", "431", "500", "501")
_LIST_PARAMETERS = ("page_size", "start_key", "paginate")
_LOGIN, _ACCOUNTS = "Logging in", "Accounts, users, devices"
_ACCOUNT = "/accounts/{account_id}"


def _read_operation(
    name: str,
    summary: str,
    source: str,
    parameters: tuple[str, ...] = (),
    schema: str = "OneObject",
    is_open: bool = False,
) -> dict[str, Operation]:
    sent = (*parameters, "If-None-Match", "auth_token", "X-Request-ID", "Origin")
    return {"get": Operation(name, summary, _ACCOUNTS, source, sent, (schema,), _READ_ERRORS, is_open=is_open)}


def _list_operation(name: str, summary: str, source: str) -> dict[str, Operation]:
    read = _read_operation(name, summary, source, _LIST_PARAMETERS, "ListedObjects")["get"]
    return {"get": replace(read, quirks=("reversed-keys-fault",))}


def _login_operation(name: str, summary: str, source: str, body: str) -> dict[str, Operation]:
    sent = ("X-Request-ID", "Origin")
    login = Operation(
        name, summary, _LOGIN, source, sent, ("OneLogin",), _CHANGE_ERRORS, status="201", body=body, is_open=True
    )
    return {"put": login}


def _token_info_operation(name: str, parameters: tuple[str, ...], body: str = "") -> Operation:
    sent = (*parameters, "X-Request-ID", "Origin")
    summary = "The claims of a token, and its account."
    return Operation(name, summary, _LOGIN, "cb_auth.erl", sent, ("OneObject",), _READ_ERRORS, body=body, is_open=True)


_ACCOUNT_OPERATIONS: dict[str, dict[str, Operation]] = {
    "/user_auth": _login_operation(
        "logInUser", "A token for a user's name and password.", "cb_user_auth.erl", "UserLogin"
    ),
    "/api_auth": _login_operation("logInApi", "A token for an account's API key.", "cb_api_auth.erl", "ApiLogin"),
    "/auth/tokeninfo": {
        "get": _token_info_operation("getTokenInfo", ("token",)),
        "post": _token_info_operation("postTokenInfo", (), "TokenInfo"),
    },
    f"{_ACCOUNT}/user_auth/{{own_token}}": _read_operation(
        "getLogin", "The data of the login, for the token of the request.", "cb_user_auth.erl"
    ),
    _ACCOUNT: _read_operation("getAccount", "One account.", "cb_accounts.erl", ("include_api_key",)),
    f"{_ACCOUNT}/api_key": _read_operation("getApiKey", "The account's API key.", "cb_accounts.erl"),
    f"{_ACCOUNT}/children": _list_operation("listChildren", "The accounts directly below, by name.", "cb_accounts.erl"),
    f"{_ACCOUNT}/descendants": _list_operation("listDescendants", "All accounts below, by name.", "cb_accounts.erl"),
    f"{_ACCOUNT}/siblings": _list_operation(
        "listSiblings", "The accounts with the same parent; not for the token's own account.", "cb_accounts.erl"
    ),
    f"{_ACCOUNT}/parents": _read_operation(
        "listParents", "The accounts above.", "cb_accounts.erl", (), "ListedObjects"
    ),
    f"{_ACCOUNT}/tree": _read_operation(
        "getTree", "The accounts above, with the revision of the account.", "cb_accounts.erl", (), "ListedObjects"
    ),
    f"{_ACCOUNT}/users": _list_operation("listUsers", "The users.", "cb_users.erl"),
    f"{_ACCOUNT}/users/{{user_id}}": _read_operation("getUser", "One user.", "cb_users.erl"),
    f"{_ACCOUNT}/users/{{user_id}}/devices": _list_operation(
        "listDevicesOfUser", "A user's devices.", "cb_devices.erl"
    ),
    f"{_ACCOUNT}/devices": _list_operation("listDevices", "The devices.", "cb_devices.erl"),
    f"{_ACCOUNT}/devices/{{device_id}}": _read_operation("getDevice", "One device.", "cb_devices.erl"),
    f"{_ACCOUNT}/apps_store": _read_operation(
        "listApps", "The apps that the account may use.", "cb_apps_store.erl", (), "ListedObjects"
    ),
    f"{_ACCOUNT}/apps_store/{{app_id}}": _read_operation("getApp", "One app.", "cb_apps_store.erl"),
    f"{_ACCOUNT}/whitelabel": _read_operation(
        "getWhitelabel", "The branding of the account's pages.", "cb_whitelabel.erl"
    ),
    "/whitelabel/{domain}": _read_operation(
        "getWhitelabelOfDomain", "The branding of the pages of a domain.", "cb_whitelabel.erl", is_open=True
    ),
}


def account_operations(version: Version) -> dict[str, dict[str, Operation]]:
    """The operations for logging in, accounts, users and devices, by path and method."""
    path, summary = f"{_ACCOUNT}/users", f"The users, {version.users_view.name}, descending."
    users = replace(_ACCOUNT_OPERATIONS[path]["get"], summary=summary, has_csv=True)
    return {**_ACCOUNT_OPERATIONS, path: {"get": users}}
