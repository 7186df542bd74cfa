"""Documents a second that the generator makes on one core: `python tests/benchmarks/generation.py [SECONDS]`."""

import itertools
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta

from mockcdrs.dataset.generator import Traffic, blocks_of_day, documents_of_day
from mockcdrs.dataset.office import generate_office, main_account_id
from mockcdrs.dataset.store import Document

CALLS_PER_DAY = (16, 1_000, 20_000, 100_000, 1_000_000)
DAY = date(2026, 1, 19)
OFFICE = generate_office(1, main_account_id(1))


def day_after_day(load: Traffic) -> Iterator[Document]:
    """The documents of one day after the other, block by block, as a server and `mockcdrs generate` make them."""
    for day in itertools.count():
        yield from documents_of_day(OFFICE, load, DAY + timedelta(days=day))


def rate(load: Traffic, seconds: float) -> float:
    """Documents a second of CPU time, none of them kept."""
    count, begun, documents = 0, time.process_time(), day_after_day(load)
    while time.process_time() - begun < seconds:
        count += sum(1 for _ in itertools.islice(documents, 1_000))
    return count / (time.process_time() - begun)


def main(seconds: float) -> None:
    """Print a line for each load: blocks a day, fields of a document, documents a second."""
    sys.stdout.write(f"{'calls/day':>10} {'blocks':>7} {'fields':>7} {'documents/s':>12}\n")
    for calls_per_day in CALLS_PER_DAY:
        load = Traffic(calls_per_day)
        fields, blocks = len(next(day_after_day(load))), len(blocks_of_day(load, DAY))
        sys.stdout.write(f"{calls_per_day:>10,} {blocks:>7} {fields:>7} {rate(load, seconds):>12,.0f}\n")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 2.0)
