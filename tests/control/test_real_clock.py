"""A clock that nobody stops."""

import time

import pytest

from mockcdrs.control import real_clock


def test_it_is_the_clock_of_the_machine_though_not_the_same_function() -> None:
    before, now, after = time.perf_counter(), real_clock.monotonic(), time.perf_counter()
    assert before <= now <= after
    assert real_clock.monotonic is not time.perf_counter


def test_a_module_that_is_not_there_is_named() -> None:
    with pytest.raises(ImportError, match="no_such_module: not found"):
        real_clock._second_instance("no_such_module")
