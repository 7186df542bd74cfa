"""The documents around an account's calls: who stands above it, what its document holds, the apps that it may use."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from mockcdrs.cdr.documents import public_fields
from mockcdrs.crossbar.content import Content
from mockcdrs.dataset.accounts import DEMO_APPS, Account

Document = Mapping[str, Any]
Accounts = Mapping[str, Account]


def account_document(account: Account) -> dict[str, Any]:
    """The account's own document, as its database has it."""
    named = {"name": account.name, "realm": account.realm}
    return {**{name: value for name, value in named.items() if value}, **account.document, "_id": account.id}


def reseller_id(accounts: Accounts, account: Account) -> str:
    """The nearest reseller above an account: the topmost account is its own (`kz_services_reseller.erl`)."""
    above = (ancestor for ancestor in reversed(account.tree) if ancestor in accounts)
    return next((ancestor for ancestor in above if accounts[ancestor].is_reseller), account.id)


def apps_of(accounts: Accounts, account: Account) -> Sequence[Document]:
    """The apps that an account may use: its own, those of the nearest account above that has some, else the demo's."""
    line = (account, *(accounts[ancestor] for ancestor in reversed(account.tree) if ancestor in accounts))
    return next((each.apps for each in line if each.apps), DEMO_APPS)


def revision(document: Document) -> str:
    """A document's `_rev`; for one that was never in a database, one that follows what it holds."""
    held = document.get("_rev")
    if isinstance(held, str):
        return held
    return f"1-{hashlib.md5(json.dumps(document).encode(), usedforsecurity=False).hexdigest()}"


def public(document: Document) -> dict[str, Any]:
    """A document as the API shows it; our `id` stands for `_id`, and so comes last."""
    held = {name: value for name, value in document.items() if name != "id"}
    return public_fields({**held, "_id": document["id"]} if "id" in document else held)


def shown(document: Document, data: Any) -> Content:
    """What a document tells, under its revision."""
    return Content(data, revision=revision(document))
