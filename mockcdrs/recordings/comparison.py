"""Where an answer is not the recorded one: a line for each place, as in `data[3].cost: "0" instead of 0`."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from mockcdrs.recordings.exchanges import Answer, Exchange

_LONGEST_SHOWN = 90


class _Nothing:
    """What stands where one of two has no value."""


_NOTHING = _Nothing()


def differences(exchange: Exchange, answer: Answer) -> Iterator[str]:
    """Each difference of an answer to the recorded one."""
    wanted = exchange.answer
    if answer.status != wanted.status:
        yield f"status: {answer.status} instead of {wanted.status}"
    before, now = (masked_headers(exchange, each.headers) for each in (wanted, answer))
    for name in sorted(before.keys() | now.keys()):
        yield from _between(f"header {name}", before.get(name, _NOTHING), now.get(name, _NOTHING))
    if bool(answer.chunks) != bool(wanted.chunks):
        yield f"body: {_sent(answer)} instead of {_sent(wanted)}"
    yield from _of_bodies(exchange, answer)


def _sent(answer: Answer) -> str:
    return "in chunks" if answer.chunks else "whole"


def _of_bodies(exchange: Exchange, answer: Answer) -> Iterator[str]:
    try:
        before, now = json.loads(exchange.answer.body), json.loads(answer.body)
    except (ValueError, RecursionError):
        texts = (masked_text(exchange, text).splitlines(keepends=True) for text in (exchange.answer.body, answer.body))
        for number, (old, new) in enumerate(zip_longest(*texts, fillvalue=_NOTHING), start=1):
            yield from _between(f"body, line {number}", old, new)
        return
    yield from _between("", masked_envelope(exchange, before), masked_envelope(exchange, now))


def _between(path: str, before: Any, now: Any) -> Iterator[str]:
    """Values that JSON tells apart: 1, 1.0, true and "1" are four; the order of an object's keys counts."""
    match before, now:
        case dict(), dict():
            for name in before | now:
                step = f"{path}.{name}" if path else name
                yield from _between(step, before.get(name, _NOTHING), now.get(name, _NOTHING))
            if before.keys() == now.keys() and [*before] != [*now]:
                yield f"{path or 'body'}: keys in the order {_shown([*now])} instead of {_shown([*before])}"
        case list(), list():
            for index, pair in enumerate(zip_longest(before, now, fillvalue=_NOTHING)):
                yield from _between(f"{path}[{index}]", *pair)
        case _ if type(before) is not type(now) or before != now:
            yield f"{path or 'body'}: {_shown(now)} instead of {_shown(before)}"


def _shown(value: Any) -> str:
    if value is _NOTHING:
        return "nothing"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 3]}..."


HEADERS = (
    "content-type", "content-disposition", "content-language", "content-encoding", "allow", "etag", "expires", "vary",
    "location", "x-request-id", "access-control-allow-origin", "access-control-allow-methods",
    "access-control-allow-headers", "access-control-expose-headers", "access-control-max-age",
)  # fmt: skip
"""Those that a client can rely on."""

SHOWN = "(not compared)"


def _always(_exchange: Exchange) -> bool:
    return True


def _sent_no_request_id(exchange: Exchange) -> bool:
    return all(name.lower() != "x-request-id" for name, _ in exchange.request.headers)


@dataclass(frozen=True, slots=True)
class Mask:
    """`pattern` is what a value has to be to be masked; `applies` says to which exchanges."""

    reason: str
    pattern: str = ".*"
    applies: Callable[[Exchange], bool] = _always

    def of(self, exchange: Exchange, value: Any) -> Any:
        """What to compare in the place of a value."""
        fits = re.fullmatch(self.pattern, str(value), re.DOTALL)
        return SHOWN if fits and self.applies(exchange) else value


_DIGEST = "[0-9a-f]{32}"

MEMBERS: Mapping[str, Mask] = {
    "node": Mask("the server's own name"),
    "version": Mask("the server's own version"),
    "request_id": Mask("drawn where the client sent none", applies=_sent_no_request_id),
    "tokens": Mask("how many requests are left depends on those before"),
    "revision": Mask("a digest over all of these", _DIGEST),
}
"""Members of the envelope."""

HEADER_MASKS: Mapping[str, Mask] = {
    "x-request-id": Mask("drawn where the client sent none", applies=_sent_no_request_id),
    "etag": Mask("a digest over the whole envelope", f'"{_DIGEST}"'),
    "content-disposition": Mask("the name of a CSV file is drawn", r'attachment; filename="json_[0-9a-f]{22}\.csv"'),
}
"""Headers."""

_IN_TEXT = re.compile(r'"(\w+)"( ?: ?)("(?:[^"\\]|\\.)*"|\{[^{}]*\})')


def masked_headers(exchange: Exchange, headers: Mapping[str, str]) -> dict[str, str]:
    """The headers to compare, as far as they are there."""
    kept = {name: headers[name] for name in HEADERS if name in headers}
    return kept | {name: mask.of(exchange, kept[name]) for name, mask in HEADER_MASKS.items() if name in kept}


def masked_envelope(exchange: Exchange, body: Any) -> Any:
    """A body as JSON, to compare; what is no envelope stays."""
    if not isinstance(body, dict) or "status" not in body:
        return body
    return body | {name: mask.of(exchange, body[name]) for name, mask in MEMBERS.items() if name in body}


def masked_text(exchange: Exchange, text: str) -> str:
    """A body that is no JSON but may hold an envelope: jsonp, or one that a client's own quote has broken."""

    def shown(found: re.Match[str]) -> str:
        mask = MEMBERS.get(found[1])
        return f'"{found[1]}"{found[2]}{mask.of(exchange, found[3].strip(chr(34))) if mask else found[3]}'

    return _IN_TEXT.sub(shown, text)
