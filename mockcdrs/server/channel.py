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

from mockcdrs.control.latch import Latch

if TYPE_CHECKING:
    from mockcdrs.server.event_loop import EventLoop


logger = logging.getLogger(__name__)


class RequestParser(HTTPRequestParser):
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


def make_parsers(longest: Callable[[], int]) -> Callable[[Any], RequestParser]:
    """What makes a connection's parsers, one for each request; `longest` is asked for at each."""
    last: list[RequestParser] = []

    def next_parser(adjustments: Any) -> RequestParser:
        rest = last.pop().rest if last else None
        last.append(RequestParser(adjustments, longest(), rest))
        return last[0]

    return next_parser


class _Task(WSGITask):
    """Waitress' own, except that a connection outlives an answer in chunks or without a body, as with Cowboy."""

    def set_close_on_finish(self) -> None:
        if self.wrote_header or not self._is_kept_alive():
            super().set_close_on_finish()

    def _is_kept_alive(self) -> bool:
        # waitress ends an answer in chunks with bytes, even one to HEAD, which a client would take for the next answer
        has_end = (self.chunked_response and self.request.command != "HEAD") or not self.has_body
        return has_end and self.version == "1.1" and self.request.headers.get("CONNECTION", "").lower() != "close"


class Channel(HTTPChannel):
    """A connection. The thread that reads a request answers it, and sends what it has written in one piece at the end.

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
        """Whether this thread has a request to answer."""
        return self.due_in == threading.get_ident()

    def answer(self) -> None:
        """Answer one request."""
        self.due_in = None
        try:
            self.service()
        except BaseException:  # a test's own code may raise what is no `Exception`, as pytest.fail does
            logger.exception("the answer to %s broke off", self.addr)
            self.handle_close()

    @contextlib.contextmanager
    def waiting(self, wake: Callable[[], None]) -> Iterator[None]:
        """A context for an answer to wait in: it is sent so far, others are served, and `wake` tells of its end."""
        self.flush()
        self._loop.step_aside()
        with self.closed.calling(wake):
            yield

    def flush(self) -> None:
        """Send what is written, as far as the client takes it."""
        with self.outbuf_lock:
            if self.connected:
                self._flush_exception(self._flush_some, do_close=False)

    def write_soon(self, data: Any) -> int:
        """Write for one piece at the end; at once where the event loop goes on without this thread."""
        length: int = super().write_soon(data)
        if not self._loop.is_watcher():
            self.flush()
        return length

    def _flush_outbufs_below_high_watermark(self) -> None:
        if self.total_outbufs_len > self.adj.outbuf_high_watermark:
            self._loop.step_aside()
        super()._flush_outbufs_below_high_watermark()

    def readable(self) -> bool:
        """Also while an answer is under way, so as to hear that the client leaves."""
        is_ending = self.will_close or self.close_when_flushed
        return bool(super().readable()) or (len(self.requests) == 1 and not is_ending)

    def writable(self) -> bool:
        """Not while an answer is under way, unless that waits until its client has taken some of it."""
        if self.requests and not self.will_close:
            return bool(self.total_outbufs_len >= self.adj.outbuf_high_watermark)
        return bool(super().writable())

    def handle_read(self) -> None:
        """Read, and answer."""
        super().handle_read()
        if self.is_due():
            self._loop.answer(self)
            if self.writable():
                self.handle_write()

    def handle_write(self) -> None:
        """Send, also while another thread writes."""
        with self.outbuf_lock:
            super().handle_write()

    def handle_close(self) -> None:
        """End the connection, and let go of a request that has come in part."""
        super().handle_close()
        if self.request is not None:
            self.request.close()
        self.closed.set()
