"""How long until the first page, the first test, the next test."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from http.client import HTTPConnection
from operator import attrgetter
from pathlib import Path

from measuring import Bench, Budget, Line, Samples, alternate
from servers import HERE, answers, free_port, mock, mockcdrs, running, until

from mockcdrs.mock import Mock, build


class Timed:
    """A child that is timed by the wall, and by the processor time that it took."""

    def __init__(self, run: Callable[[], float]) -> None:
        self._run, self.spent = run, list[float]()

    def __call__(self) -> float:
        """One run's milliseconds."""
        before = _spent_by_children()
        milliseconds = self._run() * 1_000
        self.spent.append((_spent_by_children() - before) * 1_000)
        return milliseconds

    @property
    def cpu(self) -> Samples:
        """Milliseconds of processor time, without the first run."""
        return Samples(self.spent[1:])


def _spent_by_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def first_page(bench: Bench) -> Iterator[Line]:
    """From the start of a process to the end of its first page of 50 rows."""
    with mock() as served, tempfile.TemporaryDirectory() as folder:
        # what it takes to ask the account is known before: it is the same in each process of one seed
        path = served.address("/cdrs").partition("/v2")[2]
        whole = Path(folder) / "page.json"
        whole.write_bytes(_asked(served.address("/").split(":")[2].partition("/")[0], "/v2" + path, served.headers))
        a = Timed(lambda: _until_page(lambda port: mockcdrs("serve", "--port", port), "/v2" + path, served.headers))
        script = str(HERE / "script.py")
        b = Timed(lambda: _until_page(lambda port: [sys.executable, script, port, str(whole)], "/cdrs", {}))
        walls = alternate(bench.rounds, a, b)
    yield Line(
        row="process start to the first full page",
        a=f"{walls[0].median:,.0f} ms",
        b=f"{walls[1].median:,.0f} ms",
        value=walls[0].over(walls[1]),
        cpu=a.cpu.over(b.cpu).median,
        budget=Budget(1.3),
    )


def _until_page(command: Callable[[str], list[str]], path: str, headers: dict[str, str]) -> float:
    port, begun = free_port(), time.perf_counter()
    with running(command(str(port))):
        until(lambda: answers(port))
        _asked(str(port), path, headers)
        return time.perf_counter() - begun


def _asked(port: str, path: str, headers: dict[str, str]) -> bytes:
    client = HTTPConnection("127.0.0.1", int(port), timeout=30)
    try:
        client.request("GET", path, headers=headers)
        return client.getresponse().read()
    finally:
        client.close()


def pytest_run(bench: Bench) -> Iterator[Line]:
    """One trivial test, with the plugin and without; other plugins, which vary more than this one costs, stay out."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "test_trivial.py").write_text("def test_trivial():\n    pass\n")

        alone = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}

        def run(*options: str) -> float:
            begun = time.perf_counter()
            command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
            subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=60, env=alone)
            return time.perf_counter() - begun

        a, b = Timed(lambda: run("-p", "mockcdrs.pytest_plugin")), Timed(run)
        walls = alternate(3 * bench.rounds, a, b)
    more = a.cpu.minus(b.cpu)
    yield Line(
        row="pytest with one trivial test: plugin more than none",
        a=f"{walls[0].median:,.0f} ms",
        b=f"{walls[1].median:,.0f} ms",
        value=walls[0].minus(walls[1]),
        unit="ms",
        cpu=more.median,
        budget=Budget(5),
    )


def fixture(bench: Bench) -> Iterator[Line]:
    """What a mock costs each test; it is reset by those that hold a history only."""
    names, limits = ("made", "start", "reset", "close"), (0.2, 5, 0.2, 5)
    for name, limit, figures in zip(names, limits, _lives(50 * bench.rounds), strict=True):
        yield Line(row=f"fixture {name}", a=f"{figures.median:.3g} ms", value=figures, unit="ms", budget=Budget(limit))


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
