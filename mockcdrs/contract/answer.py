"""One answer, and how it differs from the one expected.

What is expected is a JSON value in which a type stands for any value of it, a compiled pattern for any text that it
fits, and `ABSENT` for nothing at all.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from mockcdrs.contract.finding import Difference, Finding, Shown
from mockcdrs.crossbar.errors import SYSTEM_ERRORS

ABSENT = object()
_TYPE_NAMES = {str: "a text", int: "an integer", float: "a number", list: "a list", dict: "an object"}
_LONGEST_SHOWN = 160


class Unusable(Exception):
    """An answer from which nothing can be learned: what is wrong with it, and the request."""

    def __init__(self, what: str, request: str) -> None:
        super().__init__(what)
        self.difference = Difference(what, request)


@dataclass(frozen=True)
class Answer:
    """Status, headers with names in small letters, body; `request` is a curl line."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    request: str

    @cached_property
    def envelope(self) -> dict[str, Any]:
        """The JSON object in the body; `Unusable` where there is none."""
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise Unusable(
                f"body: {shown(self.text[:80])} (status {self.status}) instead of a JSON object", self.request
            )
        return found

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The objects in `data` of a good answer; `Unusable` where it is no list of such with an id."""
        data = self.envelope.get("data", ABSENT)
        if self.status != 200 or not isinstance(data, list) or not all(map(_has_id, data)):
            words = f"status {self.status}, data: {shown(data)} instead of status 200 and a list of objects with an id"
            raise Unusable(words, self.request)
        return data

    @property
    def ids(self) -> list[str]:
        """The ids of the objects in `data`."""
        return [row["id"] for row in self.rows]

    def differences(self, came: Any, expected: Any, where: str) -> Iterator[Difference]:
        """How a part of this answer differs from what was expected, by path."""
        return (Difference(words, self.request) for words in differences(came, expected, where))


def _has_id(row: Any) -> bool:
    return isinstance(row, dict) and isinstance(row.get("id"), str)


def differences(came: Any, expected: Any, where: str) -> Iterator[str]:
    """`data[3].cost: "0" instead of 0`, one for each place."""
    if isinstance(came, dict) and isinstance(expected, dict):
        for key in [*expected, *(key for key in came if key not in expected)]:
            yield from differences(came.get(key, ABSENT), expected.get(key, ABSENT), f"{where}.{key}")
    elif isinstance(came, list) and isinstance(expected, list):
        for index in range(max(len(came), len(expected))):
            yield from differences(_at(came, index), _at(expected, index), f"{where}[{index}]")
    elif not _fits(came, expected):
        yield f"{where}: {shown(came)} instead of {shown(expected)}"


def _at(items: list[Any], index: int) -> Any:
    return items[index] if index < len(items) else ABSENT


def _fits(came: Any, expected: Any) -> bool:
    if isinstance(expected, re.Pattern):
        return isinstance(came, str) and expected.fullmatch(came) is not None
    if isinstance(expected, type):
        return type(came) is expected
    return type(came) is type(expected) and bool(came == expected)


def shown(value: Any) -> str:
    """A value in a message, not too long."""
    if value is ABSENT:
        return "nothing"
    if isinstance(value, type):
        return _TYPE_NAMES[value]
    if isinstance(value, re.Pattern):
        return f"a text like {value.pattern}"
    text = json.dumps(value, ensure_ascii=True, default=str)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."


@dataclass(frozen=True, slots=True)
class Form:
    """What an answer is to be like: its status, some of its headers, some members of its envelope.

    `body` is that of an answer that is no envelope, where it is to be looked at.
    """

    status: int = 200
    headers: Mapping[str, Any] = field(default_factory=dict)
    envelope: Mapping[str, Any] = field(default_factory=dict)
    body: bytes | None = None

    def differences(self, answer: Answer) -> Iterator[Difference]:
        """How an answer is otherwise; behind a wrong status nothing else is looked at."""
        if answer.status != self.status:
            words = f"status: {answer.status} instead of {self.status}, body: {shown(answer.text)}"
            yield Difference(words, answer.request)
            return
        for name, value in self.headers.items():
            yield from answer.differences(answer.headers.get(name, ABSENT), value, f"header {name}")
        if self.body is not None:
            yield from answer.differences(answer.text, self.body.decode(), "body")
        if self.envelope:
            came = answer.envelope
            for name, value in self.envelope.items():
                yield from answer.differences(came.get(name, ABSENT), value, name)


NO_ROWS = Form(envelope={"data": [], "status": "success"})


def failure(status: int, message: Any, data: Any = ABSENT, **headers: Any) -> Form:
    """The form of an error in the envelope."""
    envelope = {"data": data, "error": str(status), "message": message, "status": "error"}
    return Form(status, {name.replace("_", "-"): value for name, value in headers.items()}, envelope)


def system_failure(name: str, **data: Any) -> Form:
    """The form of one of Crossbar's system errors, with its usual words unless `data` has others."""
    status, words = SYSTEM_ERRORS[name]
    return failure(status, name, {"message": words, **data})


def good_or_quirk(answer: Answer, good: Form, quirk: str, odd: Form) -> Iterator[Finding]:
    """The quirk where the answer has its form, else how it differs from the good one."""
    if next(odd.differences(answer), None) is None:
        yield Shown(quirk)
    else:
        yield from good.differences(answer)
