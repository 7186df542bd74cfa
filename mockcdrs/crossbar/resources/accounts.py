"""Accounts, read-only: one, and those around it (`cb_accounts.erl`, view `accounts.json`)."""

import itertools
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from mockcdrs.cdr import erlang
from mockcdrs.cdr.documents import public_fields
from mockcdrs.crossbar import directory, login
from mockcdrs.crossbar.content import Content
from mockcdrs.crossbar.context import Context
from mockcdrs.crossbar.database import Row
from mockcdrs.crossbar.directory_listing import listing
from mockcdrs.crossbar.errors import system
from mockcdrs.crossbar.resources.resource import Answering, Parameters, Resource
from mockcdrs.dataset.accounts import Account, api_key

# what would write is not here to be asked, but a preflight tells of it
_METHODS_OF_PATHS = {"api_key": ("PUT", "GET"), "move": ("POST",), "reseller": ("PUT", "DELETE")}


def _methods(parameters: Parameters) -> tuple[str, ...]:
    match parameters:
        case ():
            return ("PUT",)
        case (_,):
            return ("PATCH", "POST", "PUT", "GET", "DELETE")
        case (_, path) if path in _PATHS or path in _METHODS_OF_PATHS:
            return _METHODS_OF_PATHS.get(path, ("GET",))
    return ()


def _get(context: Context) -> Content:
    asked, (_, parameters) = _asked(context), context.nouns[0]
    return _PATHS[parameters[1]](context) if len(parameters) > 1 else _one(context, asked)


def _asked(context: Context) -> Account:
    return cast("Account", context.account)  # the path names it, or it would have been refused


def _asking(context: Context) -> Account:
    return cast("Account", context.auth_account)  # likewise


def _one(context: Context, account: Account) -> Content:
    """The account's document, and what is leaked into it of the private keys."""
    document = directory.account_document(account)
    with_key = erlang.is_true(context.request.value("include_api_key"))
    reseller = directory.reseller_id(context.world.store.accounts, account)
    data = {
        **public_fields(document),
        "wnm_allow_additions": document.get("pvt_wnm_allow_additions", False),
        "superduper_admin": account.is_superduper_admin,
        **({"api_key": api_key(account)} if with_key else {}),
        **_present(created=document.get("pvt_created")),
        "enabled": login.is_enabled(context, account),
        "reseller_id": reseller,
        "is_reseller": account.is_reseller,
        "billing_mode": _billing_mode(context, reseller),
        **_present(notification_preference=_notification_preference(document)),
    }
    data.pop("trial_time_left", None)
    expires = login.trial_expiration(document)
    return directory.shown(document, data | _present(trial_time_left=expires and expires - context.world.now))


def _present(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _notification_preference(document: Mapping[str, Any]) -> str | None:
    """`teletype` or the older `notify`, by the first place that holds something (`kzd_accounts`)."""
    notifications = document.get("notifications")
    kinds = notifications if isinstance(notifications, Mapping) else {}
    places = (document.get("pvt_notification_preference"), kinds.get("voicemail_to_email"), kinds.get("fax_to_email"))
    preference = next((held for held in places if not erlang.is_empty(held)), None)
    return preference if preference is None or preference == "teletype" else "notify"


def _billing_mode(context: Context, reseller: str) -> str:
    if _asking(context).id == reseller:
        return "limits_only"
    return "normal" if context.world.store.accounts[reseller].is_superduper_admin else "manual"


def _api_key(context: Context) -> Content:
    account = _asked(context)
    return directory.shown(directory.account_document(account), {"api_key": api_key(account)})


def _children(context: Context) -> Content:
    return _children_of(context, _asked(context).id)


def _children_of(context: Context, parent: str) -> Content:
    children = (each for each in context.world.store.accounts.values() if each.tree[-1:] == (parent,))
    return _named_below(
        context, parent, children, lambda document: {"descendants_count": document.get("descendants_count") or 0}
    )


def _descendants(context: Context) -> Content:
    ancestor = _asked(context).id
    below = [each for each in context.world.store.accounts.values() if ancestor in each.tree]
    trees = {each.id: list(each.tree) for each in below}
    return _named_below(context, ancestor, below, lambda document: {"tree": trees[document["_id"]]})


def _named_below(
    context: Context, above: str, accounts: Iterable[Account], more: Callable[[Mapping[str, Any]], dict[str, Any]]
) -> Content:
    rows = (_row(above, directory.account_document(each), more) for each in accounts)
    return listing(context, rows, above=above)


def _row(above: str, document: dict[str, Any], more: Callable[[Mapping[str, Any]], dict[str, Any]]) -> Row:
    named = {name: document[name] for name in ("name", "realm") if name in document}
    value = {"id": document["_id"], **named, **more(document), "flags": document.get("flags", [])}
    return Row([above, document.get("name")], value, document)


def _siblings(context: Context) -> Content:
    """Those with the same parent; of one's own account only the topmost may ask."""
    account, asking = _asked(context), _asking(context)
    if asking.id == account.id and not asking.is_superduper_admin:
        raise system("forbidden")
    if not account.tree:
        raise system("bad_identifier", details=account.id)
    return _children_of(context, account.tree[-1])


def _tree(context: Context) -> Content:
    """From the account that asks down to the parent; nothing where it is not among them."""
    tree = _asked(context).tree
    seen = itertools.dropwhile(lambda ancestor: ancestor != _asking(context).id, tree)
    return directory.shown(directory.account_document(_asked(context)), _ancestors(context, seen))


def _parents(context: Context) -> Content:
    """As `_tree`, or a listing of its own, which has all where the account that asks is not among them."""
    if not context.version.lists_parents:
        return _tree(context)
    tree, asking = _asked(context).tree, _asking(context).id
    found = _ancestors(context, tree[tree.index(asking) :] if asking in tree else tree)
    context.paging = {"page_size": len(found)}
    return Content(found)


def _ancestors(context: Context, ids: Iterable[str]) -> list[dict[str, Any]]:
    accounts = context.world.store.accounts
    documents = (directory.account_document(accounts[each]) for each in ids if each in accounts)
    shown = ({**document, "id": document["_id"], "flags": document.get("flags", [])} for document in documents)
    return [{name: each[name] for name in context.version.ancestor_columns if name in each} for each in shown]


_PATHS: dict[str, Answering] = {
    "api_key": _api_key,
    "children": _children,
    "descendants": _descendants,
    "parents": _parents,
    "siblings": _siblings,
    "tree": _tree,
}

ACCOUNTS = Resource(_methods, {"GET": _get})
