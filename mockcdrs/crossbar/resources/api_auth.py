"""Logging in with an account's API key (`cb_api_auth.erl`)."""

from typing import Any

from mockcdrs.crossbar import login
from mockcdrs.crossbar.buckets import spend
from mockcdrs.crossbar.content import Content
from mockcdrs.crossbar.context import Context
from mockcdrs.crossbar.errors import plain
from mockcdrs.crossbar.resources.resource import Entry, Parameters, Resource
from mockcdrs.crossbar.schema_check import check
from mockcdrs.dataset.accounts import api_key

_SCHEMA: dict[str, Any] = {
    "properties": {"api_key": {"required": True, "minLength": 64, "maxLength": 64}},
    "additionalProperties": False,
}


def _methods(parameters: Parameters) -> tuple[str, ...]:
    return () if parameters else ("PUT",)


def _entry(_context: Context) -> Entry:
    return Entry.ANYBODY


def _put(context: Context) -> Content:
    spend(context)
    data = context.request.envelope.get("data", {})
    check(data, _SCHEMA)
    found = (each for each in context.world.store.accounts.values() if api_key(each) == data["api_key"])
    account = next(found, None)
    context.paging = {"page_size": 0 if account is None else 1}
    if account is None:
        raise plain(404, "bad identifier", [data["api_key"]])
    login.open_for(context, account, "", "cb_api_auth")
    told = login.told(context, account, {"account_id": account.id})
    return Content(told, revision="automatic", headers=login.location(context, account.id))


API_AUTH = Resource(_methods, {"PUT": _put}, _entry)
