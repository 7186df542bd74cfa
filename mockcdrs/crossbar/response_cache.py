"""Response cache: a request that comes again, for the same data at the same moment, is answered from memory.

A response is a function of the request, of the server's state, and of the request's id, on which a file's name and the
digest over an envelope depend. A cached response is put together again with those of the next request. Most requests
come once: a response is stored when its request comes a second time.
"""

import hashlib
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from mockcdrs.crossbar.authentication import TokenError
from mockcdrs.crossbar.context import Claims, ServerState
from mockcdrs.crossbar.csv_rendering import default_file_name
from mockcdrs.crossbar.pipeline import HttpRequest, HttpResponse, respond
from mockcdrs.dataset.lru_cache import LruCache

CACHE_BYTES = 4_000_000
MAX_RESPONSE_BYTES = 2_000_000
MAX_SEEN = 10_000
_ENTRY_BYTES = 2_000  # what an entry takes, however short its response

_DIGEST = re.compile(r'"([0-9a-f]{32})"')


class _CachedResponse(NamedTuple):
    """A response whose body is stored in parts, the last one cut wherever the id of its request stood.

    `claims` are the token's, `key_length` says how long the key of the entry is. A digest over the envelope is left out
    of the body: `bytes_after_digest` come after its place.
    """

    response: HttpResponse
    parts: tuple[bytes, ...]
    last_part: tuple[bytes, ...]
    request_id: str
    claims: Claims
    key_length: int
    bytes_after_digest: int = 0

    def size(self) -> int:
        return _ENTRY_BYTES + self.key_length + sum(map(len, self.parts + self.last_part))

    def with_request_id(self, request_id: str) -> HttpResponse:
        """The response to another request."""
        cached, last = self.response, request_id.encode().join(self.last_part)
        headers = {**cached.headers, "x-request-id": request_id}
        if cached.is_file:
            names = default_file_name(self.request_id), default_file_name(request_id)
            headers["content-disposition"] = headers["content-disposition"].replace(*names)
        if self.bytes_after_digest:
            digest, at = _digest(last), len(last) - self.bytes_after_digest
            headers["etag"] = f'"{digest}"'
            last = b"".join((last[:at], _revision_field(digest), last[at:]))
        body = last if isinstance(cached.body, bytes) else (*self.parts, last)
        return HttpResponse(cached.status, headers, body, is_file=cached.is_file, outcome=cached.outcome.copy())


def _digest(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def _revision_field(digest: str) -> bytes:
    return f'"revision":"{digest}",'.encode()


class _Moment:
    """What was requested at one moment of some data: as time goes on, nobody requests what was before."""

    def __init__(self, identity: tuple[object, ...]) -> None:
        self.identity = identity
        self.seen = set[int]()
        self._making = threading.Lock()
        self._entries: LruCache[object, _CachedResponse] | None = None

    def entries(self) -> LruCache[object, _CachedResponse]:
        """The stored responses by their requests."""
        with self._making:
            if self._entries is None:
                self._entries = LruCache(CACHE_BYTES, _CachedResponse.size)
            return self._entries


class ResponseCache:
    """Good responses about CDRs, the latest ones: `CACHE_BYTES` in all, none larger than `MAX_RESPONSE_BYTES`."""

    def __init__(self) -> None:
        self._moment = _Moment(())

    def respond(self, http_request: HttpRequest, state: ServerState, request_id: str) -> HttpResponse:
        """As `pipeline.respond`. A `request_id` that the client did not send is taken to stand in no document.

        Nothing is stored where requests have to be paid for.
        """
        is_cacheable = http_request.method == "GET" and not http_request.body and "/cdrs" in http_request.path
        is_charged = state.settings.max_bucket_tokens is not None
        if not is_cacheable or is_charged or "x-request-id" in http_request.headers:
            return respond(http_request, state, request_id)
        identity, moment = (state.now, state.store.version, state.databases, state.settings, state.quirks), self._moment
        if moment.identity != identity:
            self._moment = moment = _Moment(identity)  # in one step, as other threads look at it
        key = http_request.path, http_request.query, tuple(http_request.headers.items())
        if (digest := hash(key)) not in moment.seen:
            if len(moment.seen) >= MAX_SEEN:
                moment.seen.clear()
            moment.seen.add(digest)
            return respond(http_request, state, request_id)
        return _find_or_store(moment.entries(), key, http_request, state, request_id)


def _find_or_store(
    entries: LruCache[object, _CachedResponse],
    key: object,
    http_request: HttpRequest,
    state: ServerState,
    request_id: str,
) -> HttpResponse:
    cached = entries.find(key)
    if cached is not None and cached.claims == _read_claims(http_request, state):
        return cached.with_request_id(request_id)
    response = respond(http_request, state, request_id)
    claims = _read_claims(http_request, state) if response.status == 200 else None
    if claims is None:
        return response

    def store(*parts: bytes) -> None:
        entry = _make_entry(response, parts, request_id, claims, key_length=len(repr(key)))
        if entry is not None:
            entries.keep(key, entry)

    if isinstance(response.body, bytes):
        store(response.body)
        return response
    return replace(response, body=_collect(response.body, store))


def _make_entry(
    response: HttpResponse, parts: tuple[bytes, ...], request_id: str, claims: Claims, key_length: int
) -> _CachedResponse | None:
    """A response to store, or `None` where it has a digest of something else than its envelope."""
    *first, last = parts
    tag = _DIGEST.fullmatch(response.headers.get("etag", ""))
    before, _, after = last.partition(_revision_field(tag[1])) if tag else (last, b"", b"")
    if tag and not (after and _digest(before + after) == tag[1]):
        return None
    cut = tuple((before + after).split(request_id.encode()))
    own = replace(response, outcome=response.outcome.copy())
    return _CachedResponse(own, tuple(first), cut, request_id, claims, key_length, len(after))


def _read_claims(http_request: HttpRequest, state: ServerState) -> Claims | None:
    """What the token in the header says, `None` where it is not good."""
    try:
        return state.claims(http_request.headers.get("x-auth-token", ""))
    except TokenError:
        return None


def _collect(parts: Iterable[bytes], store: Callable[..., None]) -> Iterator[bytes]:
    """A body; its parts are stored at its end where they are not too large together."""
    collected, size = list[bytes](), 0
    for part in parts:
        size += len(part)
        if size <= MAX_RESPONSE_BYTES:
            collected.append(part)
        else:
            collected.clear()
        yield part
    if collected:
        store(*collected)
