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
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import load

HERE = Path(__file__).parent
_TRANSPORT = {"connection", "content-length", "server", "transfer-encoding"}


@dataclass(frozen=True, slots=True)
class Served:
    """A running mock: what a client needs, and its process."""

    url: str
    account_id: str
    token: str
    pid: int

    def address(self, path: str) -> str:
        """The address of something of the account's: `/cdrs?page_size=1`."""
        return f"{self.url}/accounts/{self.account_id}{path}"

    @property
    def headers(self) -> dict[str, str]:
        """What a client sends."""
        return {"X-Auth-Token": self.token}


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
            yield Served(url, account, token, process.pid)


@dataclass(frozen=True, slots=True)
class Constant:
    """A running constant: its address and process."""

    url: str
    pid: int


@contextlib.contextmanager
def constant_like(url: str, headers: dict[str, str], *, is_whole: bool = False) -> Iterator[Constant]:
    """A server whose constant is what an address answers, with its headers and in its chunks."""
    _, answer, connection = load.fetch(url, [f"{name}: {value}" for name, value in headers.items()])
    connection.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = (line.split(": ", 1) for line in head.decode("latin-1").split("\r\n")[1:])
    own = {name: value for name, value in lines if name.lower() not in _TRANSPORT}
    parts = [part.decode("latin-1") for part in (_chunks(body) if b"chunked" in head else [body])]
    description = {
        "path": urlsplit(url).path,
        "headers": own,
        "parts": parts,
        "is_whole": is_whole or b"chunked" not in head,
    }
    with constant(description) as (port, pid):
        parts_of_url = urlsplit(url)
        yield Constant(parts_of_url._replace(netloc=f"127.0.0.1:{port}").geturl(), pid)


@contextlib.contextmanager
def constant(description: dict[str, object]) -> Iterator[tuple[int, int]]:
    """The port and process of a `constant.py`."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "constant.json"
        file.write_text(json.dumps(description))
        with running([sys.executable, str(HERE / "constant.py"), str(file)]) as process:
            assert process.stdout is not None
            yield int(process.stdout.readline()), process.pid


def _chunks(body: bytes) -> Iterator[bytes]:
    at = 0
    while (size := re.match(rb"([0-9A-Fa-f]+)\r\n", body[at : at + 20])) and int(size[1], 16):
        at += size.end()
        yield body[at : at + int(size[1], 16)]
        at += int(size[1], 16) + 2


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
