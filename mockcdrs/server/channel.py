"""Waitress' connections and request parser, with what Cowboy and the event loop do otherwise."""

import contextlib
import copy
import logging
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.task import WSGITask
from waitress.utilities import BadRequest

from mockcdrs.faults.wire_effect import Latch

if TYPE_CHECKING:
    from mockcdrs.server.waitress_server import EventLoop


_LONGEST_FRAMING_BYTES = 65_536
_LONGEST_LENGTH = 10**20 - 1  # the longest that the app reads as a number

logger = logging.getLogger(__name__)


class RequestParser(HTTPRequestParser):
    """Waitress' parser, for which a request is complete once its body is known to be longer than `longest` bytes.

    The app then refuses it in its own words, by `CONTENT_LENGTH`. The connection's next parser discards the rest of the
    body, for which it gets the receiver as `rest`.
    """

    completed: bool
    path = ""  # waitress reads it also where it parsed none: of a client that left before it was sent a 400

    def __init__(self, adjustments: Any, longest: int, rest: Any = None) -> None:
        super().__init__(adjustments)
        self._longest = longest
        self._before = rest
        self.rest: Any = None

    def received(self, data: bytes) -> int:
        """Parse some bytes; return how many were used."""
        if self._before is not None:
            return self._discard(data)
        taken: int = super().received(data)
        self._check_framing(self.body_rcv)
        length = max(self.content_length, len(self.body_rcv or ()))
        if length > self._longest and not self.completed:
            self.completed, self.expect_continue = True, False
            self.headers["CONTENT_LENGTH"] = str(min(length, _LONGEST_LENGTH))
            self.rest = copy.copy(self.body_rcv)
            self.rest.buf = _NullBuffer()
        return taken

    def parse_header(self, head: bytes) -> None:
        """Parse the head of a request; a number with more digits than Python reads is a parsing error too."""
        try:
            super().parse_header(head)
        except ValueError as wrong:
            raise ParsingError(str(wrong)) from wrong

    def _check_framing(self, receiver: Any) -> None:
        """Refuse what stands around chunks where it does not end; waitress would keep all of it."""
        if (
            len(getattr(receiver, "control_line", b"")) + len(getattr(receiver, "trailer", b""))
            > _LONGEST_FRAMING_BYTES
        ):
            self.error, self.completed = BadRequest("the head or the end of a chunk is too long"), True

    def _discard(self, data: bytes) -> int:
        taken: int = self._before.received(data)
        self._check_framing(self._before)
        if self._before.error is not None:
            self.error, self.completed = self._before.error, True
        if self._before.completed:
            self._before = None
        return taken


class _NullBuffer:
    def append(self, data: bytes) -> None: ...


def make_parsers(longest: Callable[[], int]) -> Callable[[Any], RequestParser]:
    """Return a factory of one connection's parsers, one for each request; each calls `longest` once."""
    last: list[RequestParser] = []

    def next_parser(adjustments: Any) -> RequestParser:
        rest = last.pop().rest if last else None
        last.append(RequestParser(adjustments, longest(), rest))
        return last[0]

    return next_parser


class _Task(WSGITask):
    """Waitress' task, with a connection that stays open after a chunked or empty response, as Cowboy's does."""

    def set_close_on_finish(self) -> None:
        if self.wrote_header or not self._is_kept_alive():
            super().set_close_on_finish()

    def _is_kept_alive(self) -> bool:
        # waitress ends an answer in chunks with bytes, even one to HEAD, which a client would take for the next answer
        has_end = (self.chunked_response and self.request.command != "HEAD") or not self.has_body
        return has_end and self.version == "1.1" and self.request.headers.get("CONNECTION", "").lower() != "close"


class ClientChannel(HTTPChannel):
    """A connection. The thread that reads a request responds to it, and sends the response in one piece at the end.

    No more than `longest_body` bytes of a request's body are kept. `closed` is set when the connection ends.
    """

    task_class = _Task

    def __init__(self, loop: "EventLoop", longest_body: Callable[[], int], *given: Any, **named: Any) -> None:
        self._loop = loop
        self.parser_class = make_parsers(longest_body)
        self.closed = Latch()
        self.due_in: int | None = None
        super().__init__(*given, **named)

    def is_due(self) -> bool:
        """Whether this thread has a request to respond to."""
        return self.due_in == threading.get_ident()

    def answer(self) -> None:
        """Respond to one request."""
        self.due_in = None
        try:
            self.service()
        except BaseException:  # a test's own code may raise what is no `Exception`, as pytest.fail does
            logger.exception("the answer to %s broke off", self.addr)
            self.handle_close()

    @contextlib.contextmanager
    def waiting(self, wake: Callable[[], None]) -> Iterator[None]:
        """Return a context for a response to wait in; `wake` is called when the connection ends."""
        self.flush()
        self._loop.step_aside()
        with self.closed.calling(wake):
            yield

    def flush(self) -> None:
        """Send what is written, as much as the client accepts now."""
        with self.outbuf_lock:
            if self.connected:
                self._flush_exception(self._flush_some, do_close=False)

    def write_soon(self, data: Any) -> int:
        """Buffer some bytes; send them at once where another thread runs the event loop."""
        length: int = super().write_soon(data)
        if not self._loop.is_watcher():
            self.flush()
        return length

    def _flush_outbufs_below_high_watermark(self) -> None:
        if self.total_outbufs_len > self.adj.outbuf_high_watermark:
            self._loop.step_aside()
        super()._flush_outbufs_below_high_watermark()

    def readable(self) -> bool:
        """Also true while a response is under way, to notice that the client leaves."""
        is_ending = self.will_close or self.close_when_flushed
        return bool(super().readable()) or (len(self.requests) == 1 and not is_ending)

    def writable(self) -> bool:
        """False while a response is under way, unless it waits for its client to read some of it."""
        if self.requests and not self.will_close:
            return bool(self.total_outbufs_len >= self.adj.outbuf_high_watermark)
        return bool(super().writable())

    def handle_read(self) -> None:
        """Read, and respond."""
        super().handle_read()
        if self.is_due():
            self._loop.answer(self)
            if self.writable():
                self.handle_write()

    def handle_write(self) -> None:
        """Send what is buffered; another thread may be writing."""
        with self.outbuf_lock:
            super().handle_write()

    def handle_close(self) -> None:
        """End the connection, and drop a request that has arrived in part."""
        super().handle_close()
        if self.request is not None:
            self.request.close()
        self.closed.set()
