"""Plain resources: what a user interface asks about beside CDRs and the directory; and what is not served at all.

They are what they are in an account that has nothing but users, devices, numbers, calls, and the voicemail box that
SmartPBX makes for each account when it is first opened. Nothing can be written to them. Sources followed: the module of
each name (`cb_vmboxes.erl` for `vmboxes`), `knm_converters.erl` for classifiers, `knm_providers.erl` for the features
of a number. What is not served is in `crossbar.hrl`, whose modules are loaded by default, or in `crossbar` and the
applications `acdc`, `cccp` and `frontier`, whose modules an operator may load.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from mockcdrs.crossbar import envelope, paging
from mockcdrs.crossbar.account_documents import document_result, list_directory
from mockcdrs.crossbar.context import Context, Noun
from mockcdrs.crossbar.couchdb import ViewRow
from mockcdrs.crossbar.envelope import ResourceResult
from mockcdrs.crossbar.errors import module_error, system_error
from mockcdrs.crossbar.resources import Parameters, Resource, path_matches
from mockcdrs.dataset.accounts import Account
from mockcdrs.dataset.random_stream import hex_id

_US_FORMAT = "SS(###) ### - ####"
_CARIBBEAN = "684|264|268|242|246|441|284|345|767|809|829|849|473|671|876|664|670|787|939|869|758|784|721|868|649|340"
_CLASSIFIERS = {
    "tollfree_us": {
        "regex": r"^\+1((?:800|88\d|877|866|855|844|833|822)\d{7})$",
        "friendly_name": "US TollFree",
        "pretty_print": _US_FORMAT,
    },
    "toll_us": {"regex": r"^\+1(900\d{7})$", "friendly_name": "US Toll", "pretty_print": _US_FORMAT},
    "emergency": {
        "regex": "^(911|922|933|988|833|811|711|999)$",
        "emergency": True,
        "friendly_name": "Emergency Dispatcher",
    },
    "caribbean": {
        "regex": rf"^\+?1((?:{_CARIBBEAN})\d{{7}})$",
        "friendly_name": "Caribbean",
        "pretty_print": _US_FORMAT,
    },
    "did_us": {
        "regex": r"^(\+?1)?([2-9][0-9]{2}[2-9][0-9]{6})$",
        "friendly_name": "US DID",
        "pretty_print": _US_FORMAT,
    },
    "international": {"regex": r"^\+([2-9]\d{7,})$", "friendly_name": "International"},
    "unknown": {"regex": "^(.*)$", "friendly_name": "Unknown"},
}
_FEATURES = [
    *("cnam", "e911", "force_outbound", "inbound_cnam", "mms", "outbound_cnam", "port", "prepend", "ringback"),
    "sms",
]

_MAIN_VMBOX = {
    "mailbox": "0",
    "type": "mainVMBox",
    "name": "Main Voicemail Box",
    "delete_after_notify": True,
    "announcement_only": False,
    "check_if_owner": True,
    "include_message_on_notify": True,
    "include_transcription_on_notify": True,
    "is_setup": False,
    "is_voicemail_ff_rw_enabled": False,
    "media": {},
    "media_extension": "mp3",
    "not_configurable": False,
    "notify_email_addresses": [],
    "oldest_message_first": False,
    "require_pin": False,
    "save_after_notify": False,
    "seek_duration_ms": 10_000,
    "skip_envelope": False,
    "skip_greeting": False,
    "skip_instructions": False,
    "transcribe": False,
}


class PlainPath(NamedTuple):
    """A path of a module: its parameters, `*` for any; its methods, in Crossbar's order; and what GET finds there.

    Without `get` the mock does not have what Kazoo has there.
    """

    parameters: str
    methods: str
    get: Callable[[Context, Account], ResourceResult] | None = None

    def matches(self, parameters: Parameters) -> bool:
        """Whether the path has these parameters."""
        return path_matches(self.parameters.split("/") if self.parameters else (), parameters)


def _resource(*paths: PlainPath) -> Resource:
    """A module with these paths, of which the first that matches counts."""

    def find(parameters: Parameters) -> PlainPath:
        return next((path for path in paths if path.matches(parameters)), PlainPath("", ""))

    def methods(parameters: Parameters) -> tuple[str, ...]:
        return tuple(find(parameters).methods.split())

    def get(context: Context) -> ResourceResult:
        path = find(context.nouns[0][1])
        if path.get is None:
            raise system_error("not_implemented")
        if context.account is None:
            raise system_error("faulty_request")
        return path.get(context, context.account)

    return Resource(methods, {"GET": get})


def _constant(data: Any) -> Callable[[Context, Account], ResourceResult]:
    return lambda _context, _account: ResourceResult(data, is_tagged=False)


def _no_documents(context: Context, _account: Account) -> ResourceResult:
    context.paging = {"page_size": 0}
    return ResourceResult([])


def _unknown_document(context: Context, _account: Account) -> ResourceResult:
    raise system_error("bad_identifier", cause=context.nouns[0][1][0])


def _unknown_channel(context: Context, _account: Account) -> ResourceResult:
    raise module_error(404, "bad identifier", [context.nouns[0][1][0]])


def _channels(context: Context, account: Account) -> ResourceResult:
    """No channel is up. A user's are asked for by the user's devices, which leave their mark on the envelope."""
    module, parameters = context.nouns[1]  # there is one, as there is an account
    if module != "users" or not parameters:
        return ResourceResult([])
    devices = [device for device in account.devices if device.get("owner_id") == parameters[0]]
    context.paging = {"page_size": len(devices)}
    digest = hashlib.md5(envelope.encode_json(devices), usedforsecurity=False).hexdigest()
    return ResourceResult([], revision=digest if devices else None)


def _recordings(context: Context, _account: Account) -> ResourceResult:
    settings = context.state.settings
    _, end = paging.parse_time_range(context.request, context.state.now, paging.widest_range(context.version, settings))
    owner = [*dict(context.nouns).get("users", ())]
    context.paging = {"start_key": context.request.value("start_key", [*owner, end, {}]), "page_size": 0}
    return ResourceResult([])


def _multi_factor(context: Context, _account: Account) -> ResourceResult:
    context.paging = {"start_key": ["multi_factor", {}], "page_size": 0}
    return ResourceResult({"configured": [], "multi_factor_providers": {}}, is_tagged=False)


def _vmboxes(context: Context, account: Account) -> ResourceResult:
    owner = dict(context.nouns).get("users")
    box = _main_vmbox(account)
    row = {name: box[name] for name in ("id", "name", "mailbox")} | {"messages": 0, "flags": []}
    return list_directory(context, [] if owner else [ViewRow(box["id"], row, box)])


def _vmbox(context: Context, account: Account) -> ResourceResult:
    box = _main_vmbox(account)
    return document_result(box) if context.nouns[0][1] == (box["id"],) else _unknown_document(context, account)


def _main_vmbox(account: Account) -> dict[str, Any]:
    return {"id": hex_id("vmbox", account.id), **_MAIN_VMBOX}


def _phone_numbers(context: Context, account: Account) -> ResourceResult:
    numbers = {number: _number(account) for number in sorted(account.numbers)}
    context.paging = {"page_size": len(numbers)}
    return ResourceResult({"numbers": numbers, "cascade_quantity": 0})


def _number(account: Account) -> Mapping[str, Any]:
    created = account.document.get("pvt_created")
    times = {} if created is None else {"created": created, "updated": created}
    return {
        "state": "in_service",
        "features": [],
        "features_allowed": [],
        "features_denied": [],
        "assigned_to": account.id,
        **times,
        "features_available": _FEATURES,
    }


# a module of documents that can be read and written, of which the account has none
_DOCUMENTS = _resource(
    PlainPath("", "PUT GET", _no_documents), PlainPath("*", "PATCH POST GET DELETE", _unknown_document)
)

PLAIN: dict[str, Resource] = {
    "alerts": _resource(PlainPath("", "PUT GET", _no_documents), PlainPath("*", "GET DELETE", _unknown_document)),
    "callflows": _DOCUMENTS,
    "channels": _resource(PlainPath("", "GET", _channels), PlainPath("*", "POST PUT GET", _unknown_channel)),
    "directories": _DOCUMENTS,
    "groups": _DOCUMENTS,
    "ledgers": _resource(
        PlainPath("total", "GET", _constant({"amount": 0.0})),
        PlainPath("credit", "PUT"),
        PlainPath("debit", "PUT"),
        PlainPath("", "GET"),
        PlainPath("*", "GET"),
        PlainPath("*/*", "GET"),
    ),
    "limits": _resource(PlainPath("", "POST GET", _constant({"allow_prepay": True, "id": "limits"}))),
    "menus": _DOCUMENTS,
    "multi_factor": _resource(
        PlainPath("", "PUT GET", _multi_factor),
        PlainPath("attempts", "GET"),
        PlainPath("attempts/*", "GET"),
        PlainPath("*", "PATCH POST GET DELETE", _unknown_document),
    ),
    "phone_numbers": _resource(
        PlainPath("", "GET", _phone_numbers),
        PlainPath("classifiers", "GET", _constant(_CLASSIFIERS)),
        PlainPath("classifiers/*", "GET"),
        PlainPath("carriers_info", "GET"),
        PlainPath("prefix", "GET"),
        PlainPath("fix", "POST"),
        PlainPath("fix/*", "POST"),
        PlainPath("locality", "POST"),
        PlainPath("check", "POST"),
        PlainPath("collection", "PATCH POST PUT DELETE"),
        PlainPath("collection/activate", "PUT"),
        PlainPath("*", "PATCH POST PUT GET DELETE"),
        PlainPath("*/activate", "PUT"),
        PlainPath("*/reserve", "PUT"),
        PlainPath("*/port", "PUT"),
        PlainPath("*/identify", "GET"),
    ),
    "recordings": _resource(PlainPath("", "GET", _recordings), PlainPath("*", "GET DELETE", _unknown_document)),
    "security": _resource(
        PlainPath("", "PATCH POST GET DELETE", _constant({"account": {}, "inherited_config": {}})),
        PlainPath("attempts", "GET"),
        PlainPath("attempts/*", "GET"),
    ),
    "vmboxes": _resource(
        PlainPath("", "PUT GET", _vmboxes),
        PlainPath("messages", "GET"),
        PlainPath("*", "PATCH POST GET DELETE", _vmbox),
        PlainPath("*/messages", "POST PUT GET DELETE"),
        PlainPath("*/messages/raw", "POST"),
        PlainPath("*/messages/*", "POST GET DELETE"),
        PlainPath("*/messages/*/raw", "PUT GET"),
    ),
}
"""The modules, by their names in a path."""

UNSERVED_MODULES = frozenset(
    {
        *("about", "blacklists", "clicktocall", "comments", "conferences", "configs", "connectivity"),
        *("contact_list", "faxboxes", "faxes", "hotdesks", "ips", "media", "metaflows", "notifications"),
        *("parked_calls", "pivot", "port_requests", "presence", "quickcall", "rates", "registrations"),
        *("resource_templates", "resources", "schemas", "search", "services", "sms", "system_configs", "tasks"),
        *("templates", "temporal_rules", "temporal_rules_sets", "token_restrictions", "transactions", "webhooks"),
        "websockets",
        # not loaded by default
        *("access_lists", "acdc_call_stats", "acls", "agents", "allotments", "apps_link", "bulk", "call_inspector"),
        *("cccps", "dialplans", "freeswitch", "global_provisioner_templates", "ip_auth", "lists"),
        *("local_provisioner_templates", "local_resources", "migrations", "mms", "onboard", "profile", "queues"),
        *("rate_limits", "resource_selectors", "shared_auth", "skels", "storage", "sup", "ubiquiti_auth"),
    }
)
"""Modules of 4.3 that the mock does not have, by their names in a path."""

_UNSERVED_PATHS = frozenset(
    {
        *(("apps_store", "blacklist"), ("apps_store", "*", "icon"), ("apps_store", "*", "screenshot", "*")),
        *(("auth", name) for name in ("apps", "authorize", "callback", "keys", "links", "providers")),
        *(("auth", name, "*") for name in ("apps", "keys", "links", "providers")),
        ("devices", "*", "sync"),
        *(("users", "*", "photo"), ("users", "*", "vcard")),
        ("whitelabel", "domains"),
    }
)
"""Paths of modules that the mock has in part; `*` is an id."""


def find_unserved(segments: Sequence[str], nouns: Sequence[Noun]) -> str:
    """What 4.3 has and the mock has not of a path, as in `media` or `users/*/photo`; empty if there is nothing.

    `segments` are those behind the version, `nouns` the served modules with their parameters, the last one first.
    """
    module, parameters = nouns[0] if nouns else ("", tuple(segments))
    name = next((each for each in parameters if each in UNSERVED_MODULES), "")
    path = next((path for path in _UNSERVED_PATHS if path_matches(path, (module, *parameters))), ())
    return name or "/".join(path)
