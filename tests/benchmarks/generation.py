"""Documents a second that the generator makes on one core: `python tests/benchmarks/generation.py [SECONDS]`."""

import sys
import time
from datetime import date

from mockcdrs.dataset.generator import generate_block
from mockcdrs.dataset.load import Load, blocks_of_day
from mockcdrs.dataset.people import directory, main_account_id

CALLS_PER_DAY = (16, 1_000, 20_000, 100_000, 1_000_000)
DAY = date(2026, 1, 19)


def main(seconds: float) -> None:
    """Print a line for each load: blocks a day, documents in the last block, documents a second."""
    office = directory(1, main_account_id(1))
    sys.stdout.write(f"{'calls/day':>10} {'blocks':>7} {'fields':>7} {'docs/block':>11} {'docs/s':>9}\n")
    for calls_per_day in CALLS_PER_DAY:
        load = Load(calls_per_day)
        blocks = blocks_of_day(load, DAY)
        made, sizes, fields, begun = 0, [], 0, time.perf_counter()
        while time.perf_counter() - begun < seconds:
            documents = generate_block(office, load, blocks[len(sizes) % len(blocks)])
            sizes.append(len(documents))
            fields = len(documents[0]) if documents else fields
            made += len(documents)
        rate = made / (time.perf_counter() - begun)
        sys.stdout.write(f"{calls_per_day:>10,} {len(blocks):>7} {fields:>7} {max(sizes):>11,} {rate:>9,.0f}\n")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 2.0)
