"""TLS: a certificate of the process's own, and connections over it."""

import atexit
import contextlib
import errno
import functools
import ssl
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mockcdrs.config import OptionError
from mockcdrs.server.channel import ClientChannel

if TYPE_CHECKING:
    from trustme import CA

_NAMES = ("localhost", "127.0.0.1", "::1")
_WANTED = (ssl.SSLWantReadError, ssl.SSLWantWriteError)


@functools.cache
def _authority() -> "CA":
    """The authority that signs the certificates of this process. Raises `OptionError` without trustme."""
    try:
        from trustme import CA
    except ImportError as missing:
        raise OptionError(
            "tls: trustme, which makes the certificate, is not installed: pip install 'mockcdrs[tls]'", "tls"
        ) from missing
    return CA(organization_name="mockcdrs", organization_unit_name="for tests")


@functools.cache
def ca_path() -> Path:
    """The file with the certificate of the authority, in PEM, for clients to trust; it goes with the process.

    Raises `OptionError` without trustme.
    """
    authority = _authority()
    with tempfile.NamedTemporaryFile(prefix="mockcdrs-ca-", suffix=".pem", delete=False) as file:
        file.write(authority.cert_pem.bytes())
    path = Path(file.name)
    atexit.register(path.unlink, missing_ok=True)
    return path


def make_context(host: str) -> ssl.SSLContext:
    """Make what connections to `host`, and to this machine by its usual names, are encrypted with.

    Raises `OptionError` without trustme.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _authority().issue_cert(*dict.fromkeys(filter(None, (host, *_NAMES)))).configure_cert(context)
    return context


class _TlsSocket:
    """A connection over TLS that never waits. Its handshake is part of the first bytes that it reads.

    What a thread sends and another one reads must not meet within OpenSSL.
    """

    def __init__(self, connection: Any, context: ssl.SSLContext) -> None:
        self._tls = context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        self._using = threading.Lock()
        self.fileno, self.getpeername = self._tls.fileno, self._tls.getpeername
        self.getsockopt, self.setsockopt = self._tls.getsockopt, self._tls.setsockopt
        self.setblocking = self._tls.setblocking

    def recv(self, size: int) -> bytes:
        """Read what has come, which may be more than `size`: nobody would be told of what OpenSSL keeps."""
        with self._using, _would_block():
            received = self._tls.recv(size)
            while received and (more := self._tls.pending()):
                received += self._tls.recv(more)
            return received

    def send(self, data: bytes) -> int:
        """Send as much as goes at once."""
        with self._using, _would_block():
            return self._tls.send(data)

    def close(self) -> None:
        """End the connection, and tell the client that no more will come."""
        with self._using, contextlib.suppress(OSError, ValueError):
            self._tls.unwrap()
        self._tls.close()


@contextlib.contextmanager
def _would_block() -> Any:
    try:
        yield
    except _WANTED as wanted:
        raise BlockingIOError(errno.EWOULDBLOCK, str(wanted)) from wanted


class TlsChannel(ClientChannel):
    """A connection over TLS."""

    def __init__(
        self, context: ssl.SSLContext, loop: Any, longest_body: Callable[[], int], server: Any, connection: Any,
        *given: Any, **named: Any,
    ) -> None:  # fmt: skip
        super().__init__(loop, longest_body, server, _TlsSocket(connection, context), *given, **named)

    def recv(self, buffer_size: int) -> bytes:
        """Read; raises `_Incomplete` where more must come before there is a byte to read."""
        try:
            received: bytes = super().recv(buffer_size)
        except BlockingIOError:
            raise _Incomplete from None
        return received

    def handle_read(self) -> None:
        """Read, and respond, unless all that came was a part of the handshake or of a record."""
        with contextlib.suppress(_Incomplete):
            super().handle_read()


class _Incomplete(Exception):
    """There is no byte to read yet."""
