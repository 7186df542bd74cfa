"""An HTTP/1.1 client that tells what came as it came: raw headers, and where the chunks of a body were cut.

A request goes out as it is written, whatever its method or path. Each has a connection of its own.
"""

import contextlib
import json
import socket
import ssl
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import h11

from mockcdrs.contract.pace import Pace

Headers = tuple[tuple[str, str], ...]

LONGEST_BODY = 256 * 1024 * 1024
_PART_BYTES = 1 << 16
_GZIP_WINDOW = 31
_PORTS = {"http": 80, "https": 443}


class ClientError(Exception):
    """No readable answer, or nowhere to ask. The text says what came, what was expected, and what to do."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `path` and `query` are raw, as they stand in the request line; a path begins with `/v2`."""

    method: str
    path: str
    query: str = ""
    headers: Headers = ()
    body: str | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """An answer. `body` is as it was sent, compressed or not; `chunks` are the sizes of its HTTP chunks, if any."""

    status: int
    raw_headers: Headers = ()
    body: bytes = b""
    chunks: tuple[int, ...] | None = None

    @property
    def headers(self) -> dict[str, str]:
        """Header names in small letters; values of a repeated one joined by `, `."""
        joined: dict[str, str] = {}
        for name, value in self.raw_headers:
            before = joined.get(name.lower())
            joined[name.lower()] = value if before is None else f"{before}, {value}"
        return joined

    @property
    def content(self) -> bytes:
        """The body without compression; `ClientError` where it cannot be undone."""
        if self.headers.get("content-encoding") != "gzip" or not self.body:
            return self.body
        unpacker = zlib.decompressobj(_GZIP_WINDOW)
        try:
            content = unpacker.decompress(self.body, LONGEST_BODY)
        except zlib.error as error:
            raise ClientError(f"a body came as gzip that is none ({error}); look at what stands between") from error
        if unpacker.unconsumed_tail:
            raise ClientError(_too_long())
        return content

    @property
    def text(self) -> str:
        """The body as text; what is no UTF-8 becomes U+FFFD."""
        return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON; `ValueError` where it is none."""
        return json.loads(self.text)


@dataclass(slots=True)
class _Received:
    status: int = 0
    headers: Headers = ()
    parts: list[bytes] = field(default_factory=list)
    length: int = 0
    chunks: list[int] = field(default_factory=list)

    def take(self, event: Any) -> None:
        match event:
            case h11.Response():
                self.status = event.status_code
                pairs = event.headers.raw_items()
                self.headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in pairs)
            case h11.Data():
                self.parts.append(bytes(event.data))
                self.length += len(event.data)
                if self.length > LONGEST_BODY:
                    raise ClientError(_too_long())
                if event.chunk_start:
                    self.chunks.append(0)
                if self.chunks:
                    self.chunks[-1] += len(event.data)

    def response(self) -> Response:
        is_chunked = any(name.lower() == "transfer-encoding" for name, _ in self.headers)
        return Response(self.status, self.headers, b"".join(self.parts), tuple(self.chunks) if is_chunked else None)


class Client:
    """Asks one server. `url` is what a Kazoo client is configured with: it ends in `/v2`.

    `pace` is gentle with servers elsewhere unless given. `timeout_seconds` holds for a whole answer. Raises
    `ClientError` for a URL that is none.
    """

    def __init__(self, url: str, pace: Pace | None = None, timeout_seconds: float = 60.0) -> None:
        self.url = url
        self._scheme, self.host, self._port, self._before_v2 = _parts(url)
        self._pace = pace or Pace.towards(self.host)
        self._timeout_seconds = timeout_seconds

    def send(self, request: Request) -> Response:
        """The answer to a request, once its time has come. Raises `ClientError`."""
        connection = h11.Connection(h11.CLIENT)
        try:
            sent = b"".join(connection.send(event) or b"" for event in self._events(request))
        except h11.LocalProtocolError as error:
            raise ClientError(f"{request.method} {request.path} is no HTTP request: {error}; correct it") from error
        self._pace.wait()
        try:
            return self._exchanged(connection, sent)
        except (OSError, h11.RemoteProtocolError) as error:
            raise ClientError(
                f"{request.method} {request.path} at {self.url} got {error!r}; expected an HTTP answer "
                f"within {self._timeout_seconds:g} s; is the server there, and is the URL right?"
            ) from error

    def _events(self, request: Request) -> list[Any]:
        body = None if request.body is None else request.body.encode()
        target = self._before_v2 + request.path + (f"?{request.query}" if request.query else "")
        headers = [("Host", self._host_header()), ("Connection", "close"), *request.headers]
        if body is not None:
            headers.append(("Content-Length", str(len(body))))
        pairs = [(name.encode(), value.encode()) for name, value in headers]
        begun = h11.Request(method=request.method.encode(), target=target.encode(), headers=pairs)
        return [begun, *([h11.Data(data=body)] if body else []), h11.EndOfMessage()]

    def _host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self._port == _PORTS[self._scheme] else f"{host}:{self._port}"

    def _exchanged(self, connection: h11.Connection, sent: bytes) -> Response:
        deadline = time.monotonic() + self._timeout_seconds
        with self._connected() as line:
            line.sendall(sent)
            received = _Received()
            while not isinstance(event := connection.next_event(), h11.EndOfMessage):
                if event is h11.NEED_DATA:
                    line.settimeout(max(0.001, deadline - time.monotonic()))
                    connection.receive_data(line.recv(_PART_BYTES))
                received.take(event)
            return received.response()

    @contextlib.contextmanager
    def _connected(self) -> Iterator[socket.socket]:
        with socket.create_connection((self.host, self._port), self._timeout_seconds) as line:
            if self._scheme == "http":
                yield line
                return
            with ssl.create_default_context().wrap_socket(line, server_hostname=self.host) as secured:
                yield secured


def _parts(url: str) -> tuple[str, str, int, str]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in _PORTS or not parts.hostname or parts.query or parts.fragment:
        raise ClientError(f"{url!r} is no URL of a Crossbar; expected one as in http://kazoo:8000/v2")
    path = parts.path.rstrip("/").removesuffix("/v2")
    return parts.scheme, parts.hostname, port or _PORTS[parts.scheme], path


def _too_long() -> str:
    return f"a body of more than {LONGEST_BODY} bytes came; ask for less, with page_size or a shorter range"
