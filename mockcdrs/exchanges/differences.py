"""Where an answer is not the recorded one: a line for each place, as in `data[3].cost: "0" instead of 0`."""

import json
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from mockcdrs.exchanges.exchange import Answer, Exchange
from mockcdrs.exchanges.masks import masked_envelope, masked_headers, masked_text

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
