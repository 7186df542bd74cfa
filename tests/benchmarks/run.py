"""Speed and size, as ratios: `python tests/benchmarks/run.py [--short] [--peers DIR] [ROW ...]`.

Each ratio comes of A and B measured by turns in one run. Rows are the names below; without any, all are measured.
`--peers` is a folder in which json-server, @stoplight/prism-cli and wiremock were installed by npm. What is not there
is left out. Nothing fails on a time: a budget that is missed says so.
"""

import argparse
import contextlib
import importlib.metadata
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import clients
import data
import load
import others
import pages
import starting
import streaming
from measuring import Bench, Line, Table

ROWS: dict[str, Callable[[Bench], Iterator[Line]]] = {
    "page": pages.default_page,
    "answers": pages.other_answers,
    "clients": clients.side_by_side,
    "held": clients.held_back,
    "beside": clients.beside_a_reader,
    "walk": pages.walked_pages,
    "start": starting.first_page,
    "pytest": starting.pytest_run,
    "fixture": starting.fixture,
    "ten-millions": data.ten_millions,
    "last-page": data.last_page,
    "old-date": data.old_date,
    "generation": data.generation,
    "filter": data.filtered,
    "summary": data.summed,
    "all-rows": streaming.all_rows,
    "workers": others.workers,
    "peers": others.peers,
}
IN_SHORT = ("page", "answers", "start", "fixture", "old-date", "generation")
FULL, SHORT = Bench(rounds=7, seconds=1.0), Bench(rounds=1, seconds=1.0)


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="*", choices=[*ROWS, []], metavar="ROW", help=", ".join(ROWS))
    parser.add_argument("--short", action="store_true", help=f"one round each, of {', '.join(IN_SHORT)}")
    parser.add_argument("--peers", type=Path, help="where the peers were installed by npm")
    options = parser.parse_args(arguments)
    known = SHORT if options.short else FULL
    bench = Bench(known.rounds, known.seconds, options.peers)
    sys.stdout.write(f"{machine()}; {bench.rounds} rounds, load by {load.tool()}\n\n")
    table, begun = Table(_write), time.monotonic()
    table.head()
    with _compiled_code():
        for row in options.rows or (IN_SHORT if options.short else ROWS):
            for line in ROWS[row](bench):
                table.add(line)
    sys.stdout.write(f"\n{time.monotonic() - begun:.0f} s\n")


@contextlib.contextmanager
def _compiled_code() -> Iterator[None]:
    """Let children start as what pip installed does, whose modules were compiled before."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = folder
        yield


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def machine() -> str:
    """What it was measured on, in words."""
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("falcon", "waitress", "orjson"))
    system = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    return f"{_processor()}, {system}, {versions}"


def _processor() -> str:
    file = Path("/proc/cpuinfo")
    lines = file.read_text().splitlines() if file.exists() else []
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


if __name__ == "__main__":
    main(sys.argv[1:])
