"""Rows about the data: how little its size and age matter, and how fast it is gone through."""

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date

from inside import NOON, Ask, asking, milliseconds, universe
from measuring import Bench, Budget, Line, Samples, alternate
from servers import HERE

from mockcdrs.cdr.documents import text_at
from mockcdrs.control.state import default_account
from mockcdrs.crossbar.summary import summarize, summary_view
from mockcdrs.crossbar.versions import KAZOO_4_3
from mockcdrs.dataset.generator import Traffic, blocks_of_day, generate_block
from mockcdrs.dataset.office import generate_office, main_account_id
from mockcdrs.dataset.store import Document, LoadedStore

DAYS = 2_211  # from 2020-01-01 to 2026-01-20
TEN_MILLIONS = 1_950  # calls a day, of two or three legs each
MILLION_IN_A_MONTH = 13_800
HUNDRED_THOUSAND_IN_A_MONTH = 1_400


def ten_millions(bench: Bench) -> Iterator[Line]:
    """The first page of a large universe and of a small one, each in a new process."""
    large, small = _Child(TEN_MILLIONS, DAYS), _Child(25, 17)
    times = alternate(bench.rounds, large, small)
    a, b = (f"{each.median:,.0f} ms" for each in times)
    yield Line(row="first page at 10,000,000 CDRs: time", a=a, b=b, value=times[0].over(times[1]), budget=Budget(1.2))
    sizes = [Samples(child.megabytes[1:]) for child in (large, small)]
    a, b = (f"{each.median:,.1f} MB" for each in sizes)
    yield Line(row="first page at 10,000,000 CDRs: memory", a=a, b=b, value=sizes[0].over(sizes[1]), budget=Budget(1.2))


class _Child:
    """Runs `inside.py` over a universe; a round gives milliseconds."""

    def __init__(self, calls_per_day: int, days: int) -> None:
        self._command = [sys.executable, str(HERE / "inside.py"), str(calls_per_day), str(days), ""]
        self.megabytes: list[float] = []

    def __call__(self) -> float:
        output = subprocess.run(self._command, capture_output=True, text=True, check=True, timeout=60).stdout
        spent, weighed = map(float, output.split())
        self.megabytes.append(weighed)
        return spent


def last_page(bench: Bench) -> Iterator[Line]:
    """The end of a walk over a million rows and its beginning, asked for the first time in a new mock each."""
    calls = MILLION_IN_A_MONTH
    oldest = json.loads(asking(universe(calls, 40))("?ascending=true&page_size=50"))
    key = f"?start_key={oldest['next_start_key']}"
    last, first = alternate(bench.rounds, _first_touch(calls, 40, key), _first_touch(calls, 40, ""))
    yield Line(
        row="last page of a walk over 1,000,000",
        a=f"{last.median:.3g} ms",
        b=f"{first.median:.3g} ms",
        value=last.over(first),
        budget=Budget(1.2),
    )


def _first_touch(calls_per_day: int, days: int, query: str) -> Callable[[], float]:
    def once() -> float:
        ask = asking(universe(calls_per_day, days))
        ask("?created_from=63900000000&created_to=63900000001")  # what a mock makes once, whatever is asked
        return milliseconds(lambda: ask(query))

    return once


def old_date(bench: Bench) -> Iterator[Line]:
    """A page of 2020 and one of today, of a universe of years."""
    old = f"?created_from={NOON - 2_150 * 86_400}&created_to={NOON - 2_130 * 86_400}"
    again = asking(universe(TEN_MILLIONS, DAYS))
    fresh = alternate(bench.rounds, *(_first_touch(TEN_MILLIONS, DAYS, query) for query in (old, "")))
    touched = alternate(bench.rounds, *(_again(again, query) for query in (old + "&", "?")))
    for row, figures, budget in (
        ("one page at an old date, asked again", touched, Budget(1.5)),
        ("one page at an old date, first touch", fresh, None),
    ):
        a, b = (f"{one.median:.3g} ms" for one in figures)
        yield Line(row=row, a=a, b=b, value=figures[0].over(figures[1]), budget=budget)


def _again(ask: Ask, query: str) -> Callable[[], float]:
    """The same rows, as another question each time, so that the answer has to be made."""

    def some() -> float:
        return milliseconds(lambda: [ask(f"{query}_={random.random()}") for _ in range(20)]) / 20

    return some


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


def filtered(bench: Bench) -> Iterator[Line]:
    """A filter that nothing passes, through the whole mock, and a loop with the same test over the same dicts."""
    store, documents = _hundred_thousand()
    ask, number = asking(store), len(documents)
    query = "?filter_hangup_cause=NO_SUCH_CAUSE&paginate=false"
    path = ("hangup_cause",)

    def mock() -> float:
        return number / milliseconds(lambda: ask(f"{query}&_={random.random()}")) * 1_000

    def loop() -> float:
        spent = milliseconds(lambda: [each for each in documents if text_at(each, path) == "NO_SUCH_CAUSE"])
        return number / spent * 1_000

    a, b = alternate(bench.rounds, mock, loop)
    yield Line(
        row="a filter over 100,000 documents",
        a=f"{a.median:,.0f}/s",
        b=f"{b.median:,.0f}/s",
        value=a.over(b),
        budget=Budget(0.5, is_least=True),
    )


def summed(bench: Bench) -> Iterator[Line]:
    """A summary that was asked before, as another question, and one pass that sums the documents."""
    store, documents = _hundred_thousand()
    ask = asking(store, fixed=("summary-51-rows",))

    def mock() -> float:
        return milliseconds(lambda: ask(f"/cdrs/summary?_={random.random()}"))

    emits = summary_view(KAZOO_4_3.emergency_numbers).map

    def one_pass() -> float:
        return milliseconds(lambda: summarize(row[1] for each in documents if (row := emits(each))))

    a, b = alternate(bench.rounds, mock, one_pass)
    yield Line(
        row="summary over 31 days at 100,000 CDRs, second time",
        a=f"{a.median:,.1f} ms",
        b=f"{b.median:,.1f} ms",
        value=a.over(b),
        budget=Budget(0.1),
    )


def _hundred_thousand() -> tuple[LoadedStore, list[Document]]:
    """About as many documents of the last 31 days, in memory."""
    source = universe(HUNDRED_THOUSAND_IN_A_MONTH, 31)
    account = default_account(source)
    months: dict[str, list[Document]] = {}
    for month in source.months(account.id):
        parts = source.scan(account.id, month).generated
        months[month] = [each for part in parts for each in part.visible()]
    store = LoadedStore([account], {(account.id, month): documents for month, documents in months.items()})
    return store, [each for documents in months.values() for each in documents]
