"""The branding of an account, by its domain to everybody (`cb_whitelabel.erl`)."""

from mockcdrs.crossbar import directory
from mockcdrs.crossbar.content import Content
from mockcdrs.crossbar.context import Context
from mockcdrs.crossbar.errors import system
from mockcdrs.crossbar.resources.resource import Entry, Parameters, Resource
from mockcdrs.dataset.accounts import Account

_ID = "whitelabel"


def _methods(parameters: Parameters) -> tuple[str, ...]:
    match parameters:
        case ():
            return ("POST", "PUT", "GET", "DELETE")
        case (_,):
            return ("GET",)
    return ()


def _entry(context: Context) -> Entry:
    return Entry.ANYBODY if context.nouns[0][1] else Entry.ACCOUNT


def _get(context: Context) -> Content:
    _, parameters = context.nouns[0]
    if parameters:
        return _of_domain(context, parameters[0])
    if context.account is None:
        raise system("faulty_request")
    return _shown(context.account, _ID)


def _of_domain(context: Context, domain: str) -> Content:
    found = (each for each in context.world.store.accounts.values() if each.whitelabel.get("domain") == domain)
    account = next(found, None)
    context.paging = {"page_size": 0 if account is None else 1}
    if account is None:
        raise system("bad_identifier", cause=domain)
    return _shown(account, domain)


def _shown(account: Account, asked_for: str) -> Content:
    if not account.whitelabel:
        raise system("bad_identifier", cause=asked_for)
    return directory.shown(account.whitelabel, directory.public({**account.whitelabel, "id": _ID}))


WHITELABEL = Resource(_methods, {"GET": _get}, _entry)
