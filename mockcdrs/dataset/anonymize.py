"""Data without the people in it: everything that could name somebody replaced by a stable pseudonym.

What a pseudonym stands for can be told only with the secret. Moments, durations, sums, causes, rates, directions and
whatever links one document to another stay true.
"""

import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from mockcdrs.cdr import schema
from mockcdrs.dataset.accounts import Account, Token
from mockcdrs.dataset.files import DataSet, LazyDocuments
from mockcdrs.dataset.identities import Mode, Rewriter
from mockcdrs.dataset.pseudonyms import Codebook
from mockcdrs.dataset.store import Document
from mockcdrs.dataset.vocabulary import words

_NAMES = re.compile(r"(.*_)?name|conference|queue|group|parked_by|fax_identity_name")
_WORDS_KEPT = re.compile(r"user_agent|rate_name|rate_description|fax_result_text")
_NUMERIC = re.compile(
    r"fax_.*|(.*_)?(seconds|timestamp|time|pages|rows|count|rate|size|increment|minimum|percentage|offset|micro|created|"
    r"modified)|surcharge|cost|discount|call_priority"
)
_VOCABULARY = re.compile(
    r"app_name|app_version|call_direction|other_leg_direction|channel_(call_)?state|channel_loopback_leg|"
    r"channel_is_loopback|disposition|event_category|event_name|hangup_cause|hangup_code|inception_direction|(.*_)?type|"
    r"(account|reseller)_billing|pvt_vsn|timezone|priv_level|feature_level|language|classifier|fax_ecm_used"
)
# What a field of a fixed vocabulary may hold unchanged: no sentence and no address.
_TERM = re.compile(
    r"[A-Z]+([_ ][A-Z0-9]+)*|[a-z]+([_-][a-z0-9]+)*|sip:\d{3}|\d{1,4}(\.\d{1,4}){0,2}|[A-Z]\w+(/[A-Z]\w+)+|"
    r"[a-z]{2}-[A-Z]{2}|",
    re.ASCII,
)
_NUMBER = re.compile(r"-?\d{1,20}(\.\d{1,20})?", re.ASCII)
_REVISION = re.compile(r"(\d+-)([0-9a-f]+)", re.ASCII)
_OF_PEOPLE = re.compile(r"(.*_)?(number|id|extension|dialed|user|username|mailbox|from|to|pin)")
_KEYS = frozenset(schema.public_fields()) | words(
    """
    _id _rev account_billing account_id account_name account_realm authorizing_id authorizing_type bridge_id
    call_forward call_interaction_id call_priority channel_authorized channel_is_loopback channel_loopback_leg
    description device_type discount_percentage email enabled first_name id in inception last_name mac_address
    media_recordings name out owner_id
    presence_id priv_level pvt_account_db pvt_account_id pvt_created pvt_deleted pvt_modified pvt_request_id pvt_type
    pvt_vsn rate rate_increment rate_minimum rate_name rate_nocharge_time realm recording_url reseller_billing
    reseller_id resource_id resource_type surcharge timezone username x_kazoo_aor
    """
)

Made = TypeVar("Made")


class Anonymizer:
    """Replaces names, numbers, addresses, hosts and ids: with the same secret each by the same, in every run.

    Give it all the data at once with `loaded`: it learns there which words are names, and so finds them in what mostly
    holds none (user agents, names of rates, keys). A single `document` is rewritten with what is known so far.
    """

    def __init__(self, secret: bytes) -> None:
        if not secret:
            raise ValueError("the secret came empty, expected some bytes; choose one that nobody can guess")
        self._rewriter = Rewriter(Codebook(secret))
        self._by_key: tuple[tuple[re.Pattern[str], Callable[[str], str]], ...] = (
            (re.compile("_rev"), self._revision),
            (re.compile("(.*_)?sdp"), self._rewriter.session_description),
            (_VOCABULARY, lambda text: text if _TERM.fullmatch(text) else self._free(text)),
            (_NUMERIC, lambda text: text if _NUMBER.fullmatch(text) else self._free(text)),
            (_WORDS_KEPT, lambda text: self._rewriter.text(text, Mode.KNOWN)),
            (re.compile("app_name|channel_name|.*username"), self._free),
            (_NAMES, lambda text: self._rewriter.text(text, Mode.NAME)),
        )
        self._rewrite_of_key: dict[str, Callable[[str], str]] = {}

    def loaded(self, data: DataSet) -> DataSet:
        """All of a data directory under pseudonyms, its documents in the same order and rewritten as they are read."""
        self._learn(lambda: [deque(documents, maxlen=0) for documents in self._rewritten(data).documents.values()])
        return self._rewritten(data)

    def twice(self, rewritten: Callable[[], Made]) -> Made:
        """What `rewritten` makes with this anonymizer, once it has seen all originals that go through it."""
        self._learn(rewritten)
        return rewritten()

    def _learn(self, read: Callable[[], object]) -> None:
        """See all originals that `read` has go through this anonymizer."""
        self._rewriter.learn()
        read()
        self._rewriter.settle()

    def member(self, key: str, value: Any) -> Any:
        """A value that stands under a key, under pseudonyms."""
        return self._value(key, value)

    def text(self, text: str) -> str:
        """A text that stands for itself, as an id does, under pseudonyms."""
        return self._free(text)

    def key(self, key: str) -> str:
        """The name of a field, with pseudonyms for names in it."""
        return self._key(key)

    def document(self, document: Mapping[str, Any]) -> Document:
        """One document under pseudonyms."""
        made: Document = self._value("", document)
        return made

    def account(self, account: Account) -> Account:
        """An account with its users, devices and tokens under pseudonyms."""
        return self._account(account)

    def _rewritten(self, data: DataSet) -> DataSet:
        held = data.documents.items()
        documents = {
            (self._free(account), month): LazyDocuments(each, self.document) for (account, month), each in held
        }
        return DataSet(tuple(map(self._account, data.accounts)), documents)

    def _account(self, account: Account) -> Account:
        return replace(
            account,
            id=self._free(account.id),
            name=self._rewriter.text(account.name, Mode.NAME),
            realm=self._free(account.realm),
            tree=tuple(map(self._free, account.tree)),
            users=self._value("users", account.users),
            devices=self._value("devices", account.devices),
            tokens=tuple(Token(self._free(token.value), self._free(token.owner_id)) for token in account.tokens),
            numbers=tuple(map(self._free, account.numbers)),
            document=self._value("document", account.document),
            whitelabel=self._value("whitelabel", account.whitelabel),
            apps=self._value("apps", account.apps),
        )

    def _value(self, key: str, value: Any) -> Any:
        match value:
            case str():
                return self._text(key, value)
            case Mapping():
                return {self._key(inner): self._value(inner, each) for inner, each in value.items()}
            case list():
                return [self._value(key, each) for each in value]
            case tuple():
                return tuple(self._value(key, each) for each in value)
            case int() if not isinstance(value, bool):
                return self._integer(key, value)
        return value

    def _key(self, key: str) -> str:
        return key if key in _KEYS else self._rewriter.text(key, Mode.KEY)

    def _text(self, key: str, text: str) -> str:
        if key not in self._rewrite_of_key:
            found = (rewrite for pattern, rewrite in self._by_key if pattern.fullmatch(key.lower()))
            self._rewrite_of_key[key] = next(found, self._unnamed)
        return self._rewrite_of_key[key](text)

    def _integer(self, key: str, value: int) -> int:
        if _NUMERIC.fullmatch(key):
            return value
        is_of_a_person = _OF_PEOPLE.fullmatch(key) is not None
        return self._rewriter.number(value) if is_of_a_person or self._rewriter.knows_number(value) else value

    def _unnamed(self, text: str) -> str:
        return self._rewriter.session_description(text) if text.startswith("v=0") else self._free(text)

    def _free(self, text: str) -> str:
        return self._rewriter.text(text, Mode.TEXT)

    def _revision(self, text: str) -> str:
        revision = _REVISION.fullmatch(text)
        return revision[1] + self._free(revision[2]) if revision else self._free(text)
