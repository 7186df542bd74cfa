"""How long until the first page of a new process, and what a mock costs each test."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from operator import attrgetter
from pathlib import Path

from measuring import Bench, Budget, Line, Samples, alternate, cpu_seconds
from servers import HERE, Served, answers, free_port, mock, mockcdrs, parts_of, running, until

from mockcdrs.mock import Mock, build

_FIRST_PAGE = r"""
import pathlib, re, sys, time
from mockcdrs.mock import Mock
begun = time.process_time()
mock = Mock(calls_per_day=int(sys.argv[1]))
answer = mock.client().simulate_get(f"/v2/accounts/{mock.account_id}/cdrs")
spent = time.process_time() - begun
assert len(answer.json["data"]) == 50, answer.text
# resource.getrusage() would count what the process weighed that this one was forked from
status = pathlib.Path("/proc/self/status").read_text()
print(spent * 1000, int(re.search(r"VmHWM:\s+(\d+)", status)[1]) * 1024 / 1e6)
"""


class _Start:
    """A server's start; a round gives milliseconds to its first page, `cpu` its processor time until then."""

    def __init__(self, command: Callable[[str], list[str]], base: str, headers: dict[str, str]) -> None:
        self._command, self._base, self._headers = command, base, headers
        self._spent = list[float]()

    def __call__(self) -> float:
        port, begun = free_port(), time.perf_counter()
        with running(self._command(str(port))) as process:
            until(lambda: answers(port))
            Served(f"http://127.0.0.1:{port}", self._base, self._headers, process.pid).get("/cdrs")
            took = time.perf_counter() - begun
            self._spent.append(cpu_seconds(process.pid))
        return took * 1_000

    @property
    def cpu(self) -> Samples:
        """Without the first round, which compiles modules and does not count."""
        return Samples(self._spent[1:])


def first_page(bench: Bench) -> Iterator[Line]:
    """From the start of a process to the end of its first page of 50 rows."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.json"
        with mock() as served:  # what it takes to ask the account is the same in each process of one seed
            page.write_bytes(b"".join(parts_of(*served.get("/cdrs"))))
        a = _Start(lambda port: mockcdrs("serve", "--port", port), served.base, served.headers)
        b = _Start(lambda port: [sys.executable, str(HERE / "script.py"), port, str(page)], "", {})
        walls = alternate(3 * bench.rounds, a, b)
    yield Line(
        row="start to the first page, and of bare Falcon and waitress",
        a=f"{walls[0].median:,.0f} ms",
        b=f"{walls[1].median:,.0f} ms",
        value=walls[0].over(walls[1]),
        cpu=a.cpu.over(b.cpu).median,
        budget=Budget(1.25),
    )


def newest_page(bench: Bench) -> Iterator[Line]:
    """A mock of very many calls and one of few, each in a new process: made, and asked for its newest page."""
    busy, quiet = _NewMock(100_000), _NewMock(25)
    times = alternate(2 * bench.rounds, busy, quiet)
    row = "newest page at 100,000 calls a day, and at 25"
    a, b = (f"{each.median:,.1f} ms" for each in times)
    yield Line(row=f"{row}: processor time", a=a, b=b, value=times[0].over(times[1]), budget=Budget(2))
    sizes = [Samples(each.megabytes[1:]) for each in (busy, quiet)]
    a, b = (f"{each.median:,.1f} MB" for each in sizes)
    yield Line(row=f"{row}: memory", a=a, b=b, value=sizes[0].over(sizes[1]), budget=Budget(1.2))


class _NewMock:
    """A process with a mock; a round gives the milliseconds of processor time to its first page."""

    def __init__(self, calls_per_day: int) -> None:
        self._command = [sys.executable, "-c", _FIRST_PAGE, str(calls_per_day)]
        self.megabytes: list[float] = []

    def __call__(self) -> float:
        output = subprocess.run(self._command, capture_output=True, text=True, check=True, timeout=60).stdout
        spent, peak = map(float, output.split())
        self.megabytes.append(peak)
        return spent


def fixture(bench: Bench) -> Iterator[Line]:
    """What a mock costs each test; it is reset by those that hold a history only."""
    names, limits = ("made", "start", "reset", "close"), (0.2, 5, 0.2, 5)
    for name, limit, figures in zip(names, limits, _lives(50 * bench.rounds), strict=True):
        yield Line(row=f"fixture: {name}", a=f"{figures.median:.3g} ms", value=figures, unit="ms", budget=Budget(limit))


def _lives(times: int) -> list[Samples]:
    first, lives = Mock(), []
    for _ in range(times):
        mock, steps = _another(first), (_another, attrgetter("url"), Mock.reset, Mock.close)
        lives.append([_milliseconds(partial(step, mock)) for step in steps])
    return [Samples(values) for values in zip(*lives, strict=True)]


def _another(mock: Mock) -> Mock:
    return build(mock.config, beside=mock)


def _milliseconds(step: Callable[[], object]) -> float:
    begun = time.perf_counter()
    step()
    return (time.perf_counter() - begun) * 1_000
