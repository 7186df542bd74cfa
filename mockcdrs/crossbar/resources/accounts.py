"""Accounts, read-only: one, and those around it (`cb_accounts.erl`, view `accounts.json`)."""

import itertools
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from mockcdrs.cdr import erlang
from mockcdrs.cdr.documents import public_fields
from mockcdrs.crossbar import account_documents, authentication, views
from mockcdrs.crossbar.account_documents import list_directory
from mockcdrs.crossbar.context import Context
from mockcdrs.crossbar.couchdb import ViewRow
from mockcdrs.crossbar.errors import module_error, system_error
from mockcdrs.crossbar.resources import Access, Handler, Parameters, Resource, Result
from mockcdrs.dataset.accounts import Account
from mockcdrs.dataset.credentials import api_key

# what would write is not here to be asked, but a preflight tells of it
_OTHER_METHODS = {"api_key": ("PUT", "GET"), "move": ("POST",), "reseller": ("PUT", "DELETE")}


def _account_methods(parameters: Parameters) -> tuple[str, ...]:
    match parameters:
        case ():
            return ("PUT",)
        case (_,):
            return ("PATCH", "POST", "PUT", "GET", "DELETE")
        case (_, path) if path in _ACCOUNT_PATHS or path in _OTHER_METHODS:
            return _OTHER_METHODS.get(path, ("GET",))
    return ()


def _get_account(context: Context) -> Result:
    asked, (_, parameters) = _path_account(context), context.nouns[0]
    return _ACCOUNT_PATHS[parameters[1]](context) if len(parameters) > 1 else _account_result(context, asked)


def _path_account(context: Context) -> Account:
    return cast("Account", context.account)  # the path names it, or it would have been refused


def _token_account(context: Context) -> Account:
    return cast("Account", context.auth_account)  # likewise


def _account_result(context: Context, account: Account) -> Result:
    """The account's document, and what is leaked into it of the private keys."""
    document = account_documents.account_document(account)
    with_key = erlang.is_true(context.request.value("include_api_key"))
    reseller = account_documents.reseller_id(context.state.store.accounts, account)
    data = {
        **public_fields(document),
        "wnm_allow_additions": document.get("pvt_wnm_allow_additions", False),
        "superduper_admin": account.is_superduper_admin,
        **({"api_key": api_key(account)} if with_key else {}),
        **_without_nulls(created=document.get("pvt_created")),
        "enabled": authentication.is_account_enabled(context, account),
        "reseller_id": reseller,
        "is_reseller": account.is_reseller,
        "billing_mode": _billing_mode(context, reseller),
        **_without_nulls(notification_preference=_notification_preference(document)),
    }
    data.pop("trial_time_left", None)
    expires = authentication.trial_expiration(document)
    return account_documents.document_result(
        document, data | _without_nulls(trial_time_left=expires and expires - context.state.now)
    )


def _without_nulls(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _notification_preference(document: Mapping[str, Any]) -> str | None:
    """`teletype` or the older `notify`, by the first place that holds something (`kzd_accounts`)."""
    notifications = document.get("notifications")
    kinds = notifications if isinstance(notifications, Mapping) else {}
    places = (document.get("pvt_notification_preference"), kinds.get("voicemail_to_email"), kinds.get("fax_to_email"))
    preference = next((held for held in places if not erlang.is_empty(held)), None)
    return preference if preference is None or preference == "teletype" else "notify"


def _billing_mode(context: Context, reseller: str) -> str:
    if _token_account(context).id == reseller:
        return "limits_only"
    return "normal" if context.state.store.accounts[reseller].is_superduper_admin else "manual"


def _api_key(context: Context) -> Result:
    account = _path_account(context)
    return account_documents.document_result(account_documents.account_document(account), {"api_key": api_key(account)})


def _children(context: Context) -> Result:
    return _children_of(context, _path_account(context).id)


def _children_of(context: Context, parent: str) -> Result:
    children = (each for each in context.state.store.accounts.values() if each.tree[-1:] == (parent,))
    return _list_below(
        context, parent, children, lambda document: {"descendants_count": document.get("descendants_count") or 0}
    )


def _descendants(context: Context) -> Result:
    ancestor = _path_account(context).id
    below = [each for each in context.state.store.accounts.values() if ancestor in each.tree]
    trees = {each.id: list(each.tree) for each in below}
    return _list_below(context, ancestor, below, lambda document: {"tree": trees[document["_id"]]})


def _list_below(
    context: Context, above: str, accounts: Iterable[Account], more: Callable[[Mapping[str, Any]], dict[str, Any]]
) -> Result:
    rows = (_account_row(above, account_documents.account_document(each), more) for each in accounts)
    return list_directory(context, rows, above=above)


def _account_row(above: str, document: dict[str, Any], more: Callable[[Mapping[str, Any]], dict[str, Any]]) -> ViewRow:
    named = {name: document[name] for name in ("name", "realm") if name in document}
    value = {"id": document["_id"], **named, **more(document), "flags": document.get("flags", [])}
    return ViewRow([above, document.get("name")], value, document)


def _siblings(context: Context) -> Result:
    """Those with the same parent; of one's own account only the topmost may ask."""
    account, asking = _path_account(context), _token_account(context)
    if asking.id == account.id and not asking.is_superduper_admin:
        raise system_error("forbidden")
    if not account.tree:
        raise system_error("bad_identifier", details=account.id)
    return _children_of(context, account.tree[-1])


def _tree(context: Context) -> Result:
    """From the account that asks down to the parent; nothing where it is not among them."""
    tree = _path_account(context).tree
    seen = itertools.dropwhile(lambda ancestor: ancestor != _token_account(context).id, tree)
    return account_documents.document_result(
        account_documents.account_document(_path_account(context)), _ancestors(context, seen)
    )


def _parents(context: Context) -> Result:
    """As `_tree`, or a listing of its own, which has all where the account that asks is not among them."""
    if not context.version.lists_parents:
        return _tree(context)
    tree, asking = _path_account(context).tree, _token_account(context).id
    found = _ancestors(context, tree[tree.index(asking) :] if asking in tree else tree)
    context.paging = {"page_size": len(found)}
    return Result(found)


def _ancestors(context: Context, ids: Iterable[str]) -> list[dict[str, Any]]:
    accounts = context.state.store.accounts
    documents = (account_documents.account_document(accounts[each]) for each in ids if each in accounts)
    shown = ({**document, "id": document["_id"], "flags": document.get("flags", [])} for document in documents)
    return [{name: each[name] for name in context.version.ancestor_columns if name in each} for each in shown]


_ACCOUNT_PATHS: dict[str, Handler] = {
    "api_key": _api_key,
    "children": _children,
    "descendants": _descendants,
    "parents": _parents,
    "siblings": _siblings,
    "tree": _tree,
}

ACCOUNTS = Resource(_account_methods, {"GET": _get_account})


def _user_methods(parameters: Parameters) -> tuple[str, ...]:
    match parameters:
        case ():
            return ("PUT", "GET")
        case (_,):
            return ("PATCH", "POST", "GET", "DELETE")
    return ()


def _get_users(context: Context) -> Result:
    if any(module == "cdrs" for module, _ in context.nouns):
        raise module_error(503, "datastore missing view")  # asked of the calls' database, which has none of users
    if context.account is None:
        raise system_error("faulty_request")
    users, (_, parameters) = context.account.users, context.nouns[0]
    if not parameters:
        return list_directory(context, (_user_row(context, user) for user in users))
    user = next(user for user in users if user["id"] == parameters[0])
    return account_documents.document_result(user, account_documents.public_document(user))


def _user_row(context: Context, user: Mapping[str, Any]) -> ViewRow:
    key, value = context.version.users_view.map(user)
    return ViewRow(key, value, user)


USERS = Resource(_user_methods, {"GET": _get_users})


def _device_methods(parameters: Parameters) -> tuple[str, ...]:
    match parameters:
        case ():
            return ("PUT", "GET")
        case (_,):
            return ("PATCH", "POST", "PUT", "GET", "DELETE")
    return ()


def _get_devices(context: Context) -> Result:
    if any(module == "cdrs" for module, _ in context.nouns):
        raise module_error(503, "datastore missing view")  # as for users
    if context.account is None:
        raise system_error("faulty_request")
    devices, (_, parameters) = context.account.devices, context.nouns[0]
    if parameters:
        device = next(device for device in devices if device["id"] == parameters[0])
        return account_documents.document_result(device, account_documents.public_document(device))
    module, of = context.nouns[1]
    if module == "users" and of:
        emitted = ((views.emit_device_of_owner(of[0], device), device) for device in devices)
        rows = [ViewRow(*found, device) for found, device in emitted if found is not None]
    else:
        rows = [ViewRow(*views.emit_device(device), device) for device in devices]
    return list_directory(context, rows, is_turned=False)


DEVICES = Resource(_device_methods, {"GET": _get_devices})


_APP_COLUMNS = (
    "id", "name", "i18n", "tags", "api_url", "source_url", "account_id", "users", "allowed_users", "masqueradable",
    "phase",
)  # fmt: skip


def _apps_methods(parameters: Parameters) -> tuple[str, ...]:
    match parameters:
        case ():
            return ("GET",)
        case (_,):
            return ("POST", "PUT", "GET", "DELETE")
    return ()


def _get_apps(context: Context) -> Result:
    if context.account is None:
        raise system_error("faulty_request")
    known = account_documents.usable_apps(context.state.store.accounts, context.account)
    apps = {app["id"]: app for app in known if app.get("published", True)}
    _, parameters = context.nouns[0]
    if not parameters:
        rows = [
            {name: app[name] for name in _APP_COLUMNS if name in app} for _, app in sorted(apps.items(), reverse=True)
        ]
        return Result(rows, is_tagged=False)
    if parameters[0] not in apps:
        raise system_error("bad_identifier", details=parameters[0])
    app = public_fields(apps[parameters[0]])
    app_id = app.pop("id")
    return Result({**dict(sorted(app.items(), reverse=True)), "id": app_id}, is_tagged=False)


APPS_STORE = Resource(_apps_methods, {"GET": _get_apps})


_WHITELABEL_ID = "whitelabel"


def _whitelabel_methods(parameters: Parameters) -> tuple[str, ...]:
    match parameters:
        case ():
            return ("POST", "PUT", "GET", "DELETE")
        case (_,):
            return ("GET",)
    return ()


def _whitelabel_access(context: Context) -> Access:
    return Access.ANYBODY if context.nouns[0][1] else Access.ACCOUNT


def _get_whitelabel(context: Context) -> Result:
    _, parameters = context.nouns[0]
    if parameters:
        return _find_by_domain(context, parameters[0])
    if context.account is None:
        raise system_error("faulty_request")
    return _whitelabel_result(context.account, _WHITELABEL_ID)


def _find_by_domain(context: Context, domain: str) -> Result:
    found = (each for each in context.state.store.accounts.values() if each.whitelabel.get("domain") == domain)
    account = next(found, None)
    context.paging = {"page_size": 0 if account is None else 1}
    if account is None:
        raise system_error("bad_identifier", cause=domain)
    return _whitelabel_result(account, domain)


def _whitelabel_result(account: Account, asked_for: str) -> Result:
    if not account.whitelabel:
        raise system_error("bad_identifier", cause=asked_for)
    return account_documents.document_result(
        account.whitelabel, account_documents.public_document({**account.whitelabel, "id": _WHITELABEL_ID})
    )


WHITELABEL = Resource(_whitelabel_methods, {"GET": _get_whitelabel}, _whitelabel_access)
