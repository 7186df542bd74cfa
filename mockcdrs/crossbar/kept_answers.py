"""Answers that are kept: the same question about the same data at the same moment is answered from memory.

An answer is a function of the request, of the world, and of the request's id, on which a file's name and the digest
over an envelope rest. What is kept is put together again with those of the next request.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from mockcdrs.crossbar.answer import Answer, Incoming, answer
from mockcdrs.crossbar.context import World
from mockcdrs.crossbar.csv_rendering import file_name
from mockcdrs.crossbar.tokens import Claims, Refused
from mockcdrs.dataset.lru_cache import LruCache

KEPT_BYTES = 16_000_000
LARGEST_BYTES = 2_000_000
_ENTRY_BYTES = 2_000  # what holds an answer, however short

_DIGEST = re.compile(r'"([0-9a-f]{32})"')


@dataclass(frozen=True, slots=True)
class _Kept:
    """An answer whose body is kept in parts, the last one cut wherever the id of its request stood.

    `claims` are the token's, `asked_length` says how long its question was. A digest over the envelope is left out of
    it: `behind_digest` bytes come after its place.
    """

    answer: Answer
    parts: tuple[bytes, ...]
    last: tuple[bytes, ...]
    request_id: str
    claims: Claims
    asked_length: int
    behind_digest: int = 0

    def size(self) -> int:
        return _ENTRY_BYTES + self.asked_length + sum(map(len, self.parts + self.last))

    def retold(self, request_id: str) -> Answer:
        """The answer to another request."""
        kept, last = self.answer, request_id.encode().join(self.last)
        headers = {**kept.headers, "x-request-id": request_id}
        if kept.is_file:
            names = file_name(self.request_id), file_name(request_id)
            headers["content-disposition"] = headers["content-disposition"].replace(*names)
        if self.behind_digest:
            digest, at = _digest(last), len(last) - self.behind_digest
            headers["etag"] = f'"{digest}"'
            last = b"".join((last[:at], _revision(digest), last[at:]))
        body = last if isinstance(kept.body, bytes) else (*self.parts, last)
        outcome = replace(kept.outcome)
        return Answer(kept.status, headers, body, kept.note, kept.is_file, outcome)


def _digest(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def _revision(digest: str) -> bytes:
    return f'"revision":"{digest}",'.encode()


class KeptAnswers:
    """Good answers about CDRs, those asked for last: `KEPT_BYTES` in all, none larger than `LARGEST_BYTES`."""

    def __init__(self) -> None:
        self._now: tuple[object, LruCache[object, _Kept]] = None, LruCache(KEPT_BYTES, _Kept.size)

    def answer(self, incoming: Incoming, world: World, request_id: str) -> Answer:
        """As `answer.answer`. A `request_id` that the client did not send is taken to stand in no document.

        Nothing is kept where requests have to be paid for.
        """
        is_kept = incoming.method == "GET" and not incoming.body and "/cdrs" in incoming.path
        is_charged = world.settings.max_bucket_tokens is not None
        if not is_kept or is_charged or "x-request-id" in incoming.headers:
            return answer(incoming, world, request_id)
        held, asked = self._held_at(world), (incoming.path, incoming.query, tuple(incoming.headers.items()))
        kept = held.find(asked)
        if kept is not None and kept.claims == _claims(incoming, world):
            return kept.retold(request_id)
        answered = answer(incoming, world, request_id)
        claims = _claims(incoming, world) if answered.status == 200 else None
        if claims is None:
            return answered

        def keep(*parts: bytes) -> None:
            kept = _kept(answered, parts, request_id, claims, asked_length=len(repr(asked)))
            if kept is not None:
                held.keep(asked, kept)

        if isinstance(answered.body, bytes):
            keep(answered.body)
            return answered
        return replace(answered, body=_collected(answered.body, keep))

    def _held_at(self, world: World) -> LruCache[object, _Kept]:
        """What was answered at this moment about this data: as time goes on, nobody asks for what was before."""
        moment = (world.now, world.store.version, world.databases, world.settings, world.quirks)
        known, held = self._now
        if known != moment:
            held = LruCache(KEPT_BYTES, _Kept.size)
            self._now = moment, held
        return held


def _kept(
    answered: Answer, parts: tuple[bytes, ...], request_id: str, claims: Claims, asked_length: int
) -> _Kept | None:
    """An answer to keep, or `None` where it has a digest of something else than its envelope."""
    *first, last = parts
    tag = _DIGEST.fullmatch(answered.headers.get("etag", ""))
    before, _, behind = last.partition(_revision(tag[1])) if tag else (last, b"", b"")
    if tag and not (behind and _digest(before + behind) == tag[1]):
        return None
    cut = tuple((before + behind).split(request_id.encode()))
    own = replace(answered, outcome=replace(answered.outcome))
    return _Kept(own, tuple(first), cut, request_id, claims, asked_length, len(behind))


def _claims(incoming: Incoming, world: World) -> Claims | None:
    """What the token in the header says, `None` where it is not good."""
    try:
        return world.claims(incoming.headers.get("x-auth-token", ""))
    except Refused:
        return None


def _collected(parts: Iterable[bytes], keep: Callable[..., None]) -> Iterator[bytes]:
    """A body, and what to do with its parts at its end where they are not too many."""
    held, size = list[bytes](), 0
    for part in parts:
        size += len(part)
        if size <= LARGEST_BYTES:
            held.append(part)
        else:
            held.clear()
        yield part
    if held:
        keep(*held)
