"""Advice on times and ranges."""

from typing import Any

import pytest

from mockcdrs.crossbar.settings import Settings
from mockcdrs.crossbar.versions import KAZOO_4_3, KAZOO_MASTER, Version

NOW = 63_936_129_600  # 2026-01-20T12:00:00Z
MAXIMUM_RANGE = 2_682_000
RANGE = f"created_from={NOW - 86_400}&created_to={NOW}"


@pytest.mark.parametrize(
    ("sent", "unit", "meant"),
    [
        ("1768300000", "Unix seconds (2026-01-13T10:26:40Z)", "63935519200"),
        ("1768300000.25", "Unix seconds", "63935519200"),
        ("1768300000123", "Unix milliseconds", "63935519200"),
        ("1768300000123456", "Unix microseconds", "63935519200"),
        ("1768300000123456789", "Unix nanoseconds", "63935519200"),
        ("63935519200123", "Gregorian milliseconds", "63935519200"),
        ("20260113", "a date in digits (2026-01-13T00:00:00Z)", "63935481600"),
    ],
)
@pytest.mark.parametrize("name", ["created_from", "created_to", "modified_from", "modified_to"])
def test_a_time_of_another_epoch_is_named_with_the_gregorian_seconds_meant(
    talk: Any, name: str, sent: str, unit: str, meant: str
) -> None:
    talk().asks(query=f"{name}={sent}").tells("wrong-epoch", f"{name}={sent}", unit, f"Gregorian seconds: {meant}")


@pytest.mark.parametrize("sent", [str(NOW), "0", "yesterday", "9" * 3999, "20261399", ""])
def test_a_time_that_is_no_other_epochs_is_not_taken_for_one(talk: Any, sent: str) -> None:
    talk().asks(query=f"created_from={sent}").keeps_silent("wrong-epoch")


def test_a_parameter_of_another_endpoint_is_not_looked_at(talk: Any) -> None:
    talk().asks("/users", "created_from=1768300000").keeps_silent("wrong-epoch")


def test_a_date_is_told_to_be_replaced_by_the_default_range(talk: Any) -> None:
    sent = talk().asks(query="created_from=2026-01-13&created_to=tomorrow")
    sent.tells("ignored-time", "created_from=2026-01-13", "2682000 seconds before", "63935481600")
    sent.tells("ignored-time", "created_to=tomorrow", "now", "62167219200")
    talk().asks(query="created_from=2026-01-13T01%3A00%3A00%2B01%3A00").tells("ignored-time", "63935481600")
    talk().asks(query="created_from=-5").tells("ignored-time", "created_from=-5")
    talk().asks(query=RANGE).keeps_silent("ignored-time")


def test_beside_a_filter_a_time_that_is_no_number_finds_nothing(talk: Any) -> None:
    talk().asks("/cdrs/interaction", "created_from=x").tells("ignored-time", "finds nothing")
    talk().asks(query="created_from=x&has_key=to").tells("ignored-time", "finds nothing")
    talk().asks(query="modified_from=x&has_key=to").tells("ignored-time", "no CDR passes")
    talk().asks(query="modified_from=0&has_key=to").keeps_silent("ignored-time")
    assert "finds nothing" not in "".join(talk().asks(query="created_from=x").advice())


def test_a_fraction_is_told_to_be_rounded(talk: Any) -> None:
    talk().asks(query="created_to=63936129600.5").tells("time-fraction", "63936129601")
    talk().asks(query=RANGE).keeps_silent("time-fraction")


def test_created_from_alone_has_a_moving_end(talk: Any) -> None:
    talk().asks(query=f"created_from={NOW - 60}").tells("created-from-alone", "created_to", "2682000")
    talk().asks(query=RANGE).keeps_silent("created-from-alone")
    talk().asks(query=f"created_to={NOW}").keeps_silent("created-from-alone")
    talk().asks(query="created_from=yesterday").keeps_silent("created-from-alone")
    talk().asks(query="created_from=1768300000").keeps_silent("created-from-alone")
    talk().asks().keeps_silent("created-from-alone")


def test_a_range_over_the_limit_says_in_how_many_parts_to_ask(talk: Any) -> None:
    wide = f"created_from={NOW - 2 * MAXIMUM_RANGE - 1}&created_to={NOW}"
    talk().asks(query=wide, status=400).tells("range-too-wide", "5364001 seconds", "2682000", "ask 3 times")
    talk().asks(query=f"created_from={NOW - MAXIMUM_RANGE}&created_to={NOW}").keeps_silent("range-too-wide")
    talk().asks(query="created_from=1768300000", status=400).keeps_silent("range-too-wide")


def test_a_range_that_ends_before_it_begins_is_told_to_be_turned(talk: Any) -> None:
    turned = f"created_from={NOW}&created_to={NOW - 1}"
    talk().asks(query=turned, status=400).tells("range-reversed", f"created_from={NOW}")
    talk().asks(query=RANGE).keeps_silent("range-reversed")
    talk().asks(query="created_to=1768300000", status=400).keeps_silent("range-reversed")


def test_a_range_ahead_of_the_clock_has_nothing(talk: Any) -> None:
    talk().asks(query=f"created_from={NOW + 3600}&created_to={NOW + 7200}").tells("future-range", "3600 seconds ahead")
    talk().asks(query=f"created_from={NOW - 5}&created_to={NOW + 7200}").keeps_silent("future-range")


def test_nothing_in_the_default_range_may_be_the_range(talk: Any) -> None:
    talk().asks(rows=0).tells("default-range-empty", "31 days", str(NOW - MAXIMUM_RANGE))
    talk(count_cdrs=lambda *_: 7).asks(rows=0).tells("default-range-empty", "7 older")
    talk(count_cdrs=lambda *_: 0).asks(rows=0).keeps_silent("default-range-empty")
    talk().asks(query=RANGE, rows=0).keeps_silent("default-range-empty")
    talk().asks(rows=1).keeps_silent("default-range-empty")
    talk().asks(rows=0, is_complete=False).keeps_silent("default-range-empty")
    talk().asks(rows=0, status=503).keeps_silent("default-range-empty")
    talk().asks(rows=0, fault="empty").keeps_silent("default-range-empty")
    talk().asks(query="start_key=g2wAAAABYQFq", rows=0).keeps_silent("default-range-empty")


@pytest.mark.parametrize(
    ("version", "setting", "widest"),
    [
        (KAZOO_4_3, "crossbar.maximum_range", 3_600),
        (KAZOO_MASTER, "crossbar.cdrs.maximum_range or crossbar.maximum_range", 60),
    ],
    ids=["4.3", "master"],
)
def test_the_limit_of_a_range_is_the_one_that_the_version_heeds(
    talk: Any, version: Version, setting: str, widest: int
) -> None:
    limited = talk(version=version, settings=Settings(maximum_range=3_600, cdrs_maximum_range=60))
    limited.asks(query=f"created_from={NOW - 9_000}&created_to={NOW}").tells("range-too-wide", f"{widest} ({setting})")
    limited.asks(query=f"created_from={NOW - widest}&created_to={NOW}").keeps_silent("range-too-wide")
