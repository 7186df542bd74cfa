"""Anonymizes CDRs, listing rows, accounts, users and devices: each field by its kind in the table of fields."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from mockcdrs.dataset.accounts import Account, Token
from mockcdrs.dataset.files import DataSet, LazyDocuments
from mockcdrs.dataset.store import Document
from mockcdrs.imports.fields import FieldKind, kind_of
from mockcdrs.imports.pseudonyms import Pseudonyms

_ACCOUNT_FIELDS = ("id", "name", "realm", "tree", "users", "devices", "numbers", "document", "whitelabel")


class Anonymizer:
    """Replaces what names somebody by pseudonyms, the same ones for the same secret.

    Keys and types stay, and so do amounts, times, codes and flags. A field that the table does not have is left out,
    and its name added to `dropped`; those named in `keep` stay as they are. Raises `ValueError` for an empty secret.
    """

    def __init__(self, secret: bytes, keep: Collection[str] = ()) -> None:
        if not secret:
            raise ValueError("the secret came empty, expected some bytes; choose one that nobody can guess")
        self.pseudonyms = Pseudonyms(secret)
        self.hide = self.pseudonyms.hide
        self.dropped: set[str] = set()
        self._keep = frozenset(keep)

    def anonymize_data(self, data: DataSet) -> DataSet:
        """Anonymize a data set. Documents are rewritten each time that they are iterated."""
        documents = {
            (self.hide(FieldKind.ID, account_id), month): LazyDocuments(originals, self.anonymize_object)
            for (account_id, month), originals in data.documents.items()
        }
        return DataSet(tuple(map(self.anonymize_account, data.accounts)), documents)

    def anonymize_account(self, account: Account) -> Account:
        """Anonymize an account with its users, devices and tokens. Apps are left out: those of the demo stand in."""
        hidden = {name: self.anonymize_field(name, getattr(account, name)) for name in _ACCOUNT_FIELDS}
        tokens = (
            Token(self.hide(FieldKind.ID, each.value), self.hide(FieldKind.ID, each.owner_id))
            for each in account.tokens
        )
        return replace(account, **hidden, tokens=tuple(tokens), apps=())

    def anonymize_object(self, fields: Mapping[str, Any]) -> Document:
        """Anonymize a document, a row, or an object within one."""
        return {name: self.anonymize_field(name, value) for name, value in fields.items() if self.knows(name)}

    def knows(self, name: str) -> bool:
        """Whether a field stays. The name of one that does not is noted."""
        is_known = name in self._keep or kind_of(name) is not None
        if not is_known:
            self.dropped.add(name)
        return is_known

    def anonymize_field(self, name: str, value: Any) -> Any:
        """Anonymize the value of a field that stays."""
        kind = kind_of(name)
        return value if kind is None or name in self._keep else self._anonymize_value(kind, value)

    def _anonymize_value(self, kind: FieldKind, value: Any) -> Any:
        match value:
            case str():
                return self.hide(kind, value)
            case Mapping() if kind is FieldKind.TALLY:
                return {
                    self.hide(FieldKind.REALM if "." in name else FieldKind.CODE, name): self._anonymize_value(
                        kind, each
                    )
                    for name, each in value.items()
                }
            case Mapping():
                return self.anonymize_object(value)
            case list() | tuple():
                return type(value)(self._anonymize_value(kind, each) for each in value)
            case int() | float() if not isinstance(value, bool) and value == value // 1:
                return type(value)(self.hide(kind, str(int(value))))
        return value


def describe_dropped(dropped: Collection[str]) -> str:
    """A line that names the fields that were left out."""
    one, them = ("field", "it") if len(dropped) == 1 else ("fields", "them")
    return f"{len(dropped)} unknown {one} dropped: {', '.join(sorted(dropped))}; keep {them} with --keep FIELD"
