"""Pseudonyms of names, numbers, addresses and ids: a function of the value and a secret.

A text is hidden piece by piece, and a piece has the same pseudonym in each kind of field, so that texts which refer to
each other still do. Pseudonyms look like what they stand for, but are reserved where there are reserved ranges: numbers
by the plans of NANPA, Ofcom, ARCEP, BNetzA and ACMA, addresses by RFC 5737, 2544 and 3849, hosts by RFC 2606.
"""

import hashlib
import ipaddress
import math
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from string import ascii_lowercase, ascii_uppercase, digits, hexdigits

from mockcdrs.imports.fields import CODES, MAKERS, NOBODY, PROTOCOL, SDP_WORDS, VALUES, FieldKind

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
_ADDRESS = re.compile(r"\d\.\d|[0-9A-Fa-f]*:[0-9A-Fa-f]*:", re.ASCII)
_SERVICES = frozenset({*map(str, range(211, 912, 100)), *["000", "110", "112", "118", "119", "933", "988", "999"]})
_NORTH_AMERICAN = re.compile(r"1([2-9]\d\d)[2-9]\d{6}", re.ASCII)
_TOLL_FREE = re.compile("8(00|22|33|44|55|66|77|88)")
# Of numbers that begin with the first, which are reserved for drama and examples; the first that fits counts.
_RESERVED = {
    **{f"44{area}": f"44{area}4960xxx" for area in (113, 114, 115, 116, 117, 118, 121, 131, 141, 151, 161)},
    "44191": "441914980xxx", "4420": "442079460xxx", "4428": "442896496xxx", "4429": "442920180xxx",
    "447": "447700900xxx", "44808": "448081570xxx", "443": "443069990xxx", "44": "441632960xxx",
    "331": "3319900xxxx", "332": "3326191xxxx", "333": "3335301xxxx", "334": "3346571xxxx", "335": "3353649xxxx",
    "336": "3363998xxxx", "337": "3363998xxxx", "4930": "493023125xxx", "4940": "494066969xxx",
    "4969": "496990009xxx", "4989": "498999998xxx", "49221": "492214710xxx",
    **{f"61{area}": f"61{area}5550xxxx" for area in (2, 3, 7, 8)},
}  # fmt: skip
_COUNTRY_BY_NATIONAL_LENGTH = {10: "33", 11: "44"}
_DOCUMENTATION = tuple(map(ipaddress.IPv4Network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")))
_DOCUMENTATION_V6 = ipaddress.IPv6Network("2001:db8::/32")
_BENCHMARK = ipaddress.IPv4Network("198.18.0.0/15")
_ONSETS, _VOWELS, _CODAS = "bcdfghjklmnprstvw", ("a", "e", "i", "o", "u", "ai", "ea", "ie"), "lmnrst"
_NAME_PARTS = (*(_ONSETS, _VOWELS, _CODAS) * 2, _VOWELS, ("n", "ner", "son", "ton", "well", "s", "ra"))
_ATTEMPTS = 2_000
_TOO_MANY_TO_MEET = 2**32
_CACHED_TEXTS, _SHORT = 2_000, 100


class Pseudonyms:
    """Pseudonyms by one secret.

    Two originals never share a pseudonym as long as its range has others: the second one gets the next. So an original
    of a range that is nearly full, such as that of extensions, may have another pseudonym in another run.
    """

    def __init__(self, secret: bytes) -> None:
        self._key = hashlib.blake2b(secret).digest()  # BLAKE2 takes keys of at most 64 bytes
        self.given: dict[str, str] = {}
        """Each pseudonym that another original must not have, by a keyed hash of its own."""
        self._taken: set[tuple[str, str]] = set()
        self._hide_short = lru_cache(_CACHED_TEXTS)(self._hide)
        self._hide_sdp_line = lru_cache(_CACHED_TEXTS)(self._sdp_line)

    def restore(self, given: Mapping[str, str]) -> None:
        """Go on with pseudonyms that were given before."""
        self.given |= given
        self._taken |= {(name.partition(" ")[0], pseudonym) for name, pseudonym in given.items()}

    def hide(self, kind: FieldKind, text: str) -> str:
        """The text that replaces a text of a kind."""
        return self._hide_short(kind, text) if len(text) < _SHORT else self._hide(kind, text)

    def _hide(self, kind: FieldKind, text: str) -> str:
        match kind:
            case _ if kind in VALUES and (VALUES[kind].fullmatch(text) or text.casefold() in CODES):
                return text
            case FieldKind.REALM | FieldKind.ADDRESS:
                return self._pieces(f"@{text}", PROTOCOL)[1:]
            case FieldKind.URI | FieldKind.NUMBER:
                return self._pieces(text, PROTOCOL)
            case FieldKind.SDP if text.startswith("v=0"):
                return "".join(map(self._hide_sdp_line, text.splitlines(keepends=True)))
            case FieldKind.USER_AGENT:
                products = _PRODUCT.split(text)
                return "".join(part if row % 2 else self._pieces(part) for row, part in enumerate(products))
        return self._pieces(text)

    def _sdp_line(self, line: str) -> str:
        """A line of a session description (RFC 8866). Known words stay, and small numbers where they name nobody."""
        words = frozenset(word.casefold() for word in re.findall(f"{_WORD}+", line[2:]))
        small = {word for word in words if word.isdecimal() and len(word) < 6} if line[0] in "vtbma" else set()
        is_kept = words <= SDP_WORDS | small and not _ADDRESS.search(line)
        return line if is_kept else line[:2] + self._pieces(line[2:], SDP_WORDS | small)

    def _pieces(self, text: str, kept: frozenset[str] = NOBODY) -> str:
        """Any text, with each word, number, address and id in it replaced but for the words in `kept`."""
        return _PIECES.sub(lambda piece: self._piece(piece, kept), text)

    def _piece(self, piece: re.Match[str], kept: frozenset[str]) -> str:
        text = piece[0]
        match piece.lastgroup:
            case "kept":
                return text
            case "database":
                digits, cut = self._shape(piece["id"].replace(piece["cut"], "")), piece["cut"]
                return cut.join(("account", digits[:2], digits[2:4], digits[4:])) + (piece["month"] or "")
            case "uuid":
                return _in_shape(text, self._shape(text.lower().replace("-", "")))
            case "mac":
                # 02: locally administered, the address of no product
                return _in_shape(text, "02" + self._shape(re.sub("[:-]", "", text.lower()))[2:])
            case "address":
                return self._address(text, kept)
            case "host":
                return self._host(text)
            case "number":
                return _in_shape(text, self._number(text[0], re.sub(r"\D", "", text)))
        return self._word(text, kept)

    def _address(self, text: str, kept: frozenset[str]) -> str:
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return re.sub(f"{_WORD}+", lambda word: self._word(word[0], kept), text)
        if address.is_loopback or address.is_unspecified:
            return text
        if address.version == 6:
            return self._unique("address", str(address), lambda rank, _: str(_DOCUMENTATION_V6[rank % 2**96]))
        return self._unique("address", str(address), _v4)

    def _host(self, text: str) -> str:
        *labels, last = text.split(".")
        if not labels:
            return self._pieces(last, PROTOCOL)
        ending = last if last.lower() in _RESERVED_ENDINGS else "example"
        return ".".join([*map(self._pieces, labels), ending])

    def _word(self, text: str, kept: frozenset[str]) -> str:
        sign, word = (text[0], text[1:]) if text[0] in "+*" else ("", text)
        if word.casefold() in kept:
            return text
        if _HEX.fullmatch(word):
            return sign + _in_shape(word, self._shape(word.lower()))
        if not word.isascii() or word.isalpha():
            name = self._unique("word", word.casefold(), lambda rank, _: _spell(rank, _NAME_PARTS))
            return sign + (name.upper() if word.isupper() else name if word.islower() else name.title())
        return sign + (self._number(sign, word) if word.isdigit() else self._shape(word))

    def _shape(self, original: str) -> str:
        """A digit for each digit, a letter for each letter, and hex digits for hex digits."""
        alphabets = _alphabets(original)
        if math.prod(map(len, alphabets)) >= _TOO_MANY_TO_MEET:
            return _spell(self._hash("shape", original), alphabets)
        return self._unique("shape", original, lambda rank, _: _spell(rank, alphabets))

    def _number(self, sign: str, digits: str) -> str:
        """A telephone number of the same country and area, also where it is written without these."""
        if digits in _SERVICES:
            return digits
        if not 7 <= len(digits) <= 15:
            return self._shape(digits)
        lead = next((prefix for prefix in ("011", "00") if len(digits) > 9 and digits.startswith(prefix)), "")
        number = digits[len(lead) :]
        if sign == "+" or lead:
            return lead + self._international(number)
        if _NORTH_AMERICAN.fullmatch(f"1{number}"):
            return self._international(f"1{number}")[1:]
        if number[0] == "0" and (country := _COUNTRY_BY_NATIONAL_LENGTH.get(len(number))):
            return "0" + self._international(country + number[1:])[2:]
        return self._international(number) if len(number) > 10 else self._shape(number)

    def _international(self, number: str) -> str:
        american = _NORTH_AMERICAN.fullmatch(number)
        if american:
            reserved = f"1{american[1]}{'55501xx' if _TOLL_FREE.match(american[1]) else '555xxxx'}"
        else:
            fitting = (reserved for area, reserved in _RESERVED.items() if number.startswith(area))
            reserved = next(fitting, f"{number[:-6]}xxxxxx")
        kept, free = reserved.rstrip("x"), reserved.count("x")
        return self._unique("number", number, lambda rank, _: f"{kept}{rank % 10**free:0{free}}")

    def _hash(self, kind: str, original: str) -> int:
        text = f"{kind}\0{original}".encode("utf-8", "surrogatepass")
        return int.from_bytes(hashlib.blake2b(text, key=self._key).digest())

    def _unique(self, kind: str, original: str, make: Callable[[int, int], str]) -> str:
        """The first pseudonym that no other original has. `make` gets a number to make it of, and the attempt."""
        rank = self._hash(kind, original)
        name = f"{kind} {rank % 2**96:x}"
        if name not in self.given:
            attempt, pseudonym = 0, make(rank, 0)
            while attempt < _ATTEMPTS and (pseudonym == original or (kind, pseudonym) in self._taken):
                attempt += 1
                pseudonym = make(rank + attempt, attempt)
            self._taken.add((kind, pseudonym))
            self.given[name] = pseudonym
        return self.given[name]


def _v4(rank: int, attempt: int) -> str:
    """An address for documentation; where these are given away, one for benchmarks."""
    if attempt < _ATTEMPTS // 2:
        return str(_DOCUMENTATION[rank % 3][1 + rank // 3 % 254])
    return str(_BENCHMARK[rank % _BENCHMARK.num_addresses])


@lru_cache(maxsize=1_000)
def _alphabets(original: str) -> tuple[str, ...]:
    if _HEX.fullmatch(original):
        return (hexdigits[:16],) * len(original)
    first = ("0" if original[0] == "0" else digits[1:]) if original.isdigit() and len(original) > 1 else ""
    alphabets = [
        digits if sign.isdigit() else ascii_lowercase if sign.islower() else ascii_uppercase for sign in original
    ]
    return (first or alphabets[0], *alphabets[1:])


def _spell(rank: int, alphabets: tuple[Sequence[str], ...]) -> str:
    """A text of an element of each alphabet."""
    text = ""
    for alphabet in alphabets:
        rank, index = divmod(rank, len(alphabet))
        text += alphabet[index]
    return text


def _in_shape(original: str, letters: str) -> str:
    """Letters and digits with the separators and the case of the original."""
    left = iter(letters.upper() if original.isupper() else letters)
    return "".join(next(left, "") if sign.isalnum() else sign for sign in original)
