"""Who asks, and whether they may (`cb_token_auth.erl`, `cb_simple_authz.erl`, `cb_accounts.erl`, `cb_users.erl`)."""

from mockcdrs.cdr.documents import MISSING
from mockcdrs.crossbar import login
from mockcdrs.crossbar.buckets import spend
from mockcdrs.crossbar.context import Context
from mockcdrs.crossbar.errors import died, plain, system, system_failure
from mockcdrs.crossbar.resources.resource import Entry
from mockcdrs.crossbar.resources.table import RESOURCES
from mockcdrs.crossbar.tokens import Refused
from mockcdrs.dataset.accounts import Account

_ACCOUNT_ID_LENGTH = 32
_MOST_ACCOUNT_PARAMETERS = 2


def find_token(context: Context) -> None:
    """Note the token of a request, and the account that it opens.

    `Failure` 400 for one of an account that has expired, 401 for one that itself has, in a version that looks at that
    first.
    A token in an `Authorization` header is echoed but opens nothing.
    """
    request = context.request
    token = request.headers.get("x-auth-token", request.value("auth_token", MISSING))
    if token is not MISSING:
        context.auth_token = token
        if isinstance(token, str) and context.is_heard:
            _open(context, token)
        return
    authorization = request.headers.get("authorization", request.value("authorization"))
    if isinstance(authorization, str):
        kind, _, rest = authorization.partition(" ")
        context.auth_token = rest if kind in {"Basic", "Bearer"} else authorization


def _open(context: Context, token: str) -> None:
    try:
        claims = context.world.claims(token)
    except Refused as refused:
        if refused.reason == "token_expired" and context.version.refuses_expired_tokens_first:
            raise plain(401, "invalid credentials") from None
        return
    account_id = claims["account_id"]
    account = context.world.store.accounts.get(account_id)
    if account is None or context.request.headers.get("x-auth-account-id", account_id) != account_id:
        return
    login.check_expiry(context, account)
    context.auth_account, context.auth_claims = account, claims


def check_account(context: Context) -> None:
    """The account that the path names; `Failure` 404 where there is none, token or not."""
    parameters = dict(context.nouns).get("accounts")
    if not parameters:
        return
    account_id = parameters[0]
    if not account_id:
        raise system_failure(404, "bad identifier", "missing account_id")
    if len(account_id) != _ACCOUNT_ID_LENGTH:
        raise system_failure(404, "bad identifier", f"invalid account_id '{account_id}'")
    if len(parameters) > _MOST_ACCOUNT_PARAMETERS:
        raise died("more behind an account than cb_accounts can look at")
    context.account = context.world.store.accounts.get(account_id)
    if context.account is None:
        raise system("bad_identifier", cause=account_id)


def check_permission(context: Context) -> None:
    """`Failure` 401 where a good token is due, 403 for what is not the token's to see or do."""
    spend(context, 1 if _is_charged(context) else 0)
    entry = _entry(context)
    if context.auth_account is None and entry in {Entry.ACCOUNT, Entry.ANY_TOKEN}:
        raise system("invalid_credentials")
    if entry is Entry.NOBODY or (entry is Entry.ACCOUNT and not _may_see(context.auth_account, context.account)):
        raise system("forbidden" if context.nouns else "not_found")


def _is_charged(context: Context) -> bool:
    """Whether a token is taken from the bucket: never for an `Authorization` header, which nobody looks at."""
    if context.auth_account is not None:
        return context.version.charges_every_request
    return context.auth_token is MISSING or _came_as_token(context)


def _entry(context: Context) -> Entry:
    if len(context.nouns) != 1:
        return Entry.ACCOUNT
    return RESOURCES[context.nouns[0][0]].entry(context)


def _came_as_token(context: Context) -> bool:
    return "x-auth-token" in context.request.headers or context.request.value("auth_token") is not None


def _may_see(asking: Account | None, seen: Account | None) -> bool:
    if asking is None or asking.is_superduper_admin:
        return asking is not None
    return seen is not None and (asking.id == seen.id or asking.id in seen.tree)


def check_resources(context: Context) -> None:
    """`Failure` 404 for a user or device that the account does not have."""
    if context.account is None:
        return
    for module, parameters in context.nouns[::-1]:
        held = {"users": context.account.users, "devices": context.account.devices}.get(module)
        if held is not None and parameters and all(item["id"] != parameters[0] for item in held):
            raise system("bad_identifier", cause=parameters[0])
