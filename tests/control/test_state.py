from mockcdrs.control.state import HashedRequestIds, SequentialRequestIds
from mockcdrs.crossbar.answer import Incoming

ASKED = Incoming("GET", "/v2", "a=1", {"accept": "*/*", "host": "x"})
NOW = 63_936_129_600


def test_by_order_each_is_new_and_each_run_the_same() -> None:
    ids = SequentialRequestIds(7)
    first = [ids.of(ASKED, NOW) for _ in range(3)]
    assert len(set(first)) == 3
    ids.reset()
    assert [ids.of(ASKED, NOW) for _ in range(3)] == first
    assert SequentialRequestIds(8).of(ASKED, NOW) != first[0]


def test_by_request_all_processes_agree_whatever_they_were_asked_before() -> None:
    one, other = HashedRequestIds(7), HashedRequestIds(7)
    other.of(Incoming("GET", "/elsewhere"), NOW)
    other.reset()
    turned = Incoming("GET", "/v2", "a=1", dict(reversed(ASKED.headers.items())))
    assert one.of(ASKED, NOW) == other.of(turned, NOW)


def test_by_request_whatever_differs_makes_another_id() -> None:
    others = [
        (7, Incoming("PUT", "/v2", "a=1", ASKED.headers), NOW),
        (7, Incoming("GET", "/v2/", "a=1", ASKED.headers), NOW),
        (7, Incoming("GET", "/v2", "a=2", ASKED.headers), NOW),
        (7, Incoming("GET", "/v2", "a=1", {"accept": "\udcff"}), NOW),
        (7, Incoming("GET", "/v2", "a=1", ASKED.headers, b"body"), NOW),
        (7, ASKED, NOW + 1),
        (8, ASKED, NOW),
    ]
    made = {HashedRequestIds(seed).of(asked, now) for seed, asked, now in [(7, ASKED, NOW), *others]}
    assert len(made) == len(others) + 1
