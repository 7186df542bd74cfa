"""Responses of the server under check, what is expected of them, and the findings of a comparison.

An expected value is a JSON value in which a type stands for any value of that type, a compiled pattern for any text
that matches it as a whole, and `ABSENT` for a missing member.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from mockcdrs.crossbar.errors import SYSTEM_ERRORS

ABSENT = object()
_TYPE_NAMES = {str: "a text", int: "an integer", float: "a number", list: "a list", dict: "an object"}
_MAX_VALUE_LENGTH = 160


@dataclass(frozen=True, slots=True)
class Difference:
    """The server does not answer as Crossbar does.

    `text` says what came and what was expected; `request` is the request as a curl command.
    """

    text: str
    request: str


@dataclass(frozen=True, slots=True)
class QuirkObserved:
    """The server shows a quirk of Crossbar, one of `mockcdrs.crossbar.quirks.QUIRKS`."""

    quirk: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something could not be checked with the server's data; `reason` says what is missing."""

    reason: str


Finding = Difference | QuirkObserved | Skipped


class CannotCheck(Exception):
    """A check cannot go on with the server's data; the text says what is missing."""


class MalformedResponse(Exception):
    """A response that no check can use: `difference` says what is wrong with it."""

    def __init__(self, text: str, request: str) -> None:
        super().__init__(text)
        self.difference = Difference(text, request)


@dataclass(frozen=True)
class CheckedResponse:
    """A response to one request of a check.

    Header names are in lower case, the body is uncompressed, and `request` is the request as a curl command.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    request: str

    @cached_property
    def envelope(self) -> dict[str, Any]:
        """The JSON object in the body. Raises `MalformedResponse` if the body is anything else."""
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            start = format_value(self.text[:80])
            raise MalformedResponse(f"body: {start} (status {self.status}) instead of a JSON object", self.request)
        return value

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The objects in `data`. Raises `MalformedResponse` unless the status is 200 and each object has an id."""
        data = self.envelope.get("data", ABSENT)
        if self.status != 200 or not isinstance(data, list) or not all(map(_has_id, data)):
            came = f"status {self.status}, data: {format_value(data)}"
            raise MalformedResponse(f"{came} instead of status 200 and a list of objects with an id", self.request)
        return data

    @property
    def ids(self) -> list[str]:
        """The ids of the objects in `data`. Raises `MalformedResponse` as `rows` does."""
        return [row["id"] for row in self.rows]

    def differences(self, came: Any, expected: Any, where: str) -> Iterator[Difference]:
        """Compare a part of this response with what is expected; `where` names the part in the findings."""
        return (Difference(text, self.request) for text in _compare(came, expected, where))


@dataclass(frozen=True, slots=True)
class ExpectedResponse:
    """The status that is expected, and those headers and members of the envelope that are to be compared.

    `body` is compared where it is given: for responses without an envelope.
    """

    status: int = 200
    headers: Mapping[str, Any] = field(default_factory=dict)
    envelope: Mapping[str, Any] = field(default_factory=dict)
    body: bytes | None = None

    def differences(self, answer: CheckedResponse) -> Iterator[Difference]:
        """Compare a response with this one. If the status differs, nothing else is compared."""
        if answer.status != self.status:
            text = f"status: {answer.status} instead of {self.status}, body: {format_value(answer.text)}"
            yield Difference(text, answer.request)
            return
        for name, value in self.headers.items():
            yield from answer.differences(answer.headers.get(name, ABSENT), value, f"header {name}")
        if self.body is not None:
            yield from answer.differences(answer.text, self.body.decode(), "body")
        if self.envelope:
            came = answer.envelope
            for name, value in self.envelope.items():
                yield from answer.differences(came.get(name, ABSENT), value, name)


NO_ROWS = ExpectedResponse(envelope={"data": [], "status": "success"})


def expected_error(status: int, message: Any, data: Any = ABSENT, **headers: Any) -> ExpectedResponse:
    """An error in the envelope. In names of headers, underscores stand for hyphens."""
    envelope = {"data": data, "error": str(status), "message": message, "status": "error"}
    return ExpectedResponse(status, {name.replace("_", "-"): value for name, value in headers.items()}, envelope)


def expected_system_error(name: str, **data: Any) -> ExpectedResponse:
    """One of Crossbar's system errors, with its usual message unless `data` has another."""
    status, words = SYSTEM_ERRORS[name]
    return expected_error(status, name, {"message": words, **data})


def expected_or_quirk(
    answer: CheckedResponse, expected: ExpectedResponse, quirk: str, with_quirk: ExpectedResponse
) -> Iterator[Finding]:
    """Compare a response with `expected`, unless it is as `with_quirk`: then the quirk is observed."""
    if next(with_quirk.differences(answer), None) is None:
        yield QuirkObserved(quirk)
    else:
        yield from expected.differences(answer)


def format_value(value: Any) -> str:
    """An expected or received value for a message, cut off if it is long."""
    if value is ABSENT:
        return "nothing"
    if isinstance(value, type):
        return _TYPE_NAMES[value]
    if isinstance(value, re.Pattern):
        return f"a text like {value.pattern}"
    text = json.dumps(value, ensure_ascii=True, default=str)
    return text if len(text) <= _MAX_VALUE_LENGTH else f"{text[:_MAX_VALUE_LENGTH]}..."


def _compare(came: Any, expected: Any, where: str) -> Iterator[str]:
    """One text for each place that differs, as in `data[3].cost: "0" instead of 0`."""
    if isinstance(came, dict) and isinstance(expected, dict):
        for key in [*expected, *(key for key in came if key not in expected)]:
            yield from _compare(came.get(key, ABSENT), expected.get(key, ABSENT), f"{where}.{key}")
    elif isinstance(came, list) and isinstance(expected, list):
        for index in range(max(len(came), len(expected))):
            yield from _compare(_item(came, index), _item(expected, index), f"{where}[{index}]")
    elif not _matches(came, expected):
        yield f"{where}: {format_value(came)} instead of {format_value(expected)}"


def _item(items: list[Any], index: int) -> Any:
    return items[index] if index < len(items) else ABSENT


def _matches(came: Any, expected: Any) -> bool:
    if isinstance(expected, re.Pattern):
        return isinstance(came, str) and expected.fullmatch(came) is not None
    if isinstance(expected, type):
        return type(came) is expected
    return type(came) is type(expected) and bool(came == expected)


def _has_id(row: Any) -> bool:
    return isinstance(row, dict) and isinstance(row.get("id"), str)
