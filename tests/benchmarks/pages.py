"""Pages of 50 rows: how many a second, how that grows with clients, and what a browser feels that asks six at once."""

import contextlib
import selectors
import socket
import statistics
import time
from collections.abc import Iterable, Iterator, Sequence

from load import Load
from measuring import Bench, Budget, Line, alternate
from servers import NEW, STEP_SECONDS, Served, constant_like, is_whole, mock

CALLS_PER_DAY = "100"
_AS_GOOD_AS_ONE = Budget(0.8, is_least=True)
_BURSTS = 30
_BROWSER_PAGE = (
    "", "/users?paginate=false", "/devices?paginate=false", "/apps_store",
    f"/cdrs?created_to={NEW}", f"/cdrs/interaction?created_to={NEW}",
)  # fmt: skip


def never_asked(bench: Bench) -> Iterator[Line]:
    """Each request for a page that nobody asked for before."""
    yield from _listing(bench, "a page nobody asked before", f"/cdrs?created_to={NEW}", Budget(0.5, is_least=True))


def asked_again(bench: Bench) -> Iterator[Line]:
    """The newest page again and again, while the clock runs."""
    yield from _listing(bench, "the same page again", "/cdrs", Budget(0.6, is_least=True))


def _listing(bench: Bench, row: str, path: str, budget: Budget) -> Iterator[Line]:
    """The mock against a constant of the same bytes, in the same chunks, on the same server; and against itself."""
    with (
        mock("--calls-per-day", CALLS_PER_DAY) as served,
        constant_like(served, "/cdrs") as constant,
    ):
        every = [(served, 1), (constant, 1), (served, 8), (constant, 8), (served, 16)]
        loads = {each: Load(each[0], [path], bench.seconds, each[1]) for each in every}
        rates = dict(zip(loads, alternate(bench.rounds, *loads.values()), strict=True))
    for connections in (1, 8):
        a, b = (served, connections), (constant, connections)
        yield Line(
            row=f"{row}, and a constant: {connections} connection{'s' if connections > 1 else ''}",
            a=f"{rates[a].median:,.0f}/s {loads[a].cpu:,.0f} us",
            b=f"{rates[b].median:,.0f}/s {loads[b].cpu:,.0f} us",
            value=rates[a].over(rates[b]),
            cpu=loads[b].cpu / loads[a].cpu,
            budget=budget,
        )
    for connections in (8, 16):
        several, one = rates[served, connections], rates[served, 1]
        yield Line(
            row=f"{row}: {connections} connections, and 1",
            a=f"{several.median:,.0f}/s",
            b=f"{one.median:,.0f}/s",
            value=several.over(one),
            budget=_AS_GOOD_AS_ONE,
        )


def browser_page(bench: Bench) -> Iterator[Line]:
    """What a browser asks for a call log: six requests at once over six connections, and one after the other."""
    with mock("--calls-per-day", CALLS_PER_DAY) as served, contextlib.closing(_Browser(served)) as browser:
        together, alone = alternate(bench.rounds, browser.load_page, browser.ask_each)
    yield Line(
        row="six requests of a browser's page at once, and one alone: p95",
        a=f"{together.median:.1f} ms",
        b=f"{alone.median:.1f} ms",
        value=together.over(alone),
        budget=Budget(3),
    )


class _Browser:
    """Six connections; a round gives the time in milliseconds within which 19 of 20 answers are there."""

    def __init__(self, served: Served) -> None:
        self._served = served
        self._connections = [served.connect() for _ in _BROWSER_PAGE]

    def load_page(self) -> float:
        """All six at once."""
        return _p95(took for _ in range(_BURSTS) for took in self._ask(range(len(_BROWSER_PAGE))))

    def ask_each(self) -> float:
        """Each one alone."""
        places = range(len(_BROWSER_PAGE))
        return _p95(took for _ in range(_BURSTS) for place in places for took in self._ask([place]))

    def _ask(self, places: Sequence[int]) -> Iterator[float]:
        self._served.moment -= STEP_SECONDS
        paths = (_BROWSER_PAGE[place].replace(NEW, str(self._served.moment)) for place in places)
        requests = [self._served.request(path) for path in paths]
        received = {self._connections[place]: b"" for place in places}
        with selectors.DefaultSelector() as waiting:
            begun = time.perf_counter()
            for connection, request in zip(received, requests, strict=True):
                connection.sendall(request)
                waiting.register(connection, selectors.EVENT_READ)
            while waiting.get_map():
                for key, _ in waiting.select():
                    connection = key.fileobj
                    assert isinstance(connection, socket.socket)
                    received[connection] += connection.recv(1 << 18)
                    if is_whole(received[connection]):
                        yield (time.perf_counter() - begun) * 1_000
                        waiting.unregister(connection)

    def close(self) -> None:
        """End the connections."""
        for connection in self._connections:
            connection.close()


def _p95(values: Iterable[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]
