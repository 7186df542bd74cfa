"""Servers in processes of their own."""

import contextlib
import json
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

HERE = Path(__file__).parent
NEW = "{new}"
"""What stands in a path for a moment that no request named before."""
STEP_SECONDS = 60
"""How far such moments lie apart; each is earlier than those before."""
_UNIX_TO_GREGORIAN = 62_167_219_200
_TRANSPORT = {"connection", "content-length", "server", "transfer-encoding"}


@dataclass(slots=True, eq=False)
class Served:
    """A running server: its origin, with what its paths begin, what a client sends, and its process.

    `moment`, in Gregorian seconds, is later than all that no request has named yet.
    """

    origin: str
    base: str
    headers: dict[str, str]
    pid: int
    moment: int = field(default_factory=lambda: int(time.time()) + _UNIX_TO_GREGORIAN)

    def connect(self) -> socket.socket:
        """A new connection."""
        url = urlsplit(self.origin)
        return socket.create_connection((url.hostname or "", url.port or 80), timeout=60)

    def request(self, path: str) -> bytes:
        """A GET as it is sent."""
        lines = [f"GET {self.base}{path} HTTP/1.1", f"Host: {urlsplit(self.origin).netloc}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return "".join(f"{line}\r\n" for line in [*lines, ""]).encode()

    def get(self, path: str) -> tuple[str, bytes]:
        """The head and the body of an answer, as they were sent."""
        with self.connect() as connection:
            connection.sendall(self.request(path))
            received = b""
            while not is_whole(received):
                received += connection.recv(1 << 18)
        head, _, body = received.partition(b"\r\n\r\n")
        return head.decode("latin-1"), body


def is_whole(received: bytes) -> bool:
    """Whether an answer is complete."""
    head, end, body = received.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    return len(body) >= int(length[1]) if length else bool(end) and body.endswith(b"\r\n0\r\n\r\n")


def parts_of(head: str, body: bytes) -> list[bytes]:
    """The chunks of an answer; its one body where it has a length."""
    return list(_chunks(body)) if "chunked" in head else [body]


def _chunks(body: bytes) -> Iterator[bytes]:
    at = 0
    while (size := re.match(rb"([0-9A-Fa-f]+)\r\n", body[at : at + 20])) and int(size[1], 16):
        at += size.end()
        yield body[at : at + int(size[1], 16)]
        at += int(size[1], 16) + 2


def mockcdrs(*arguments: str) -> list[str]:
    """The command."""
    return [sys.executable, "-c", "from mockcdrs.cli import main; main()", *arguments]


@contextlib.contextmanager
def running(command: Sequence[str], **options: object) -> Iterator["subprocess.Popen[str]"]:
    """A process that is gone at the end."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, **options}
    process = subprocess.Popen(command, text=True, **pipes)  # type: ignore[call-overload]
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()


@contextlib.contextmanager
def mock(*options: str) -> Iterator[Served]:
    """`mockcdrs serve`, whose log somebody reads: lines that wait for a reader cost nothing."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "env"
        command = mockcdrs("serve", "--port", "0", "--env-file", str(file), *options)
        with running(command, stdout=subprocess.DEVNULL) as process:
            until(file.exists)
            variables = dict(line.split("=", 1) for line in file.read_text().splitlines())
            url, account, token = (variables[f"MOCKCDRS_{name}"] for name in ("URL", "ACCOUNT_ID", "AUTH_TOKEN"))
            base = f"{urlsplit(url).path}/accounts/{account}"
            yield Served(url.removesuffix(urlsplit(url).path), base, {"X-Auth-Token": token}, process.pid)


@contextlib.contextmanager
def constant_like(served: Served, path: str) -> Iterator[Served]:
    """A server whose constant is what another one answers, with its headers and in its chunks."""
    head, body = served.get(path)
    lines = (line.split(": ", 1) for line in head.split("\r\n")[1:])
    headers = {name: value for name, value in lines if name.lower() not in _TRANSPORT}
    parts = [part.decode("latin-1") for part in parts_of(head, body)]
    description = {"path": served.base + path, "headers": headers, "parts": parts, "is_whole": "chunked" not in head}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "constant.json"
        file.write_text(json.dumps(description))
        with running([sys.executable, str(HERE / "constant.py"), str(file)]) as process:
            assert process.stdout is not None
            port = int(process.stdout.readline())
            yield Served(f"http://127.0.0.1:{port}", served.base, served.headers, process.pid)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


def until(is_so: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for something to be true. `TimeoutError` where it does not become so."""
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            raise TimeoutError(f"not within {seconds:g} s: {is_so}")
        time.sleep(0.001)


def answers(port: int) -> bool:
    """Whether somebody listens on a port of this machine."""
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
