"""Write data directories, and generated calls as a data directory or as CSV.

A target is there whole or not at all. Calls are generated and written block by block: memory does not grow with days.
"""

import csv
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from itertools import chain
from pathlib import Path
from typing import IO, Any

from mockcdrs.cdr import gregorian, listing_columns
from mockcdrs.dataset.accounts import Account
from mockcdrs.dataset.files import DataSet
from mockcdrs.dataset.generator import documents_of_day
from mockcdrs.dataset.office import DEFAULT_LOCALE, Office, generate_accounts, generate_office, main_account_id
from mockcdrs.dataset.store import Document
from mockcdrs.dataset.traffic import Traffic

Days = Iterator[Iterator[Document]]


@dataclass(frozen=True, slots=True)
class ExportSpan:
    """The calls of a seed's main account in `days` UTC days, as far as they have ended by a moment of the last day."""

    seed: int
    traffic: Traffic
    days: int
    until_gregorian: int
    locale: str = DEFAULT_LOCALE

    def by_day(self) -> Days:
        """The documents of each day, oldest first; each day is made, block by block, as it is read."""
        office = generate_office(self.seed, main_account_id(self.seed), self.locale)
        last = gregorian.to_datetime(self.until_gregorian).date()
        for before in range(self.days - 1, -1, -1):
            yield self._of_day(office, last - timedelta(days=before))

    def _of_day(self, office: Office, day: date) -> Iterator[Document]:
        for document in documents_of_day(office, self.traffic, day):
            if document["pvt_created"] <= self.until_gregorian:
                yield document


def export_calls(
    target: Path,
    span: ExportSpan,
    columns: Mapping[str, listing_columns.Column] | None = None,
    watch: Callable[[Days], Days] = lambda days: days,
) -> int:
    """Write the calls of a span into the new folder `target`; return their number.

    Without `columns` it becomes a data directory that `mockcdrs serve --data` takes; with them one CSV file of listing
    rows that have these columns, oldest first. `watch` wraps the days, to show progress. Raises `FileExistsError` where
    `target` exists, `UnknownLocale`.
    """
    with new_directory(target) as folder:
        documents = chain.from_iterable(watch(span.by_day()))
        if columns is not None:
            return _write_csv(folder, documents, columns)
        write_accounts(folder, generate_accounts(span.seed, span.locale))
        return write_documents(
            folder, ((document["pvt_account_id"], document["_id"][:6], document) for document in documents)
        )


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
    text = json.dumps(list(map(_account_fields, accounts)), ensure_ascii=False, indent=1)
    (directory / "accounts.json").write_text(text, encoding="utf-8")


def _account_fields(account: Account) -> dict[str, Any]:
    fields = asdict(account)
    fields["tokens"] = [{"token": token.value, "owner_id": token.owner_id} for token in account.tokens]
    return fields


def _write_csv(folder: Path, documents: Iterator[Document], columns: Mapping[str, listing_columns.Column]) -> int:
    count = 0
    with (folder / "cdrs.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow(listing_columns.CSV_HEADINGS.get(name, name) for name in columns)
        for document in documents:
            writer.writerow(map(_cell, listing_columns.make_row(document, columns).values()))
            count += 1
    return count


def _cell(value: Any) -> str:
    return ",".join(value) if isinstance(value, list) else str(value)
