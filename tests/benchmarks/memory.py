"""What `mockcdrs serve` weighs: idle, after many requests, and while it sends one very long answer."""

import contextlib
import json
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from load import Load
from measuring import Bench, Budget, Line, Samples, alternate, cpu_seconds, memory_mb
from pages import CALLS_PER_DAY
from servers import NEW, Served, mock, mockcdrs, parts_of

_REQUESTS = 200_000
_CALLS_PER_DAY_OF_100_000_ROWS = "1475"
_NOW = "2026-01-20T12:00:00Z"
_COLUMN = b'"interaction_id":'  # which each row has once


def idle(bench: Bench) -> Iterator[Line]:
    """A server that has given one page and gets no more requests."""
    with mock() as served:
        served.get("/cdrs")
        (spent,) = alternate(bench.rounds, lambda: _spent_in_a_second(served))
        yield _megabytes("serve, idle: memory", memory_mb(served.pid), 60)
    yield Line(row="serve, idle: processor time", value=spent, unit="ms/s", budget=Budget(5))


def _spent_in_a_second(served: Served) -> float:
    before = cpu_seconds(served.pid)
    time.sleep(1)
    return (cpu_seconds(served.pid) - before) * 1_000


def many_requests(bench: Bench) -> Iterator[Line]:
    """More memory after many requests of all kinds than after one."""
    with mock("--calls-per-day", CALLS_PER_DAY) as served:
        row = json.loads(b"".join(parts_of(*served.get("/cdrs"))))["data"][0]
        before, load = memory_mb(served.pid), Load(served, _mixed(row), 10 * bench.seconds, 8)
        while load.requests < _REQUESTS:
            load()
        yield _megabytes(f"serve, after {_REQUESTS:,} mixed requests: more", memory_mb(served.pid) - before, 10)


def _mixed(row: dict[str, str]) -> list[str]:
    new = f"created_to={NEW}"
    listings = [f"/cdrs?{new}", "/cdrs", f"/cdrs?page_size=1&{new}", f"/cdrs?filter_call_direction=inbound&{new}"]
    others = [f"/cdrs/interaction?{new}", f"/cdrs/{row['id']}", f"/cdrs/legs/{row['interaction_id']}", "/cdrs/summary"]
    return [*listings, *others, "", "/users", "/devices"]


def long_answer(bench: Bench) -> Iterator[Line]:
    """From a directory, so that the documents are in memory already: how much more it is at its peak."""
    del bench
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        served = stack.enter_context(_directory(Path(folder)))
        served.get("/cdrs")
        before = memory_mb(served.pid)
        rows = _download(served)
        extra = memory_mb(served.pid, "VmHWM") - before
    yield _megabytes(f"serve, while it sends {rows:,} rows in one answer: more", extra, 10)


def _megabytes(row: str, megabytes: float, most: float) -> Line:
    return Line(row=row, value=Samples([megabytes]), unit="MB", budget=Budget(most))


@contextlib.contextmanager
def _directory(folder: Path) -> Iterator[Served]:
    data, calls = str(folder / "data"), _CALLS_PER_DAY_OF_100_000_ROWS
    command = mockcdrs("generate", "--days", "31", "--calls-per-day", calls, "--now", _NOW, "--out", data)
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    with mock("--data", data, "--now", _NOW) as served:
        yield served


def _download(served: Served) -> int:
    """Read a listing of all rows as fast as it comes. Returns how many there were."""
    rows, end = 0, b""
    with served.connect() as connection:
        connection.sendall(served.request("/cdrs?paginate=false"))
        while not end.endswith(b"\r\n0\r\n\r\n"):
            part = connection.recv(1 << 20)
            rows += (end + part).count(_COLUMN)
            end = (end + part)[-len(_COLUMN) + 1 :]
    return rows
