"""The operations around the CDRs: logging in, and what a client then asks of accounts, users and devices."""

from dataclasses import replace

from mockcdrs.crossbar.versions import Version
from mockcdrs.openapi.operations import Operation

_READ = ("304", "400", "401", "403", "404", "405", "406", "410", "412", "413", "414", "429", "431", "500", "501", "503")
_CHANGE = ("400", "401", "403", "404", "405", "406", "410", "413", "414", "429", "431", "500", "501")
_LISTED = ("page_size", "start_key", "paginate")
_LOGIN, _ACCOUNTS = "Logging in", "Accounts, users, devices"
_ACCOUNT = "/accounts/{account_id}"


def _read(
    name: str, summary: str, source: str, takes: tuple[str, ...] = (), gives: str = "OneObject", is_open: bool = False
) -> dict[str, Operation]:
    sent = (*takes, "If-None-Match", "auth_token", "X-Request-ID", "Origin")
    return {"get": Operation(name, summary, _ACCOUNTS, source, sent, (gives,), _READ, is_open=is_open)}


def _listed(name: str, summary: str, source: str) -> dict[str, Operation]:
    read = _read(name, summary, source, _LISTED, "ListedObjects")["get"]
    return {"get": replace(read, quirks=("reversed-keys-fault",))}


def _login(name: str, summary: str, source: str, body: str) -> dict[str, Operation]:
    sent = ("X-Request-ID", "Origin")
    made = Operation(name, summary, _LOGIN, source, sent, ("OneLogin",), _CHANGE, status="201", body=body, is_open=True)
    return {"put": made}


def _token_info(name: str, takes: tuple[str, ...], body: str = "") -> Operation:
    sent = (*takes, "X-Request-ID", "Origin")
    summary = "What a token says, and of which account it is."
    return Operation(name, summary, _LOGIN, "cb_auth.erl", sent, ("OneObject",), _READ, body=body, is_open=True)


_AROUND_OPERATIONS: dict[str, dict[str, Operation]] = {
    "/user_auth": _login("logInUser", "A token for a user's name and password.", "cb_user_auth.erl", "UserLogin"),
    "/api_auth": _login("logInApi", "A token for an account's API key.", "cb_api_auth.erl", "ApiLogin"),
    "/auth/tokeninfo": {
        "get": _token_info("getTokenInfo", ("token",)),
        "post": _token_info("postTokenInfo", (), "TokenInfo"),
    },
    f"{_ACCOUNT}/user_auth/{{own_token}}": _read(
        "getLogin", "What was told at the login, of one's own token.", "cb_user_auth.erl"
    ),
    _ACCOUNT: _read("getAccount", "One account.", "cb_accounts.erl", ("include_api_key",)),
    f"{_ACCOUNT}/api_key": _read("getApiKey", "The account's API key.", "cb_accounts.erl"),
    f"{_ACCOUNT}/children": _listed("listChildren", "The accounts directly below, by name.", "cb_accounts.erl"),
    f"{_ACCOUNT}/descendants": _listed("listDescendants", "All accounts below, by name.", "cb_accounts.erl"),
    f"{_ACCOUNT}/siblings": _listed(
        "listSiblings", "The accounts with the same parent; not of one's own.", "cb_accounts.erl"
    ),
    f"{_ACCOUNT}/parents": _read("listParents", "The accounts above.", "cb_accounts.erl", (), "ListedObjects"),
    f"{_ACCOUNT}/tree": _read(
        "getTree", "The accounts above, with the revision of the account.", "cb_accounts.erl", (), "ListedObjects"
    ),
    f"{_ACCOUNT}/users": _listed("listUsers", "The users.", "cb_users.erl"),
    f"{_ACCOUNT}/users/{{user_id}}": _read("getUser", "One user.", "cb_users.erl"),
    f"{_ACCOUNT}/users/{{user_id}}/devices": _listed("listDevicesOfUser", "A user's devices.", "cb_devices.erl"),
    f"{_ACCOUNT}/devices": _listed("listDevices", "The devices.", "cb_devices.erl"),
    f"{_ACCOUNT}/devices/{{device_id}}": _read("getDevice", "One device.", "cb_devices.erl"),
    f"{_ACCOUNT}/apps_store": _read(
        "listApps", "The apps that the account may use.", "cb_apps_store.erl", (), "ListedObjects"
    ),
    f"{_ACCOUNT}/apps_store/{{app_id}}": _read("getApp", "One app.", "cb_apps_store.erl"),
    f"{_ACCOUNT}/whitelabel": _read("getWhitelabel", "How the account's pages look.", "cb_whitelabel.erl"),
    "/whitelabel/{domain}": _read(
        "getWhitelabelOfDomain", "How the pages of a domain look.", "cb_whitelabel.erl", is_open=True
    ),
}


def around_operations(version: Version) -> dict[str, dict[str, Operation]]:
    """By path and method; no token is needed where `is_open`."""
    path, summary = f"{_ACCOUNT}/users", f"The users, {version.users_view.name}, descending."
    users = replace(_AROUND_OPERATIONS[path]["get"], summary=summary, has_csv=True)
    return {**_AROUND_OPERATIONS, path: {"get": users}}
