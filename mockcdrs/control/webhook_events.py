"""What Kazoo tells a webhook of a call that has ended: the event of one leg, and how it is sent.

Sources followed: `webhooks_channel_util.erl`, `webhooks_util.erl`, `kz_http_util.erl`.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote_plus

from mockcdrs.cdr import erlang
from mockcdrs.cdr.documents import channel_vars
from mockcdrs.crossbar.envelope import encode_pretty_json
from mockcdrs.dataset.accounts import Account
from mockcdrs.dataset.random_stream import hex_id
from mockcdrs.dataset.store import Document

_CLUSTER_ID = hex_id("cluster")
# of the variables of a channel those that Kazoo keeps for itself, in a CDR's spelling
_RESERVED_VARIABLES = frozenset({
    "account_id", "account_name", "account_realm", "authorizing_id", "authorizing_type", "auto_answer",
    "call_forward", "call_interaction_id", "ecallmgr_node", "call_waiting_disabled", "confirm_cancel_timeout",
    "confirm_file", "confirm_key", "fax_enabled", "fetch_id", "loopback_bowout",
    "media_encryption_enforce_security", "media_webrtc", "owner_id", "presence_id", "rtcp_mux", "realm",
    "require_ignore_early_media", "retain_cid", "sip_invite_domain", "simplify_loopback", "username",
})  # fmt: skip


def make_event(leg: Document, account: Account, reseller: str, custom_data: Mapping[str, str]) -> dict[str, Any]:
    """Make the event `channel_destroy` of a leg that has ended.

    Arguments:
        leg: the CDR's document.
        account: the account that it is in.
        reseller: the id of that account's reseller.
        custom_data: what the webhook adds to its events; it overwrites.

    """
    variables = channel_vars(leg)
    is_global = erlang.is_true(variables.get("global_resource"))
    forwarded = variables.get("call_forward")
    event = {
        "account_id": variables.get("account_id", account.id),
        "authorizing_id": variables.get("authorizing_id"),
        "authorizing_type": variables.get("authorizing_type"),
        "call_direction": leg.get("call_direction"),
        "call_forwarded": None if forwarded is None else erlang.is_true(forwarded),
        "call_id": leg.get("call_id"),
        "callee_id_name": leg.get("callee_id_name"),
        "callee_id_number": leg.get("callee_id_number"),
        "caller_id_name": leg.get("caller_id_name"),
        "caller_id_number": leg.get("caller_id_number"),
        "custom_channel_vars": {
            _spell_variable(name): value for name, value in variables.items() if name not in _RESERVED_VARIABLES
        },
        "custom_application_vars": leg.get("custom_application_vars"),
        "emergency_resource_used": erlang.is_true(variables.get("emergency_resource")),
        "from": leg.get("from"),
        "inception": leg.get("inception"),
        "local_resource_id": None if is_global else variables.get("resource_id"),
        "local_resource_used": not is_global,
        "is_internal_leg": erlang.is_true(leg.get("channel_is_loopback")),
        "other_leg_call_id": leg.get("other_leg_call_id"),
        "owner_id": variables.get("owner_id"),
        "request": leg.get("request"),
        "reseller_id": reseller,
        "timestamp": leg.get("timestamp"),
        "to": leg.get("to"),
        "hook_event": "channel_destroy",
        "hangup_cause": leg.get("hangup_cause"),
        "hangup_code": leg.get("hangup_code"),
        "duration_seconds": leg.get("duration_seconds"),
        "ringing_seconds": leg.get("ringing_seconds"),
        "billing_seconds": leg.get("billing_seconds"),
    }
    known = {name: value for name, value in event.items() if value is not None}
    return {**known, **custom_data, "cluster_id": _CLUSTER_ID}


def _spell_variable(name: str) -> str:
    """A channel variable's name as events have it, as in `Bridge-ID`; a CDR has it in small letters."""
    return "-".join("ID" if part == "id" else part.capitalize() for part in name.split("_"))


def is_internal(leg: Document) -> bool:
    """Whether a leg is internal to the system: a loopback channel."""
    return str(leg.get("channel_name", "")).startswith("loopback/") or erlang.is_true(leg.get("channel_is_loopback"))


def encode_form(event: Mapping[str, Any]) -> bytes:
    """Encode an event as a form: `key[member]=value` for a member, `key[]=value` for each value of a list."""
    return "&".join(_pairs(event, lambda name: name)).encode()


def _pairs(values: Mapping[str, Any], spell: Callable[[str], str]) -> Iterator[str]:
    for name, value in values.items():
        key = spell(name)
        if isinstance(value, Mapping):
            yield "&".join(_pairs(value, lambda member, key=key: f"{key}[{member}]"))  # type: ignore[misc]
        elif isinstance(value, list):
            yield "&".join(f"{key}[]={_encode_value(each)}" for each in value)
        else:
            yield f"{key}={_encode_value(value)}"


def _encode_value(value: Any) -> str:
    return quote_plus(str(value).lower() if isinstance(value, bool) else str(value), errors="surrogateescape")


ENCODERS: dict[str, tuple[str, Callable[[Mapping[str, Any]], bytes]]] = {
    "form-data": ("application/x-www-form-urlencoded", encode_form),
    "json": ("application/json", lambda event: encode_pretty_json(dict(event))),
}
"""The content type and the encoder of each format."""
