"""The sources of request ids."""

from mockcdrs.control.state import HashedRequestIds, SequentialRequestIds
from mockcdrs.crossbar.pipeline import HttpRequest

REQUEST = HttpRequest("GET", "/v2", "a=1", {"accept": "*/*", "host": "x"})
NOW = 63_936_129_600


def test_sequential_ids_are_always_new_and_the_same_in_each_run() -> None:
    ids = SequentialRequestIds(7)
    first = [ids.of(REQUEST, NOW) for _ in range(3)]
    assert len(set(first)) == 3
    ids.reset()
    assert [ids.of(REQUEST, NOW) for _ in range(3)] == first
    assert SequentialRequestIds(8).of(REQUEST, NOW) != first[0]


def test_all_processes_give_a_request_the_same_hashed_id_whatever_came_before() -> None:
    one, other = HashedRequestIds(7), HashedRequestIds(7)
    other.of(HttpRequest("GET", "/elsewhere"), NOW)
    other.reset()
    reordered = HttpRequest("GET", "/v2", "a=1", dict(reversed([*REQUEST.headers.items()])))
    assert one.of(REQUEST, NOW) == other.of(reordered, NOW)


def test_whatever_differs_makes_another_hashed_id() -> None:
    others = [
        (7, HttpRequest("PUT", "/v2", "a=1", REQUEST.headers), NOW),
        (7, HttpRequest("GET", "/v2/", "a=1", REQUEST.headers), NOW),
        (7, HttpRequest("GET", "/v2", "a=2", REQUEST.headers), NOW),
        (7, HttpRequest("GET", "/v2", "a=1", {"accept": "\udcff"}), NOW),
        (7, HttpRequest("GET", "/v2", "a=1", REQUEST.headers, b"body"), NOW),
        (7, REQUEST, NOW + 1),
        (8, REQUEST, NOW),
    ]
    ids = {HashedRequestIds(seed).of(request, now) for seed, request, now in [(7, REQUEST, NOW), *others]}
    assert len(ids) == len(others) + 1
