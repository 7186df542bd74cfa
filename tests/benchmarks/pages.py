"""Answers a second over HTTP: the mock against a constant of the same bytes."""

import contextlib
import itertools
import json
import time
from collections.abc import Callable, Iterable, Iterator
from http.client import HTTPConnection
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import load
from measuring import Bench, Budget, Line, alternate, cpu_seconds
from servers import Served, constant_like, mock

PLAIN, HARD = Budget(0.90, is_least=True), Budget(0.85, is_least=True)
CALLS_PER_DAY = "100"
NOON = 63_936_129_600  # 2026-01-20T12:00:00Z in Gregorian seconds
CSV = {"Accept": "text/csv"}


class Measured:
    """Load on one address; the rates, and the processor time that the server spent on a request."""

    def __init__(self, bench: Bench, url: str, headers: dict[str, str], pid: int) -> None:
        self._bench, self._url, self._headers, self._pid = bench, url, headers, pid
        self._spent, self._count = 0.0, 0

    def __call__(self) -> float:
        """One round."""
        before = cpu_seconds(self._pid) or 0.0
        came = load.put_on(self._url, self._headers, self._bench.seconds)
        self._spent += (cpu_seconds(self._pid) or 0.0) - before
        self._count += came.requests
        return came.rate

    @property
    def cpu(self) -> float:
        """Microseconds of processor time for a request; 0 where the system does not tell."""
        return self._spent / self._count * 1e6


def compared(row: str, bench: Bench, a: Measured, b: Measured, budget: Budget | None) -> Line:
    """A line of the ratio of two rates."""
    rates = alternate(bench.rounds, a, b)
    return Line(
        row=row,
        a=f"{rates[0].median:,.0f}/s {a.cpu:,.0f} us",
        b=f"{rates[1].median:,.0f}/s {b.cpu:,.0f} us",
        value=rates[0].over(rates[1]),
        cpu=b.cpu / a.cpu if a.cpu and b.cpu else None,
        budget=budget,
    )


def _against_constant(
    bench: Bench, served: Served, row: str, path: str, budget: Budget | None, *, headers: dict[str, str] | None = None,
    is_whole: bool = False,
) -> Line:  # fmt: skip
    url, sent = served.address(path), {**served.headers, **(headers or {})}
    with constant_like(url, sent, is_whole=is_whole) as constant:
        a, b = Measured(bench, url, sent, served.pid), Measured(bench, constant.url, sent, constant.pid)
        return compared(row, bench, a, b, budget)


def default_page(bench: Bench) -> Iterator[Line]:
    """50 rows."""
    with mock("--calls-per-day", CALLS_PER_DAY) as served:
        yield _against_constant(bench, served, "default listing, 50 rows", "/cdrs", PLAIN)
        yield _against_constant(bench, served, "same, B with a content-length", "/cdrs", None, is_whole=True)


def other_answers(bench: Bench) -> Iterator[Line]:
    """Everything else that a client asks for."""
    with mock("--calls-per-day", CALLS_PER_DAY) as served:
        first = _first_row(served)
        for row, path, headers in (
            ("page_size=1", "/cdrs?page_size=1", {}),
            ("page_size=1000", "/cdrs?page_size=1000", {}),
            ("CSV, 50 rows", "/cdrs", CSV),
            ("interactions, 50 rows", "/cdrs/interaction", {}),
            ("one CDR", f"/cdrs/{first['id']}", {}),
            ("legs of one interaction", f"/cdrs/legs/{first['interaction_id']}", {}),
        ):
            yield _against_constant(bench, served, row, path, HARD, headers=headers)


def _first_row(served: Served) -> dict[str, str]:
    with urlopen(Request(served.address("/cdrs?page_size=1"), headers=served.headers), timeout=30) as answer:
        row: dict[str, str] = json.load(answer)["data"][0]
        return row


def walked_pages(bench: Bench) -> Iterator[Line]:
    """Pages that nobody asked for before: what a walk costs, beside what asking again costs. No budget."""
    with mock("--calls-per-day", CALLS_PER_DAY, "--now", "2026-01-20T12:00:00Z") as served:
        url = served.address("/cdrs")
        with constant_like(url, served.headers) as constant:
            pages = (_walk(served), _pages(constant.url, served.headers, itertools.repeat("")))
            fresh, same = alternate(bench.rounds, *(_rate_of(bench, walk) for walk in pages))
        yield Line(
            row="pages never asked before, one client",
            a=f"{fresh.median:,.0f}/s",
            b=f"{same.median:,.0f}/s",
            value=fresh.over(same),
        )


def _walk(served: Served) -> Iterator[bytes]:
    """Pages, each from a start that was not asked before."""
    return _pages(served.address("/cdrs"), served.headers, (f"?created_to={NOON - 60 * n}" for n in itertools.count()))


def _pages(url: str, headers: dict[str, str], queries: Iterable[str]) -> Iterator[bytes]:
    parts = urlsplit(url)
    with contextlib.closing(HTTPConnection(parts.netloc, timeout=30)) as connection:
        for query in queries:
            connection.request("GET", parts.path + query, headers=headers)
            yield connection.getresponse().read()


def _rate_of(bench: Bench, pages: Iterator[bytes]) -> Callable[[], float]:
    def rate() -> float:
        begun, count = time.perf_counter(), 0
        while time.perf_counter() - begun < bench.seconds:
            next(pages)
            count += 1
        return count / (time.perf_counter() - begun)

    return rate
