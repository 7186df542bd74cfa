"""Many days of made-up calls, shared between the processes of a Dask cluster, on one machine or on many."""

import json
from datetime import date, timedelta

from distributed import Client, LocalCluster

from mockcdrs import generate

DAYS = [date(2026, 1, 12) + timedelta(days=days) for days in range(7)]
OFFICE = {"seed": 7, "calls_per_day": 200}


def test_a_cluster_makes_the_bytes_that_one_process_makes() -> None:
    cluster = LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None)
    with cluster, Client(cluster) as client:
        shared = client.gather(client.map(generate.day, DAYS, **OFFICE))
    alone = [generate.day(day, **OFFICE) for day in DAYS]
    assert json.dumps(shared).encode() == json.dumps(alone).encode()
    assert sum(map(len, shared)) > 2_000
