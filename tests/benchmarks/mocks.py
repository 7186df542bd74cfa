"""Milliseconds to make, start, reset and stop a mock: `python tests/benchmarks/mocks.py [TIMES]`."""

import statistics
import sys
import time
from collections.abc import Callable

from mockcdrs.handle import Mock


def milliseconds(action: Callable[[], object]) -> float:
    """How long one call takes."""
    begun = time.perf_counter()
    action()
    return (time.perf_counter() - begun) * 1_000


def main(times: int) -> None:
    """Print the median and the longest of each."""
    mock, spent = Mock(), {name: list[float]() for name in ("make", "start", "reset", "stop")}
    for _ in range(times):
        spent["make"].append(milliseconds(Mock))
        spent["start"].append(milliseconds(lambda: mock.url))
        spent["reset"].append(milliseconds(mock.reset))
        spent["stop"].append(milliseconds(mock.stop))
    for name, found in spent.items():
        sys.stdout.write(f"{name:>6} {statistics.median(found):8.3f} ms {max(found):8.3f} ms at most\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
