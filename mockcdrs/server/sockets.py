"""Listening sockets that work in a test whose own sockets are forbidden.

A guard such as pytest-socket puts a class that refuses into the place of `socket.socket`, of which `accept` makes its
sockets too. It is meant for what the test does: whoever connects from elsewhere is answered all the same.
"""

import _socket
import os
import socket
from typing import Any


class Socket(_socket.socket):
    """Python's inner socket, of which the usual one is made, with `accept`."""

    def accept(self) -> "tuple[Socket, Any]":
        """As `socket.socket.accept`."""
        descriptor, address = self._accept()  # type: ignore[attr-defined]
        return Socket(self.family, self.type, self.proto, descriptor), address


def create_server(host: str, port: int) -> Socket:
    """As `socket.create_server`, of the family that a host's form tells."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = Socket(family, socket.SOCK_STREAM)
    try:
        # Windows would let two servers share one address
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, int(os.name == "posix"))
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((host, port))
        listener.listen()
    except BaseException:
        listener.close()
        raise
    return listener
