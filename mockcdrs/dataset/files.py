"""Data directories: CDRs and accounts in files, read whole or not at all.

Every `*.jsonl` in it holds a document a line, either wrapped, `{"account_id", "month", "document"}`, or bare, with the
account in `pvt_account_id` and the month in its `_id`. `accounts.json`, a list, may describe the accounts; one without
`users` or `devices` has those that its documents name.
"""

import hashlib
import io
import json
import re
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, NoReturn, TypeVar

from mockcdrs.cdr.documents import channel_vars
from mockcdrs.dataset.accounts import Account, Token, without_month
from mockcdrs.dataset.store import Document, Month

T = TypeVar("T")
_KINDS = {str: "text", bool: "true or false", list: "a list", dict: "an object"}
_MONTH = re.compile(r"\d{4}(0[1-9]|1[0-2])", re.ASCII)


class Words(str):
    """A verb phrase in place of a value: what is wrong with a field, a line or a file, as in `is missing`."""

    __slots__ = ()


def shortened(text: str) -> str:
    """A text cut to 80 characters; `Words` stay `Words`."""
    return text if len(text) <= 80 else type(text)(f"{text[:77]}...")


@dataclass
class DataError(ValueError):
    """Data that cannot be read: which file, line and field, what came, what was expected, and what to do.

    `line` is 0 where the fault is not in one line; `field` may be empty. `came` is a value as the file has it, or
    `Words`.
    """

    file: Path
    line: int
    field: str
    came: str
    expected: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.file}, line {self.line}" if self.line else str(self.file)
        verb = "" if isinstance(self.came, Words) else "came as " if self.field else "came "
        subject = f": {self.field} {verb}" if self.field else f": {verb}" if verb else " "
        return f"{place}{subject}{self.came}; expected {self.expected}; {self.remedy}"


_MISSING = Words("is missing")


@dataclass(frozen=True, slots=True)
class DataSet:
    """Accounts, and documents by account id and month, in order; documents can be iterated more than once."""

    accounts: tuple[Account, ...]
    documents: Mapping[Month, Iterable[Document]]


@dataclass(frozen=True, slots=True)
class LoadedDataSet(DataSet):
    """A data directory in memory, each month in the order of the files."""

    documents: dict[Month, list[Document]]


@dataclass(frozen=True, slots=True)
class LazyDocuments(Generic[T]):
    """Documents that `make` makes of `originals` anew at each iteration, so that none is kept in memory."""

    originals: Iterable[T]
    make: Callable[[T], Document]

    def __iter__(self) -> Iterator[Document]:
        return map(self.make, self.originals)


class DocumentSpool:
    """Documents in a temporary file, so that memory holds only the place of each.

    The file goes with the last reference to the spool.
    """

    def __init__(self) -> None:
        import tempfile

        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the spool is
        weakref.finalize(self, self._file.close)

    def keep(self, document: Document) -> int:
        """Write a document; return its place."""
        place = self._file.seek(0, io.SEEK_END)
        self._file.write(json.dumps(document).encode() + b"\n")
        return place

    def read(self, place: int) -> Document:
        """The document at a place, a new object each time."""
        self._file.seek(place)
        document: Document = json.loads(self._file.readline())
        return document


def load(directory: Path) -> LoadedDataSet:
    """Read a data directory into memory. Raises `DataError`."""
    documents: dict[Month, list[Document]] = {}
    for month, document in _documents(directory):
        documents.setdefault(month, []).append(document)
    return LoadedDataSet(_accounts(directory, documents), documents)


def load_spooled(directory: Path, spool: DocumentSpool) -> DataSet:
    """Read a data directory, its documents into a spool. Raises `DataError`."""
    places: dict[Month, list[int]] = {}
    for month, document in _documents(directory):
        places.setdefault(month, []).append(spool.keep(document))
    documents = {month: LazyDocuments(held, spool.read) for month, held in places.items()}
    return DataSet(_accounts(directory, documents), documents)


def infer_users(documents: Iterable[Document]) -> list[dict[str, Any]]:
    """The users that own calls, sorted by id, for accounts of which nothing else is known."""
    owners = {_channel_text(document, "owner_id") for document in documents}
    return [{"id": owner} for owner in sorted(owners - {""})]


def infer_devices(documents: Iterable[Document]) -> list[dict[str, Any]]:
    """The devices that made calls, sorted by id, each with its owner if there is one."""
    owners: dict[str, str] = {}
    for document in documents:
        device = _channel_text(document, "authorizing_id")
        if device and channel_vars(document).get("authorizing_type") == "device":
            owners[device] = _channel_text(document, "owner_id") or owners.get(device, "")
    return [{"id": device, **({"owner_id": owner} if owner else {})} for device, owner in sorted(owners.items())]


def _channel_text(document: Document, name: str) -> str:
    value = channel_vars(document).get(name)
    return value if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class _Place:
    """A line of a file, or the whole file; its methods check values and raise `DataError` for this place."""

    file: Path
    line: int = 0

    def refuse(self, path: str, came: str, expected: str, remedy: str = "correct it or take it out") -> NoReturn:
        raise DataError(self.file, self.line, path, shortened(came), expected, remedy)

    def check(self, path: str, value: Any, kind: type[T]) -> T:
        if not isinstance(value, kind) or value == "":
            self.refuse(path, _MISSING if value is None else json.dumps(value), _KINDS[kind])
        return value

    def optional(self, path: str, holder: Mapping[str, Any], default: T) -> T:
        """What `holder` has under the last part of `path`, of the type of `default`; null is as good as nothing."""
        value = holder.get(path.rpartition(".")[2], default)
        return default if value is None or value == "" else self.check(path, value, type(default))

    def listed(self, path: str, holder: Mapping[str, Any]) -> list[Any]:
        return self.optional(path, holder, list[Any]())

    def month(self, path: str, value: Any) -> str:
        if not isinstance(value, str) or not _MONTH.fullmatch(value):
            self.refuse(path, _MISSING if value is None else json.dumps(value), 'a month as text, "202601"')
        return value

    def parse(self, raw: bytes) -> Any:
        try:
            return parse_json(raw.rstrip().decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            self.refuse("", repr(raw.rstrip().decode("utf-8", "replace")), f"JSON in UTF-8 ({error})")


def parse_json(text: str) -> Any:
    """The value of a JSON text. Raises `ValueError` or `RecursionError`, also for what no answer could carry."""
    value = json.loads(text, parse_constant=_refuse_constant)
    if "\\u" in text:  # half of a surrogate pair is JSON
        json.dumps(value, ensure_ascii=False).encode()
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _documents(directory: Path) -> Iterator[tuple[Month, Document]]:
    first_seen: dict[tuple[str, str, str], _Place] = {}
    for place, value in _lines(sorted(directory.glob("*.jsonl"))):
        account_id, month, document = _document(place, value)
        earlier = first_seen.setdefault((account_id, month, document["_id"]), place)
        if earlier is not place:
            expected = f"an id once in {month} of its account ({earlier.file.name}, line {earlier.line} has it too)"
            place.refuse("_id", json.dumps(document["_id"]), expected, "take one of the two out")
        yield (account_id, month), document


def _lines(files: list[Path]) -> Iterator[tuple[_Place, Any]]:
    for file in files:
        with file.open("rb") as lines:
            for number, raw in enumerate(lines, start=1):
                if not raw.isspace():
                    place = _Place(file, number)
                    yield place, place.parse(raw)


def _document(place: _Place, value: Any) -> tuple[str, str, Document]:
    line: Document = place.check("the line", value, dict)
    if "document" not in line:
        document_id = place.check("_id", line.get("_id"), str)
        month = document_id.partition("-")[0]
        if not _MONTH.fullmatch(month):
            place.refuse("_id", json.dumps(document_id), "YYYYMM-<call id>, or the month beside a wrapped document")
        return without_month(place.check("pvt_account_id", line.get("pvt_account_id"), str)), month, line
    document: Document = place.check("document", line["document"], dict)
    place.check("document._id", document.get("_id"), str)
    account_id = place.check("account_id", line.get("account_id"), str)
    return without_month(account_id), place.month("month", line.get("month")), document


def _accounts(directory: Path, documents: Mapping[Month, Iterable[Document]]) -> tuple[Account, ...]:
    described = directory / "accounts.json"
    if not described.is_file() and not any(directory.glob("*.jsonl")):
        _refuse_directory(directory)
    accounts = _described(described, documents) if described.is_file() else _infer_accounts(documents)
    if not accounts:
        _Place(directory).refuse("", Words("holds no account"), "one document or account at the least", "add one")
    return tuple(_completed(account, documents) for account in accounts)


def _refuse_directory(directory: Path) -> NoReturn:
    expected, remedy = "a directory with *.jsonl files or accounts.json", "name the directory that holds them"
    if directory.is_file():
        remedy = "make a directory of it by `mockcdrs import FILE --out DIR`"
        _Place(directory).refuse("", Words("is a file"), expected, remedy)
    words = "holds no such file" if directory.is_dir() else "does not exist"
    _Place(directory).refuse("", Words(words), expected, remedy)


def _described(file: Path, documents: Mapping[Month, Iterable[Document]]) -> list[Account]:
    place = _Place(file)
    listed: list[Any] = place.check("the file", place.parse(file.read_bytes()), list)
    accounts = [_account(place, f"[{index}]", value, documents) for index, value in enumerate(listed)]
    known: set[str] = set()
    for account in accounts:
        if account.id in known:
            came = Words(f"{json.dumps(account.id)} is there twice")
            place.refuse("id", came, "each id once", "take one of the two accounts out")
        known.add(account.id)
    for account_id in sorted({account_id for account_id, _ in documents} - known):
        came = Words(f"{json.dumps(account_id)} is missing")
        place.refuse("id", came, "each account that documents name", "add it, or delete the whole file")
    return accounts


def _account(place: _Place, path: str, value: Any, documents: Mapping[Month, Iterable[Document]]) -> Account:
    holder: Document = place.check(path, value, dict)
    account_id = place.check(f"{path}.id", holder.get("id"), str)
    for name, find in {"users": infer_users, "devices": infer_devices}.items():
        if holder.get(name) is None:
            holder = {**holder, name: find(_documents_of(account_id, documents))}
    return Account(
        id=account_id,
        name=place.optional(f"{path}.name", holder, ""),
        realm=place.optional(f"{path}.realm", holder, ""),
        tree=tuple(place.check(f"{path}.tree", each, str) for each in place.listed(f"{path}.tree", holder)),
        is_reseller=place.optional(f"{path}.is_reseller", holder, False),
        is_superduper_admin=place.optional(f"{path}.is_superduper_admin", holder, False),
        months=tuple(place.month(f"{path}.months", each) for each in place.listed(f"{path}.months", holder)),
        users=_with_ids(place, f"{path}.users", place.listed(f"{path}.users", holder)),
        devices=_with_ids(place, f"{path}.devices", place.listed(f"{path}.devices", holder)),
        tokens=tuple(_token(place, f"{path}.tokens", each) for each in place.listed(f"{path}.tokens", holder)),
        numbers=tuple(place.check(f"{path}.numbers", each, str) for each in place.listed(f"{path}.numbers", holder)),
        document=place.optional(f"{path}.document", holder, Document()),
        whitelabel=place.optional(f"{path}.whitelabel", holder, Document()),
        apps=_with_ids(place, f"{path}.apps", place.listed(f"{path}.apps", holder)),
    )


def _with_ids(place: _Place, path: str, values: list[Any]) -> tuple[Document, ...]:
    for index, value in enumerate(values):
        at = f"{path}[{index}]"
        place.check(f"{at}.id", place.check(at, value, dict).get("id"), str)
    return tuple(values)


def _token(place: _Place, path: str, value: Any) -> Token:
    holder: Document = place.check(path, value, dict)
    return Token(place.check(f"{path}.token", holder.get("token"), str), place.optional(f"{path}.owner_id", holder, ""))


def _infer_accounts(documents: Mapping[Month, Iterable[Document]]) -> list[Account]:
    """Accounts made from the ids in documents, for a directory without accounts.json."""
    return [
        Account(
            account_id,
            name=account_id,
            users=tuple(infer_users(_documents_of(account_id, documents))),
            devices=tuple(infer_devices(_documents_of(account_id, documents))),
        )
        for account_id in sorted({account_id for account_id, _ in documents})
    ]


def _documents_of(account_id: str, documents: Mapping[Month, Iterable[Document]]) -> Iterator[Document]:
    return (document for (held_by, _), month in documents.items() if held_by == account_id for document in month)


def _completed(account: Account, documents: Mapping[Month, Iterable[Document]]) -> Account:
    """Add the months of an account's documents; and, where it has no token, one made from its id."""
    held = {month for account_id, month in documents if account_id == account.id}
    token = Token(hashlib.sha256(f"mockcdrs token of {account.id}".encode()).hexdigest()[:32])
    return account._replace(months=tuple(sorted(held.union(account.months))), tokens=account.tokens or (token,))
