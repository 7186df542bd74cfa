"""What Crossbar knows while it answers one request: the request, what all requests share, and what was found out."""

import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote_plus

from mockcdrs.cdr import erlang
from mockcdrs.cdr.documents import MISSING
from mockcdrs.crossbar import start_key
from mockcdrs.crossbar.couchdb import Databases
from mockcdrs.crossbar.errors import ModuleCrash, system_error
from mockcdrs.crossbar.settings import Settings
from mockcdrs.crossbar.versions import Version
from mockcdrs.dataset.accounts import Account
from mockcdrs.dataset.store import Store

if TYPE_CHECKING:
    from mockcdrs.crossbar.authentication import TokenBuckets

Noun = tuple[str, tuple[str, ...]]
"""The name of a module in a path, and its parameters: `("cdrs", ("legs", "ID"))`."""
Query = tuple[tuple[str, Any], ...]
Claims = Mapping[str, Any]

LOCAL_ADDRESS = "127.0.0.1"
HOOKS = "hooks"
KNOWN_METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS")
START_KEY = "start_key"
BODY_PARAMETERS = (
    *("page_size", "paginate", START_KEY, "end_key", "created_from", "created_to", "utc_offset"),
    *("accept", "file_name", "jsonp", "pretty_print", "verb"),
)

_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_CORS_HEADERS = frozenset({"origin", "access-control-request-method", "access-control-request-headers"})
_MAX_REPORTED_LENGTH = 1_000
_NOTHING: Mapping[str, Any] = MappingProxyType({})
_REVERSE_PROXIES = frozenset({LOCAL_ADDRESS})  # `crossbar.reverse_proxies` as Kazoo has it without setting


class ServerState(NamedTuple):
    """What all requests share. `version` is Kazoo's; `now` is in Gregorian seconds; `quirks` are the enabled ones.

    `claims` gives what a token says, or raises `authentication.TokenError`; `token_key` signs new tokens. Requests are
    paid from `buckets`. `change_account` puts what a function makes of an account, named by its id, in its place.
    """

    version: Version
    store: Store
    databases: Databases
    settings: Settings
    now: int
    quirks: frozenset[str]
    claims: Callable[[str], Claims]
    token_key: bytes
    buckets: "TokenBuckets"
    change_account: Callable[[str, Callable[[Account], Account]], None]


@dataclass(slots=True)
class Outcome:
    """What a request came to, for the journal and for advice: complete when the body has been written.

    `rows` counts items of a listing, `lost` those of them that never got to the client, `next_start_key` is as the
    client gets it, `message` is an error's, `from_body` holds parameters that came in the request's body. `tokens` is
    what it costs of a bucket's tokens, limited or not, `bucket_account` the account whose bucket that is, empty for the
    one of no account. `has_view_rows`: whether interactions came as the view has them.
    """

    rows: int = 0
    next_start_key: str | None = None
    message: str = ""
    from_body: dict[str, Any] = field(default_factory=dict)
    tokens: int = 0
    bucket_account: str = ""
    lost: int = 0
    has_view_rows: bool = False

    def copy(self) -> "Outcome":
        """A copy, independent of this one."""
        return Outcome(
            self.rows, self.next_start_key, self.message, self.from_body, self.tokens, self.bucket_account, self.lost,
            self.has_view_rows,
        )  # fmt: skip


class _Null:
    """JSON's null where it is a value and not the lack of one: no text, no number, neither true nor false."""

    def __repr__(self) -> str:
        return "null"


NULL = _Null()


class ParsedRequest:
    """A request as Crossbar's modules see it (`api_util.erl`).

    `path` is raw, header names are in small letters, `envelope` is the JSON body, `{}` without one. `first` has the
    first value of each parameter in the query.
    """

    def __init__(
        self,
        method: str,
        path: str,
        query: Query = (),
        headers: Mapping[str, str] = _NOTHING,
        envelope: Mapping[str, Any] = _NOTHING,
    ) -> None:
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.envelope = envelope
        self.first: dict[str, Any] = dict(reversed(query))

    def parameter(self, name: str, default: Any = None) -> Any:
        """A parameter of the query string alone, its first value."""
        return self.first.get(name, default)

    def value(self, name: str, default: Any = None) -> Any:
        """A parameter from wherever it was sent: the body's data, the query string, the body's envelope.

        A null in the data is a value, `NULL` (`cb_context:req_value/3`); nulls beside it are gone already.
        """
        if not self.envelope:
            return self.first.get(name, default)
        data = self.envelope.get("data")
        if isinstance(data, Mapping) and name in data:
            return NULL if data[name] is None else data[name]
        value = self.parameter(name, MISSING)
        return self.envelope.get(name, default) if value is MISSING else value

    def body_parameters(self) -> dict[str, Any]:
        """Parameters whose value is the body's, for the journal: plain values, long text cut, objects emptied."""
        if not self.envelope:
            return {}
        values = {name: self.value(name, MISSING) for name in BODY_PARAMETERS}
        return {
            name: _shorten(value)
            for name, value in values.items()
            if (isinstance(value, str | int | float | dict) or value is NULL) and value is not self.parameter(name)
        }


def _shorten(value: Any) -> Any:
    match value:
        case str():
            return value[:_MAX_REPORTED_LENGTH]
        case dict():
            return {}
    return None if value is NULL else value


class Context:
    """One request on its way: what has been found out so far.

    `api_version` is the path's. `auth_token` is as it came: text, but in a body it may be anything. `client_address` is
    what a token bucket is named after. `version` is the version of Kazoo that answers. `is_v1`: whether version 1 of
    the API is asked, which has rules of its own in a Kazoo that serves it. `is_dispatched`: whether any module hears of
    the request: a point in the version parts the names of Crossbar's events. `is_cors`: whether a browser asks for
    another site's page.
    """

    def __init__(
        self,
        state: ServerState,
        request: ParsedRequest,
        request_id: str,
        api_version: str = "v2",
        client_address: str = LOCAL_ADDRESS,
    ) -> None:
        self.state = state
        self.version = state.version
        self.request = request
        self.request_id = request_id
        self.api_version = api_version
        self.client_address = client_address
        self.is_cors = not _CORS_HEADERS.isdisjoint(request.headers)
        self.is_v1 = api_version == "v1"
        self.is_dispatched = "." not in api_version
        self.auth_token: Any = MISSING
        self.auth_account: Account | None = None
        self.auth_claims: Claims = {}
        self.tokens_remaining = 100
        self.allow: tuple[str, ...] = KNOWN_METHODS
        self.nouns: list[Noun] = []
        self.account: Account | None = None
        self.paging: dict[str, Any] = {}
        self.language = ""
        self.content_type = ""
        self.outcome = Outcome()

    def has_quirk(self, quirk: str) -> bool:
        """Whether a quirk is enabled."""
        return quirk in self.state.quirks

    @property
    def needs_envelope(self) -> bool:
        """Whether a body has to have `data` in an envelope, as in all versions but that of hooks."""
        return self.api_version != HOOKS

    @property
    def should_paginate(self) -> bool:
        """Whether the client wants pages; only `true` says yes where `paginate` is sent at all. `/v1` has none."""
        if self.is_v1:
            return False
        wanted = self.request.value("paginate")
        return wanted is None or erlang.is_true(wanted)


def client_address(peer: str, headers: Mapping[str, str]) -> str:
    """Whom a request is from: who connected, or whom a reverse proxy of Crossbar's names (`get_client_ip/1`)."""
    return headers.get("x-forwarded-for", peer) if peer in _REVERSE_PROXIES else peer


def require_account_id(context: Context) -> str:
    """The id of the account in the path; raises `Failure` where there is none."""
    if context.account is None:
        if context.has_quirk("no-account-500"):
            raise ModuleCrash("a path without an account")
        raise system_error("faulty_request")
    return context.account.id


class UnreadableQuery(ValueError):
    """A query string with a broken percent escape, or with a value that has no name."""


@functools.lru_cache(maxsize=128)
def parse_query(raw: str) -> Query:
    """`a=1&b` as pairs in order, repeated names kept; a bare name has the value `True` (`cow_qs`).

    A value is UTF-8 where it can be made so, a name stays as it came (`kz_json:from_list/1`).
    """
    if raw.startswith("=") or "&=" in raw or ("%" in raw and _BROKEN_ESCAPE.search(raw)):
        raise UnreadableQuery(raw)
    pairs = []
    for part in filter(None, raw.split("&")):
        name, equals, value = part.partition("=")
        pairs.append((_unquote(name), erlang.utf8(_unquote(value)) if equals else True))
    return tuple(pairs)


def _unquote(text: str) -> str:
    return unquote_plus(text, errors="surrogateescape") if "%" in text or "+" in text else text


def decode_start_key(request: ParsedRequest, *, looks_into: bool = False) -> ParsedRequest:
    """The request with its start key, wherever it was sent, as a view key in the query.

    `looks_into`: whether more of it than a text at its outside is checked. Raises `start_key.BadTerm` then.

    Text that is no encoded key stays as it came (`api_resource:maybe_decode_start_key/1`). Null, sent or encoded, is no
    key at all: it is deleted where it was to be put.
    """
    sent = request.value(START_KEY, MISSING)
    if sent is MISSING:
        return request
    decoded = None if sent is NULL else (start_key.normalize if looks_into else erlang.utf8)(_view_key(sent))
    key = () if decoded is None else ((START_KEY, decoded),)
    query = (*((name, value) for name, value in request.query if name != START_KEY), *key)
    body = {name: value for name, value in request.envelope.items() if name != START_KEY}
    if isinstance(data := body.get("data"), Mapping):
        body["data"] = {name: value for name, value in data.items() if name != START_KEY}
    return ParsedRequest(request.method, request.path, query, request.headers, body)


def _view_key(value: Any) -> Any:
    try:
        return start_key.decode(value) if isinstance(value, str) else value
    except start_key.NoStartKey:
        return value
