"""The operations in the OpenAPI document: CDRs of an account and of its users, logging in, accounts, users, devices."""

from dataclasses import dataclass, replace

from mockcdrs.crossbar.versions import Version
from mockcdrs.openapi.parameters import CONDITIONS, FILTERS, FORM, LISTING_PARAMETERS, PAGING, RANGE, SENT


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
_FORM_PARAMETERS = (*FORM, *CONDITIONS, *SENT)


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
    "/cdrs": _cdr_operation("listCdrs", "The calls, newest first.", LISTING_PARAMETERS, _ROW_FORMS, _CDRS_QUIRKS),
    "/cdrs/interaction": _cdr_operation(
        "listInteractions",
        "One row for each interaction: its first leg.",
        LISTING_PARAMETERS,
        _INTERACTION_FORMS,
        _INTERACTION_QUIRKS,
    ),
    "/cdrs/legs/{interaction_id}": _cdr_operation(
        "listLegs",
        "All legs of an interaction, whole.",
        (*PAGING, *FILTERS),
        ("PlainDocuments", "ChunkedDocuments"),
        _LEGS_QUIRKS,
    ),
    "/cdrs/summary": _cdr_operation(
        "summarizeCdrs",
        "Seconds by direction, domain, classifier and rate.",
        (*RANGE, *PAGING),
        ("OneSummary", "ChunkedSummaries"),
        _SUMMARY_QUIRKS,
    ),
    "/cdrs/{cdr_id}": _cdr_operation(
        "getCdr", "One call, whole.", (), ("OneDocument",), (*_GET_QUIRKS, "id-without-month-500")
    ),
}


def _user_operation(version: Version, below: str, operation: Operation) -> Operation:
    words = {
        "/cdrs": "A user's calls, newest first.",
        "/cdrs/interaction": f"One row for each interaction of a user: {version.owner_interactions.chooses.value}.",
    }
    summary = words.get(below, f"{operation.summary} The user is not looked at.")
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
    summary = "What a token says, and of which account it is."
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
        "getLogin", "What was told at the login, of one's own token.", "cb_user_auth.erl"
    ),
    _ACCOUNT: _read_operation("getAccount", "One account.", "cb_accounts.erl", ("include_api_key",)),
    f"{_ACCOUNT}/api_key": _read_operation("getApiKey", "The account's API key.", "cb_accounts.erl"),
    f"{_ACCOUNT}/children": _list_operation("listChildren", "The accounts directly below, by name.", "cb_accounts.erl"),
    f"{_ACCOUNT}/descendants": _list_operation("listDescendants", "All accounts below, by name.", "cb_accounts.erl"),
    f"{_ACCOUNT}/siblings": _list_operation(
        "listSiblings", "The accounts with the same parent; not of one's own.", "cb_accounts.erl"
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
    f"{_ACCOUNT}/whitelabel": _read_operation("getWhitelabel", "How the account's pages look.", "cb_whitelabel.erl"),
    "/whitelabel/{domain}": _read_operation(
        "getWhitelabelOfDomain", "How the pages of a domain look.", "cb_whitelabel.erl", is_open=True
    ),
}


def account_operations(version: Version) -> dict[str, dict[str, Operation]]:
    """The operations for logging in, accounts, users and devices, by path and method."""
    path, summary = f"{_ACCOUNT}/users", f"The users, {version.users_view.name}, descending."
    users = replace(_ACCOUNT_OPERATIONS[path]["get"], summary=summary, has_csv=True)
    return {**_ACCOUNT_OPERATIONS, path: {"get": users}}
