"""Load on one address from another process: connections kept open, each asking as soon as it was answered.

It is `wrk` where that is installed, else this file run by itself: both take a small part of what a Python server takes
for an answer, so that the server is what is measured.
"""

import re
import selectors
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

CLIENTS = 8


@dataclass(frozen=True, slots=True)
class Load:
    """What came of it."""

    requests: int
    seconds: float

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


def put_on(url: str, headers: dict[str, str], seconds: float, clients: int = CLIENTS) -> Load:
    """Ask an address for so long. `RuntimeError` where any answer is not a 200."""
    wrk = shutil.which("wrk")
    return _wrk(wrk, url, headers, seconds, clients) if wrk else _own(url, headers, seconds, clients)


def tool() -> str:
    """What makes the load."""
    return "wrk" if shutil.which("wrk") else "load.py"


def _wrk(wrk: str, url: str, headers: dict[str, str], seconds: float, clients: int) -> Load:
    # it takes whole seconds
    header_lines = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    command = [wrk, "-t1", f"-c{clients}", f"-d{max(1, round(seconds))}s", *header_lines, url]
    output = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 30).stdout
    counted = re.search(r"(\d+) requests in ([\d.]+)(m?s)", output)
    if counted is None or "Non-2xx" in output or counted[1] == "0":
        raise RuntimeError(f"no good answers from {url}: {output}")
    return Load(int(counted[1]), float(counted[2]) / (1_000 if counted[3] == "ms" else 1))


def _own(url: str, headers: dict[str, str], seconds: float, clients: int) -> Load:
    header_lines = (f"{name}: {value}" for name, value in headers.items())
    command = [sys.executable, __file__, url, str(seconds), str(clients), *header_lines]
    output = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 30).stdout
    count, spent = output.split()
    return Load(int(count), float(spent))


def fetch(url: str, headers: list[str]) -> tuple[bytes, bytes, socket.socket]:
    """The bytes of a request and of its answer, the connection left open."""
    parts = urlsplit(url)
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    head = "".join(f"{line}\r\n" for line in [f"GET {target} HTTP/1.1", f"Host: {parts.netloc}", *headers])
    request = f"{head}\r\n".encode()
    connection = socket.create_connection((parts.hostname or "", parts.port or 80), timeout=30)
    connection.sendall(request)
    received = b""
    while not _is_whole(received):
        part = connection.recv(1 << 18)
        if not part:
            raise RuntimeError(f"{url} broke off: {received[:200]!r}")
        received += part
    return request, received, connection


def _is_whole(received: bytes) -> bool:
    head, end, body = received.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    if length:
        return len(body) >= int(length[1])
    return bool(end) and body.endswith(b"0\r\n\r\n")


def _main(url: str, seconds: str, clients: str, *headers: str) -> None:
    """Count bytes instead of reading answers: one address gives as many each time."""
    request, answer, first = fetch(url, list(headers))
    first.close()
    sockets = selectors.DefaultSelector()
    for _ in range(int(clients)):
        connection = fetch(url, list(headers))[2]
        connection.sendall(request)
        sockets.register(connection, selectors.EVENT_READ, data=[len(answer)])
    count, begun = 0, time.perf_counter()
    end = begun + float(seconds)
    while time.perf_counter() < end:
        for key, _ in sockets.select(1):
            client, left = key.fileobj, key.data
            assert isinstance(client, socket.socket)
            left[0] -= len(client.recv(1 << 18))
            if left[0] <= 0:
                count += 1
                left[0] += len(answer)
                client.sendall(request)
    sys.stdout.write(f"{count} {time.perf_counter() - begun}\n")


if __name__ == "__main__":
    _main(*sys.argv[1:])
