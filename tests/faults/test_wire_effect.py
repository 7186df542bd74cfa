"""Events that are set once, and waits for the first of several."""

import threading

import pytest

from mockcdrs.faults.wire_effect import Latch, Line, Pace, Wait, WireEffect, wait


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


def test_a_line_is_free_at_first() -> None:
    line = Line()
    assert [line.occupy(2, now_seconds) for now_seconds in (0, 1, 9)] == [2, 3, 2]


@pytest.mark.parametrize(
    ("effect", "is_silent", "is_plain"),
    [
        (WireEffect(delays=(Wait(1, Latch()),), fault="rule 1"), False, True),
        (WireEffect(close=True), True, False),
        (WireEffect(reset=True), True, False),
        (WireEffect(blackhole=Latch()), True, False),
        (WireEffect(paces=(Pace(1, Latch(), Line()),)), False, False),
        (WireEffect(cut_after=1), False, False),
        (WireEffect(cut_in_chunk=True), False, False),
        (WireEffect(wrong_content_length=-1), False, False),
    ],
    ids=["late", "closed", "reset", "blackhole", "slow", "cut", "cut in a chunk", "wrong length"],
)
def test_an_answer_may_be_sent_as_usual_or_not_at_all(effect: WireEffect, is_silent: bool, is_plain: bool) -> None:
    assert (effect.is_silent, effect.is_plain) == (is_silent, is_plain)
