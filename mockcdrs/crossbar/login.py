"""What all ways to log in have in common: the token, and what is told with it (`crossbar_auth.erl`)."""

from collections.abc import Mapping
from typing import Any

from mockcdrs.cdr import erlang, gregorian
from mockcdrs.cdr.documents import integer_at, text_at, value_at
from mockcdrs.crossbar import directory, tokens
from mockcdrs.crossbar.context import Context
from mockcdrs.crossbar.errors import validation
from mockcdrs.dataset.accounts import Account
from mockcdrs.dataset.random_stream import hex_id

_LANGUAGE = "en-us"
_CLUSTER_ID = hex_id("cluster")


def check_expiry(context: Context, account: Account) -> None:
    """`Failure` 400 for an account whose trial is over; its tokens are refused as its logins are."""
    expires = trial_expiration(account.document)
    if expires is not None and expires <= context.world.now:
        raise validation("account", "expired", message="account expired", cause=expires)


def trial_expiration(document: Mapping[str, Any]) -> int | None:
    """When an account's trial is over, in Gregorian seconds; `None` for one that is on no trial."""
    expires: int | None = integer_at(document, ("pvt_trial_expires",))
    return expires


def is_enabled(context: Context, account: Account) -> bool:
    """Whether nobody has switched an account off."""
    return not any(erlang.is_false(account.document.get(name)) for name in context.version.account_switches)


def open_for(context: Context, account: Account, owner_id: str, method: str) -> None:
    """Give the request a new token: from here on its answer is one to a client that is logged in."""
    world = context.world
    expires_unix = gregorian.to_unix(world.now) + world.settings.token_auth_expiry
    context.auth_token = tokens.issue(world.token_key, account.id, owner_id, method, expires_unix)
    context.auth_account = account


def location(context: Context, doc_id: str) -> dict[str, str]:
    """The header that tells where what a PUT made is: below the path that was asked (`crossbar_util:get_path/2`)."""
    return {"location": f"{context.request.path.removesuffix('/')}/{doc_id}"}


def told(context: Context, account: Account, who: Mapping[str, Any]) -> dict[str, Any]:
    """`who` it is, and what a user interface wants to know of the account (`crossbar_util:response_auth/3`)."""
    accounts = context.world.store.accounts
    apps = sorted(directory.apps_of(accounts, account), key=lambda app: str(app["id"]))
    language = text_at(account.document, ("language",)) or _LANGUAGE
    return {
        **who,
        "ui_config": {},
        "capabilities": {"voicemail": {"transcription": {"default": False, "available": False}}},
        "is_master_account": account.is_superduper_admin,
        "is_reseller": account.is_reseller,
        "reseller_id": directory.reseller_id(accounts, account),
        "cluster_id": _CLUSTER_ID,
        "account_name": account.name,
        "language": language,
        "apps": [_app(app, language) for app in apps],
    }


def _app(app: Mapping[str, Any], language: str) -> dict[str, Any]:
    shown = {name: app[name] for name in ("id", "name", "api_url", "source_url") if name in app}
    texts = value_at(app, ("i18n",), {})
    labels = {name.lower(): text_at(texts, (name, "label")) for name in texts} if isinstance(texts, Mapping) else {}
    label = labels.get(language) or labels.get(_LANGUAGE)
    return {**shown, "label": label} if label else shown
