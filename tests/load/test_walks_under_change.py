"""Many walk through the pages while calls come and go: what stands all the while is seen by each, once."""

import contextlib
import itertools
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from mockcdrs.control.state import State
from mockcdrs.server.app import create_app
from mockcdrs.server.waitress_server import Server
from tests.crossbar.builders import ACCOUNT, ACCOUNT_TOKEN, NOW, calls, leg, state_of
from tests.profile import many

pytestmark = pytest.mark.slow
THREADS = 64
STANDING = calls(150)
MOST_PAGES = 100
_HEADERS = {"X-Auth-Token": ACCOUNT_TOKEN}
_WALKS = [
    {"path": "/cdrs", "page_size": "13"},
    {"path": "/cdrs", "page_size": "13", "ascending": "true"},
    {"path": "/cdrs", "page_size": "17", "is_chunked": "false"},
    {"path": "/cdrs/interaction", "page_size": "11", "ascending": "true"},
]


@contextlib.contextmanager
def _coming_and_going(state: State) -> Iterator[None]:
    """Until the end of the block calls are added between the standing ones, and taken away again."""
    end = threading.Event()

    def change() -> None:
        for number in itertools.count():
            if end.is_set():
                return
            call = leg(f"passing{number}@host", NOW - 3630 - number * 60 % 9_000)
            state.data.add(ACCOUNT, "202601", [call])
            if number >= 20:
                assert state.data.remove(f"202601-passing{number - 20}@host")
            end.wait(0.001)

    with ThreadPoolExecutor(1) as changer:
        changing = changer.submit(change)
        try:
            yield
        finally:
            end.set()
        changing.result()


def _walk(ask: Callable[[str, dict[str, str]], httpx.Response], path: str, **query: str) -> list[str]:
    ids: list[str] = []
    for _ in range(MOST_PAGES):
        response = ask(path, query)
        assert response.status_code == 200, response.text
        page: dict[str, Any] = response.json()
        ids += [row["id"] for row in page["data"]]
        if "next_start_key" not in page:
            return ids
        query["start_key"] = page["next_start_key"]
    raise AssertionError(f"{path} does not end after {MOST_PAGES} pages")


def _assert_all_see_what_stands(state: State, client: httpx.Client) -> None:
    def ask(path: str, query: dict[str, str]) -> httpx.Response:
        return client.get(path, params=query, headers=_HEADERS)

    standing = sorted(document["_id"] for document in STANDING)
    with _coming_and_going(state), ThreadPoolExecutor(THREADS) as walkers:
        walks = itertools.islice(itertools.cycle(_WALKS), THREADS * many(1, 10))
        for ids in [walkers.submit(_walk, ask, **walk) for walk in walks]:
            assert sorted(each for each in ids.result(120) if "passing" not in each) == standing


@pytest.fixture
def state() -> State:
    return state_of(STANDING)


def test_over_sockets(state: State) -> None:
    limits = httpx.Limits(max_connections=THREADS)
    with Server(create_app(state)) as server:
        url = f"{server.url}/v2/accounts/{ACCOUNT}"
        with httpx.Client(base_url=url, limits=limits, timeout=60) as client:
            _assert_all_see_what_stands(state, client)


def test_without_a_socket(state: State) -> None:
    transport = httpx.WSGITransport(app=create_app(state))
    with httpx.Client(transport=transport, base_url=f"http://mock/v2/accounts/{ACCOUNT}") as client:
        _assert_all_see_what_stands(state, client)
