"""Medians, noise, and lines of a table; what a process has spent."""

import resource
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Bench:
    """How long to measure: rounds of each row, seconds of load a round; `peers` is a folder with `node_modules`."""

    rounds: int
    seconds: float
    peers: Path | None = None


@dataclass(frozen=True, slots=True)
class Samples:
    """What was measured again and again."""

    values: Sequence[float]

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.values)

    @property
    def noise(self) -> float:
        """The distance between the quartiles, as a share of the median."""
        if len(self.values) < 2 or not self.median:
            return 0.0
        low, _, high = statistics.quantiles(self.values, n=4, method="inclusive")
        return abs((high - low) / self.median)

    def over(self, other: "Samples") -> "Samples":
        """The ratios, round by round."""
        return Samples([a / b for a, b in zip(self.values, other.values, strict=True)])

    def minus(self, other: "Samples") -> "Samples":
        """The differences, round by round."""
        return Samples([a - b for a, b in zip(self.values, other.values, strict=True)])


@dataclass(frozen=True, slots=True)
class Budget:
    """What a value is held against; `is_least` where it may not be below."""

    limit: float
    is_least: bool = False

    def __str__(self) -> str:
        return f"{'>=' if self.is_least else '<='} {self.limit:,g}"

    def is_met(self, value: float) -> bool:
        """Whether a value keeps it."""
        return value >= self.limit if self.is_least else value <= self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the table: what A and B came to, and the value, a ratio unless `unit` says otherwise.

    `cpu` is the same ratio by the processor time that the servers spent: it hardly feels what else the machine does.
    """

    row: str
    a: str = ""
    b: str = ""
    value: Samples | None = None
    unit: str = ""
    cpu: float | None = None
    budget: Budget | None = None

    def cells(self) -> list[str]:
        """The line's text, column by column."""
        value = self.value
        shown = "" if value is None else f"{_short(value.median)}{' ' if self.unit else ''}{self.unit}"
        noise = "" if value is None or len(value.values) < 2 else f"{value.noise:.0%}"
        verdict = ""
        if self.budget is not None and value is not None:
            verdict = "met" if self.budget.is_met(value.median) else "MISSED"
        cpu = "" if self.cpu is None else f"{self.cpu:.2f}"
        return [self.row, self.a, self.b, shown, noise, cpu, str(self.budget or ""), verdict]


def _short(value: float) -> str:
    """Three digits, and all of those before the point."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


HEADS = ["row", "A", "B", "value", "noise", "by CPU", "budget", ""]


@dataclass(slots=True)
class Table:
    """Lines as they come, printed as a Markdown table whose first column is wide enough for most."""

    write: Callable[[str], object]
    widths: list[int] = field(default_factory=lambda: [62, 16, 16, 10, 6, 6, 10, 6])

    def head(self) -> None:
        """The heads and the rule below them."""
        self._put(HEADS)
        self._put(["-" * width for width in self.widths])

    def add(self, line: Line) -> None:
        """One more line."""
        self._put(line.cells())

    def _put(self, cells: Sequence[str]) -> None:
        padded = (cell.ljust(width) for cell, width in zip(cells, self.widths, strict=True))
        self.write(f"| {' | '.join(padded)} |\n")


def alternate(rounds: int, *measures: Callable[[], float]) -> list[Samples]:
    """Each measure by turns, as many times as there are rounds; a round before them does not count."""
    for measure in measures:
        measure()
    figures = [[measure() for measure in measures] for _ in range(rounds)]
    return [Samples(values) for values in zip(*figures, strict=True)]


def cpu_seconds(pid: int) -> float:
    """Processor time so far of a process and of those that it started and that still run; 0 for the process 0."""
    if not pid:
        return 0.0
    children = " ".join(file.read_text() for file in Path(f"/proc/{pid}/task").glob("*/children"))
    # the id of a process's own clock, as Linux's clock_getcpuclockid() makes it: /proc counts hundredths of a second
    return time.clock_gettime(~pid << 3 | 2) + sum(map(cpu_seconds, map(int, children.split())))


def cpu_of_children() -> float:
    """Processor time of all processes that this one started and that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def memory_mb(pid: int, name: str = "VmRSS") -> float:
    """Megabytes of a process: what it has (`VmRSS`), or had at its peak (`VmHWM`)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1_024 / 1e6 for line in lines if line.startswith(name))
