"""A long answer is made as it is sent: memory does not follow its length."""

import tracemalloc
from collections.abc import Iterable, Iterator

import pytest

from mockcdrs.cdr import listing_columns
from mockcdrs.cdr.documents import Document
from tests.crossbar.builders import NOW, ask, body_of, calls, leg, state_of

ALL = {"paginate": "false", "ascending": "true"}


def _parts(count: int, path: str) -> Iterable[bytes]:
    state = state_of(calls(count, apart=1))
    warm = ask(state, path, {**ALL, "is_chunked": "true"}).body
    assert not isinstance(warm, bytes)
    assert sum(1 for _ in warm) > 1
    parts = ask(state, path, ALL).body
    assert not isinstance(parts, bytes)
    return parts


def _peak_bytes(parts: Iterable[bytes]) -> int:
    tracemalloc.start()
    try:
        for _ in parts:
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("path", ["/cdrs", "/cdrs/interaction"])
def test_ten_times_the_rows_take_no_more_memory(path: str) -> None:
    few, many = (_peak_bytes(_parts(count, path)) for count in (300, 3_000))
    assert many < 2 * few + 500_000


def test_lines_of_csv_end_as_if_whole_where_a_later_chunk_fails() -> None:
    query = {"accept": "csv", "ascending": "true", "chunk_size": "2"}
    good, broken = calls(4), leg("broken", NOW - 60, variables={"media_recordings": [None]})
    whole, cut = (body_of(ask(state_of(held), "/cdrs/interaction", query)) for held in (good, [*good, broken]))
    assert cut == whole
    assert whole.count(b"\r\n") == 5
    assert ask(state_of([*good, broken]), "/cdrs/interaction", {**query, "chunk_size": "5"}).status == 503


def test_the_first_part_is_out_before_later_rows_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    make_row = listing_columns.make_row

    def counting(document: Document, *more: bool) -> dict[str, object]:
        made.append(document["_id"])
        return make_row(document, *more)

    monkeypatch.setattr(listing_columns, "make_row", counting)
    parts: Iterator[bytes] = iter(ask(state_of(calls(500)), "/cdrs", ALL).body)  # type: ignore[arg-type]
    assert next(parts).startswith(b'{"data":[')
    assert len(made) < 200
    assert b"".join(parts).endswith(b"}")
    assert len(made) == 500
