from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockcdrs.cdr import gregorian

MOMENTS = st.datetimes(min_value=datetime(1, 1, 1), max_value=datetime(9999, 12, 31, 23, 59, 59)).map(  # noqa: DTZ001
    lambda moment: moment.replace(tzinfo=UTC)
)


def test_the_unix_epoch_is_62167219200_gregorian_seconds() -> None:
    assert gregorian.from_unix(0) == 62_167_219_200
    assert gregorian.from_datetime(datetime(1970, 1, 1, tzinfo=UTC)) == 62_167_219_200


@given(st.integers(-(10**12), 10**12))
def test_unix_seconds_come_back(seconds: int) -> None:
    assert gregorian.to_unix(gregorian.from_unix(seconds)) == seconds


@given(MOMENTS)
def test_a_datetime_comes_back_without_its_fraction(moment: datetime) -> None:
    assert gregorian.to_datetime(gregorian.from_datetime(moment)) == moment.replace(microsecond=0)


def test_a_datetime_of_another_zone_is_the_same_moment() -> None:
    moment = datetime(2026, 1, 20, 14, tzinfo=timezone(timedelta(hours=2)))
    assert gregorian.from_datetime(moment) == 63_936_129_600


@given(MOMENTS)
def test_the_calendar_agrees_with_datetime_for_its_years(moment: datetime) -> None:
    seconds = gregorian.from_datetime(moment)
    day = gregorian.day_of(seconds)
    assert (day.year, day.month, day.day, day.weekday) == (moment.year, moment.month, moment.day, moment.weekday())
    assert f"{day.text}T{gregorian.clock_text(seconds)}" == moment.replace(tzinfo=None, microsecond=0).isoformat()


def test_the_year_0_starts_on_a_saturday_and_has_a_leap_day() -> None:
    assert gregorian.day_of(0) == gregorian.Day(0, 1, 1, 5, "0000-01-01")
    leap_day = gregorian.day_of(59 * 86_400)
    assert (leap_day.year, leap_day.month, leap_day.day) == (0, 2, 29)
    assert gregorian.day_of(366 * 86_400 - 1).year == 0
    assert gregorian.day_of(366 * 86_400).year == 1


def test_the_calendar_goes_on_after_9999() -> None:
    last = gregorian.from_datetime(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC))
    assert gregorian.day_of(last + 1) == gregorian.Day(10_000, 1, 1, 5, "10000-01-01")
    assert gregorian.iso_8601(last + 1) == "10000-01-01T00:00:00Z"


@given(st.integers(0, 10**15), st.integers(1, 1000))
def test_the_calendar_repeats_every_400_years(seconds: int, cycles: int) -> None:
    early, late = gregorian.day_of(seconds), gregorian.day_of(seconds + cycles * 146_097 * 86_400)
    assert late.year == early.year + 400 * cycles
    assert late[1:4] == early[1:4]


def test_there_is_no_calendar_before_the_year_0() -> None:
    with pytest.raises(ValueError, match="before the year 0: -1"):
        gregorian.day_of(-1)


@pytest.mark.parametrize(
    ("moment", "month"),
    [(63_934_444_799, "202512"), (63_934_444_800, "202601"), (63_936_129_600, "202601")],
)
def test_a_months_name_changes_with_its_first_second(moment: int, month: str) -> None:
    assert gregorian.month_of(moment) == month


def test_iso_8601_fills_up_with_zeros() -> None:
    assert gregorian.iso_8601(63_936_129_600) == "2026-01-20T12:00:00Z"
    assert gregorian.iso_8601(0) == "0000-01-01T00:00:00Z"


def test_the_bounds_of_a_month_are_its_first_second_and_the_one_behind_its_last() -> None:
    assert gregorian.month_bounds("202512") == (63_931_766_400, 63_934_444_800)
    start, end = gregorian.month_bounds("202002")
    assert (gregorian.iso_8601(start), gregorian.iso_8601(end)) == ("2020-02-01T00:00:00Z", "2020-03-01T00:00:00Z")


FIRST, LAST = 315_600_000, 4_200_000_000  # Unix seconds
EPOCH = gregorian.UNIX_EPOCH_GREGORIAN


@pytest.mark.parametrize(
    ("number", "guess"),
    [
        (FIRST, ("Unix seconds", EPOCH + FIRST)),
        (LAST + 0.5, ("Unix seconds", EPOCH + LAST)),
        (1_768_910_400_999, ("Unix milliseconds", EPOCH + 1_768_910_400)),
        (1_768_910_400_999_999, ("Unix microseconds", EPOCH + 1_768_910_400)),
        # divided as floats this would be the next second
        (1_768_910_400_999_999_999, ("Unix nanoseconds", EPOCH + 1_768_910_400)),
        ((EPOCH + FIRST) * 1000, ("Gregorian milliseconds", EPOCH + FIRST)),
        ((EPOCH + LAST) * 1000 + 999, ("Gregorian milliseconds", EPOCH + LAST)),
        (20_260_120, ("a date in digits", 63_936_086_400)),
        (20_260_120.5, ("a date in digits", 63_936_086_400)),
        *((number, None) for number in (FIRST - 1, LAST + 1, 20_261_301, 63_936_129_600, 0, -1)),
        *((number, None) for number in ((EPOCH + FIRST) * 1000 - 1, (EPOCH + LAST + 1) * 1000)),
    ],
)
def test_a_number_of_another_unit_is_known_by_its_size(number: float, guess: tuple[str, int] | None) -> None:
    assert gregorian.guess_unit(number) == guess


@given(st.integers(60_000_000_000, 69_999_999_999))
def test_eleven_digits_that_begin_with_a_six_are_nothing_but_gregorian_seconds(number: int) -> None:
    assert gregorian.guess_unit(number) is None
