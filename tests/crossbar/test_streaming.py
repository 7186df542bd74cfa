"""A long answer is made as it is sent: memory does not follow its length."""

import tracemalloc
from collections.abc import Iterable, Iterator

import pytest

from mockcdrs.cdr import row
from mockcdrs.cdr.documents import Document
from tests.crossbar.builders import ask, calls, state_of

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


def test_the_first_part_is_out_before_later_rows_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    make_row = row.make_row

    def counting(document: Document, *more: bool) -> dict[str, object]:
        made.append(document["_id"])
        return make_row(document, *more)

    monkeypatch.setattr(row, "make_row", counting)
    parts: Iterator[bytes] = iter(ask(state_of(calls(500)), "/cdrs", ALL).body)  # type: ignore[arg-type]
    assert next(parts).startswith(b'{"data":[')
    assert len(made) < 200
    assert b"".join(parts).endswith(b"}")
    assert len(made) == 500
