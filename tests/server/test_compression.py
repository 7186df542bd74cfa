"""Which answers come as gzip."""

import gzip

import pytest

from mockcdrs.crossbar.answer import Answer
from mockcdrs.server.app import compress


@pytest.mark.parametrize(
    ("wanted", "is_gzip"),
    [
        ("gzip", True),
        ("deflate, GZIP;q=0.5", True),
        ("gzip ; q=1.0", True),
        ("gzip;q=0, gzip", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000, identity", False),
        ("x-gzip, *", False),
        ("", False),
        ("gzip;q=abc", False),
        ("gzip br", False),
    ],
)
def test_gzip_comes_to_who_takes_it_and_says_no_weight_of_nought(wanted: str, is_gzip: bool) -> None:
    answered = compress(Answer(200, {}, b"x" * 301), wanted, varies=False)
    assert ("content-encoding" in answered.headers) is is_gzip
    assert isinstance(answered.body, bytes)
    assert (gzip.decompress(answered.body) if is_gzip else answered.body) == b"x" * 301


def test_a_whole_answer_of_300_bytes_is_still_short() -> None:
    assert compress(Answer(200, {}, b"x" * 300), "gzip", varies=True).headers == {}


@pytest.mark.parametrize(("before", "after"), [(None, "accept-encoding"), ("accept", "accept, accept-encoding")])
def test_what_is_compressed_says_so_in_vary_where_the_version_does(before: str | None, after: str) -> None:
    headers = {} if before is None else {"vary": before}
    assert compress(Answer(200, headers, b"x" * 301), "gzip", varies=True).headers["vary"] == after
    assert compress(Answer(200, headers, b"x" * 301), "gzip", varies=False).headers.get("vary") == before
