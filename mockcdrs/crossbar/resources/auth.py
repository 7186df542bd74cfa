"""What a token says, and a new one for an old one (`cb_auth.erl`)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from mockcdrs.cdr.documents import text_at
from mockcdrs.crossbar import login
from mockcdrs.crossbar.content import Content
from mockcdrs.crossbar.context import Context
from mockcdrs.crossbar.errors import plain, system
from mockcdrs.crossbar.resources.resource import Entry, Parameters, Resource
from mockcdrs.crossbar.tokens import Claims, Refused

if TYPE_CHECKING:
    from mockcdrs.dataset.accounts import Account


def _methods(parameters: Parameters) -> tuple[str, ...]:
    match parameters:
        case ():
            return ("PUT",)
        case ("tokeninfo",):
            return ("POST", "GET")
    return ()


def _entry(context: Context) -> Entry:
    if context.nouns[0][1]:
        return Entry.ANYBODY
    return Entry.ANY_TOKEN if context.request.value("action") == "refresh_token" else Entry.NOBODY


def _asked_in_query(context: Context) -> Content:
    token = context.request.parameter("token")
    if token is None:
        raise plain(404, "missing token in params")
    return _tokeninfo(context, str(token))


def _asked_in_body(context: Context) -> Content:
    data = context.request.envelope.get("data")
    token = text_at(data, ("token",)) if isinstance(data, Mapping) else ""
    if not token:
        raise plain(404, "missing token in request")
    return _tokeninfo(context, token)


def _tokeninfo(context: Context, token: str) -> Content:
    try:
        claims = context.world.claims(token)
    except Refused as refused:
        raise plain(401, refused.reason) from None
    context.auth_token = token
    return _told(context, claims)


def _told(context: Context, claims: Claims) -> Content:
    account = context.world.store.accounts.get(claims["account_id"])
    if account is None:
        raise system("bad_identifier", cause=claims["account_id"])
    owner_id = claims.get("owner_id")
    who = {"account_id": account.id, **({"owner_id": owner_id} if owner_id else {})}
    return Content(login.told(context, account, who), is_tagged=False)


def _refresh(context: Context) -> Content:
    account, claims = cast("Account", context.auth_account), context.auth_claims  # no token, no way in here
    login.open_for(context, account, claims.get("owner_id", ""), "cb_auth")
    return _told(context, claims)


AUTH = Resource(_methods, {"GET": _asked_in_query, "POST": _asked_in_body, "PUT": _refresh}, _entry)
