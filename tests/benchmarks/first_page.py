"""What the first page costs a process of its own, by the size of the universe: `python tests/benchmarks/first_page.py`.

Each figure is a median over fresh processes that take turns, so that a busy machine slows them alike.
"""

import json
import statistics
import subprocess
import sys

TIMES = 9
# Calls a day from 2020 to 2026 that make about so many CDRs; the first is the committed office with its 1,446.
UNIVERSES = {"1,446 CDRs": None, "10,000,000 CDRs": 2_150, "a million calls a day": 1_000_000}
_ONCE = """
import json, resource, sys, time
from mockcdrs.mock import Mock
calls = json.loads(sys.argv[1])
begun = time.process_time()
mock = Mock() if calls is None else Mock(calls_per_day=calls)
made = time.process_time()
answer = mock.client().simulate_get(f"/v2/accounts/{mock.account_id}/cdrs")
shown = time.process_time()
assert len(answer.json["data"]) == 50, answer.text
peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([(shown - begun) * 1000, (shown - made) * 1000, peak_kib / 1024]))
"""


def first_page(calls_per_day: int | None) -> tuple[float, float, float]:
    """CPU milliseconds of making a mock and its first page, those of the page alone, and the process's peak in MiB.

    `None` calls a day is the committed office.
    """
    process = subprocess.run(
        [sys.executable, "-c", _ONCE, json.dumps(calls_per_day)], capture_output=True, check=True, text=True
    )
    whole, page, peak = json.loads(process.stdout)
    return whole, page, peak


def main(times: int) -> None:
    """Print a line for each size, and its ratios to the first one."""
    figures_by_name: dict[str, list[tuple[float, float, float]]] = {name: [] for name in UNIVERSES}
    for _ in range(times):
        for name, calls in UNIVERSES.items():
            figures_by_name[name].append(first_page(calls))
    medians = {
        name: [statistics.median(column) for column in zip(*rows, strict=True)]
        for name, rows in figures_by_name.items()
    }
    base = next(iter(medians.values()))
    for name, row in medians.items():
        figures = zip(("mock and page", "page", "peak"), row, base, ("ms", "ms", "MiB"), strict=True)
        text = "  ".join(f"{what} {value:6.1f} {unit} ({value / least:.2f})" for what, value, least, unit in figures)
        sys.stdout.write(f"{name:>22}: {text}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else TIMES)
