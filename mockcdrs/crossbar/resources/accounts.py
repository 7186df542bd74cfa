"""Accounts, read-only: one, and those around it (`cb_accounts.erl`, view `accounts.json`)."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from mockcdrs.cdr import erlang
from mockcdrs.cdr.documents import public_fields
from mockcdrs.crossbar import directory
from mockcdrs.crossbar.content import Content
from mockcdrs.crossbar.context import Context
from mockcdrs.crossbar.database import Row
from mockcdrs.crossbar.directory_listing import listing
from mockcdrs.crossbar.errors import system
from mockcdrs.crossbar.resources.resource import Answering, Parameters, Resource
from mockcdrs.dataset.accounts import Account
from mockcdrs.dataset.credentials import api_key

_KEY_BEHIND_ALL_NAMES = "\ufff0"


def _methods(parameters: Parameters) -> tuple[str, ...]:
    match parameters:
        case ():
            return ("PUT",)
        case (_,):
            return ("PATCH", "POST", "PUT", "GET", "DELETE")
        case (_, path) if path in _PATHS:
            return ("GET",)
    return ()


def _get(context: Context) -> Content:
    asked, (_, parameters) = _asked(context), context.nouns[0]
    return _PATHS[parameters[1]](context) if len(parameters) > 1 else _one(context, asked)


def _asked(context: Context) -> Account:
    return cast("Account", context.account)  # the path names it, or it would have been refused


def _one(context: Context, account: Account) -> Content:
    """The account's document, and what is leaked into it of the private keys."""
    document = directory.account_document(account)
    with_key = erlang.is_true(context.request.value("include_api_key"))
    created = document.get("pvt_created")
    reseller = directory.reseller_id(context.world.store.accounts, account)
    data = {
        **public_fields(document),
        "wnm_allow_additions": document.get("pvt_wnm_allow_additions", False),
        "superduper_admin": account.is_superduper_admin,
        **({"api_key": api_key(account)} if with_key else {}),
        **({} if created is None else {"created": created}),
        "reseller_id": reseller,
        "is_reseller": account.is_reseller,
        "billing_mode": _billing_mode(context, reseller),
    }
    return directory.shown(document, data)


def _billing_mode(context: Context, reseller: str) -> str:
    asking, accounts = context.auth_account, context.world.store.accounts
    if asking is not None and asking.id == reseller:
        return "limits_only"
    return "normal" if accounts[reseller].is_superduper_admin else "manual"


def _api_key(context: Context) -> Content:
    account = _asked(context)
    return directory.shown(directory.account_document(account), {"api_key": api_key(account)})


def _children(context: Context) -> Content:
    return _children_of(context, _asked(context).id)


def _children_of(context: Context, parent: str) -> Content:
    children = (each for each in context.world.store.accounts.values() if each.tree[-1:] == (parent,))
    return _named_below(
        context, parent, children, lambda document: {"descendants_count": document.get("descendants_count", 0)}
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
    return listing(context, rows, [above], [above, _KEY_BEHIND_ALL_NAMES])


def _row(above: str, document: dict[str, Any], more: Callable[[Mapping[str, Any]], dict[str, Any]]) -> Row:
    named = {name: document[name] for name in ("name", "realm") if name in document}
    value = {"id": document["_id"], **named, **more(document), "flags": document.get("flags", [])}
    return Row([above, document.get("name")], value, document)


def _siblings(context: Context) -> Content:
    """Those with the same parent; of one's own account only the topmost may ask."""
    account, asking = _asked(context), context.auth_account
    if asking is None or (asking.id == account.id and not asking.is_superduper_admin):
        raise system("forbidden")
    if not account.tree:
        raise system("bad_identifier", details=account.id)
    return _children_of(context, account.tree[-1])


def _tree(context: Context) -> Content:
    return directory.shown(directory.account_document(_asked(context)), _ancestors(context))


def _parents(context: Context) -> Content:
    found = _ancestors(context)
    context.paging = {"page_size": len(found)}
    return Content(found)


def _ancestors(context: Context) -> list[dict[str, Any]]:
    """From the account that asks, or the topmost where it is not among them, down to the parent."""
    tree, accounts, asking = _asked(context).tree, context.world.store.accounts, context.auth_account
    first = tree.index(asking.id) if asking is not None and asking.id in tree else 0
    return [{"id": each, "name": accounts[each].name} for each in tree[first:] if each in accounts]


_PATHS: dict[str, Answering] = {
    "api_key": _api_key,
    "children": _children,
    "descendants": _descendants,
    "parents": _parents,
    "siblings": _siblings,
    "tree": _tree,
}

ACCOUNTS = Resource(_methods, {"GET": _get})
