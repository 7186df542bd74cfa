"""Logging in with a user's name and password (`cb_user_auth.erl`)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mockcdrs.cdr.documents import MISSING
from mockcdrs.crossbar import login
from mockcdrs.crossbar.buckets import spend
from mockcdrs.crossbar.content import Content
from mockcdrs.crossbar.context import Context
from mockcdrs.crossbar.errors import system, validation
from mockcdrs.crossbar.resources.resource import Entry, Parameters, Resource
from mockcdrs.crossbar.schema_check import check
from mockcdrs.dataset.accounts import Account, password_digest

_SCHEMA: dict[str, Any] = {
    "properties": {
        "account_name": {"minLength": 1, "maxLength": 128},
        "account_realm": {"minLength": 4, "maxLength": 253, "pattern": r"^[.\w_-]+$"},
        "credentials": {"required": True, "minLength": 1, "maxLength": 64},
        "method": {"enum": ["md5", "sha"]},
        "phone_number": {"minLength": 1, "maxLength": 64},
    }
}
_NOT_IN_A_NAME = re.compile(r"[^a-z0-9]")


def _methods(parameters: Parameters) -> tuple[str, ...]:
    match parameters:
        case ():
            return ("PUT",)
        case ("recovery",):
            return ("POST", "PUT")
        case (_,):
            return ("GET",)
    return ()


def _entry(context: Context) -> Entry:
    if context.nouns[0][1]:
        return Entry.ANY_TOKEN
    return Entry.ANYBODY if context.request.value("action") is None else Entry.NOBODY


def _put(context: Context) -> Content:
    if context.nouns[0][1]:
        raise system("not_implemented")
    spend(context)
    data = context.request.envelope.get("data", {})
    check(data, _SCHEMA)
    account, user = _found(context, data)
    context.paging = {"page_size": 1}
    _check_standing(context, account)
    login.open_for(context, account, user["id"], "cb_user_auth")
    who = {"owner_id": user["id"], "account_id": account.id}
    told = login.told(context, account, who)
    return Content(told, revision="automatic", headers=login.location(context, user["id"]))


def _found(context: Context, data: Mapping[str, Any]) -> tuple[Account, Mapping[str, Any]]:
    accounts = list(_accounts(context, data))
    for account in accounts:
        for user in account.users:
            if user.get("enabled", True) and password_digest(user, data.get("method", "md5")) == data["credentials"]:
                return account, user
    if len(accounts) == 1:
        context.paging = {"page_size": 0}  # the users were asked, and none was found
    raise system("invalid_credentials")


def _accounts(context: Context, data: Mapping[str, Any]) -> Iterator[Account]:
    """The account that a number or realm names, else all with a name that is the same but for signs and capitals."""
    number, realm = data.get("phone_number", MISSING), data.get("account_realm", data.get("realm", MISSING))
    accounts = context.world.store.accounts.values()
    for account in accounts:
        if number in account.numbers or (isinstance(realm, str) and account.realm.lower() == realm.lower()):
            yield account
            return
    name = _normalised(data.get("account_name", ""))
    yield from (account for account in accounts if name and _normalised(account.name) == name)


def _normalised(name: str) -> str:
    return _NOT_IN_A_NAME.sub("", name.lower())


def _check_standing(context: Context, account: Account) -> None:
    login.check_expiry(context, account)
    if not login.is_enabled(context, account):
        raise validation("account", "disabled", message="account disabled")


def _get(context: Context) -> Content:
    """What the token in the path says: one's own, and under one's own account."""
    asking, token = context.auth_account, context.nouns[0][1][0]
    if asking is None or token != context.auth_token:
        raise system("invalid_credentials")
    if context.account is None or context.account.id != asking.id:
        raise system("forbidden")
    claims = dict(sorted(context.auth_claims.items()))
    return Content(login.told(context, asking, claims), is_tagged=False)


USER_AUTH = Resource(_methods, {"PUT": _put, "GET": _get}, _entry)
