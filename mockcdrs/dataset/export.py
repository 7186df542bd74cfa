"""A made-up account's calls written out, block by block: memory does not follow the days."""

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

from mockcdrs.cdr import gregorian, listing_columns
from mockcdrs.cdr.listing_columns import CSV_HEADINGS
from mockcdrs.dataset import writing
from mockcdrs.dataset.generator import documents_of_day
from mockcdrs.dataset.load import Load
from mockcdrs.dataset.people import DEFAULT_LOCALE, Directory, directory, main_account_id, universe
from mockcdrs.dataset.store import Document

Days = Iterator[Iterator[Document]]


@dataclass(frozen=True, slots=True)
class Stretch:
    """The calls of a seed's main account in `days` UTC days, as far as they had ended by a moment of the last one."""

    seed: int
    load: Load
    days: int
    until_gregorian: int
    locale: str = DEFAULT_LOCALE

    def by_day(self) -> Days:
        """The documents of each day, oldest first; each day is made, block by block, as it is read."""
        office = directory(self.seed, main_account_id(self.seed), self.locale)
        last = gregorian.to_datetime(self.until_gregorian).date()
        for before in range(self.days - 1, -1, -1):
            yield self._of_day(office, last - timedelta(days=before))

    def _of_day(self, office: Directory, day: date) -> Iterator[Document]:
        for document in documents_of_day(office, self.load, day):
            if document["pvt_created"] <= self.until_gregorian:
                yield document


def write(
    target: Path,
    stretch: Stretch,
    columns: Mapping[str, listing_columns.Column] | None = None,
    watched: Callable[[Days], Days] = lambda days: days,
) -> int:
    """Write a stretch of calls into the new folder `target`; how many there were.

    Without `columns` it becomes a data directory that `mockcdrs serve --data` takes; with them one CSV file of listing
    rows that have these columns, oldest first.
    `watched` may count the days as they pass. There whole or not at all; `FileExistsError` where `target` is.
    """
    with writing.new_directory(target) as folder:
        documents = chain.from_iterable(watched(stretch.by_day()))
        if columns is not None:
            return _write_csv(folder, documents, columns)
        writing.write_accounts(folder, universe(stretch.seed, stretch.locale))
        return writing.write_documents(
            folder, ((document["pvt_account_id"], document["_id"][:6], document) for document in documents)
        )


def _write_csv(folder: Path, documents: Iterator[Document], columns: Mapping[str, listing_columns.Column]) -> int:
    count = 0
    with (folder / "cdrs.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow(CSV_HEADINGS.get(name, name) for name in columns)
        for document in documents:
            writer.writerow(map(_cell, listing_columns.make_row(document, columns).values()))
            count += 1
    return count


def _cell(value: Any) -> str:
    return ",".join(value) if isinstance(value, list) else str(value)
