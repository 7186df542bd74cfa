"""Webhooks: what the mock posts to a client's own server when calls end on its clock, and how.

Sources followed: `webhooks_util.erl`, `webhooks_channel_util.erl`, `kz_http_util.erl`, `kzd_webhook.erl`.
"""

import itertools
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, TypedDict
from urllib.parse import quote_plus, urlsplit

from mockcdrs import arguments
from mockcdrs.arguments import ArgumentError, Kind
from mockcdrs.cdr import erlang, gregorian
from mockcdrs.cdr.documents import channel_vars
from mockcdrs.config import is_loopback
from mockcdrs.control.clock import Clock
from mockcdrs.crossbar.account_documents import reseller_id
from mockcdrs.crossbar.envelope import encode_pretty_json
from mockcdrs.dataset.accounts import Account
from mockcdrs.dataset.random_stream import hex_id
from mockcdrs.dataset.store import Document, Overlay, Segment

RETRY_SECONDS = 2.0
TIMEOUT_SECONDS = 10.0
_LOOK_SECONDS = 0.02
_LONGEST_CALL_SECONDS = 86_400
_SUCCESS = 200
_CLUSTER_ID = hex_id("cluster")
# of the variables of a channel those that Kazoo keeps for itself, in a CDR's spelling
_RESERVED_VARIABLES = frozenset({
    "account_id", "account_name", "account_realm", "authorizing_id", "authorizing_type", "auto_answer",
    "call_forward", "call_interaction_id", "ecallmgr_node", "call_waiting_disabled", "confirm_cancel_timeout",
    "confirm_file", "confirm_key", "fax_enabled", "fetch_id", "loopback_bowout",
    "media_encryption_enforce_security", "media_webrtc", "owner_id", "presence_id", "rtcp_mux", "realm",
    "require_ignore_early_media", "retain_cid", "sip_invite_domain", "simplify_loopback", "username",
})  # fmt: skip

WEBHOOK_KINDS = {
    "uri": Kind("the URL of a server, as in 'http://127.0.0.1:9000/calls'", lambda value: _host(value) is not None),
    "http_verb": Kind("post, put or get", lambda value: isinstance(value, str) and value in {"post", "put", "get"}),
    "format": Kind("form-data or json", lambda value: isinstance(value, str) and value in _ENCODERS),
    "retries": arguments.whole(0, 4),
    "custom_data": Kind(
        "texts by name, in UTF-8",
        lambda value: isinstance(value, Mapping) and all(_is_text(each) for pair in value.items() for each in pair),
    ),
    "include_subaccounts": arguments.FLAG,
    "include_internal_legs": arguments.FLAG,
}


class WebhookArguments(TypedDict, total=False):
    """The keyword arguments of `add_webhook()`, besides the URI."""

    http_verb: str
    format: str
    retries: int
    custom_data: Mapping[str, str]
    include_subaccounts: bool
    include_internal_legs: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """A subscription to calls that end, under the names of Kazoo's webhook documents. Raises `ArgumentError`.

    Arguments:
        uri: where events are sent.
        http_verb: `post`, `put`, or `get` with the event as the query.
        format: `form-data` or `json`.
        retries: how often an event is sent whose connection fails; 0 is taken for 1, as by Kazoo.
        custom_data: what is added to each event.
        include_subaccounts: whether calls of accounts below are told, too.
        include_internal_legs: whether loopback channels are told, too.
        id: what the header `X-Hook-ID` says; the mock gives it.

    """

    uri: str
    http_verb: str = "post"
    format: str = "form-data"
    retries: int = 2
    custom_data: Mapping[str, str] = field(default_factory=dict)
    include_subaccounts: bool = False
    include_internal_legs: bool = True
    id: str = ""

    def __post_init__(self) -> None:
        for name, kind in WEBHOOK_KINDS.items():
            arguments.check_value(name, getattr(self, name), kind)

    @classmethod
    def from_arguments(cls, uri: str, given: Mapping[str, Any]) -> "Webhook":
        """The webhook that a call asks for. Raises `ArgumentError`, also for unknown names."""
        arguments.check_names(given, [name for name in WEBHOOK_KINDS if name != "uri"], "a webhook")
        return cls(uri=uri, **given)


class WebhookAttempt(NamedTuple):
    """One attempt to tell a webhook of a leg that ended.

    Arguments:
        webhook_id: whose.
        event: what was sent.
        number: which attempt for this event, counted from 1.
        status: the status that came; 0 where none did. Only 200 is a success.
        error: why none came.
        at_gregorian: when, in Gregorian seconds by the mock's clock.

    """

    webhook_id: str
    event: Mapping[str, Any]
    number: int
    status: int
    error: str
    at_gregorian: int

    @property
    def is_success(self) -> bool:
        """Whether the event arrived, for Kazoo."""
        return self.status == _SUCCESS


class Webhooks:
    """The webhooks of a mock, each with a thread that looks for calls that ended and sends their events in order.

    `allows_remote`: whether servers on other machines may be told.
    """

    def __init__(self, data: Overlay, clock: Clock, seed: int) -> None:
        self.allows_remote = False
        self._data, self._clock, self._seed = data, clock, seed
        self._senders: dict[str, _Sender] = {}
        self._changed = threading.Condition()
        self.clear()

    def clear(self) -> None:
        """Remove all webhooks and forget what was sent. An attempt that is under way is left to itself."""
        with self._changed:
            senders, self._senders = self._senders, {}
            self._numbers = itertools.count(1)
            self._attempts: list[WebhookAttempt] = []
        for sender in senders.values():
            sender.ended.set()

    def add(self, account_id: str, webhook: Webhook) -> Webhook:
        """Tell a webhook of the calls of an account that end from now on. Raises `ArgumentError`."""
        host = _host(webhook.uri)
        if not (self.allows_remote or is_loopback(str(host))):
            raise ArgumentError(
                f"uri: came {arguments.short_repr(webhook.uri)}, expected an address of this machine, as in "
                "'http://127.0.0.1:9000/calls'; others only with remote_webhooks=True (serve --remote-webhooks)",
                "uri",
            )
        with self._changed:
            made = replace(webhook, id=hex_id("webhook", self._seed, next(self._numbers)))
            sender = self._senders[made.id] = _Sender(made, account_id, self._data, self._clock, self._note)
        sender.start()
        return made

    def remove(self, webhook_id: str) -> bool:
        """Remove a webhook. Returns whether it was there."""
        with self._changed:
            sender = self._senders.pop(webhook_id, None)
        if sender is not None:
            sender.ended.set()
        return sender is not None

    def __iter__(self) -> Iterator[Webhook]:
        with self._changed:
            return iter([sender.webhook for sender in self._senders.values()])

    def _note(self, sender: "_Sender", attempt: WebhookAttempt) -> None:
        with self._changed:
            if sender.webhook.id in self._senders and not sender.ended.is_set():
                self._attempts.append(attempt)
                self._changed.notify_all()

    def wait_for(self, count: int, timeout_seconds: float) -> list[WebhookAttempt]:
        """Wait until `count` attempts were made, and return all. Raises `TimeoutError`."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._attempts) >= count, timeout_seconds):
                raise TimeoutError(describe_lack(len(self._attempts), count, timeout_seconds))
            return list(self._attempts)


def describe_lack(made: int, expected: int, timeout_seconds: float) -> str:
    """The message of a wait for attempts that was in vain."""
    return (
        f"{made} attempts of webhooks were made, {expected} were expected within {timeout_seconds} s; an event is sent "
        "for each leg that ends on the mock's clock after its webhook was added"
    )


class _Sender(threading.Thread):
    """The thread of one webhook.

    A leg that was added later is told although it ended before, up to a day: a test adds calls that have just ended.
    """

    def __init__(self, webhook: Webhook, account_id: str, data: Overlay, clock: Clock, note: Any) -> None:
        super().__init__(name="mockcdrs-webhook", daemon=True)
        self.webhook = webhook
        self.ended = threading.Event()
        self._account_id, self._data, self._clock, self._note = account_id, data, clock, note
        self._seen = clock.now(), data.version
        self._oldest = self._seen[0] - _LONGEST_CALL_SECONDS
        self._sent: set[str] = set()  # which `_find` leaves out
        self._sent = {leg["_id"] for _, leg in self._find(self._seen[0], self._seen[0])}

    def run(self) -> None:
        """Look, again and again, for legs that have ended."""
        while not self.ended.wait(_LOOK_SECONDS):
            seen = self._clock.now(), self._data.version
            if seen != self._seen:
                first, self._seen = self._seen[0], seen
                for account_id, leg in self._find(first, seen[0]):
                    self._sent.add(leg["_id"])
                    self._send(account_id, leg)

    def _find(self, first: int, last: int) -> list[tuple[str, Document]]:
        """The legs that have ended and were not sent, with their accounts, in order of time.

        Of generated ones those that ended from `first` to `last`; others may have been added since.
        """
        accounts = self._data.accounts
        below = [each.id for each in accounts.values() if self._account_id in each.tree]
        ids = [self._account_id, *(below if self.webhook.include_subaccounts else ())]
        legs = [(each, leg) for each in ids for leg in _legs(self._data, each, self._oldest, first, last)]
        new = {leg["_id"]: (account_id, leg) for account_id, leg in legs if leg["_id"] not in self._sent}
        return sorted(new.values(), key=lambda each: (each[1]["timestamp"], each[1]["_id"]))

    def _send(self, account_id: str, leg: Document) -> None:
        if is_internal(leg) and not self.webhook.include_internal_legs:
            return
        account = self._data.accounts[account_id]
        event = make_event(leg, account, reseller_id(self._data.accounts, account), self.webhook.custom_data)
        number = 1
        while True:
            status, error = _request(self.webhook, self._account_id, event)
            now = self._clock.now()
            self._note(self, WebhookAttempt(self.webhook.id, event, number, status, error, at_gregorian=now))
            if status or number >= self.webhook.retries or self.ended.wait(RETRY_SECONDS):
                return  # only what breaks before a status comes is tried again
            number += 1


def _legs(data: Overlay, account_id: str, oldest: int, first: int, last: int) -> Iterator[Document]:
    """The legs that ended by `last`: stored from `oldest` on, generated from `first` on."""
    months = gregorian.month_of(max(0, oldest - _LONGEST_CALL_SECONDS)), gregorian.month_of(last)
    for month in data.months(account_id):
        if months[0] <= month <= months[1]:
            scan = data.scan(account_id, month, (first, last))
            yield from _ended(scan.stored, oldest, last)
            yield from _ended(scan.generated, first, last)


def _ended(segments: Iterable[Segment], first: int, last: int) -> Iterator[Document]:
    for segment in segments:
        for document in segment.visible():
            ended = document.get("timestamp")
            if isinstance(ended, int) and first <= ended <= last:
                yield document


def _is_text(value: Any) -> bool:
    try:
        value.encode()
    except (AttributeError, UnicodeEncodeError):
        return False
    return isinstance(value, str)


def _host(uri: Any) -> str | None:
    """The host of a URL of HTTP; `None` for anything else."""
    try:
        parts = urlsplit(uri)
        is_url = parts.scheme in {"http", "https"} and (parts.port is None or parts.port > 0)
    except (ValueError, TypeError, AttributeError):
        return None
    is_clean = isinstance(uri, str) and uri.isascii() and uri.isprintable() and " " not in uri
    return parts.hostname if is_url and is_clean else None


def _request(webhook: Webhook, account_id: str, event: Mapping[str, Any]) -> tuple[int, str]:
    """Send an event; return the status that came, or 0 and why none did. Neither proxies nor redirects are followed."""
    # here, because most runs of pytest would load it for nothing
    from http.client import HTTPConnection, HTTPException, HTTPSConnection

    parts = urlsplit(webhook.uri)
    headers = {"X-Hook-ID": webhook.id, "X-Account-ID": account_id}
    target, body = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}", None
    if webhook.http_verb == "get":
        target = f"{parts.path or '/'}?{encode_form(event).decode()}"
    else:
        headers["Content-Type"], encode = _ENCODERS[webhook.format]
        body = encode(event)
    connect = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = connect(str(parts.hostname), parts.port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request(webhook.http_verb.upper(), target, body, headers)
        return connection.getresponse().status, ""
    except (OSError, HTTPException) as error:
        return 0, f"{type(error).__name__}: {error}"
    finally:
        connection.close()


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


_ENCODERS: dict[str, tuple[str, Callable[[Mapping[str, Any]], bytes]]] = {
    "form-data": ("application/x-www-form-urlencoded", encode_form),
    "json": ("application/json", lambda event: encode_pretty_json(dict(event))),
}
"""The content type and the encoder of each format."""
