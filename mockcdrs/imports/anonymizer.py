"""Anonymizes CDRs and accounts: everything that could name a person is replaced by a stable pseudonym.

Pseudonyms depend on a secret, without which nobody can undo them. Times, durations, sums, causes, rates, directions and
the links between documents stay. This module decides what is done with the value of each field, `text_rewriter` what is
replaced in a text, and `pseudonyms` by what.
"""

import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from mockcdrs.cdr import documents
from mockcdrs.dataset.accounts import Account, Token
from mockcdrs.dataset.files import DataSet, LazyDocuments
from mockcdrs.dataset.store import Document
from mockcdrs.imports.pseudonyms import Codebook
from mockcdrs.imports.text_rewriter import RewriteMode, TextRewriter

_NAME_FIELDS = re.compile(r"(.*_)?name|conference|queue|group|parked_by|fax_identity_name")
_PRODUCT_FIELDS = re.compile(r"user_agent|rate_name|rate_description|fax_result_text")
_NUMERIC_FIELDS = re.compile(
    r"fax_.*|(.*_)?(seconds|timestamp|time|pages|rows|count|rate|size|increment|minimum|percentage|offset|micro|created|"
    r"modified)|surcharge|cost|discount|call_priority"
)
_VOCABULARY_FIELDS = re.compile(
    r"app_name|app_version|call_direction|other_leg_direction|channel_(call_)?state|channel_loopback_leg|"
    r"channel_is_loopback|disposition|event_category|event_name|hangup_cause|hangup_code|inception_direction|(.*_)?type|"
    r"(account|reseller)_billing|pvt_vsn|timezone|priv_level|feature_level|language|classifier|fax_ecm_used"
)
# Values that a field of a fixed vocabulary may keep: terms, not sentences or addresses.
_TERM = re.compile(
    r"[A-Z]+([_ ][A-Z0-9]+)*|[a-z]+([_-][a-z0-9]+)*|sip:\d{3}|\d{1,4}(\.\d{1,4}){0,2}|[A-Z]\w+(/[A-Z]\w+)+|"
    r"[a-z]{2}-[A-Z]{2}|",
    re.ASCII,
)
_NUMBER = re.compile(r"-?\d{1,20}(\.\d{1,20})?", re.ASCII)
_REVISION = re.compile(r"(\d+-)([0-9a-f]+)", re.ASCII)
_PERSONAL_FIELDS = re.compile(r"(.*_)?(number|id|extension|dialed|user|username|mailbox|from|to|pin)")
_KEPT_KEYS = frozenset(documents.schema_field_names()) | frozenset(
    {
        "_id", "_rev", "account_billing", "account_id", "account_name", "account_realm", "authorizing_id",
        "authorizing_type", "bridge_id", "call_forward", "call_interaction_id", "call_priority",
        "channel_authorized", "channel_is_loopback", "channel_loopback_leg", "description", "device_type",
        "discount_percentage", "email", "enabled", "first_name", "id", "in", "inception", "last_name",
        "mac_address", "media_recordings", "name", "out", "owner_id", "presence_id", "priv_level", "pvt_account_db",
        "pvt_account_id", "pvt_created", "pvt_deleted", "pvt_modified", "pvt_request_id", "pvt_type", "pvt_vsn",
        "rate", "rate_increment", "rate_minimum", "rate_name", "rate_nocharge_time", "realm", "recording_url",
        "reseller_billing", "reseller_id", "resource_id", "resource_type", "surcharge", "timezone", "username",
        "x_kazoo_aor",
    }
)  # fmt: skip

T = TypeVar("T")


class Anonymizer:
    """Replaces names, numbers, addresses, hosts and ids, with the same secret by the same pseudonyms in every run.

    Give it all data at once with `anonymize_data`: it learns there which words are names, and so finds them in fields
    that mostly hold none (user agents, names of rates, keys). The other methods use what was learned before.
    """

    def __init__(self, secret: bytes) -> None:
        if not secret:
            raise ValueError("the secret came empty, expected some bytes; choose one that nobody can guess")
        self._rewriter = TextRewriter(Codebook(secret))
        self._rules: tuple[tuple[re.Pattern[str], Callable[[str], str]], ...] = (
            (re.compile("_rev"), self._rewrite_revision),
            (re.compile("(.*_)?sdp"), self._rewriter.rewrite_sdp),
            (_VOCABULARY_FIELDS, lambda text: text if _TERM.fullmatch(text) else self.anonymize_text(text)),
            (_NUMERIC_FIELDS, lambda text: text if _NUMBER.fullmatch(text) else self.anonymize_text(text)),
            (_PRODUCT_FIELDS, lambda text: self._rewriter.rewrite(text, RewriteMode.KNOWN)),
            (re.compile("app_name|channel_name|.*username"), self.anonymize_text),
            (_NAME_FIELDS, lambda text: self._rewriter.rewrite(text, RewriteMode.NAME)),
        )
        self._rewrite_by_key: dict[str, Callable[[str], str]] = {}

    def anonymize_data(self, data: DataSet) -> DataSet:
        """Anonymize a data set. Documents keep their order, and are rewritten each time that they are iterated."""
        self._learn(lambda: [deque(documents, maxlen=0) for documents in self._rewrite_data(data).documents.values()])
        return self._rewrite_data(data)

    def learn_then_run(self, rewrite: Callable[[], T]) -> T:
        """Call `rewrite` twice and return its second result: the first call only learns the originals."""
        self._learn(rewrite)
        return rewrite()

    def anonymize_value(self, key: str, value: Any) -> Any:
        """Anonymize a JSON value, the value of the field `key`."""
        match value:
            case str():
                return self._rewrite_text(key, value)
            case Mapping():
                return {self.anonymize_key(inner): self.anonymize_value(inner, each) for inner, each in value.items()}
            case list():
                return [self.anonymize_value(key, each) for each in value]
            case tuple():
                return tuple(self.anonymize_value(key, each) for each in value)
            case int() if not isinstance(value, bool):
                return self._rewrite_integer(key, value)
        return value

    def anonymize_text(self, text: str) -> str:
        """Anonymize a text that is not the value of a known field, such as an id."""
        return self._rewriter.rewrite(text, RewriteMode.TEXT)

    def anonymize_key(self, key: str) -> str:
        """Anonymize the name of a field: names of people in it are replaced."""
        return key if key in _KEPT_KEYS else self._rewriter.rewrite(key, RewriteMode.KEY)

    def anonymize_document(self, document: Mapping[str, Any]) -> Document:
        """Anonymize one document."""
        anonymized: Document = self.anonymize_value("", document)
        return anonymized

    def anonymize_account(self, account: Account) -> Account:
        """Anonymize an account with its users, devices and tokens."""
        return replace(
            account,
            id=self.anonymize_text(account.id),
            name=self._rewriter.rewrite(account.name, RewriteMode.NAME),
            realm=self.anonymize_text(account.realm),
            tree=tuple(map(self.anonymize_text, account.tree)),
            users=self.anonymize_value("users", account.users),
            devices=self.anonymize_value("devices", account.devices),
            tokens=tuple(
                Token(self.anonymize_text(token.value), self.anonymize_text(token.owner_id)) for token in account.tokens
            ),
            numbers=tuple(map(self.anonymize_text, account.numbers)),
            document=self.anonymize_value("document", account.document),
            whitelabel=self.anonymize_value("whitelabel", account.whitelabel),
            apps=self.anonymize_value("apps", account.apps),
        )

    def _learn(self, rewrite: Callable[[], object]) -> None:
        self._rewriter.start_learning()
        rewrite()
        self._rewriter.start_replacing()

    def _rewrite_data(self, data: DataSet) -> DataSet:
        documents = {
            (self.anonymize_text(account_id), month): LazyDocuments(originals, self.anonymize_document)
            for (account_id, month), originals in data.documents.items()
        }
        return DataSet(tuple(map(self.anonymize_account, data.accounts)), documents)

    def _rewrite_text(self, key: str, text: str) -> str:
        if key not in self._rewrite_by_key:
            found = (rewrite for pattern, rewrite in self._rules if pattern.fullmatch(key.lower()))
            self._rewrite_by_key[key] = next(found, self._rewrite_unknown)
        return self._rewrite_by_key[key](text)

    def _rewrite_integer(self, key: str, value: int) -> int:
        if _NUMERIC_FIELDS.fullmatch(key):
            return value
        is_personal = _PERSONAL_FIELDS.fullmatch(key) is not None
        return (
            self._rewriter.rewrite_integer(value) if is_personal or self._rewriter.knows_phone_number(value) else value
        )

    def _rewrite_unknown(self, text: str) -> str:
        return self._rewriter.rewrite_sdp(text) if text.startswith("v=0") else self.anonymize_text(text)

    def _rewrite_revision(self, text: str) -> str:
        revision = _REVISION.fullmatch(text)
        return revision[1] + self.anonymize_text(revision[2]) if revision else self.anonymize_text(text)
