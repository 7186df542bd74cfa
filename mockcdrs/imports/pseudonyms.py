"""Stand-ins for what must not be told: each a function of the secret and the original alone, whatever else there is.

Whatever has a shape (numbers, addresses, ids) is shuffled among all that have the same shape, so no two originals ever
meet and none stays what it was. Words, which have none, get invented words, so many that two do not meet by chance.
"""

import hashlib
import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

_LETTERS, _DIGITS = "abcdefghijklmnopqrstuvwxyz", "0123456789"
_ONSETS, _VOWELS, _CODAS = "bdfghjklmnprstvz", "aeiou", "lmnrst"
_SYLLABLES = 5
_ROUNDS = 6
_SCOPES = tuple(map(ipaddress.IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16")))
# Addresses that nobody has on the open net; where an original comes from there, it is shuffled among them.
_PUBLIC = ipaddress.IPv4Network("100.64.0.0/10")


class Codebook:
    """Gives each original of a kind its pseudonym.

    Kinds: `word`, `digits`, `subscriber` ("area/rest"), `hex`, `mixed`, `v4`, `v6`, `mac`, `label` (a host name's label
    with all that follow it). The same secret makes the same pseudonym of an original in every run.
    """

    def __init__(self, secret: bytes) -> None:
        # BLAKE2 takes keys of 64 bytes at most
        self._key = hashlib.blake2b(secret).digest()
        self._seen: set[tuple[str, str]] = set()

    def see(self, kind: str, original: str) -> None:
        """Note an original."""
        self._seen.add((kind, original))

    def knows(self, kind: str, original: str) -> bool:
        """Whether an original was seen."""
        return (kind, original) in self._seen

    def pseudonym(self, kind: str, original: str) -> str:
        """What stands for an original."""
        return _MAKERS[kind](original, _Shuffle(self._key, kind))


class _Shuffle:
    """Keyed hashes and permutations of one kind of originals."""

    def __init__(self, key: bytes, kind: str) -> None:
        self._hash = hashlib.blake2b(f"{kind}\0".encode(), key=key, digest_size=32)

    def number(self, identity: str) -> int:
        """A number of 256 bits."""
        hashed = self._hash.copy()
        hashed.update(identity.encode("utf-8", "surrogatepass"))
        return int.from_bytes(hashed.digest())

    def among(self, place: int, count: int, domain: str) -> int:
        """Another place below `count`, for each place another one; each `domain` has an order of its own.

        It is the next one in a secret order of all places. That order is a Feistel network's, walked until the result
        is below `count`.
        """
        half = max(1, ((count - 1).bit_length() + 1) // 2)
        ranked = self._walked(place, count, half, domain, range(_ROUNDS))
        return self._walked((ranked + 1) % count, count, half, domain, range(_ROUNDS)[::-1])

    def _walked(self, place: int, count: int, half: int, domain: str, rounds: range) -> int:
        mask = (1 << half) - 1
        while True:
            left, right = place >> half, place & mask
            if rounds.step < 0:
                left, right = right, left
            for each in rounds:
                left, right = right, left ^ self.number(f"{domain}/{half}/{each}/{right}") & mask
            if rounds.step < 0:
                left, right = right, left
            place = left << half | right
            if place < count:
                return place


def _word(original: str, shuffle: _Shuffle) -> str:
    left, made = shuffle.number(original), ""
    for letters in (_ONSETS, _VOWELS) * _SYLLABLES + (_CODAS,):
        left, row = divmod(left, len(letters))
        made += letters[row]
    return made


def _digits(original: str, shuffle: _Shuffle, domain: str = "", leads: tuple[str, ...] = ("0", "123456789")) -> str:
    """As many digits, the first of the same one of `leads`: a zero in front stays one."""
    size = len(original)
    is_led_by_zero = size > 1 and original[0] == "0"
    lead = next(lead for lead in leads if original[0] in lead) if size > 1 else "0123456789"
    low, wide = int(lead[0]) * 10 ** (size - 1), len(lead) * 10 ** (size - 1)
    made = original
    while made == original or made in SERVICES:
        made = f"{low + shuffle.among(int(made) - low, wide, f'{domain}{size}{is_led_by_zero}'):0{size}}"
    return made


def _subscriber(original: str, shuffle: _Shuffle) -> str:
    """Under the same area; what is no North American number for its 1 in front (or is one for its 2 to 9) stays so."""
    area, _, rest = original.partition("/")
    return f"{area}/{_digits(rest, shuffle, area, ('0', '1', '23456789'))}"


def _hex(original: str, shuffle: _Shuffle) -> str:
    size = len(original)
    return f"{shuffle.among(int(original, 16), 16**size, str(size)):0{size}x}"


def _mixed(original: str, shuffle: _Shuffle) -> str:
    """A digit for each digit, a letter for each letter."""
    alphabets = [_DIGITS if sign.isdigit() else _LETTERS for sign in original]
    place, count = 0, 1
    for sign, letters in zip(original, alphabets, strict=True):
        place, count = place * len(letters) + letters.index(sign), count * len(letters)
    place = shuffle.among(place, count, "".join(letters[0] for letters in alphabets))
    made = ""
    for letters in reversed(alphabets):
        place, row = divmod(place, len(letters))
        made = letters[row] + made
    return made


def _v4(original: str, shuffle: _Shuffle) -> str:
    address = ipaddress.IPv4Address(original)
    network = next((scope for scope in (*_SCOPES, _PUBLIC) if address in scope), None)
    if network is None:
        return str(_PUBLIC[shuffle.number(original) % _PUBLIC.num_addresses])
    place = int(address) - int(network.network_address)
    return str(network[shuffle.among(place, network.num_addresses, str(network))])


def _v6(original: str, shuffle: _Shuffle) -> str:
    documentation = 0x20010DB8 << 96
    return str(ipaddress.IPv6Address(documentation | shuffle.number(original) & (1 << 96) - 1))


def _mac(original: str, shuffle: _Shuffle) -> str:
    return f"02{shuffle.number(original) & (1 << 40) - 1:010x}"  # 02: locally administered


def _label(original: str, shuffle: _Shuffle) -> str:
    return f"d{shuffle.number(original) & (1 << 40) - 1:010x}"


_MAKERS: Mapping[str, Callable[[str, _Shuffle], str]] = {
    "word": _word,
    "digits": _digits,
    "subscriber": _subscriber,
    "hex": _hex,
    "mixed": _mixed,
    "v4": _v4,
    "v6": _v6,
    "mac": _mac,
    "label": _label,
}


LONGEST_EXTENSION, LONGEST_NUMBER = 6, 15
# Who dials these says nothing about himself: emergency and the services of three digits.
SERVICES = frozenset(
    {
        "000", "110", "112", "118", "119", "211", "311", "411", "511", "611", "711", "811", "911", "933", "988",
        "999",
    }
)  # fmt: skip
_EXITS = ("011", "00")
_AREA_DIGITS, _LEAST_WITH_AREA = 3, 7
_NORTH_AMERICAN = re.compile(r"[2-9]\d\d[2-9]\d{6}", re.ASCII)
_TWO_DIGIT_CODES = frozenset(
    {
        "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47", "48", "49",
        "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65", "66", "81", "82", "84",
        "86", "90", "91", "92", "93", "94", "95", "98",
    }
)  # fmt: skip


class Parts(NamedTuple):
    """`lead` is what is dialled before the area: exit digits, country code, trunk zero."""

    lead: str
    area: str
    subscriber: str


def split_number(digits: str, is_international: bool) -> Parts:
    """The parts of a number of 7 to 15 digits; `is_international`: it was written with a plus.

    A number has the same area and subscriber whether it is written with its country or without.
    """
    lead = "" if is_international else next((each for each in _EXITS if digits.startswith(each)), "")
    national = digits[len(lead) :]
    if is_international or (lead and len(national) >= _LEAST_WITH_AREA):
        return _with_area(lead, national, _country_digits(national))
    if digits[0] == "0":
        return _with_area("", digits, 1)
    if len(digits) > 10:
        return _with_area("", digits, _country_digits(digits))
    if _NORTH_AMERICAN.fullmatch(digits):
        return _with_area("", digits, 0)
    return Parts("", "", digits)


def _with_area(lead: str, digits: str, country: int) -> Parts:
    national = digits[country:]
    area = _AREA_DIGITS if len(national) >= _LEAST_WITH_AREA else 0
    return Parts(lead + digits[:country], national[:area], national[area:])


def _country_digits(digits: str) -> int:
    if digits[0] in "17":
        return 1
    return 2 if digits[:2] in _TWO_DIGIT_CODES else 3
