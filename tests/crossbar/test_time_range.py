from typing import Any

import pytest

from mockcdrs.crossbar.context import Request
from mockcdrs.crossbar.errors import Failure
from mockcdrs.crossbar.view_query import has_month_names, month_overlaps, parse_time_range

NOW, MAXIMUM = 63_936_129_600, 1000


def ranged(**parameters: Any) -> tuple[int, int]:
    return parse_time_range(Request("GET", "/", tuple(parameters.items())), NOW, MAXIMUM)


def refusal(**parameters: Any) -> Failure:
    with pytest.raises(Failure) as caught:
        ranged(**parameters)
    return caught.value


def test_without_parameters_it_is_the_widest_range_before_now() -> None:
    assert ranged() == (NOW - MAXIMUM, NOW)


def test_a_start_alone_goes_until_now_and_an_end_alone_starts_the_widest_range_before_it() -> None:
    assert ranged(created_from=str(NOW - 10)) == (NOW - 10, NOW)
    assert ranged(created_to=str(NOW - 10)) == (NOW - 10 - MAXIMUM, NOW - 10)


@pytest.mark.parametrize("value", ["abc", "", "0", "-5", True, None, "1e5", []])
def test_what_is_no_positive_number_falls_back(value: Any) -> None:
    assert ranged(created_from=value, created_to=value) == (NOW - MAXIMUM, NOW)


def test_a_fraction_is_rounded() -> None:
    assert ranged(created_from=f"{NOW - 10}.5", created_to=f"{NOW}.4") == (NOW - 9, NOW)


def test_the_widest_range_is_allowed_and_a_second_more_is_not() -> None:
    assert ranged(created_from=NOW - MAXIMUM, created_to=NOW) == (NOW - MAXIMUM, NOW)
    failure = refusal(created_from=NOW - MAXIMUM - 1, created_to=NOW)
    assert (failure.status, failure.message) == (400, "validation error")
    words = f"created_to {NOW} is more than 1000 seconds from created_from {NOW - MAXIMUM - 1}"
    assert failure.data == {"created_from": {"date_range": {"message": words, "cause": NOW}}}


def test_a_moment_is_a_range_and_a_reversed_one_is_none() -> None:
    assert ranged(created_from=NOW, created_to=NOW) == (NOW, NOW)
    failure = refusal(created_from=NOW, created_to=NOW - 1)
    words = f"created_to {NOW - 1} is prior to created_from {NOW}"
    assert failure.status == 400
    assert failure.data == {"created_from": {"date_range": {"message": words, "cause": NOW}}}


def test_a_start_in_the_future_is_reversed() -> None:
    assert refusal(created_from=NOW + 1).data["created_from"]["date_range"]["cause"] == NOW + 1


@pytest.mark.parametrize(
    ("start", "end", "has"),
    [
        (NOW, NOW, True),
        (1_768_910_400, 1_768_910_400, False),  # Unix seconds: the year 56
        (31_556_995_199, NOW, False),  # the last second of 999
        (31_556_995_200, NOW, True),
        (NOW, 315_569_519_999, True),
        (NOW, 315_569_520_000, True),  # the year 10000
    ],
)
def test_months_have_names_once_their_years_have_four_digits(start: int, end: int, has: bool) -> None:
    assert has_month_names(start, end) is has


@pytest.mark.parametrize(
    ("month", "touched"), [("202511", False), ("202512", True), ("202601", True), ("202602", False)]
)
def test_a_month_is_touched_from_its_first_to_its_last_second(month: str, touched: bool) -> None:
    first_of_january = 63_934_444_800
    assert month_overlaps(month, first_of_january - 1, first_of_january) is touched
