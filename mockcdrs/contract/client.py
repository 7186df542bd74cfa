"""An HTTP/1.1 client that shows responses as they are on the wire: raw headers, and the sizes of HTTP chunks.

It sends a request exactly as given, whatever the method or path, on a connection of its own, and limits the rate of
requests. Recording, replaying and the contract suite use it. It needs h11, which the extra `contract` installs.
Only a client imports h11: requests and responses can be read, written and anonymized without it.
"""

import contextlib
import importlib.util
import json
import socket
import ssl
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mockcdrs.config import is_loopback

if TYPE_CHECKING:
    import h11

HeaderPairs = tuple[tuple[str, str], ...]

LONGEST_BODY = 256 * 1024 * 1024
_PART_BYTES = 1 << 16
_GZIP_WINDOW = 31
GENTLE_REQUESTS_PER_SECOND = 4.0
_PORTS = {"http": 80, "https": 443}


class ClientError(Exception):
    """A request could not be sent or its response not be read. The text says what to do about it."""


@dataclass(frozen=True, slots=True)
class RawRequest:
    """A request. `path` and `query` are raw, as in the request line; a path begins with `/v2`."""

    method: str
    path: str
    query: str = ""
    headers: HeaderPairs = ()
    body: str | None = None


@dataclass(frozen=True, slots=True)
class RawResponse:
    """A response. `body` is as received, compressed or not; `chunks` has the sizes of its HTTP chunks, if any."""

    status: int
    raw_headers: HeaderPairs = ()
    body: bytes = b""
    chunks: tuple[int, ...] | None = None

    @property
    def headers(self) -> dict[str, str]:
        """Header values by lower-case name; values of a repeated header are joined by `, `."""
        joined: dict[str, str] = {}
        for name, value in self.raw_headers:
            before = joined.get(name.lower())
            joined[name.lower()] = value if before is None else f"{before}, {value}"
        return joined

    @property
    def content(self) -> bytes:
        """The uncompressed body. Raises `ClientError` if it cannot be uncompressed."""
        if self.headers.get("content-encoding") != "gzip" or not self.body:
            return self.body
        unpacker = zlib.decompressobj(_GZIP_WINDOW)
        try:
            content = unpacker.decompress(self.body, LONGEST_BODY)
        except zlib.error as error:
            raise ClientError(f"a body came as gzip that is none ({error}); look at what stands between") from error
        if unpacker.unconsumed_tail:
            raise ClientError(_body_too_long())
        return content

    @property
    def text(self) -> str:
        """The body as text; bytes that are not UTF-8 become U+FFFD."""
        return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON. Raises `ValueError` if it is not JSON."""
        return json.loads(self.text)


@dataclass(slots=True)
class _ResponseReader:
    status: int = 0
    headers: HeaderPairs = ()
    parts: list[bytes] = field(default_factory=list)
    length: int = 0
    chunks: list[int] = field(default_factory=list)

    def take(self, event: Any) -> None:
        import h11

        match event:
            case h11.Response():
                self.status = event.status_code
                pairs = event.headers.raw_items()
                self.headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in pairs)
            case h11.Data():
                self.parts.append(bytes(event.data))
                self.length += len(event.data)
                if self.length > LONGEST_BODY:
                    raise ClientError(_body_too_long())
                if event.chunk_start:
                    self.chunks.append(0)
                if self.chunks:
                    self.chunks[-1] += len(event.data)

    def response(self) -> RawResponse:
        is_chunked = any(name.lower() == "transfer-encoding" for name, _ in self.headers)
        return RawResponse(self.status, self.headers, b"".join(self.parts), tuple(self.chunks) if is_chunked else None)


def require_h11() -> None:
    """Raise `ClientError` if h11 is not installed."""
    if importlib.util.find_spec("h11") is None:
        raise ClientError(
            "h11, which reads responses as they are on the wire, is not installed: pip install 'mockcdrs[contract]'"
        )


class RequestPace:
    """Spaces requests evenly, at most `per_second` of them a second; `None` sets no limit.

    `clock` returns seconds and `sleep` waits for a number of seconds; both are replaced in tests.
    """

    def __init__(
        self,
        per_second: float | None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._gap_seconds = 1 / per_second if per_second else 0.0
        self._clock = clock
        self._sleep = sleep
        self._next = clock()

    @classmethod
    def for_host(cls, host: str) -> "RequestPace":
        """No limit for this machine, `GENTLE_REQUESTS_PER_SECOND` for any other: it may be in production."""
        return cls(None if is_loopback(host) else GENTLE_REQUESTS_PER_SECOND)

    def wait(self) -> None:
        """Wait until the next request may be sent."""
        early_seconds = self._next - self._clock()
        if early_seconds > 0:
            self._sleep(early_seconds)
        self._next = max(self._next, self._clock()) + self._gap_seconds


class Client:
    """Sends requests to one server. `url` is what a Kazoo client is configured with: it ends in `/v2`.

    Without a `pace`, servers other than this machine get few requests a second. `timeout_seconds` is the longest
    time for a whole response. Raises `ClientError` if the URL is invalid or h11 is not installed.
    """

    def __init__(self, url: str, pace: RequestPace | None = None, timeout_seconds: float = 60.0) -> None:
        require_h11()
        self.url = url
        self._scheme, self.host, self._port, self._base_path = _split_url(url)
        self._pace = pace or RequestPace.for_host(self.host)
        self._timeout_seconds = timeout_seconds

    def send(self, request: RawRequest) -> RawResponse:
        """Send a request as soon as the pace allows, and return the response. Raises `ClientError`."""
        import h11

        connection = h11.Connection(h11.CLIENT)
        try:
            sent = b"".join(connection.send(event) or b"" for event in self._events(request))
        except h11.LocalProtocolError as error:
            raise ClientError(f"{request.method} {request.path} is no HTTP request: {error}; correct it") from error
        self._pace.wait()
        try:
            return self._exchange(connection, sent)
        except (OSError, h11.RemoteProtocolError) as error:
            raise ClientError(
                f"{request.method} {request.path} at {self.url} got {error!r}; expected an HTTP answer "
                f"within {self._timeout_seconds:g} s; is the server there, and is the URL right?"
            ) from error

    def _events(self, request: RawRequest) -> list[Any]:
        import h11

        body = None if request.body is None else request.body.encode()
        target = self._base_path + request.path + (f"?{request.query}" if request.query else "")
        headers = [("Host", self._host_header()), ("Connection", "close"), *request.headers]
        if body is not None:
            headers.append(("Content-Length", str(len(body))))
        pairs = [(name.encode(), value.encode()) for name, value in headers]
        begun = h11.Request(method=request.method.encode(), target=target.encode(), headers=pairs)
        return [begun, *([h11.Data(data=body)] if body else []), h11.EndOfMessage()]

    def _host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self._port == _PORTS[self._scheme] else f"{host}:{self._port}"

    def _exchange(self, connection: "h11.Connection", sent: bytes) -> RawResponse:
        import h11

        deadline = time.monotonic() + self._timeout_seconds
        with self._connect() as line:
            line.sendall(sent)
            reader = _ResponseReader()
            while not isinstance(event := connection.next_event(), h11.EndOfMessage):
                if event is h11.NEED_DATA:
                    line.settimeout(max(0.001, deadline - time.monotonic()))
                    connection.receive_data(line.recv(_PART_BYTES))
                reader.take(event)
            return reader.response()

    @contextlib.contextmanager
    def _connect(self) -> Iterator[socket.socket]:
        with socket.create_connection((self.host, self._port), self._timeout_seconds) as line:
            if self._scheme == "http":
                yield line
                return
            with ssl.create_default_context().wrap_socket(line, server_hostname=self.host) as secured:
                yield secured


def _split_url(url: str) -> tuple[str, str, int, str]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in _PORTS or not parts.hostname or parts.query or parts.fragment:
        raise ClientError(f"{url!r} is no URL of a Crossbar; expected one as in http://kazoo:8000/v2")
    path = parts.path.rstrip("/").removesuffix("/v2")
    return parts.scheme, parts.hostname, port or _PORTS[parts.scheme], path


def _body_too_long() -> str:
    return f"a body of more than {LONGEST_BODY} bytes came; ask for less, with page_size or a shorter range"
