"""Mutation testing: `python tests/mutation/run.py [--only ROOM ...] [--changed] [--sample N] [--results FILE]`.

Makes small mistakes in the functions of the rooms below, one at a time, and counts those that a test notices. `--only`
keeps to some of the rooms, `--changed` to the lines that the latest commits changed. `--sample` takes so many at
random. `--results` is a file to which the end of each is added; what is in it already is not run again. Fails if
clearly less than nine of ten are noticed, not counting those that `survivors.txt` lists with a reason, and if that has
a line that is no mutant of the code as it is now. See docs/testing.md.
"""

import argparse
import itertools
import json
import math
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from forked_tests import ForkedTests, Trial
from mutants import Mutant, mutants_of

ROOT = Path(__file__).parents[2]
ROOMS = ("cdr", "control", "crossbar", "dataset/store.py", "faults")
TESTS = (
    *("advice", "cdr", "control", "control_api", "crossbar", "dataset/test_store.py", "expected", "faults"),
    *("pytest_plugin/test_wrong_calls.py", "test_config.py", "test_mock.py", "test_mock_interface.py"),
    "test_reference.py",
)
SURVIVORS = Path(__file__).parent / "survivors.txt"
KILLED = ("killed", "out of time", "crashed")
LEAST_KILLED = 0.9
CHANCE = 2.33  # standard deviations: one sample in a hundred of those with just the least killed falls below
CHANGED_LINES = 400
SECONDS = 2.0  # of tests for one mutant


def main() -> None:
    """Run the mutants that the command line asks for, and print what became of them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", nargs="+", metavar="ROOM", choices=ROOMS, default=ROOMS)
    parser.add_argument("--changed", action="store_true")
    parser.add_argument("--sample", type=int, default=sys.maxsize)
    parser.add_argument("--results", type=Path, default=Path(os.devnull))
    parser.add_argument("--processes", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--seconds", type=float, default=SECONDS)
    arguments = parser.parse_args()
    os.chdir(ROOT)
    mutants = [each for file in sorted(room_files()) for each in mutants_of(file)]
    if stale := listed_survivors() - {mutant.description for mutant in mutants}:
        sys.exit("\n".join([f"{SURVIVORS.relative_to(ROOT)} lists what is no mutant of the code:", *sorted(stale)]))
    lines = changed_lines() if arguments.changed else None
    mutants = [each for each in mutants if room_of(each.file) in arguments.only]
    mutants = [each for each in mutants if lines is None or (each.file, each.line) in lines]
    random.Random(git("rev-parse", "HEAD") if lines else 0).shuffle(mutants)
    ends: dict[str, Counter[str]] = {room: Counter() for room in ROOMS}

    def work(tests: ForkedTests) -> None:
        for name in tests.failing:
            say(f"fails without any mutant, and is left out: {name}")
        trials = (trial for mutant in mutants if (trial := tests.trial(mutant, arguments.seconds)))
        for mutant, end in run(tests, itertools.islice(trials, arguments.sample), arguments.results):
            ends[room_of(mutant.file)][end] += 1

    options = ("-q", "-s", "--assert=plain", "--tb=native", "-p", "no:cacheprovider")
    tests = [f"tests/{name}" for name in TESTS]
    plugin = ForkedTests({each.file for each in mutants}, arguments.processes, work)
    status = pytest.main([*options, *tests], [plugin])
    if status:
        sys.exit(status)
    killed, count = report(ends)
    if not count:
        sys.exit("no mutant was tried")
    if killed + CHANCE * math.sqrt(LEAST_KILLED * (1 - LEAST_KILLED) * count) < LEAST_KILLED * count:
        sys.exit(f"{killed} of {count} mutants that are not listed are killed, expected {LEAST_KILLED:.0%}")


def run(tests: ForkedTests, trials: Iterator[Trial], results: Path) -> Iterator[tuple[Mutant, str]]:
    """Run trials, but for those with a known end. Yields each mutant with its end.

    Prints those that survive and are not listed, and those that are listed and do not survive.
    """
    listed = listed_survivors()
    ends = dict(map(json.loads, results.read_text(encoding="utf-8").splitlines()))
    known: list[Mutant] = []

    def new() -> Iterator[Trial]:
        files = set()
        for trial in trials:
            if trial.mutant.description in ends:
                known.append(trial.mutant)
                continue
            if trial.mutant.file not in files:  # the same tests have to pass without a mutant
                files.add(trial.mutant.file)
                yield trial._replace(changes=[])
            yield trial

    def with_end(mutant: Mutant, end: str) -> tuple[Mutant, str]:
        is_listed = mutant.description in listed
        if is_listed == (end in KILLED):
            place = f"{mutant.file.relative_to(ROOT)}:{mutant.line}"
            say(f"{place}: {'listed, but killed: ' if is_listed else ''}{mutant.description}")
        return mutant, "listed" if is_listed and end not in KILLED else end

    doubtful = set()
    for trial, end in tests.run(new()):
        if trial.changes and trial.mutant.file not in doubtful:
            with results.open("a", encoding="utf-8") as file:
                file.write(json.dumps([trial.mutant.description, end]) + "\n")
            yield with_end(trial.mutant, end)
        elif not trial.changes and end != "survived":
            say(f"its tests do not pass together without any mutant, so it is left out: {trial.mutant.file}")
            doubtful.add(trial.mutant.file)
    yield from (with_end(mutant, ends[mutant.description]) for mutant in known)


def report(ends: dict[str, Counter[str]]) -> tuple[int, int]:
    """Print a table of rooms. Returns how many were killed, and how many of all are not listed."""
    say("| room | mutants | killed | survived, listed | survived |\n| --- | --- | --- | --- | --- |")
    for name, count in {**ends, "all": sum(ends.values(), Counter())}.items():
        killed = sum(count[end] for end in KILLED)
        share = f"{killed / count.total():.1%}" if count else "-"
        say(f"| {name} | {count.total()} | {killed} ({share}) | {count['listed']} | {count['survived']} |")
    return killed, count.total() - count["listed"]


def listed_survivors() -> set[str]:
    """The descriptions of the mutants that are listed with a reason."""
    lines = SURVIVORS.read_text(encoding="utf-8").splitlines()
    return {line for line in lines if line and not line.startswith("#")}


def room_of(file: Path) -> str:
    """The room that a file is in."""
    path = file.relative_to(ROOT / "mockcdrs").as_posix()
    return next(room for room in ROOMS if path.startswith(room))


def room_files() -> Iterator[Path]:
    """Every module of the rooms."""
    for room in ROOMS:
        path = ROOT / "mockcdrs" / room
        yield from path.rglob("*.py") if path.is_dir() else [path]


def changed_lines() -> set[tuple[Path, int]]:
    """The lines that the latest commits changed: of so many commits that there are `CHANGED_LINES` of them."""
    commit_seconds: dict[tuple[Path, int], int] = {}
    for file in room_files():
        blame = git("blame", "--line-porcelain", "--", str(file)).splitlines()
        seconds = [int(line.split()[1]) for line in blame if line.startswith("committer-time ")]
        commit_seconds |= {(file, number): each for number, each in enumerate(seconds, 1)}
    newest = sorted(commit_seconds.values(), reverse=True)[:CHANGED_LINES]
    return {line for line, seconds in commit_seconds.items() if seconds >= newest[-1]}


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def git(*arguments: str) -> str:
    """What git prints."""
    return subprocess.run(("git", *arguments), check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
