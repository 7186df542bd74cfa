"""Documents a second that the generator makes on one core: `python tests/benchmarks/generation.py [SECONDS]`."""

import itertools
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from mockcdrs.dataset.generator import Traffic, blocks_of_day, documents_of_day, generate_block
from mockcdrs.dataset.office import generate_office, main_account_id
from mockcdrs.dataset.store import Document

CALLS_PER_DAY = (16, 1_000, 20_000, 100_000, 1_000_000)
DAY = date(2026, 1, 19)
OFFICE = generate_office(1, main_account_id(1))


def in_a_row(load: Traffic) -> Iterator[Document]:
    """Day after day, as `mockcdrs generate` makes them."""
    for day in itertools.count():
        yield from documents_of_day(OFFICE, load, DAY + timedelta(days=day))


def by_block(load: Traffic) -> Iterator[Document]:
    """Block after block, each by itself, as a server makes them."""
    for day in itertools.count():
        for block in blocks_of_day(load, DAY + timedelta(days=day)):
            yield from generate_block(OFFICE, load, block)


def rate(way: Callable[[Traffic], Iterator[Document]], load: Traffic, seconds: float) -> float:
    """Documents a second of CPU time, none of them kept."""
    count, begun, documents = 0, time.process_time(), way(load)
    while time.process_time() - begun < seconds:
        count += sum(1 for _ in itertools.islice(documents, 1_000))
    return count / (time.process_time() - begun)


def main(seconds: float) -> None:
    """Print a line for each load: blocks a day, fields of a document, documents a second in both ways."""
    sys.stdout.write(f"{'calls/day':>10} {'blocks':>7} {'fields':>7} {'in a row/s':>11} {'by block/s':>11}\n")
    for calls_per_day in CALLS_PER_DAY:
        load = Traffic(calls_per_day)
        fields, blocks = len(next(in_a_row(load))), len(blocks_of_day(load, DAY))
        rates = " ".join(f"{rate(way, load, seconds):>11,.0f}" for way in (in_a_row, by_block))
        sys.stdout.write(f"{calls_per_day:>10,} {blocks:>7} {fields:>7} {rates}\n")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 2.0)
