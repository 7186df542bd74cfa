"""Many days of made-up calls, shared between the processes of a Dask cluster, on one machine or on many."""

import json
from datetime import date, timedelta

from distributed import Client, LocalCluster

from mockcdrs import generate

DAYS = [date(2026, 1, 12) + timedelta(days=days) for days in range(7)]


def lines_of(day: date) -> bytes:
    """The calls of a day as JSON lines: a function of the day alone, so any process of the cluster may run it."""
    return b"".join(json.dumps(cdr).encode() + b"\n" for cdr in generate.day(day, seed=7, calls_per_day=200))


def test_a_cluster_makes_the_bytes_that_one_process_makes() -> None:
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        made = client.gather(client.map(lines_of, DAYS))
    assert made == [lines_of(day) for day in DAYS]
    assert sum(lines.count(b"\n") for lines in made) > 2_000
