"""Logging in: by an account's API key, by a user's name and password, and by a token that is still good.

Sources followed: `cb_api_auth.erl`, `cb_user_auth.erl`, `cb_auth.erl`; `crossbar_auth.erl` for what they share.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from mockcdrs.cdr import gregorian
from mockcdrs.cdr.documents import MISSING, text_at, value_at
from mockcdrs.crossbar import account_documents, authentication
from mockcdrs.crossbar.authentication import TokenError, spend_tokens
from mockcdrs.crossbar.context import Claims, Context
from mockcdrs.crossbar.envelope import ResourceResult
from mockcdrs.crossbar.errors import module_error, system_error, validation_error
from mockcdrs.crossbar.request_body import Schema, check_schema
from mockcdrs.crossbar.resources import AccessLevel, Parameters, Resource
from mockcdrs.dataset.accounts import Account, api_key, password_digest
from mockcdrs.dataset.random_stream import hex_id

_LANGUAGE = "en-us"
_CLUSTER_ID = hex_id("cluster")
_API_AUTH_SCHEMA: Schema = {
    "properties": {"api_key": {"required": True, "minLength": 64, "maxLength": 64}},
    "additionalProperties": False,
}
_USER_AUTH_SCHEMA: Schema = {
    "properties": {
        "account_name": {"minLength": 1, "maxLength": 128},
        "account_realm": {"minLength": 4, "maxLength": 253, "pattern": r"^[.\w_-]+$"},
        "credentials": {"required": True, "minLength": 1, "maxLength": 64},
        "method": {"enum": ["md5", "sha"]},
        "phone_number": {"minLength": 1, "maxLength": 64},
    }
}
_NOT_IN_A_NAME = re.compile(r"[^a-z0-9]")


def _api_auth_methods(parameters: Parameters) -> tuple[str, ...]:
    return () if parameters else ("PUT",)


def _api_auth_access(_context: Context) -> AccessLevel:
    return AccessLevel.ANYBODY


def _put_api_auth(context: Context) -> ResourceResult:
    spend_tokens(context)
    data = context.request.envelope.get("data", {})
    check_schema(data, _API_AUTH_SCHEMA)
    matching = (each for each in context.state.store.accounts.values() if api_key(each) == data["api_key"])
    account = next(matching, None)
    context.paging = {"page_size": 0 if account is None else 1}
    if account is None:
        raise module_error(404, "bad identifier", [data["api_key"]])
    _log_in(context, account, "", "cb_api_auth")
    who = _describe_login(context, account, {"account_id": account.id})
    return ResourceResult(who, revision="automatic", headers=_location_header(context, account.id))


def _user_auth_methods(parameters: Parameters) -> tuple[str, ...]:
    match parameters:
        case ():
            return ("PUT",)
        case ("recovery",):
            return ("POST", "PUT")
        case (_,):
            return ("GET",)
    return ()


def _user_auth_access(context: Context) -> AccessLevel:
    if context.nouns[0][1]:
        return AccessLevel.ANY_TOKEN
    return AccessLevel.ANYBODY if context.request.value("action") is None else AccessLevel.NOBODY


def _put_user_auth(context: Context) -> ResourceResult:
    if context.nouns[0][1]:
        raise system_error("not_implemented")
    spend_tokens(context)
    data = context.request.envelope.get("data", {})
    check_schema(data, _USER_AUTH_SCHEMA)
    account, user = _find_user(context, data)
    context.paging = {"page_size": 1}
    _check_standing(context, account)
    _log_in(context, account, user["id"], "cb_user_auth")
    who = _describe_login(context, account, {"owner_id": user["id"], "account_id": account.id})
    return ResourceResult(who, revision="automatic", headers=_location_header(context, user["id"]))


def _find_user(context: Context, data: Mapping[str, Any]) -> tuple[Account, Mapping[str, Any]]:
    accounts = list(_find_accounts(context, data))
    for account in accounts:
        for user in account.users:
            if user.get("enabled", True) and password_digest(user, data.get("method", "md5")) == data["credentials"]:
                return account, user
    if len(accounts) == 1:
        context.paging = {"page_size": 0}  # the users were asked, and none was found
    raise system_error("invalid_credentials")


def _find_accounts(context: Context, data: Mapping[str, Any]) -> Iterator[Account]:
    """The account that a number or realm names, else all with a name that is the same but for signs and capitals."""
    number, realm = data.get("phone_number", MISSING), data.get("account_realm", data.get("realm", MISSING))
    accounts = context.state.store.accounts.values()
    for account in accounts:
        if number in account.numbers or (isinstance(realm, str) and account.realm.lower() == realm.lower()):
            yield account
            return
    name = _normalize_name(data.get("account_name", ""))
    yield from (account for account in accounts if name and _normalize_name(account.name) == name)


def _normalize_name(name: str) -> str:
    return _NOT_IN_A_NAME.sub("", name.lower())


def _check_standing(context: Context, account: Account) -> None:
    authentication.check_account_expiry(context, account)
    if not authentication.is_account_enabled(context, account):
        raise validation_error("account", "disabled", message="account disabled")


def _get_user_auth(context: Context) -> ResourceResult:
    """The claims of the token in the path, which must be the request's own, under its own account."""
    asking, token = context.auth_account, context.nouns[0][1][0]
    if asking is None or token != context.auth_token:
        raise system_error("invalid_credentials")
    if context.account is None or context.account.id != asking.id:
        raise system_error("forbidden")
    claims = dict(sorted(context.auth_claims.items()))
    return ResourceResult(_describe_login(context, asking, claims), is_tagged=False)


def _auth_methods(parameters: Parameters) -> tuple[str, ...]:
    match parameters:
        case ():
            return ("PUT",)
        case ("tokeninfo",):
            return ("POST", "GET")
    return ()


def _auth_access(context: Context) -> AccessLevel:
    if context.nouns[0][1]:
        return AccessLevel.ANYBODY
    return AccessLevel.ANY_TOKEN if context.request.value("action") == "refresh_token" else AccessLevel.NOBODY


def _get_tokeninfo(context: Context) -> ResourceResult:
    token = context.request.parameter("token")
    if token is None:
        raise module_error(404, "missing token in params")
    return _describe_token(context, str(token))


def _post_tokeninfo(context: Context) -> ResourceResult:
    data = context.request.envelope.get("data")
    token = text_at(data, ("token",)) if isinstance(data, Mapping) else ""
    if not token:
        raise module_error(404, "missing token in request")
    return _describe_token(context, token)


def _describe_token(context: Context, token: str) -> ResourceResult:
    try:
        claims = context.state.claims(token)
    except TokenError as error:
        raise module_error(401, error.reason) from None
    context.auth_token = token
    return _describe_claims(context, claims)


def _describe_claims(context: Context, claims: Claims) -> ResourceResult:
    account = context.state.store.accounts.get(claims["account_id"])
    if account is None:
        raise system_error("bad_identifier", cause=claims["account_id"])
    owner_id = claims.get("owner_id")
    who = {"account_id": account.id, **({"owner_id": owner_id} if owner_id else {})}
    return ResourceResult(_describe_login(context, account, who), is_tagged=False)


def _refresh_token(context: Context) -> ResourceResult:
    account, claims = cast("Account", context.auth_account), context.auth_claims  # no token, no way in here
    _log_in(context, account, claims.get("owner_id", ""), "cb_auth")
    return _describe_claims(context, claims)


def _log_in(context: Context, account: Account, owner_id: str, method: str) -> None:
    """Give the request a new token: from here on its answer is one to a client that is logged in."""
    state = context.state
    expires_unix = gregorian.to_unix(state.now) + state.settings.token_auth_expiry
    context.auth_token = authentication.issue_token(state.token_key, account.id, owner_id, method, expires_unix)
    context.auth_account = account


def _location_header(context: Context, doc_id: str) -> dict[str, str]:
    """The header that names what a PUT created: below the path of the request (`crossbar_util:get_path/2`)."""
    return {"location": f"{context.request.path.removesuffix('/')}/{doc_id}"}


def _describe_login(context: Context, account: Account, who: Mapping[str, Any]) -> dict[str, Any]:
    """`who` logged in, and what a user interface needs to know of the account (`crossbar_util:response_auth/3`)."""
    accounts = context.state.store.accounts
    apps = sorted(account_documents.usable_apps(accounts, account), key=lambda app: str(app["id"]))
    language = text_at(account.document, ("language",)) or _LANGUAGE
    return {
        **who,
        "ui_config": {},
        "capabilities": {"voicemail": {"transcription": {"default": False, "available": False}}},
        "is_master_account": account.is_superduper_admin,
        "is_reseller": account.is_reseller,
        "reseller_id": account_documents.reseller_id(accounts, account),
        "cluster_id": _CLUSTER_ID,
        "account_name": account.name,
        "language": language,
        "apps": [_describe_app(app, language) for app in apps],
    }


def _describe_app(app: Mapping[str, Any], language: str) -> dict[str, Any]:
    columns = {name: app[name] for name in ("id", "name", "api_url", "source_url") if name in app}
    texts = value_at(app, ("i18n",))
    labels = {name.lower(): text_at(texts, (name, "label")) for name in texts} if isinstance(texts, Mapping) else {}
    label = labels.get(language) or labels.get(_LANGUAGE)
    return {**columns, "label": label} if label else columns


API_AUTH = Resource(_api_auth_methods, {"PUT": _put_api_auth}, _api_auth_access)
USER_AUTH = Resource(_user_auth_methods, {"PUT": _put_user_auth, "GET": _get_user_auth}, _user_auth_access)
AUTH = Resource(_auth_methods, {"GET": _get_tokeninfo, "POST": _post_tokeninfo, "PUT": _refresh_token}, _auth_access)
