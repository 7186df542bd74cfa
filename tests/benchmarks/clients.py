"""What the clients of one server feel of each other."""

import contextlib
import json
import os
import socket
import statistics
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import load
from measuring import Bench, Budget, Line, Samples, alternate, cpu_seconds
from servers import Served, constant, constant_like, mock, until

CALLS_PER_DAY = "100"
CLIENTS = (2, 8, 16)
WAITING = 64
AS_GOOD_AS_ONE = Budget(0.8, is_least=True)
_CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


def side_by_side(bench: Bench) -> Iterator[Line]:
    """Several clients, A, against one, B: a server that hands requests from thread to thread loses most of its rate."""
    with mock("--calls-per-day", CALLS_PER_DAY) as served:
        for row, path in (("default listing", "/cdrs"), ("page_size=1", "/cdrs?page_size=1")):
            yield from _more_clients(bench, row, served.address(path), served.headers, served.pid)
        for row, is_whole in (("constant in chunks", False), ("constant with a length", True)):
            with constant_like(served.address("/cdrs"), served.headers, is_whole=is_whole) as same:
                yield from _more_clients(bench, row, same.url, served.headers, same.pid)


def _more_clients(bench: Bench, row: str, url: str, headers: dict[str, str], pid: int) -> Iterator[Line]:
    measures = [_Rate(bench, url, headers, clients) for clients in (1, *CLIENTS)]
    one, *several = alternate(bench.rounds, *measures)
    for clients, rates in zip(CLIENTS, several, strict=True):
        yield Line(
            row=f"{row}: {clients} clients, and one",
            a=f"{rates.median:,.0f}/s",
            b=f"{one.median:,.0f}/s",
            value=rates.over(one),
            budget=AS_GOOD_AS_ONE,
        )
    if len(_CORES) > 1:
        pinned = _pinned(pid, lambda: alternate(bench.rounds, measures[CLIENTS.index(8) + 1])[0])
        yield Line(
            row=f"{row}: 8 clients on all cores, and on one",
            a=f"{several[CLIENTS.index(8)].median:,.0f}/s",
            b=f"{pinned.median:,.0f}/s",
            value=several[CLIENTS.index(8)].over(pinned),
            budget=AS_GOOD_AS_ONE,
        )


class _Rate:
    """So many clients on an address; a round gives requests a second."""

    def __init__(self, bench: Bench, url: str, headers: dict[str, str], clients: int) -> None:
        self._bench, self._url, self._headers, self._clients = bench, url, headers, clients

    def __call__(self) -> float:
        return load.put_on(self._url, self._headers, self._bench.seconds, self._clients).rate


def _pinned(pid: int, measure: Callable[[], Samples]) -> Samples:
    """What is measured while a server keeps to one core."""
    threads = [int(entry.name) for entry in Path(f"/proc/{pid}/task").iterdir()]
    for thread in threads:
        os.sched_setaffinity(thread, _CORES[:1])
    try:
        return measure()
    finally:
        for thread in threads:
            os.sched_setaffinity(thread, _CORES)


def held_back(bench: Bench) -> Iterator[Line]:
    """Requests that a fault holds: what a server spends on them, how soon it ends them, and what others feel."""
    with mock("--calls-per-day", CALLS_PER_DAY) as served, contextlib.closing(_Control(served)) as control:
        quiet = [_processor_time(served.pid) for _ in range(bench.rounds)]
        yield Line(row="idle: processor time", value=Samples(quiet), unit="ms/s", budget=Budget(5))
        spent, gone = list[float](), list[float]()
        for _ in range(bench.rounds):
            control.ask("POST", "/faults", {"delay_seconds": 20, "path": "/cdrs"})
            with contextlib.ExitStack() as stack:
                clients = [stack.enter_context(_asking(served, "/cdrs")) for _ in range(WAITING)]
                until(lambda: len(control.ask("GET", "/journal")["under_way"]) == WAITING)
                spent.append(_processor_time(served.pid))
                begun = time.perf_counter()
                control.ask("DELETE", "/faults")
                gone.append((time.perf_counter() - begun) * 1_000)
                for client in clients:
                    while client.recv(1 << 16):
                        pass
            control.ask("DELETE", "/journal")
    yield Line(row=f"{WAITING} requests held: processor time", value=Samples(spent), unit="ms/s", budget=Budget(5))
    yield Line(row=f"DELETE of the fault that holds {WAITING}", value=Samples(gone), unit="ms", budget=Budget(100))


def beside_a_reader(bench: Bench) -> Iterator[Line]:
    """How long a small answer takes beside a client that reads no further in a long one, A, and alone, B."""
    description = {"path": "/parts", "headers": {}, "parts": ["x" * 58_000] * 20_000, "is_whole": False}
    with (
        constant(description) as (port, _),
        contextlib.closing(HTTPConnection("127.0.0.1", port, timeout=30)) as client,
    ):

        def milliseconds() -> float:
            begun = time.perf_counter()
            client.request("GET", "/nosuch")
            client.getresponse().read()
            return (time.perf_counter() - begun) * 1_000

        alone, beside = list[float](), list[float]()
        for _ in range(bench.rounds):
            alone.append(statistics.median(milliseconds() for _ in range(100)))
            with _slow_reader(port):
                beside.append(statistics.median(milliseconds() for _ in range(100)))
        a, b = Samples(beside), Samples(alone)
    row = "a 404 beside a reader that has stopped reading, and alone"
    yield Line(row=row, a=f"{a.median:.2f} ms", b=f"{b.median:.2f} ms", value=a.over(b), budget=Budget(1.25))


@contextlib.contextmanager
def _slow_reader(port: int) -> Iterator[None]:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        client.sendall(b"GET /parts HTTP/1.1\r\nHost: x\r\n\r\n")
        client.recv(1_000)
        time.sleep(0.2)  # the server has made ahead what it does by then
        yield


def _processor_time(pid: int) -> float:
    """Milliseconds of processor time that a server takes in a second in which nothing comes."""
    time.sleep(0.2)
    before = cpu_seconds(pid) or 0.0
    time.sleep(1)
    return ((cpu_seconds(pid) or 0.0) - before) * 1_000


def _asking(served: Served, path: str) -> socket.socket:
    url = urlsplit(served.address(path))
    client = socket.create_connection((url.hostname or "", url.port or 80), timeout=60)
    head = "".join(f"{name}: {value}\r\n" for name, value in served.headers.items())
    client.sendall(f"GET {url.path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{head}\r\n".encode())
    return client


class _Control:
    """A client of the control API."""

    def __init__(self, served: Served) -> None:
        self._client = HTTPConnection(urlsplit(served.url).netloc, timeout=30)

    def ask(self, method: str, path: str, body: object = None) -> dict[str, list[object]]:
        """The answer's JSON; nothing where there is none."""
        sent = None if body is None else json.dumps(body)
        self._client.request(method, f"/_mockcdrs{path}", sent, {"Content-Type": "application/json"})
        response = self._client.getresponse().read()
        answer: dict[str, list[object]] = json.loads(response) if response else {}
        return answer

    def close(self) -> None:
        """End the connection."""
        self._client.close()
