"""Real CDRs from the files that people have, as a data directory."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from mockcdrs.cdr.documents import channel_vars
from mockcdrs.dataset import files, import_formats, import_rows, listings
from mockcdrs.dataset.accounts import Account, without_month
from mockcdrs.dataset.files import DataSet, DocumentSpool, LazyDocuments, Words
from mockcdrs.dataset.import_source import Item, Source
from mockcdrs.dataset.listings import Listing
from mockcdrs.dataset.random_stream import hex_id
from mockcdrs.dataset.store import Document, Month

# Whose calls they are where neither the file nor the caller tells.
UNNAMED_ACCOUNT = hex_id("imported")
_PUBLIC, _WHOLE = len(listings.COLUMNS_SINCE) + 1, len(listings.COLUMNS_SINCE) + 2
_MONTH = re.compile(r"\d{4}(0[1-9]|1[0-2])", re.ASCII)
_CDR = "a listing row (with unix_timestamp), a document (with _id) or a public one (with id and call_id)"


@dataclass(frozen=True, slots=True)
class _Found:
    """Where a document lies, how much of the original it is, and where it stood.

    `completeness`: of a row how many of the columns it has that not all listings have; a document has more.
    """

    place: int
    completeness: int
    source: Source


@dataclass(slots=True)
class Importer:
    """Gathers CDRs from files; where several have the same one, the fullest counts.

    `account_id`: whose calls they are where a file does not tell. `left_out`: how many documents were no CDRs. `rows`:
    how many rows there were of each listing.
    """

    account_id: str = UNNAMED_ACCOUNT
    left_out: int = 0
    rows: Counter[Listing] = field(default_factory=Counter)
    _spool: DocumentSpool = field(default_factory=DocumentSpool)
    _found: dict[tuple[str, str, str], _Found] = field(default_factory=dict)
    _accounts: dict[str, Account] = field(default_factory=dict)

    def read(self, paths: Iterable[Path]) -> DataSet:
        """All of the files and data directories together; `DataError` for the first thing that cannot be taken.

        Memory holds one file at a time, and of each document where it lies.
        """
        last = Path()
        for last in paths:
            if last.is_dir():
                self._take_directory(last)
            else:
                self._take_file(last)
        if not self._found:
            Source(last).refuse(Words("holds no CDR"), "one at the least", "save an answer that has some")
        places: dict[Month, list[int]] = {}
        for (account_id, month, _), found in self._found.items():
            places.setdefault((account_id, month), []).append(found.place)
        documents = {key: LazyDocuments(held, self._spool.read) for key, held in places.items()}
        return DataSet(tuple(self._described(places)), documents)

    def _take_file(self, path: Path) -> None:
        for source, item in import_formats.items(path):
            if _is_other(item):
                self.left_out += 1
            else:
                self._take(source, item)

    def _take_directory(self, path: Path) -> None:
        loaded = files.load_spooled(path, DocumentSpool())
        self._accounts |= {account.id: account for account in loaded.accounts}
        for (account_id, month), documents in loaded.documents.items():
            for document in documents:
                self._keep((account_id, month, document["_id"]), _WHOLE, document, Source(path))

    def _take(self, source: Source, item: Item) -> None:
        if "document" in item and "account_id" in item:
            document = _object(source.at("document"), item["document"])
            document_id = _text(source.at("document"), document, "_id")
            account_id = self._account_of(_text(source, item, "account_id"))
            month = _month(source, item, "month")
            _check_kind(source.at("document"), document)
            self._keep((account_id, month, document_id), _WHOLE, document, source)
        elif "_id" in item:
            account_id = self._account_of(item.get("pvt_account_id"), channel_vars(item).get("account_id"))
            month = _month(source, item, "_id")
            _check_kind(source, item)
            self._keep((account_id, month, item["_id"]), _WHOLE, item, source)
        else:
            self._take_public(source, item)

    def _take_public(self, source: Source, item: Item) -> None:
        is_row = listings.is_row(item)
        if "id" not in item or not (is_row or "call_id" in item):
            source.refuse(Words("is an object with " + (", ".join(item) or "nothing")), _CDR, "save an answer of /cdrs")
        month = _month(source, item, "id")
        if is_row:
            listing = listings.listing_of(source.form, item)
            self.rows[listing] += 1
            completeness = listings.columns_told(item)
            public = import_rows.document_of(source, item, listing, self.account_id)
        else:
            completeness = _PUBLIC
            public = {"_id": item["id"]} | {key: value for key, value in item.items() if key != "id"}
        account_id = self._account_of(channel_vars(public).get("account_id"))
        document = import_rows.with_private_keys(public, account_id, month)
        self._keep((account_id, month, item["id"]), completeness, document, source)

    def _account_of(self, *told: Any) -> str:
        """The first id of those that are there, else the one that the caller named; no month behind either."""
        ids = (each for each in told if isinstance(each, str) and each)
        return without_month(next(ids, self.account_id))

    def _keep(self, key: tuple[str, str, str], completeness: int, document: Document, source: Source) -> None:
        earlier = self._found.get(key)
        if earlier is None or earlier.completeness < completeness:
            self._found[key] = _Found(self._spool.keep(document), completeness, source)
        elif earlier.completeness == completeness and self._spool.read(earlier.place) != document:
            source.refuse(key[2], f"the same CDR as before ({earlier.source})", "take one of the two out")

    def _described(self, places: Mapping[Month, list[int]]) -> Iterable[Account]:
        """The accounts that a directory described, and for the rest what their documents tell."""
        yield from self._accounts.values()
        for account_id in sorted({account_id for account_id, _ in places} - self._accounts.keys()):
            own = {month: here for (account, month), here in places.items() if account == account_id}
            held = LazyDocuments(list(chain.from_iterable(own.values())), self._spool.read)
            yield Account(
                account_id,
                name=min(_told(held, "account_name"), default=account_id),
                realm=min(_told(held, "account_realm"), default=""),
                months=tuple(sorted(own)),
                users=tuple(files.infer_users(held)),
                devices=tuple(files.infer_devices(held)),
            )


def _told(documents: Iterable[Document], name: str) -> set[str]:
    values = (channel_vars(document).get(name) for document in documents)
    return {value for value in values if isinstance(value, str) and value}


def _is_other(item: Item) -> bool:
    """Whether it is one of the other documents that share a month's database with the CDRs."""
    wrapped = item.get("document")
    item = wrapped if isinstance(wrapped, dict) and "account_id" in item else item
    return str(item.get("_id", "")).startswith("_design/") or item.get("pvt_type", "cdr") != "cdr"


def _check_kind(source: Source, document: Item) -> None:
    if "pvt_type" not in document and "call_id" not in document:
        remedy = "export the documents of a month's database, or save an answer of /cdrs"
        source.refuse(Words("has neither call_id nor pvt_type"), "the document of a CDR", remedy)


def _object(source: Source, value: Any) -> Item:
    return value if isinstance(value, dict) else source.refuse(value, "an object")


def _text(source: Source, holder: Item, name: str) -> str:
    value = holder.get(name)
    return value if isinstance(value, str) and value else source.at(name).refuse(value, "text")


def _month(source: Source, holder: Item, name: str) -> str:
    month = _text(source, holder, name).partition("-")[0]
    if not _MONTH.fullmatch(month):
        source.at(name).refuse(holder[name], "YYYYMM-<call id>")
    return month
