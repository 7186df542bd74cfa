"""Events that are set once, and waits for the first of several."""

import threading

from mockcdrs.faults.wire_effect import Latch, wait


def test_whoever_listens_is_called_when_it_is_set() -> None:
    latch, called = Latch(), list[int]()
    with latch.calling(lambda: called.append(1)), latch.calling(lambda: called.append(2)):
        assert (called, latch.is_set) == ([], False)
        latch.set()
    assert (called, latch.is_set) == ([1, 2], True)


def test_whoever_comes_too_late_is_called_at_once() -> None:
    latch, called = Latch(), list[int]()
    latch.set()
    with latch.calling(lambda: called.append(1)):
        assert called == [1]


def test_whoever_has_left_off_listening_is_not_called() -> None:
    latch, called = Latch(), list[int]()
    with latch.calling(lambda: called.append(1)):
        pass
    latch.set()
    assert called == []


def test_a_wait_ends_with_the_first_of_its_latches() -> None:
    never, first = Latch(), Latch()
    waiting = threading.Thread(target=wait, args=(1e300, never, first))
    waiting.start()
    first.set()
    waiting.join(20)
    assert not waiting.is_alive()
    assert not never.is_set


def test_a_wait_ends_in_time() -> None:
    wait(0.01, Latch())
