"""100,000 rows in one answer: how fast they come, and what they weigh while they do."""

import contextlib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from measuring import Bench, Budget, Line, Samples, alternate, cpu_seconds, memory_mb
from servers import Served, constant, mock, mockcdrs

CALLS_PER_DAY = "1400"
NOW = "2026-01-20T12:00:00Z"
ALL = "/cdrs?paginate=false"


def all_rows(bench: Bench) -> Iterator[Line]:
    """From a directory, so that the documents are in memory already; B sends as many chunks of constant bytes."""
    rounds = (bench.rounds + 1) // 2
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        served = stack.enter_context(_directory(Path(folder)))
        download = _Download(served.address(ALL), served.headers, served.pid)
        before = memory_mb(served.pid)
        download()
        extra = [memory_mb(served.pid, "VmHWM") - before]
        size = download.size
        description = {"path": "/all", "headers": {}, "parts": ["x" * 58_000] * (size // 58_000), "is_whole": False}
        port, pid = stack.enter_context(constant(description))
        bare = _Download(f"http://127.0.0.1:{port}/all", {}, pid)
        a, b = alternate(rounds, download, bare)
    yield Line(row="100,000 rows, paginate=false: extra memory", value=Samples(extra), unit="MB", budget=Budget(20))
    yield Line(
        row="100,000 rows, paginate=false: MB/s",
        a=f"{a.median:,.0f} MB/s",
        b=f"{b.median:,.0f} MB/s",
        value=a.over(b),
        cpu=bare.cpu / download.cpu,
        budget=Budget(0.6, is_least=True),
    )


@contextlib.contextmanager
def _directory(folder: Path) -> Iterator[Served]:
    data = str(folder / "data")
    command = mockcdrs("generate", "--days", "31", "--calls-per-day", CALLS_PER_DAY, "--now", NOW, "--out", data)
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    with mock("--data", data, "--now", NOW) as served:
        yield served


class _Download:
    """One whole answer; a round gives megabytes a second."""

    def __init__(self, url: str, headers: dict[str, str], pid: int) -> None:
        self._url, self._headers, self._pid = urlsplit(url), headers, pid
        self.size, self.cpu = 0, 0.0

    def __call__(self) -> float:
        target = f"{self._url.path}?{self._url.query}"
        header_lines = "".join(f"{name}: {value}\r\n" for name, value in self._headers.items())
        begun, spent, size = time.perf_counter(), cpu_seconds(self._pid) or 0.0, 0
        with socket.create_connection((self._url.hostname or "", self._url.port or 80), timeout=120) as client:
            client.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{header_lines}\r\n".encode())
            room = bytearray(1 << 20)
            while count := client.recv_into(room):
                size += count
        self.size = size
        self.cpu = ((cpu_seconds(self._pid) or 0.0) - spent) or 1e-9
        return size / 1e6 / (time.perf_counter() - begun)
