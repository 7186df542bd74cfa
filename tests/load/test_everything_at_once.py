"""64 threads walk, add, remove, freeze, fail and reset at once: what the data holds is seen by each walk, once."""

import random
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from mockcdrs import Mock
from tests.profile import many

pytestmark = pytest.mark.slow
THREADS = 64
SECONDS = many(5, 60)
SECONDS_TO_END = 60
DAY = 86_400
MOST_PAGES = 1_000


@pytest.fixture(autouse=True)
def _switches_at_every_chance() -> Iterator[None]:
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.fixture
def mock() -> Iterator[Mock]:
    with Mock(seed=4, calls_per_day=20, journal=200) as mock:
        yield mock


class Crowd:
    """What the threads do to one mock. Each method is one deed, and returns how many rows it saw, if any."""

    def __init__(self, mock: Mock) -> None:
        self.mock = mock
        self.now = mock.clock.now()
        self.start = self.now - 3 * DAY
        self.standing = set(mock.expected(created_from=self.start, created_to=self.now).ids)
        self.url = f"http://mock/v2/accounts/{mock.account_id}/cdrs"
        self.client = httpx.Client(
            transport=httpx.WSGITransport(app=mock.wsgi_app), headers={"X-Auth-Token": mock.auth_token}
        )

    def walk(self, chance: random.Random) -> int:
        query: dict[str, Any] = {
            "created_from": self.start,
            "created_to": self.now,
            "page_size": chance.choice((7, 20)),
        }
        ids: list[str] = []
        for _ in range(MOST_PAGES):
            response = self.client.get(self.url, params=query)
            if response.status_code == 503:  # a rule of another thread's
                continue
            assert response.status_code == 200, response.text
            page = response.json()
            ids += [row["id"] for row in page["data"]]
            if "next_start_key" not in page:
                break
            query["start_key"] = page["next_start_key"]
        assert len(ids) == len(set(ids))
        assert self.standing <= set(ids)
        return len(ids)

    def add(self, chance: random.Random) -> int:
        call = self.mock.add_call(at=self.now - chance.randrange(DAY), seconds=chance.randrange(1, 600))
        if chance.random() < 0.5:
            try:
                self.mock.remove(call.cdr_id)
            except KeyError:
                return 0  # a reset was quicker
        return 0

    def freeze(self, chance: random.Random) -> int:
        self.mock.clock.freeze(self.now + chance.randrange(DAY))
        self.mock.clock.advance(seconds=1)
        return 0

    def fail(self, chance: random.Random) -> int:
        self.mock.fail(path="/cdrs", status=503, times=chance.randrange(1, 3))
        return 0

    def reset(self, _: random.Random) -> int:
        self.mock.reset()
        return 0


def test_no_walk_loses_a_row(mock: Mock) -> None:
    crowd, ended = Crowd(mock), threading.Event()
    deeds: list[Callable[[random.Random], int]] = [crowd.walk, crowd.add, crowd.freeze, crowd.fail, crowd.reset]

    def act(number: int) -> int:
        chance, rows = random.Random(number), 0
        while not ended.is_set():
            (deed,) = chance.choices(deeds, (8, 8, 2, 2, 1))
            rows += deed(chance)
        return rows

    with ThreadPoolExecutor(THREADS) as threads:
        acting = [threads.submit(act, number) for number in range(THREADS)]
        time.sleep(SECONDS)
        ended.set()
        rows = sum(each.result(SECONDS_TO_END) for each in acting)
    assert rows > len(crowd.standing)
    mock.reset()
    assert crowd.walk(random.Random()) == len(crowd.standing)


def test_no_call_of_64_threads_is_lost(mock: Mock) -> None:
    def add(number: int) -> list[str]:
        at = mock.clock.now() - number
        return [leg["_id"] for _ in range(many(10, 100)) for leg in mock.add_call(at=at).legs]

    mock.clear()
    with ThreadPoolExecutor(THREADS) as threads:
        new_call = [cdr_id for ids in threads.map(add, range(THREADS), timeout=SECONDS_TO_END) for cdr_id in ids]
    assert sorted(mock.expected().ids) == sorted(new_call)
    assert len(set(new_call)) == len(new_call)
