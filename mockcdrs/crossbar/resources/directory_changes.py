"""Changes of accounts and users: POST replaces the public fields of a document, PATCH merges into them.

A change is kept in the store, until the mock is reset. Sources followed: `crossbar_doc.erl` (`patch_and_validate/3`),
`kz_json.erl` (`merge_left/2`), `kzd_users.erl`, `kzd_accounts.erl`, and the schemas `users` and `accounts`.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from mockcdrs.cdr.documents import Document, is_private, public_fields
from mockcdrs.crossbar.account_documents import account_document, document_result
from mockcdrs.crossbar.context import Context
from mockcdrs.crossbar.envelope import ResourceResult
from mockcdrs.crossbar.errors import ModuleCrash
from mockcdrs.crossbar.request_body import Schema, check_schema
from mockcdrs.dataset.accounts import Account, password_digests

_NAME = {"required": True, "minLength": 1, "maxLength": 128}
_USER_SCHEMA: Schema = {"properties": {"first_name": _NAME, "last_name": _NAME}}
_REALM = {"minLength": 4, "maxLength": 253, "pattern": r"^[.\w-]+$"}
_ACCOUNT_SCHEMA: Schema = {"properties": {"name": _NAME, "realm": _REALM}}

# The defaults of the schemas. Objects in `_ONLY_FILLED` get theirs where they are there, the others are made.
_USER_DEFAULTS: dict[str, Any] = {
    "call_forward": {
        "direct_calls_only": False,
        "enabled": False,
        "failover": False,
        "ignore_early_media": True,
        "keep_caller_id": True,
        "require_keypress": True,
        "substitute": True,
    },
    "call_restriction": {},
    "contact_list": {},
    "enabled": True,
    "hotdesk": {"enabled": False, "keep_logged_in_elsewhere": False, "require_pin": False},
    "media": {"audio": {}, "encryption": {"enforce_security": False, "methods": []}, "video": {"codecs": []}},
    "metaflows": {"binding_digit": "*"},
    "music_on_hold": {},
    "priv_level": "user",
    "require_password_update": False,
    "ringtones": {},
    "verified": False,
    "vm_to_email_enabled": True,
}
_ACCOUNT_DEFAULTS: dict[str, Any] = {
    "call_restriction": {},
    "enabled": True,
    "metaflows": {"binding_digit": "*"},
    "music_on_hold": {},
    "notifications": {"first_occurrence": {"sent_initial_call": False, "sent_initial_registration": False}},
    "preflow": {},
    "ringtones": {},
}
_ONLY_FILLED = frozenset({"call_forward", "first_occurrence", "media", "metaflows", "notifications"})
_NEVER_STORED = ("wnm_allow_additions", "superduper_admin", "billing_mode")
"""What the answer about an account has of private keys, and a client so sends back (`cleanup_leaky_keys/2`)."""


def change_user(context: Context, account: Account, user_id: str, *, merges: bool) -> ResourceResult:
    """Change a user as the request wants it; `merges` for PATCH. Raises `Failure`."""
    result = ResourceResult()

    def change(account: Account) -> Account:
        nonlocal result
        place = next(place for place, user in enumerate(account.users) if user["id"] == user_id)
        stored = {name: value for name, value in account.users[place].items() if name != "id"}  # which is `_id`
        wanted = _wanted_fields(context, stored, merges=merges)
        if isinstance(username := wanted.get("username"), str):
            wanted["username"] = username.lower()
        check_schema(wanted, _USER_SCHEMA)
        wanted = fill_defaults(wanted, _USER_DEFAULTS)
        password = wanted.pop("password", None)
        if isinstance(password, str) and password:
            stored |= password_digests(str(wanted.get("username", user_id)), password)
        document = _revise(context, stored, wanted)
        result = written_result(document_result(document, public_fields({**document, "_id": user_id})))
        users = [*account.users]
        users[place] = {**document, "id": user_id}
        return account._replace(users=tuple(users))

    context.state.change_account(account.id, change)
    return result


def change_account(context: Context, account: Account, *, merges: bool) -> Account:
    """Change an account's own document as the request wants it, and return the account. Raises `Failure`."""
    changed = account

    def change(account: Account) -> Account:
        nonlocal changed
        stored = {name: value for name, value in account_document(account).items() if name != "_id"}
        wanted = _wanted_fields(context, stored, merges=merges)
        wanted = {name: value for name, value in wanted.items() if name not in _NEVER_STORED}
        if account.realm:
            wanted.setdefault("realm", account.realm)
        check_schema(wanted, _ACCOUNT_SCHEMA)
        document = _revise(context, stored, fill_defaults(wanted, _ACCOUNT_DEFAULTS))
        changed = account._replace(name=document["name"], realm=document.get("realm", ""), document=document)
        return changed

    context.state.change_account(account.id, change)
    return changed


def written_result(result: ResourceResult) -> ResourceResult:
    """A result as the answer to a POST or PATCH has it: with an `ETag`, which is its document's revision."""
    return ResourceResult(result.data, revision=result.revision, headers={"etag": f'"{result.revision}"'})


def _wanted_fields(context: Context, stored: Document, *, merges: bool) -> dict[str, Any]:
    """The public fields that a document is to have: those sent, or those and the stored ones."""
    sent = context.request.envelope.get("data", {})
    if not isinstance(sent, Mapping):
        raise ModuleCrash("a list in the place of a document")
    public = {name: value for name, value in sent.items() if not is_private(name)}
    return merge_left(public, public_fields(stored)) if merges else public


def merge_left(sent: Mapping[str, Any], stored: Mapping[str, Any]) -> dict[str, Any]:
    """Both objects as one, where what was sent wins: names from the last to the first, at every depth.

    A null that was sent removes a field, an empty object replaces a full one (`kz_json:merge_left/2`).
    """
    merged: dict[str, Any] = {}
    for name in sorted({*sent, *stored}, reverse=True):
        value, other = (sent[name], stored.get(name)) if name in sent else (stored[name], None)
        if isinstance(value, Mapping):
            merged[name] = merge_left(value, other if value and isinstance(other, Mapping) else {})
        elif value is not None:
            merged[name] = value
    return merged


def fill_defaults(document: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """A document with the defaults of its schema behind what it has, in objects within it too."""
    filled = dict(document)
    for name, default in defaults.items():
        if not isinstance(default, Mapping):
            filled.setdefault(name, default)
        elif isinstance(value := filled.get(name, None if name in _ONLY_FILLED else {}), Mapping):
            filled[name] = fill_defaults(value, default)
    return filled


def _revise(context: Context, stored: Document, public: Mapping[str, Any]) -> dict[str, Any]:
    """A document's next revision: other public fields beside the private ones that it has."""
    private = {name: value for name, value in stored.items() if is_private(name)}
    document = {**public, **private, "pvt_modified": context.state.now}
    number, _, _ = str(stored.get("_rev")).partition("-")
    digest = hashlib.md5(json.dumps(document).encode(), usedforsecurity=False).hexdigest()
    return {**document, "_rev": f"{int(number) + 1 if number.isdecimal() else 2}-{digest}"}
