"""Anonymizes CDRs, listing rows, accounts, users and devices: each field by its kind in the table of fields.

A text is hidden piece by piece, and a piece has the same pseudonym in each kind of field, so that texts which refer to
each other still do. Pseudonyms look like what they stand for, but are reserved where there are reserved ranges: numbers
by the plans of NANPA, Ofcom, ARCEP, BNetzA and ACMA, addresses by RFC 5737, 2544 and 3849, hosts by RFC 2606.
"""

import hashlib
import ipaddress
import math
import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Any

from mockcdrs.dataset.accounts import Account, Token
from mockcdrs.dataset.files import DataSet, LazyDocuments
from mockcdrs.dataset.store import Document
from mockcdrs.imports.fields import CODES, MAKERS, NOBODY, PROTOCOL, SDP_WORDS, VALUES, FieldKind, kind_of

_WORD = "[A-Za-z0-9\u0080-\U0010ffff]"
_PIECES = re.compile(
    rf"""
      (?P<kept> (?<!\d) \d{{4}}-\d\d-\d\d (?: [T_ ] \d\d:\d\d:\d\d Z? )? (?!\d) | sipinterface_\d+
        | (?: (?<!{_WORD}) | (?<=[0-9a-f]{{32}}) ) (?:19|20)\d\d(?:0[1-9]|1[0-2])- (?=\S)
        | (?<!{_WORD}) (?: 6[34]\d{{9}}- (?=\S) | \d{{1,5}}- (?=[0-9a-f]{{32}}) | \*\d\d? (?!\d) | token-of-
            | recorded-\d+ | [A-Za-z] (?!{_WORD}) )
        | (?<=[\w\]]) (?: :(?:50[68]\d|7000|11000|80|443) | \.(?:csv|json|mp3|pdf|tiff?|wav) ) (?!\w) )
    | (?P<database> account (?P<cut>%2F|/) (?P<id> (?: [0-9a-f]{{2}} (?P=cut) ){{2}} [0-9a-f]{{28}} )
        (?P<month> -\d{{6}} )? )
    | (?P<uuid> (?<!{_WORD}) [0-9A-Fa-f]{{8}} (?: -[0-9A-Fa-f]{{4}} ){{3}} -[0-9A-Fa-f]{{12}} (?!{_WORD}) )
    | (?P<mac> (?<!{_WORD}) [0-9A-Fa-f]{{2}} (?: [:-][0-9A-Fa-f]{{2}} ){{5,}} (?!{_WORD}) )
    | (?P<address> (?<![\w:]) (?=[0-9A-Fa-f]*:[0-9A-Fa-f]*:) [0-9A-Fa-f:]+ (?: \d(?:\.\d{{1,3}}){{3}} )?
        (?! [\w:] | \.\d )
        | (?<![\d.]) \d{{1,3}} (?:\.\d{{1,3}}){{3}} (?!\.?\d) (?!{_WORD}) )
    | (?P<host> (?: (?<=@) | (?<=//) | (?<=sip:) | (?<=sips:) ) [\w-]*[A-Za-z_][\w-]* (?: \.[\w-]+ )* (?![\w.-]*@) )
    | (?P<number> (?<!{_WORD}) (?: \+\d | \(?[02-9]\d\d\)?[ .-] ) [\d .()-]{{6,17}} \d (?!{_WORD}) )
    | (?P<word> [0-9a-f]{{32}} (?=\d{{6}}-[0-9a-f]{{32}}) | [+*]? {_WORD}+ )
    """,
    re.VERBOSE | re.ASCII,
)
_HEX = re.compile("(?=.*[A-Fa-f])(?:[0-9a-f]{8,}|[0-9A-F]{8,})")
_RESERVED_ENDINGS = frozenset({"example", "invalid", "local", "localhost", "test"})
# A maker, and what follows of words, models and versions; or a version behind a slash.
_MAKER = "|".join(sorted(map(re.escape, MAKERS), reverse=True))
_PRODUCT = re.compile(
    rf"((?<![A-Za-z0-9])(?:{_MAKER})"
    rf"(?:[ /_.-]*(?:{_MAKER}|[A-Z]{{1,6}}\d{{2,4}}[A-Z]{{0,2}}|r?v?\d{{1,3}}(?:\.\d+[a-z]?)*)(?![A-Za-z0-9]))*"
    r"(?![A-Za-z0-9])|(?<=[A-Za-z]/)\d+(?:\.\d+)+)"
)
_SERVICES = frozenset({*map(str, range(211, 912, 100)), *["000", "110", "112", "118", "119", "933", "988", "999"]})
# How a number of 7 to 15 digits may begin, and the code of its country if it does not begin with that.
_BEGINNING = re.compile(
    r"(?!.*\d{16}) (?: (?P<international> \+?(?:011(?=\d{7}) | 00(?=\d{8})) | \+(?=\d{7}) | (?=[1-9]\d{10}) )"
    r"| (?P<america> (?=[2-9]\d\d[2-9]\d{6}$)) | (?P<france> 0(?=\d{9}$)) | (?P<britain> 0(?=\d{10}$)) )",
    re.ASCII | re.VERBOSE,
)
_COUNTRY = {"international": "", "america": "1", "france": "33", "britain": "44"}
# How reserved numbers go on behind country and area, `x` for a free digit. The first that fits counts.
_PLANS = {
    r"18(00|22|33|44|55|66|77|88)(?=[2-9]\d{6}$)": "55501xx", r"1[2-9]\d\d(?=[2-9]\d{6}$)": "555xxxx",
    "441(1[3-8]|[2-6]1)": "4960xxx", "44191": "4980xxx", "4420": "79460xxx", "4428": "96496xxx", "4429": "20180xxx",
    "447": "700900xxx", "44808": "1570xxx", "443": "069990xxx", "44": "1632960xxx",
    "331": "9900xxxx", "332": "6191xxxx", "333": "5301xxxx", "334": "6571xxxx", "335": "3649xxxx", "33[67]": "3998xxxx",
    "4930": "23125xxx", "4940": "66969xxx", "4969": "90009xxx", "4989": "99998xxx", "49221": "4710xxx",
    "61[2378]": "5550xxxx", r".*(?=\d{6})": "xxxxxx",
}  # fmt: skip
_HEX_DIGITS = "0123456789abcdef"
_DOCUMENTATION = (("192.0.2.", "198.51.100.", "203.0.113."), tuple(map(str, range(1, 255))))
_BENCHMARK = (("198.18.", "198.19."), tuple(map(str, range(256))), ".", tuple(map(str, range(256))))
_DOCUMENTATION_V6 = (("2001:db8",), *(":", _HEX_DIGITS[1:], *[_HEX_DIGITS] * 3) * 6)
_ONSETS, _VOWELS, _CODAS = "bcdfghjklmnprstvw", ("a", "e", "i", "o", "u", "ai", "ea", "ie"), "lmnrst"
_NAME_PARTS = (*(_ONSETS, _VOWELS, _CODAS) * 2, _VOWELS, ("n", "ner", "son", "ton", "well", "s", "ra"))
_ATTEMPTS = 2_000
_TOO_MANY_TO_MEET = 2**32

_Parts = Sequence[Sequence[str]]
"""A range of pseudonyms: each is made of an element of each part."""


class Pseudonyms:
    """Pseudonyms by one secret.

    Two originals never share a pseudonym as long as its range has others: the second one gets the next. So an original
    of a range that is nearly full, such as that of extensions, may have another pseudonym in another run.
    """

    def __init__(self, secret: bytes) -> None:
        self._key = hashlib.blake2b(secret).digest()  # BLAKE2 takes keys of at most 64 bytes
        self.given: dict[str, str] = {}
        """Each pseudonym that another original must not have, by a keyed hash of its own."""
        self._taken: set[str] = set()
        # Legs of a call have many of their texts in common: to keep some halves the time that a document takes.
        self._pieces = lru_cache(maxsize=256)(self._hide_pieces)

    def restore(self, given: Mapping[str, str]) -> None:
        """Go on with pseudonyms that were given before."""
        self.given |= given
        self._taken.update(given.values())

    def hide(self, kind: FieldKind, text: str) -> str:
        """The text that replaces a text of a kind."""
        if kind in VALUES and (VALUES[kind].fullmatch(text) or text.casefold() in CODES):
            return text
        if kind is FieldKind.SDP and text.startswith("v=0"):
            return "".join(map(self._sdp_line, text.splitlines(keepends=True)))
        if kind is FieldKind.USER_AGENT:
            products = _PRODUCT.split(text)
            return "".join(part if row % 2 else self._pieces(part, NOBODY) for row, part in enumerate(products))
        if kind in {FieldKind.REALM, FieldKind.ADDRESS}:
            return self._pieces(f"@{text}", PROTOCOL)[1:]
        return self._pieces(text, PROTOCOL if kind in {FieldKind.URI, FieldKind.NUMBER} else NOBODY)

    def _sdp_line(self, line: str) -> str:
        """A line of a session description (RFC 8866). Known words stay, and small numbers where they name nobody."""
        small = re.findall(r"\b\d{1,5}\b", line, re.ASCII) if line[0] in "vtbma" else ()
        # A list of payload types is no telephone number.
        parts = line[2:].split(" ") if line[0] == "m" else [line[2:]]
        return line[:2] + " ".join(self._pieces(part, SDP_WORDS.union(small)) for part in parts)

    def _hide_pieces(self, text: str, kept: frozenset[str]) -> str:
        """Any text, with each word, number, address and id in it replaced but for the words in `kept`."""
        return _PIECES.sub(lambda piece: self._piece(piece, kept), text)

    def _piece(self, piece: re.Match[str], kept: frozenset[str]) -> str:
        text = piece[0]
        match piece.lastgroup:
            case "kept":
                return text
            case "database":
                name, cut = self._shape(piece["id"].replace(piece["cut"], "")), piece["cut"]
                return cut.join(("account", name[:2], name[2:4], name[4:])) + (piece["month"] or "")
            case "uuid":
                return self._shape(text if text.isupper() else text.lower())
            case "mac":
                return f"02{self._shape(text if text.isupper() else text.lower())[2:]}"  # 02: that of no product
            case "address":
                return self._address(text)
            case "host":
                *labels, last = text.split(".")
                hidden = [self._pieces(label, NOBODY) for label in labels]
                ending = last if last.lower() in _RESERVED_ENDINGS else "example"
                return ".".join([*hidden, ending]) if labels else self._pieces(last, PROTOCOL)
            case "number":
                return self._number(text)
        return self._word(text, kept)

    def _address(self, text: str) -> str:
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return self._shape(text)
        if address.is_loopback or address.is_unspecified:
            return text
        ranges = (_DOCUMENTATION, _BENCHMARK) if address.version == 4 else (_DOCUMENTATION_V6,)
        return self._choose(str(address), *ranges)

    def _word(self, text: str, kept: frozenset[str]) -> str:
        word = text.lstrip("+*")
        if word.casefold() in kept:
            return text
        if not word.isascii() or (word.isalpha() and not _HEX.fullmatch(word)):
            name = self._choose(word.casefold(), _NAME_PARTS)
            return text[: -len(word)] + (name.upper() if word.isupper() else name if word.islower() else name.title())
        return self._number(text) if word.isdigit() else self._shape(text)

    def _number(self, text: str) -> str:
        """A telephone number of the same country and area, also where it is written without these."""
        dialed = re.sub("[^0-9+]", "", text)
        beginning = _BEGINNING.match(dialed)
        if not beginning:
            return text if dialed in _SERVICES else self._shape(text)
        country = _COUNTRY[str(beginning.lastgroup)]
        number = country + dialed[beginning.end() :]
        area, rest = next((found[0], rest) for plan, rest in _PLANS.items() if (found := re.match(plan, number)))
        parts = [*area, *(digits if sign == "x" else sign for sign in rest)]
        return _in_shape(text, beginning[0].lstrip("+") + self._choose(f"+{number}", parts)[len(country) :])

    def _shape(self, text: str) -> str:
        """A digit for each digit, a letter for each letter, and hex digits for hex digits."""
        plain = "".join(filter(str.isalnum, text))
        parts = [digits if sign.isdigit() else ascii_lowercase if sign.islower() else ascii_uppercase for sign in plain]
        if _HEX.fullmatch(plain):
            plain, parts = plain.lower(), [_HEX_DIGITS] * len(plain)
        elif plain.isdigit() and len(plain) > 1:
            parts[0] = "0" if plain[0] == "0" else digits[1:]
        return _in_shape(text, self._choose(plain, parts))

    def _choose(self, original: str, *ranges: _Parts) -> str:
        """A pseudonym of the first range that has one which no other original has."""
        rank = int.from_bytes(hashlib.blake2b(original.encode("utf-8", "surrogatepass"), key=self._key).digest())
        if math.prod(map(len, ranges[0])) >= _TOO_MANY_TO_MEET:
            return _spell(rank, ranges[0])
        name, taken = f"{rank % 2**96:x}", self._taken
        if name not in self.given:
            spelled = (_spell(rank + attempt, parts) for parts in ranges for attempt in range(_ATTEMPTS))
            free = (each for each in spelled if each != original.lstrip("+") and each not in taken)
            self.given[name] = next(free, _spell(rank, ranges[-1]))
            taken.add(self.given[name])
        return self.given[name]


def _spell(rank: int, parts: _Parts) -> str:
    text = ""
    for part in parts:
        rank, index = divmod(rank, len(part))
        text += part[index]
    return text


def _in_shape(original: str, letters: str) -> str:
    """Letters and digits with the separators and the case of the original."""
    left = iter(letters.upper() if original.isupper() else letters)
    return "".join(next(left, "") if sign.isalnum() else sign for sign in original) + "".join(left)


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
        tokens = [[self.hide(FieldKind.ID, text) for text in (each.value, each.owner_id)] for each in account.tokens]
        return account._replace(**hidden, tokens=tuple(Token(*each) for each in tokens), apps=())

    def anonymize_object(self, fields: Mapping[str, Any]) -> Document:
        """Anonymize a document, a row, or an object within one."""
        return {name: self.anonymize_field(name, value) for name, value in fields.items() if self.knows(name)}

    def knows(self, name: str) -> bool:
        """Whether a field stays. The name of one that does not is noted."""
        if name not in self._keep and kind_of(name) is None:
            self.dropped.add(name)
        return name not in self.dropped

    def anonymize_field(self, name: str, value: Any) -> Any:
        """Anonymize the value of a field that stays."""
        kind = kind_of(name)
        return value if kind is None or name in self._keep else self._anonymize_value(kind, value)

    def _anonymize_value(self, kind: FieldKind, value: Any) -> Any:
        match value:
            case str():
                return self.hide(kind, value)
            case Mapping() if kind is FieldKind.TALLY:
                kinds = {name: FieldKind.REALM if "." in name else FieldKind.CODE for name in value}
                return {self.hide(kinds[name], name): self._anonymize_value(kind, each) for name, each in value.items()}
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
