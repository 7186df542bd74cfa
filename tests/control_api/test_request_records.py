"""Recorded requests in words."""

from typing import Any

import pytest

from mockcdrs.control.journal import Journal, Record
from mockcdrs.control_api.request_records import describe_query
from mockcdrs.crossbar import start_key
from mockcdrs.crossbar.pipeline import HttpRequest


def record_of(query: str) -> Record:
    return Journal().open(HttpRequest("GET", "/v2/a%2Fb", query), at_gregorian=7)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("created_from=63936000000", "2026-01-19 00:00:00 UTC"),
        ("created_to=x", "'x', which is no number"),
        (
            "created_to=1768867200",
            "year 56 in Gregorian seconds; as Unix seconds it would be 2026-01-20 00:00:00 UTC",
        ),
        ("created_from=1&created_from=2", "came several times: 1, 2"),
        ("paginate", "came without a value"),
        ("paginate=false", "everything in one answer"),
        ("ascending=true", "oldest first"),
        ("chunk_size=5", "5 rows a chunk"),
        ("filter_not_direction=inbound", "only where direction is not inbound"),
        ("start_key=garbage", "'garbage', which is no key"),
        (f"start_key={start_key.encode([63_936_000_000, 'a'])}", "goes on at 2026-01-19 00:00:00 UTC, a"),
        (f"start_key={start_key.encode('a')}", "goes on at a"),
        ("other=x", "x"),
    ],
)
def test_each_parameter_is_described_in_words(query: str, words: str) -> None:
    assert describe_query(record_of(query).query) == [f"{query.partition('=')[0]}: {words}"]


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ([10**5_000], "goes on at a number too long to write"),
        ([7, [10**5_000]], "goes on at 7, a number too long to write"),
        (["x" * 5_000], f"goes on at {'x' * 80}"),
    ],
    ids=["number", "number within", "text"],
)
def test_a_key_of_any_size_is_described_in_a_line(key: list[Any], words: str) -> None:
    assert describe_query({"start_key": start_key.encode(key)}) == [f"start_key: {words}"]
