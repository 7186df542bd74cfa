"""Calls as Parquet: a partition for each day, a row for each document. Needs pyarrow, the extra `parquet`.

Objects inside a document are JSON texts, so that all partitions have one schema.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from mockcdrs.dataset.endpoints import DOCUMENT_FIELDS
from mockcdrs.dataset.export import ExportSpan
from mockcdrs.dataset.store import Document

_ROWS_AT_ONCE = 10_000
_TYPES = {int: pa.int64(), bool: pa.bool_()}
_SCHEMA = pa.schema([(name, _TYPES.get(kind, pa.string())) for name, kind in DOCUMENT_FIELDS.items()])


class Parquet:
    """`day=YYYY-MM-DD/cdrs.parquet`, as pandas, Dask and DuckDB read partitions."""

    def write_day(self, folder: Path, day: date, documents: Iterable[Document]) -> int:
        """As in `ExportForm`."""
        partition = folder / f"day={day}"
        partition.mkdir()
        count, rows = 0, map(_row, documents)
        with parquet.ParquetWriter(partition / "cdrs.parquet", _SCHEMA, compression="zstd") as writer:
            for some in iter(lambda: list(islice(rows, _ROWS_AT_ONCE)), []):
                writer.write_table(pa.Table.from_pylist(some, schema=_SCHEMA))
                count += len(some)
        return count

    def finish(self, folder: Path, span: ExportSpan) -> None:
        """As in `ExportForm`: there is nothing left to do."""


def _row(document: Document) -> dict[str, Any]:
    return dict(_cells(document))


def _cells(document: Document) -> Iterator[tuple[str, Any]]:
    for name, value in document.items():
        yield name, json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value
