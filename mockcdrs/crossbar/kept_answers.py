"""Answers that are kept: the same question about the same data at the same moment is answered from memory.

An answer is a function of the request, of the world, and of the request's id, on which a file's name and the digest
over an envelope rest. What is kept holds those of the request that it was made for; the next one's are put in their
place.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from mockcdrs.crossbar.answer import Answer, Incoming, answer
from mockcdrs.crossbar.context import Outcome, World
from mockcdrs.crossbar.csv_rendering import file_name
from mockcdrs.crossbar.tokens import Claims, Refused
from mockcdrs.dataset.bounded import BoundedCache

KEPT_BYTES = 16_000_000
LARGEST_BYTES = 2_000_000
_ENTRY_BYTES = 2_000  # what holds an answer, however short

_DIGEST = re.compile(r'"([0-9a-f]{32})"')


@dataclass(frozen=True, slots=True)
class _Kept:
    """An answer, its body's parts, the id of its request, and how long its question was.

    `claims` are the token's, `digested` is what the digest was made of, `None` without one.
    """

    answer: Answer
    parts: tuple[bytes, ...]
    request_id: str
    claims: Claims
    asked_length: int
    digested: bytes | None = None

    def size(self) -> int:
        return _ENTRY_BYTES + self.asked_length + sum(map(len, self.parts)) + len(self.digested or b"")

    def retold(self, request_id: str) -> Answer:
        """The answer to another request. What is its own stands in the last part."""
        kept, changes = self.answer, [(self.request_id, request_id)]
        if kept.is_file:
            changes.append((file_name(self.request_id), file_name(request_id)))
        if self.digested is not None:
            changes.append((_digest(self.digested), _digest(_changed(self.digested, changes))))
        headers = {name: _changed_text(value, changes) for name, value in kept.headers.items()}
        end = _changed(self.parts[-1], changes)
        body = end if isinstance(kept.body, bytes) else (*self.parts[:-1], end)
        outcome = Outcome(kept.outcome.rows, kept.outcome.next_start_key, kept.outcome.message)
        return Answer(kept.status, headers, body, kept.note, kept.is_file, outcome)


def _digest(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def _changed_text(text: str, changes: Iterable[tuple[str, str]]) -> str:
    for old, new in changes:
        text = text.replace(old, new)
    return text


def _changed(part: bytes, changes: Iterable[tuple[str, str]]) -> bytes:
    for old, new in changes:
        part = part.replace(old.encode(), new.encode())
    return part


class KeptAnswers:
    """Good answers about CDRs, those asked for last: `KEPT_BYTES` in all, none larger than `LARGEST_BYTES`."""

    def __init__(self) -> None:
        self._kept: BoundedCache[object, _Kept] = BoundedCache(KEPT_BYTES, _Kept.size)

    def answer(self, incoming: Incoming, world: World, request_id: str) -> Answer:
        """As `answer.answer`. A `request_id` that the client did not send is taken to stand in no document."""
        is_kept = incoming.method == "GET" and not incoming.body and "/cdrs" in incoming.path
        if not is_kept or "x-request-id" in incoming.headers:
            return answer(incoming, world, request_id)
        asked = (incoming.path, incoming.query, tuple(incoming.headers.items()))
        key = (asked, world.now, world.store.version, world.databases, world.settings, world.quirks)
        kept = self._kept.find(key)
        if kept is not None and kept.claims == _claims(incoming, world):
            return kept.retold(request_id)
        answered = answer(incoming, world, request_id)
        claims = _claims(incoming, world) if answered.status == 200 else None
        if claims is None:
            return answered

        def keep(*parts: bytes) -> None:
            untold = replace(answered, outcome=replace(answered.outcome))
            self._keep(key, _Kept(untold, parts, request_id, claims, asked_length=len(repr(asked))))

        if isinstance(answered.body, bytes):
            keep(answered.body)
            return answered
        return replace(answered, body=_collected(answered.body, keep))

    def _keep(self, key: object, kept: _Kept) -> None:
        tag = _DIGEST.fullmatch(kept.answer.headers.get("etag", ""))
        if tag is None:
            self._kept.keep(key, kept)
            return
        digested = kept.parts[0].replace(f'"revision":"{tag[1]}",'.encode(), b"", 1)
        if _digest(digested) == tag[1]:
            self._kept.keep(key, replace(kept, digested=digested))


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
