"""A plugin of pytest that runs the collected tests against mutants, each mutant in a forked process.

Modules are imported and tests collected once. First, forked processes run every test, and note which lines it reaches
and how long it takes. Then each mutant gets a process, in which the code of the mutated function is exchanged, and the
tests that reach the mutated line run until one fails. All that a mutant does ends with its process.
"""

import gc
import os
import pickle
import resource
import signal
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import CodeType, FunctionType
from typing import NamedTuple, TypeVar

import coverage
import pytest
from hypothesis import Phase, settings
from mutants import Mutant

_MEMORY_BYTES = 4 << 30
_WALL_SECONDS = 60  # for one test: a mutant that waits forever uses no processor
_OUT_OF_TIME = {signal.SIGALRM, signal.SIGPROF}
_Job = TypeVar("_Job")


class Trial(NamedTuple):
    """The tests that one mutant has to pass, and the functions that it changes with their new code."""

    mutant: Mutant
    tests: list[pytest.Item]
    changes: list[tuple[FunctionType, CodeType]]


class _Reach(NamedTuple):
    seconds: float  # of the processor
    lines: list[tuple[str, int]]
    failed: bool


class ForkedTests:
    """The tests, once they are collected and measured; then `work` is called with this object.

    `failing` are those that fail without any mutant. They are left out.
    """

    def __init__(self, files: Iterable[Path], processes: int, work: Callable[["ForkedTests"], None]) -> None:
        self._files = [str(file) for file in files]
        self._processes = processes
        self._work = work
        self.failing: list[str] = []
        self._seconds: dict[pytest.Item, float] = {}
        self._tests_by_line: dict[str, dict[int, list[pytest.Item]]] = {file: {} for file in self._files}
        self._originals = {file: _code_by_name(Path(file).read_text(encoding="utf-8"), file) for file in self._files}
        self._functions: dict[CodeType, list[FunctionType]] = defaultdict(list)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        """Give property tests the same few examples each time, and do not shrink what fails."""
        phases = (Phase.explicit, Phase.generate)
        settings.register_profile("quick", max_examples=20, derandomize=True, deadline=None, phases=phases)
        settings.load_profile("quick")

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Measure the tests, and do the work."""
        if session.testsfailed:
            raise session.Interrupted("not all tests could be collected")
        session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]  # one for all processes
        for function in gc.get_objects():
            if isinstance(function, FunctionType) and function.__code__.co_filename in self._originals:
                self._functions[function.__code__].append(function)
        gc.collect()
        gc.freeze()  # what is shared with forked processes shall not be copied by their collections
        self._measure(session.items)
        self._work(self)
        return True

    def _measure(self, items: Sequence[pytest.Item]) -> None:
        modules = list(dict.fromkeys(item.path for item in items))
        with tempfile.TemporaryDirectory() as folder:

            def measure(share: int) -> bool:
                mine = set(modules[share :: self._processes])
                reach = _measured([item for item in items if item.path in mine], self._files)
                Path(folder, str(share)).write_bytes(pickle.dumps(reach))
                return True

            for share, status in _forked(range(self._processes), measure, self._processes):
                assert status == 0, f"share {share} of the tests ended with {status}"
            reach: dict[str, _Reach] = {}
            for part in Path(folder).iterdir():
                reach |= pickle.loads(part.read_bytes())
        self.failing = [name for name, each in reach.items() if each.failed]
        self._seconds = {item: reach[item.nodeid].seconds for item in items if not reach[item.nodeid].failed}
        for item in sorted(self._seconds, key=self._seconds.__getitem__):
            for file, line in reach[item.nodeid].lines:
                self._tests_by_line[file].setdefault(line, []).append(item)

    def trial(self, mutant: Mutant, seconds: float) -> Trial | None:
        """The trial of a mutant, with tests of `seconds` in all.

        Of the tests that reach its lines the fastest come first, and further cases of one test, much alike, later. None
        if the mutant is no Python, does the same as before, or is in a function that no test calls: one that makes
        tables when its module is imported, which is past.
        """
        file = str(mutant.file)
        try:
            mutated = _code_by_name(mutant.source, file)
        except SyntaxError:
            return None
        original = self._originals[file]
        changed = [(original[name], code) for name, code in mutated.items() if original.get(name, code) != code]
        changes = [(function, code) for old, code in changed for function in self._functions[old]]
        by_line = self._tests_by_line[file]
        reached = {line for old, _ in changed for *_, line in old.co_lines() if line in by_line}
        if not changes or not reached:
            return None
        first = max((line for line in reached if line <= mutant.line), default=min(reached))
        lines = [line for line in sorted(reached) if first <= line <= max(first, mutant.last_line)]
        reaching = dict.fromkeys(item for line in lines for item in by_line[line])
        cases: Counter[str] = Counter()
        weights: dict[pytest.Item, float] = {}
        for item in reaching:
            cases[test := item.nodeid.partition("[")[0]] += 1
            weights[item] = cases[test] * self._seconds[item]
        tests: list[pytest.Item] = []
        for item in sorted(reaching, key=weights.__getitem__):
            if not tests or self._seconds[item] <= seconds:
                tests.append(item)
                seconds -= self._seconds[item]
        return Trial(mutant, tests, changes)

    def run(self, trials: Iterable[Trial]) -> Iterator[tuple[Trial, str]]:
        """Run trials, several at a time. Yields each with its end: survived, killed, out of time or crashed."""

        def survives(trial: Trial) -> bool:
            resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
            for function, code in trial.changes:
                function.__code__ = code
            for item, following in _with_next(trial.tests):
                signal.setitimer(signal.ITIMER_PROF, 2 + 10 * self._seconds[item])
                signal.alarm(_WALL_SECONDS)
                if not _passes(item, following):
                    return False
            return True

        for trial, status in _forked(trials, survives, self._processes):
            ended_by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
            if ended_by:
                yield trial, "out of time" if ended_by in _OUT_OF_TIME else "crashed"
            else:
                yield trial, "killed" if status else "survived"


def _forked(jobs: Iterable[_Job], work: Callable[[_Job], bool], processes: int) -> Iterator[tuple[_Job, int]]:
    """Do each job in a process of its own, and yield it with the process's status: 0 if `work` returns true."""
    running: dict[int, _Job] = {}
    for job in jobs:
        if len(running) == processes:
            pid, status = os.wait()
            yield running.pop(pid), status
        pid = os.fork()
        if not pid:
            try:
                silence = os.open(os.devnull, os.O_RDWR)
                for stream in (1, 2):
                    os.dup2(silence, stream)
                os._exit(0 if work(job) else 1)
            finally:
                os._exit(1)
        running[pid] = job
    while running:
        pid, status = os.wait()
        yield running.pop(pid), status


def _measured(items: Sequence[pytest.Item], files: list[str]) -> dict[str, _Reach]:
    measuring = coverage.Coverage(data_file=None, config_file=False, include=files)
    ends: dict[str, tuple[float, bool]] = {}
    measuring.start()
    for item, following in _with_next(items):
        measuring.switch_context(item.nodeid)
        start = time.process_time()
        passed = _passes(item, following)
        ends[item.nodeid] = (time.process_time() - start, not passed)
    measuring.stop()
    lines: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for file in files:
        for line, tests in measuring.get_data().contexts_by_lineno(file).items():
            for test in tests:
                lines[test].append((file, line))
    return {name: _Reach(seconds, lines[name], failed) for name, (seconds, failed) in ends.items()}


def _passes(item: pytest.Item, following: pytest.Item | None) -> bool:
    failed = item.session.testsfailed
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
    return item.session.testsfailed == failed


def _with_next(items: Sequence[pytest.Item]) -> Iterator[tuple[pytest.Item, pytest.Item | None]]:
    return zip(items, [*items[1:], None], strict=True)


def _code_by_name(source: str, file: str) -> dict[tuple[str, int], CodeType]:
    """Every code object of a module, under its qualified name and its place among those of the same name."""
    found: dict[tuple[str, int], CodeType] = {}

    def visit(code: CodeType) -> None:
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                number = sum(name == constant.co_qualname for name, _ in found)
                found[constant.co_qualname, number] = constant
                visit(constant)

    visit(compile(source, file, "exec", dont_inherit=True))
    return found
