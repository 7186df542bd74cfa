"""Reading no more of a request's body than the app would look at."""

import copy
from collections.abc import Callable
from typing import Any

from waitress.parser import HTTPRequestParser, ParsingError


class Parser(HTTPRequestParser):
    """Waitress' own, except that a request is complete as soon as its body is known to have more than `longest` bytes.

    So the app refuses it in its own words: `CONTENT_LENGTH` tells how long it is. What then still comes is thrown away
    by the connection's next parser, which is given the receiver of it as `rest`.
    """

    completed: bool
    path = ""  # waitress asks for it also where it found none: a client left before it was told that it sent garbage

    def __init__(self, adjustments: Any, longest: int, rest: Any = None) -> None:
        super().__init__(adjustments)
        self._longest = longest
        self._before = rest
        self.rest: Any = None

    def received(self, data: bytes) -> int:
        """Take bytes in; how many were taken."""
        if self._before is not None:
            return self._thrown_away(data)
        taken: int = super().received(data)
        length = max(self.content_length, len(self.body_rcv or ()))
        if length > self._longest and not self.completed:
            self.completed, self.expect_continue = True, False
            self.headers["CONTENT_LENGTH"] = str(length)
            self.rest = copy.copy(self.body_rcv)
            self.rest.buf = _Nowhere()
        return taken

    def parse_header(self, head: bytes) -> None:
        """Read the head of a request; a number with more digits than Python reads is a client's fault as any other."""
        try:
            super().parse_header(head)
        except ValueError as wrong:
            raise ParsingError(str(wrong)) from wrong

    def _thrown_away(self, data: bytes) -> int:
        taken: int = self._before.received(data)
        if self._before.error is not None:
            self.error, self.completed = self._before.error, True
        if self._before.completed:
            self._before = None
        return taken


class _Nowhere:
    def append(self, data: bytes) -> None: ...


def parsers(longest: Callable[[], int]) -> Callable[[Any], Parser]:
    """What makes a connection's parsers, one for each request; `longest` is asked for at each."""
    last: list[Parser] = []

    def next_parser(adjustments: Any) -> Parser:
        rest = last.pop().rest if last else None
        last.append(Parser(adjustments, longest(), rest))
        return last[0]

    return next_parser
