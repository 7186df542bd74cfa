"""Rows about the data: how little its size matters, and how fast it is made."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date

from measuring import Bench, Budget, Line, Samples, alternate

from mockcdrs.dataset.generator import Traffic, blocks_of_day, generate_block
from mockcdrs.dataset.office import generate_office, main_account_id

_FIRST_PAGE = r"""
import pathlib, re, sys, time
from mockcdrs.mock import Mock
begun = time.process_time()
mock = Mock(calls_per_day=int(sys.argv[1]))
answer = mock.client().simulate_get(f"/v2/accounts/{mock.account_id}/cdrs")
spent = time.process_time() - begun
assert len(answer.json["data"]) == 50, answer.text
# resource.getrusage() would count what the process weighed that this one was forked from
status = pathlib.Path("/proc/self/status").read_text()
print(spent * 1000, int(re.search(r"VmHWM:\s+(\d+)", status)[1]) * 1024 / 1e6)
"""


def newest_page(bench: Bench) -> Iterator[Line]:
    """A mock of very many calls and one of few, each in a new process: made, and asked for its newest page."""
    busy, quiet = _NewMock(100_000), _NewMock(25)
    times = alternate(2 * bench.rounds, busy, quiet)
    row = "newest page at 100,000 calls a day, and at 25"
    a, b = (f"{each.median:,.1f} ms" for each in times)
    yield Line(row=f"{row}: processor time", a=a, b=b, value=times[0].over(times[1]), budget=Budget(2))
    sizes = [Samples(each.megabytes[1:]) for each in (busy, quiet)]
    a, b = (f"{each.median:,.1f} MB" for each in sizes)
    yield Line(row=f"{row}: memory", a=a, b=b, value=sizes[0].over(sizes[1]), budget=Budget(1.2))


class _NewMock:
    """A process with a mock; a round gives the milliseconds of processor time to its first page."""

    def __init__(self, calls_per_day: int) -> None:
        self._command = [sys.executable, "-c", _FIRST_PAGE, str(calls_per_day)]
        self.megabytes: list[float] = []

    def __call__(self) -> float:
        output = subprocess.run(self._command, capture_output=True, text=True, check=True, timeout=60).stdout
        spent, peak = map(float, output.split())
        self.megabytes.append(peak)
        return spent


def generation(bench: Bench) -> Iterator[Line]:
    """Documents a second of processor time."""
    generated, faked = alternate(bench.rounds, lambda: _made_in(bench.seconds), lambda: _faked_in(bench.seconds))
    yield Line(
        row="generation, documents/s",
        a=f"{generated.median:,.0f}/s",
        b=f"Faker {faked.median:,.0f}/s",
        value=generated,
        unit="/s",
        budget=Budget(100_000, is_least=True),
    )


def _made_in(seconds: float) -> float:
    office, load = generate_office(1, main_account_id(1)), Traffic(20_000)
    blocks, count, begun = blocks_of_day(load, date(2026, 1, 19)), 0, time.process_time()
    for number in range(sys.maxsize):
        count += len(generate_block(office, load, blocks[number % len(blocks)]))
        if (spent := time.process_time() - begun) > seconds:
            return count / spent
    return 0.0


def _faked_in(seconds: float) -> float:
    """Faker alone for what a document says of people, numbers, machines and times."""
    from faker import Faker

    fake, count, begun = Faker(), 0, time.process_time()
    fake.seed_instance(1)
    texts = (fake.name, fake.name, fake.phone_number, fake.phone_number, fake.ipv4, fake.domain_name)
    others = (*(fake.uuid4 for _ in range(8)), *(fake.random_int for _ in range(12)), fake.unix_time, fake.unix_time)
    makers: list[Callable[[], object]] = [*texts, *others]
    while (spent := time.process_time() - begun) < seconds:
        for make in makers:
            make()
        count += 1
    return count / spent
