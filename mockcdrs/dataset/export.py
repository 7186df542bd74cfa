"""Write data directories, and generated calls as a data directory, as CSV or as Parquet.

A target is there whole or not at all. Calls are generated and written block by block: memory does not grow with days.
Each day is written for itself, by whatever process, so what is written does not depend on the number of processes.
"""

import csv
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO, Any, Protocol

from mockcdrs.cdr import gregorian, listing_columns
from mockcdrs.dataset.accounts import Account
from mockcdrs.dataset.endpoints import TEMPLATE
from mockcdrs.dataset.files import DataSet
from mockcdrs.dataset.generator import Traffic, documents_of_day, office_of
from mockcdrs.dataset.office import DEFAULT_LOCALE, Office, generate_accounts, main_account_id
from mockcdrs.dataset.store import Document


@dataclass(frozen=True, slots=True)
class ExportSpan:
    """The calls of a seed's main account in `days` UTC days, as far as they have ended by a moment of the last day."""

    seed: int
    traffic: Traffic
    days: int
    until_gregorian: int
    locale: str = DEFAULT_LOCALE

    def dates(self) -> list[date]:
        """The days, oldest first."""
        last = gregorian.to_datetime(self.until_gregorian).date()
        return [last - timedelta(days=before) for before in range(self.days - 1, -1, -1)]

    def documents(self, day: date) -> Iterator[Document]:
        """The documents of a day; it is generated, block by block, as it is read."""
        for document in documents_of_day(self._office(), self.traffic, day):
            if document["pvt_created"] <= self.until_gregorian:
                yield document

    def accounts(self) -> tuple[Account, ...]:
        """The accounts of the seed."""
        return generate_accounts(self.seed, self.locale, len(self._office().phones))

    def _office(self) -> Office:
        return office_of(self.seed, main_account_id(self.seed), self.locale, self.traffic)


class ExportForm(Protocol):
    """How calls are written: each day for itself, then all together. Instances can be pickled."""

    def write_day(self, folder: Path, day: date, documents: Iterable[Document]) -> int:
        """Write the documents of a day; return their number."""

    def finish(self, folder: Path, span: ExportSpan) -> None:
        """Put the days together."""


class JsonLines:
    """A data directory that `mockcdrs serve --data` takes."""

    def write_day(self, folder: Path, day: date, documents: Iterable[Document]) -> int:
        """As in `ExportForm`."""
        with (folder / f"{day}.part").open("w", encoding="utf-8", newline="\n") as file:
            return _count(
                file.write(document_line(each["pvt_account_id"], each["_id"][:6], each)) for each in documents
            )

    def finish(self, folder: Path, span: ExportSpan) -> None:
        """As in `ExportForm`."""
        for day in span.dates():
            _append(folder / f"{day}.part", folder / f"documents-{day:%Y%m}.jsonl")
        write_accounts(folder, span.accounts())


@dataclass(frozen=True)
class Csv:
    """One CSV file of listing rows, oldest first; `names` and `datetime_separator` as `select_columns` takes them."""

    names: tuple[str, ...]
    datetime_separator: str

    def write_day(self, folder: Path, day: date, documents: Iterable[Document]) -> int:
        """As in `ExportForm`."""
        columns = listing_columns.select_columns(self.names, self.datetime_separator)
        with (folder / f"{day}.part").open("w", encoding="utf-8", newline="") as file:
            writer = _csv_writer(file)
            rows = (listing_columns.make_row(document, columns).values() for document in documents)
            return _count(writer.writerow(map(_cell, row)) for row in rows)

    def finish(self, folder: Path, span: ExportSpan) -> None:
        """As in `ExportForm`."""
        with (folder / "cdrs.csv").open("w", encoding="utf-8", newline="") as file:
            _csv_writer(file).writerow(listing_columns.CSV_HEADINGS.get(name, name) for name in self.names)
        for day in span.dates():
            _append(folder / f"{day}.part", folder / "cdrs.csv")


class Parquet:
    """`day=YYYY-MM-DD/cdrs.parquet`, as pandas, Dask and DuckDB read partitions: a row for each document.

    Objects inside a document are JSON texts, so that all partitions have one schema. Raises `ModuleNotFoundError`
    without pyarrow, the extra `parquet`.
    """

    def __init__(self) -> None:
        import pyarrow as pa  # noqa: F401 - whoever lacks it is told at once

    def write_day(self, folder: Path, day: date, documents: Iterable[Document]) -> int:
        """As in `ExportForm`."""
        import pyarrow as pa
        from pyarrow import parquet

        types = {int: pa.int64(), bool: pa.bool_(), str: pa.string()}
        schema = pa.schema([(name, types[kind]) for name, kind in DOCUMENT_FIELDS.items()])
        partition = folder / f"day={day}"
        partition.mkdir()
        count, rows = 0, map(_parquet_row, documents)
        with parquet.ParquetWriter(partition / "cdrs.parquet", schema, compression="zstd") as writer:
            while some := list(islice(rows, _ROWS_AT_ONCE)):
                writer.write_table(pa.Table.from_pylist(some, schema=schema))
                count += len(some)
        return count

    def finish(self, folder: Path, span: ExportSpan) -> None:
        """As in `ExportForm`: there is nothing left to do."""


_ROWS_AT_ONCE = 10_000
# The type of each field that a generated document may have.
_INTEGERS = (
    "duration_seconds", "billing_seconds", "ringing_seconds", "channel_created_time", "timestamp", "interaction_time",
    "pvt_vsn", "pvt_created", "pvt_modified",
)  # fmt: skip
DOCUMENT_FIELDS: dict[str, type] = (
    dict.fromkeys(TEMPLATE, str)
    | dict.fromkeys(
        (
            "presence_id", "disposition", "e164_destination", "e164_origination", "did_classifier",
            "other_leg_call_id", "other_leg_caller_id_name", "other_leg_caller_id_number",
            "other_leg_destination_number", "other_leg_direction", "digits_dialed", "recording_url",
            "transfer_history", "fax_info", "channel_loopback_leg", "channel_loopback_other_leg_id",
        ),
        str,
    )
    | dict.fromkeys(("is_conference", "channel_is_loopback"), bool)
    | dict.fromkeys(_INTEGERS, int)
)  # fmt: skip


def _parquet_row(document: Document) -> dict[str, Any]:
    return {
        name: json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value
        for name, value in document.items()
    }


def export_calls(
    target: Path,
    span: ExportSpan,
    form: ExportForm,
    jobs: int = 1,
    watch: Callable[[Iterator[int]], Iterable[int]] = lambda days: days,
) -> int:
    """Write the calls of a span into the new folder `target`, by so many processes at once; return their number.

    `watch` wraps the numbers of each day's calls, to show progress. Raises `FileExistsError` where `target` exists, and
    `UnknownLocale` for a locale without names.
    """
    with new_directory(target) as folder, ExitStack() as stack:
        write = partial(_write_day, folder, span, form)
        each = map if jobs == 1 else stack.enter_context(ProcessPoolExecutor(jobs)).map
        count = sum(watch(iter(each(write, span.dates()))))
        form.finish(folder, span)
        return count


def _write_day(folder: Path, span: ExportSpan, form: ExportForm, day: date) -> int:
    return form.write_day(folder, day, span.documents(day))


def _count(done: Iterable[object]) -> int:
    return sum(1 for _ in done)


def _append(part: Path, whole: Path) -> None:
    with part.open("rb") as source, whole.open("ab") as target:
        shutil.copyfileobj(source, target)
    part.unlink()


def write_data_directory(target: Path, data: DataSet) -> int:
    """Write a new data directory; return the number of its documents. Raises `FileExistsError`."""
    months = data.documents.items()
    with new_directory(target) as directory:
        write_accounts(directory, data.accounts)
        return write_documents(directory, ((*key, document) for key, documents in months for document in documents))


@contextmanager
def new_directory(target: Path) -> Iterator[Path]:
    """A directory to fill, renamed to `target` at the end of the block. Raises `FileExistsError` where that exists."""
    if target.exists():
        raise FileExistsError(f"{target} is there already: name a folder that is not, or move this one away")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    except OSError as error:
        expected = "expected a folder above it that may be written to; name another one"
        raise OSError(f"{target} cannot be made ({error.strerror}): {expected}") from error
    try:
        yield unfinished
        unfinished.chmod(0o755)
        unfinished.rename(target)
    except BaseException:
        shutil.rmtree(unfinished)
        raise


def write_documents(directory: Path, documents: Iterable[tuple[str, str, Document]]) -> int:
    """Write account id, month and document into `documents-YYYYMM.jsonl`, a line each; return their number."""
    count = 0
    with ExitStack() as open_files:
        months: dict[str, IO[str]] = {}
        for account_id, month, document in documents:
            if month not in months:
                file = (directory / f"documents-{month}.jsonl").open("w", encoding="utf-8", newline="\n")
                months[month] = open_files.enter_context(file)
            months[month].write(document_line(account_id, month, document))
            count += 1
    return count


def document_line(account_id: str, month: str, document: Document) -> str:
    """A line of `documents-YYYYMM.jsonl`."""
    wrapped = {"account_id": account_id, "month": month, "document": document}
    return json.dumps(wrapped, ensure_ascii=False, separators=(",", ":")) + "\n"


def write_accounts(directory: Path, accounts: Iterable[Account]) -> None:
    """Write `accounts.json`."""
    text = json.dumps(list(map(account_fields, accounts)), ensure_ascii=False, indent=1)
    (directory / "accounts.json").write_text(text, encoding="utf-8")


def account_fields(account: Account) -> dict[str, Any]:
    """An account as `accounts.json` has it."""
    tokens = [{"token": token.value, "owner_id": token.owner_id} for token in account.tokens]
    return {**account._asdict(), "users": list(account.users), "devices": list(account.devices), "tokens": tokens}


def _csv_writer(file: IO[str]) -> Any:
    return csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")


def _cell(value: Any) -> str:
    return ",".join(value) if isinstance(value, list) else str(value)
