"""Gathers real CDRs from files and data directories, as the documents of a data directory."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from mockcdrs.cdr import gregorian
from mockcdrs.cdr.documents import channel_vars
from mockcdrs.dataset import files
from mockcdrs.dataset.accounts import Account, database_name, without_month
from mockcdrs.dataset.files import DataSet, DocumentSpool, LazyDocuments, Words
from mockcdrs.dataset.random_stream import hex_id
from mockcdrs.dataset.store import Document, Month
from mockcdrs.imports import listing_rows, sources
from mockcdrs.imports.listing_rows import Item, ListingFormat
from mockcdrs.imports.sources import SourcePlace

UNNAMED_ACCOUNT = hex_id("imported")
"""The id of the account of calls for which neither the file nor the caller names one."""
# Completeness of documents: more than that of any row.
_PUBLIC_DOCUMENT, _WHOLE_DOCUMENT = len(listing_rows.COLUMNS_SINCE) + 1, len(listing_rows.COLUMNS_SINCE) + 2
_MONTH = re.compile(r"\d{4}(0[1-9]|1[0-2])", re.ASCII)
_CDR = "a listing row (with unix_timestamp), a document (with _id) or a public one (with id and call_id)"

_RESOURCES = {"accounts": "realm", "devices": "device_type", "users": "last_name"}
"""The resources that describe an account, and the member by which an item of each is known."""

_OF_CALLS = frozenset({"_id", "call_id", "document", "unix_timestamp"})
# Members of an account's answer that are none of its document: Crossbar adds them, or the data directory has its own.
_NOT_IN_DOCUMENT = frozenset(
    {
        "id", "name", "realm", "wnm_allow_additions", "superduper_admin", "created", "reseller_id", "is_reseller",
        "billing_mode", "notification_preference", "trial_time_left",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Candidate:
    """The best document so far for an id: its offset in the spool, and the place that it was read from.

    `completeness` of a listing row is its number of optional columns; documents have a higher one.
    """

    offset: int
    completeness: int
    source: SourcePlace


@dataclass(slots=True)
class Importer:
    """Gathers CDRs from files. Of several with the same account, month and id, the most complete one counts.

    `account_id` is the account of calls whose file names none, and of users and devices; these may also be of the only
    account that the calls name. `others` counts the documents that are no CDRs, by their kind; `row_counts` the listing
    rows of each format.
    """

    account_id: str = UNNAMED_ACCOUNT
    others: Counter[str] = field(default_factory=Counter)
    row_counts: Counter[ListingFormat] = field(default_factory=Counter)
    _spool: DocumentSpool = field(default_factory=DocumentSpool)
    _candidates: dict[tuple[str, str, str], _Candidate] = field(default_factory=dict)
    _accounts: dict[str, Account] = field(default_factory=dict)
    _answers: dict[str, dict[str, Item]] = field(default_factory=lambda: {name: {} for name in _RESOURCES})
    """What answers of `/accounts`, `/devices` and `/users` have, by resource and id."""
    _answer_place: SourcePlace | None = None

    def read(self, paths: Iterable[Path]) -> DataSet:
        """Read files and data directories into one data set. Raises `DataError` for the first item that is invalid.

        Only one file at a time is in memory. Documents are spooled to disk, and read from there as they are iterated.
        """
        last = Path()
        for last in paths:
            if last.is_dir():
                self._read_directory(last)
            else:
                self._read_file(last)
        if not self._candidates:
            SourcePlace(last).refuse(Words("holds no CDR"), "one at the least", "save an answer that has some")
        offsets: dict[Month, list[int]] = {}
        for (account_id, month, _), candidate in self._candidates.items():
            offsets.setdefault((account_id, month), []).append(candidate.offset)
        documents = {key: LazyDocuments(month_offsets, self._spool.read) for key, month_offsets in offsets.items()}
        return DataSet(tuple(self._describe_accounts(offsets)), documents)

    @property
    def count(self) -> int:
        """The number of CDRs that were read."""
        return len(self._candidates)

    def _read_file(self, path: Path) -> None:
        for source, item in sources.read_items(path):
            if other := _kind_of_other(item):
                self.others[other] += 1
            elif resource := _resource_of(item):
                items, self._answer_place = self._answers[resource], source
                items[item["id"]] = {**items.get(item["id"], {}), **item}
            else:
                _refuse_event(source, item)
                self._add(source, item)

    def _read_directory(self, path: Path) -> None:
        loaded = files.load_spooled(path, DocumentSpool())
        self._accounts |= {account.id: account for account in loaded.accounts}
        for (account_id, month), documents in loaded.documents.items():
            for document in documents:
                self._offer((account_id, month, document["_id"]), _WHOLE_DOCUMENT, document, SourcePlace(path))

    def _add(self, source: SourcePlace, item: Item) -> None:
        if "document" in item and "account_id" in item:
            document = _check_object(source.at("document"), item["document"])
            document_id = _read_text(source.at("document"), document, "_id")
            account_id = self._choose_account(_read_text(source, item, "account_id"))
            month = _read_month(source, item, "month")
            _check_kind(source.at("document"), document)
            self._offer((account_id, month, document_id), _WHOLE_DOCUMENT, document, source)
        elif "_id" in item:
            account_id = self._choose_account(item.get("pvt_account_id"), channel_vars(item).get("account_id"))
            month = _read_month(source, item, "_id")
            _check_kind(source, item)
            self._offer((account_id, month, item["_id"]), _WHOLE_DOCUMENT, item, source)
        else:
            self._add_public(source, item)

    def _add_public(self, source: SourcePlace, item: Item) -> None:
        is_row = listing_rows.is_listing_row(item)
        if "id" not in item or not (is_row or "call_id" in item):
            came = f"is an object with the keys {', '.join(item)}" if item else "is an empty object"
            source.refuse(Words(came), _CDR, "save an answer of /cdrs")
        month = _read_month(source, item, "id")
        if is_row:
            listing = listing_rows.recognize_format(source.file_format, item)
            self.row_counts[listing] += 1
            completeness = listing_rows.count_optional_columns(item)
            try:
                public = listing_rows.build_cdr_document(item, listing, self.account_id)
            except listing_rows.RowError as error:
                source.at(error.column).refuse(error.came, error.expected, error.remedy)
        else:
            completeness = _PUBLIC_DOCUMENT
            public = {"_id": item["id"]} | {key: value for key, value in item.items() if key != "id"}
        account_id = self._choose_account(channel_vars(public).get("account_id"))
        document = complete_document(public, account_id, month)
        self._offer((account_id, month, item["id"]), completeness, document, source)

    def _choose_account(self, *candidates: Any) -> str:
        """The first candidate that is an id, else the account that the caller named, without a month suffix."""
        ids = (each for each in candidates if isinstance(each, str) and each)
        return without_month(next(ids, self.account_id))

    def _offer(self, key: tuple[str, str, str], completeness: int, document: Document, source: SourcePlace) -> None:
        earlier = self._candidates.get(key)
        if earlier is None or earlier.completeness < completeness:
            self._candidates[key] = _Candidate(self._spool.keep(document), completeness, source)
        elif earlier.completeness == completeness and self._spool.read(earlier.offset) != document:
            source.refuse(key[2], f"the same CDR as before ({earlier.source})", "take one of the two out")

    def _describe_accounts(self, offsets: Mapping[Month, list[int]]) -> Iterable[Account]:
        """The accounts of data directories, of documents and of answers."""
        owner_id = self._choose_owner({account_id for account_id, _ in offsets})
        answers, users, devices = (self._answers[name] for name in ("accounts", "users", "devices"))
        ids = {account_id for account_id, _ in offsets}.union(answers)
        for account_id in [*self._accounts, *sorted(ids - self._accounts.keys())]:
            account = self._accounts.get(account_id) or self._infer_account(account_id, offsets)
            is_owner = account_id == owner_id
            yield describe_account(
                account,
                answers.get(account_id, {}),
                users.values() if is_owner else (),
                devices.values() if is_owner else (),
            )

    def _choose_owner(self, account_ids: set[str]) -> str:
        """The account of the users and devices of answers, of those that have calls."""
        if self.account_id != UNNAMED_ACCOUNT or self._answer_place is None:
            return self.account_id
        if len(account_ids) > 1 or (self._answers["accounts"] and UNNAMED_ACCOUNT in account_ids):
            expected = "to be told whose these and the calls are"
            self._answer_place.refuse(Words("describes an account, a user or a device"), expected, "give --account ID")
        return min(account_ids)

    def _infer_account(self, account_id: str, offsets: Mapping[Month, list[int]]) -> Account:
        months = {month: here for (account, month), here in offsets.items() if account == account_id}
        documents = LazyDocuments(list(chain.from_iterable(months.values())), self._spool.read)
        return Account(
            account_id,
            name=min(_texts(documents, "account_name"), default=account_id),
            realm=min(_texts(documents, "account_realm"), default=""),
            months=tuple(sorted(months)),
            users=tuple(files.infer_users(documents)),
            devices=tuple(files.infer_devices(documents)),
        )


def _texts(documents: Iterable[Document], name: str) -> set[str]:
    """All texts of a custom channel variable."""
    values = (channel_vars(document).get(name) for document in documents)
    return {value for value in values if isinstance(value, str) and value}


def _kind_of_other(item: Item) -> str:
    """What a document is that is no CDR; empty if it is one. A month's database has such, too."""
    wrapped = item.get("document")
    item = wrapped if isinstance(wrapped, dict) and "account_id" in item else item
    if str(item.get("_id", "")).startswith("_design/"):
        return "design document"
    if item.get("_deleted") is True:
        return "deleted document"
    kind = item.get("pvt_type", "cdr")
    return "" if kind == "cdr" else str(kind)


def _refuse_event(source: SourcePlace, item: Item) -> None:
    """Raise `DataError` for an event of a call. A CDR is made of one, and keeps its name, but has an id."""
    name = item.get("Event-Name", item.get("event_name"))
    if isinstance(name, str) and name and {"id", "_id", "document"}.isdisjoint(item):
        category = item.get("Event-Category", item.get("event_category"))
        words = Words(f"is an event {name}" + (f" of {category}" if isinstance(category, str) else ""))
        source.refuse(words, _CDR, "take the documents that Kazoo made of such events, or an answer of /cdrs")


def _check_kind(source: SourcePlace, document: Item) -> None:
    if "pvt_type" not in document and "call_id" not in document:
        remedy = "export the documents of a month's database, or save an answer of /cdrs"
        source.refuse(Words("has neither call_id nor pvt_type"), "the document of a CDR", remedy)


def _check_object(source: SourcePlace, value: Any) -> Item:
    return value if isinstance(value, dict) else source.refuse(value, "an object")


def _read_text(source: SourcePlace, holder: Item, name: str) -> str:
    value = holder.get(name)
    return value if isinstance(value, str) and value else source.at(name).refuse(value, "text")


def _read_month(source: SourcePlace, holder: Item, name: str) -> str:
    month = _read_text(source, holder, name).partition("-")[0]
    if not _MONTH.fullmatch(month):
        source.at(name).refuse(holder[name], "YYYYMM-<call id>")
    return month


def complete_document(public: Item, account_id: str, month: str) -> Item:
    """A public document with the fields that a database adds, as if it was saved when the leg ended."""
    created = next(
        (value for key in ("timestamp", "interaction_time") if isinstance(value := public.get(key), int)),
        gregorian.month_start(month),
    )
    digest = hashlib.md5(json.dumps(public, sort_keys=True).encode(), usedforsecurity=False).hexdigest()
    return {
        "_id": public["_id"],
        "_rev": f"1-{digest}",
        **public,
        "pvt_account_db": database_name(account_id, month),
        "pvt_account_id": account_id,
        "pvt_created": created,
        "pvt_modified": created,
        "pvt_type": "cdr",
        "pvt_vsn": 2,
    }


def _resource_of(item: Mapping[str, Any]) -> str | None:
    """The resource that an item of an answer is of; `None` if it is of a call or of another resource."""
    if not isinstance(item.get("id"), str) or not _OF_CALLS.isdisjoint(item):
        return None
    return next((resource for resource, member in _RESOURCES.items() if member in item), None)


def describe_account(
    account: Account,
    answer: Mapping[str, Any],
    users: Iterable[Mapping[str, Any]],
    devices: Iterable[Mapping[str, Any]],
) -> Account:
    """An account with what the answer of its endpoint says of it, and with its users and devices if there are any."""
    document = {name: value for name, value in answer.items() if name not in _NOT_IN_DOCUMENT}
    created = {"pvt_created": answer["created"]} if "created" in answer else {}
    return account._replace(
        name=str(answer.get("name", account.name)),
        realm=str(answer.get("realm", account.realm)),
        is_reseller=answer.get("is_reseller", account.is_reseller) is True,
        users=tuple(users) or account.users,
        devices=tuple(devices) or account.devices,
        document={**account.document, **document, **created},
    )
