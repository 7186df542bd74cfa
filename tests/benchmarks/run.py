"""Speed and size, as ratios: `python tests/benchmarks/run.py [--short] [--peers DIR] [ROW ...]`.

Each ratio comes of A and B measured by turns in one run. Rows are the names below; without any, all are measured. wrk
makes the load. `--peers` is a folder in which json-server, @stoplight/prism-cli, wiremock and @mockoon/cli were
installed by npm; Granian and pytest-httpserver are Python's. What is not there is left out. Nothing fails on a time: a
budget that is missed says so.
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

import data
import memory
import pages
import peers
import starting
import suites
from load import Load
from measuring import Bench, Line, Table

ROWS: dict[str, Callable[[Bench], Iterator[Line]]] = {
    "new": pages.never_asked,
    "again": pages.asked_again,
    "browser": pages.browser_page,
    "peers": peers.peers,
    "tests": suites.many_tests,
    "start": starting.first_page,
    "plugin": suites.unused_plugin,
    "fixture": starting.fixture,
    "idle": memory.idle,
    "many": memory.many_requests,
    "long": memory.long_answer,
    "newest": starting.newest_page,
    "generation": data.generation,
    "processes": peers.workers,
}
IN_SHORT = ("new", "again", "start", "plugin", "fixture", "newest", "generation")
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
    sys.stdout.write(f"{machine()}; {bench.rounds} rounds, load by wrk\n\n")
    table, begun = Table(_write), time.monotonic()
    table.head()
    with _compiled_code():
        for row in options.rows or (IN_SHORT if options.short else ROWS):
            for line in ROWS[row](bench):
                table.add(line)
    sys.stdout.write(f"\n{time.monotonic() - begun:.0f} s; wrk took {Load.busiest:.0%} of a core at the most\n")


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
