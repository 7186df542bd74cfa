"""Accounts, users, devices, apps and whitelabels; `directory_changes` has what is written to the first two.

Sources followed: `cb_accounts.erl` with the view `accounts.json`, `cb_users.erl` with `users.json`, `cb_devices.erl`
with `devices.json`, `cb_apps_store.erl`, `cb_whitelabel.erl`.
"""

import itertools
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from mockcdrs.cdr import erlang
from mockcdrs.cdr.documents import public_fields, text_at
from mockcdrs.crossbar import account_documents, authentication, views
from mockcdrs.crossbar.account_documents import account_document, document_result, list_directory, public_document
from mockcdrs.crossbar.context import Context
from mockcdrs.crossbar.couchdb import ViewRow
from mockcdrs.crossbar.envelope import ResourceResult
from mockcdrs.crossbar.errors import module_error, system_error
from mockcdrs.crossbar.resources import AccessLevel, Parameters, Resource, ResourceHandler, directory_changes
from mockcdrs.dataset.accounts import Account, api_key

# methods of what writes, which is not served; a preflight names them
_OTHER_METHODS = {"api_key": ("PUT", "GET"), "move": ("POST",), "reseller": ("PUT", "DELETE")}
_APP_COLUMNS = (
    "id", "name", "i18n", "tags", "api_url", "source_url", "account_id", "users", "allowed_users", "masqueradable",
    "phase",
)  # fmt: skip
_WHITELABEL_ID = "whitelabel"
_WHITELABEL_FILES = ("icon", "logo", "welcome")


def _account_methods(parameters: Parameters) -> tuple[str, ...]:
    match parameters:
        case ():
            return ("PUT",)
        case (_,):
            return ("PATCH", "POST", "PUT", "GET", "DELETE")
        case (_, path) if path in _ACCOUNT_PATHS or path in _OTHER_METHODS:
            return _OTHER_METHODS.get(path, ("GET",))
    return ()


def _get_account(context: Context) -> ResourceResult:
    _, parameters = context.nouns[0]
    handler = _ACCOUNT_PATHS[parameters[1]] if len(parameters) > 1 else _account
    return handler(context)


def _patch_account(context: Context) -> ResourceResult:
    return _change_account(context, merges=True)


def _post_account(context: Context) -> ResourceResult:
    return _change_account(context, merges=False)


def _change_account(context: Context, *, merges: bool) -> ResourceResult:
    _, parameters = context.nouns[0]
    if len(parameters) > 1:
        raise system_error("not_implemented")
    context.account = directory_changes.change_account(context, _path_account(context), merges=merges)
    return directory_changes.written_result(_account(context))


def _path_account(context: Context) -> Account:
    return cast("Account", context.account)  # the path names it, or it would have been refused


def _token_account(context: Context) -> Account:
    return cast("Account", context.auth_account)  # likewise


def _account(context: Context) -> ResourceResult:
    """The account's document, and what is leaked into it of the private keys."""
    account = _path_account(context)
    document = account_document(account)
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
    return document_result(document, data | _without_nulls(trial_time_left=expires and expires - context.state.now))


def _without_nulls(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _notification_preference(document: Mapping[str, Any]) -> str | None:
    """`teletype` or the older `notify`, by the first place that holds something (`kzd_accounts`)."""
    notifications = document.get("notifications")
    kinds = notifications if isinstance(notifications, Mapping) else {}
    places = (document.get("pvt_notification_preference"), kinds.get("voicemail_to_email"), kinds.get("fax_to_email"))
    preference = next((value for value in places if not erlang.is_empty(value)), None)
    return preference if preference is None or preference == "teletype" else "notify"


def _billing_mode(context: Context, reseller: str) -> str:
    if _token_account(context).id == reseller:
        return "limits_only"
    return "normal" if context.state.store.accounts[reseller].is_superduper_admin else "manual"


def _api_key(context: Context) -> ResourceResult:
    account = _path_account(context)
    return document_result(account_document(account), {"api_key": api_key(account)})


def _children(context: Context) -> ResourceResult:
    return _children_of(context, _path_account(context).id)


def _children_of(context: Context, parent: str) -> ResourceResult:
    children = (each for each in context.state.store.accounts.values() if each.tree[-1:] == (parent,))

    def count(document: Mapping[str, Any]) -> dict[str, Any]:
        return {"descendants_count": document.get("descendants_count") or 0}

    return _list_below(context, parent, children, count)


def _descendants(context: Context) -> ResourceResult:
    ancestor = _path_account(context).id
    below = [each for each in context.state.store.accounts.values() if ancestor in each.tree]
    trees = {each.id: list(each.tree) for each in below}
    return _list_below(context, ancestor, below, lambda document: {"tree": trees[document["_id"]]})


def _list_below(
    context: Context, above: str, accounts: Iterable[Account], more: Callable[[Mapping[str, Any]], dict[str, Any]]
) -> ResourceResult:
    rows = (_account_row(above, account_document(each), more) for each in accounts)
    return list_directory(context, rows, above=above)


def _account_row(above: str, document: dict[str, Any], more: Callable[[Mapping[str, Any]], dict[str, Any]]) -> ViewRow:
    columns = {name: document[name] for name in ("name", "realm") if name in document}
    value = {"id": document["_id"], **columns, **more(document), "flags": document.get("flags", [])}
    return ViewRow([above, document.get("name")], value, document)


def _siblings(context: Context) -> ResourceResult:
    """Those with the same parent; those of the token's own account only the topmost may see."""
    account, token_account = _path_account(context), _token_account(context)
    if token_account.id == account.id and not token_account.is_superduper_admin:
        raise system_error("forbidden")
    if not account.tree:
        raise system_error("bad_identifier", details=account.id)
    return _children_of(context, account.tree[-1])


def _tree(context: Context) -> ResourceResult:
    """From the token's account down to the parent; nothing where it is not among them."""
    tree = _path_account(context).tree
    visible = itertools.dropwhile(lambda ancestor: ancestor != _token_account(context).id, tree)
    return document_result(account_document(_path_account(context)), _ancestors(context, visible))


def _parents(context: Context) -> ResourceResult:
    """As `_tree`, or a listing of its own, which has all where the token's account is not among them."""
    if not context.version.lists_parents:
        return _tree(context)
    tree, own_id = _path_account(context).tree, _token_account(context).id
    parents = _ancestors(context, tree[tree.index(own_id) :] if own_id in tree else tree)
    context.paging = {"page_size": len(parents)}
    return ResourceResult(parents)


def _ancestors(context: Context, ids: Iterable[str]) -> list[dict[str, Any]]:
    accounts = context.state.store.accounts
    documents = (account_document(accounts[each]) for each in ids if each in accounts)
    rows = ({**document, "id": document["_id"], "flags": document.get("flags", [])} for document in documents)
    return [{name: each[name] for name in context.version.ancestor_columns if name in each} for each in rows]


def _user_methods(parameters: Parameters) -> tuple[str, ...]:
    match parameters:
        case ():
            return ("PUT", "GET")
        case (_,):
            return ("PATCH", "POST", "GET", "DELETE")
    return ()


def _get_users(context: Context) -> ResourceResult:
    if any(module == "cdrs" for module, _ in context.nouns):
        raise module_error(503, "datastore missing view")  # the database of CDRs has no such view
    if context.account is None:
        raise system_error("faulty_request")
    users, (_, parameters) = context.account.users, context.nouns[0]
    if not parameters:
        return list_directory(context, (_user_row(context, user) for user in users))
    user = next(user for user in users if user["id"] == parameters[0])
    return document_result(user)


def _user_row(context: Context, user: Mapping[str, Any]) -> ViewRow:
    key, value = context.version.users_view.map(user)
    return ViewRow(key, value, user)


def _patch_user(context: Context) -> ResourceResult:
    return _change_user(context, merges=True)


def _post_user(context: Context) -> ResourceResult:
    return _change_user(context, merges=False)


def _change_user(context: Context, *, merges: bool) -> ResourceResult:
    if context.account is None:
        raise system_error("faulty_request")
    _, (user_id,) = context.nouns[0]
    return directory_changes.change_user(context, context.account, user_id, merges=merges)


def _device_methods(parameters: Parameters) -> tuple[str, ...]:
    match parameters:
        case ():
            return ("PUT", "GET")
        case (authentication.DEVICE_STATUS,):
            return ("GET",)
        case (_,):
            return ("PATCH", "POST", "PUT", "GET", "DELETE")
    return ()


def _get_devices(context: Context) -> ResourceResult:
    if any(module == "cdrs" for module, _ in context.nouns):
        raise module_error(503, "datastore missing view")  # as for users
    if context.account is None:
        raise system_error("faulty_request")
    devices, (_, parameters) = context.account.devices, context.nouns[0]
    if parameters == (authentication.DEVICE_STATUS,):
        registered = [{"device_id": device["id"], "registered": True} for device in devices if _is_registered(device)]
        return ResourceResult(registered, is_tagged=False)
    if parameters:
        device = next(device for device in devices if device["id"] == parameters[0])
        return document_result(device)
    module, of = context.nouns[1]
    if module == "users" and of:
        emitted = ((views.emit_device_of_owner(of[0], device), device) for device in devices)
        rows = [ViewRow(*pair, device) for pair, device in emitted if pair is not None]
    else:
        rows = [ViewRow(*views.emit_device(device), device) for device in devices]
    return list_directory(context, rows, is_reversed=False)


def _is_registered(device: Mapping[str, Any]) -> bool:
    """Whether a phone is taken to be on the line: one that is enabled and has a name to register under."""
    return device.get("enabled", True) is True and bool(text_at(device, ("sip", "username")))


def _apps_methods(parameters: Parameters) -> tuple[str, ...]:
    match parameters:
        case ():
            return ("GET",)
        case (_,):
            return ("POST", "PUT", "GET", "DELETE")
    return ()


def _get_apps(context: Context) -> ResourceResult:
    if context.account is None:
        raise system_error("faulty_request")
    known = account_documents.usable_apps(context.state.store.accounts, context.account)
    apps = {app["id"]: app for app in known if app.get("published", True)}
    _, parameters = context.nouns[0]
    if not parameters:
        rows = [
            {name: app[name] for name in _APP_COLUMNS if name in app} for _, app in sorted(apps.items(), reverse=True)
        ]
        return ResourceResult(rows, is_tagged=False)
    if parameters[0] not in apps:
        raise system_error("bad_identifier", details=parameters[0])
    app = public_fields(apps[parameters[0]])
    app_id = app.pop("id")
    return ResourceResult({**dict(sorted(app.items(), reverse=True)), "id": app_id}, is_tagged=False)


def _whitelabel_methods(parameters: Parameters) -> tuple[str, ...]:
    match parameters:
        case ():
            return ("POST", "PUT", "GET", "DELETE")
        case (_,):
            return ("GET",)
        case (_, image) if image in _WHITELABEL_FILES:
            return ("GET",)
    return ()


def _whitelabel_access(context: Context) -> AccessLevel:
    return AccessLevel.ANYBODY if context.nouns[0][1] else AccessLevel.ACCOUNT


def _get_whitelabel(context: Context) -> ResourceResult:
    _, parameters = context.nouns[0]
    if parameters:
        result = _find_by_domain(context, parameters[0])
        if len(parameters) > 1:
            raise module_error(404, "bad identifier", [parameters[1]])  # no document has an attachment
        return result
    if context.account is None:
        raise system_error("faulty_request")
    return _whitelabel_result(context.account, _WHITELABEL_ID)


def _find_by_domain(context: Context, domain: str) -> ResourceResult:
    matching = (each for each in context.state.store.accounts.values() if each.whitelabel.get("domain") == domain)
    account = next(matching, None)
    context.paging = {"page_size": 0 if account is None else 1}
    if account is None:
        raise system_error("bad_identifier", cause=domain)
    return _whitelabel_result(account, domain)


def _whitelabel_result(account: Account, requested: str) -> ResourceResult:
    if not account.whitelabel:
        raise system_error("bad_identifier", cause=requested)
    data = public_document({**account.whitelabel, "id": _WHITELABEL_ID})
    return document_result(account.whitelabel, data)


_ACCOUNT_PATHS: dict[str, ResourceHandler] = {
    "api_key": _api_key,
    "children": _children,
    "descendants": _descendants,
    "parents": _parents,
    "siblings": _siblings,
    "tree": _tree,
}

ACCOUNTS = Resource(_account_methods, {"GET": _get_account, "PATCH": _patch_account, "POST": _post_account})
USERS = Resource(_user_methods, {"GET": _get_users, "PATCH": _patch_user, "POST": _post_user})
DEVICES = Resource(_device_methods, {"GET": _get_devices})
APPS_STORE = Resource(_apps_methods, {"GET": _get_apps})
WHITELABEL = Resource(_whitelabel_methods, {"GET": _get_whitelabel}, _whitelabel_access)
