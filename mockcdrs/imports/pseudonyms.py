"""Pseudonyms for names, numbers, addresses and ids. Each is a function of a secret and the original alone.

Numbers, ids and private addresses are permuted among all that have the same shape, so that no two originals have the
same pseudonym and none keeps its own value. Words get invented words, of which there are enough to make collisions
improbable.
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
_PRIVATE_NETWORKS = tuple(
    map(ipaddress.IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"))
)
# Shared addresses (RFC 6598), which stand for public ones. Originals among them are permuted.
_SHARED = ipaddress.IPv4Network("100.64.0.0/10")
MAX_EXTENSION_DIGITS, MAX_NUMBER_DIGITS = 6, 15
# Emergency and other services of three digits: to dial them names nobody.
SERVICE_NUMBERS = frozenset(
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


class Codebook:
    """Maps each original of a kind to its pseudonym: with the same secret to the same one in every run.

    Kinds: `word`, `digits`, `subscriber` ("area/rest"), `hex`, `mixed`, `v4`, `v6`, `mac`, `label` (a label of a host
    name with all labels that follow it).
    """

    def __init__(self, secret: bytes) -> None:
        # BLAKE2 takes keys of at most 64 bytes.
        self._key = hashlib.blake2b(secret).digest()
        self._noted: set[tuple[str, str]] = set()

    def note(self, kind: str, original: str) -> None:
        """Note an original."""
        self._noted.add((kind, original))

    def knows(self, kind: str, original: str) -> bool:
        """Whether an original was noted."""
        return (kind, original) in self._noted

    def pseudonym(self, kind: str, original: str) -> str:
        """The pseudonym of an original of a kind."""
        return _MAKE_BY_KIND[kind](original, _KeyedPermutation(self._key, kind))


class _KeyedPermutation:
    """Keyed hashes and permutations of one kind of originals."""

    def __init__(self, key: bytes, kind: str) -> None:
        self._hash = hashlib.blake2b(f"{kind}\0".encode(), key=key, digest_size=32)

    def hash(self, identity: str) -> int:
        """A keyed hash of 256 bits."""
        hashed = self._hash.copy()
        hashed.update(identity.encode("utf-8", "surrogatepass"))
        return int.from_bytes(hashed.digest())

    def permute(self, place: int, count: int, domain: str) -> int:
        """Map a number below `count` to another one, one to one. Each `domain` has a permutation of its own.

        The result is the successor in a secret order of all numbers below `count`, so none maps to itself. The order
        comes from a Feistel network with cycle walking: it is applied until the result is below `count`.
        """
        half = max(1, ((count - 1).bit_length() + 1) // 2)
        ranked = self._cycle_walk(place, count, half, domain, range(_ROUNDS))
        return self._cycle_walk((ranked + 1) % count, count, half, domain, range(_ROUNDS)[::-1])

    def _cycle_walk(self, place: int, count: int, half: int, domain: str, rounds: range) -> int:
        mask = (1 << half) - 1
        while True:
            left, right = place >> half, place & mask
            if rounds.step < 0:
                left, right = right, left
            for each in rounds:
                left, right = right, left ^ self.hash(f"{domain}/{half}/{each}/{right}") & mask
            if rounds.step < 0:
                left, right = right, left
            place = left << half | right
            if place < count:
                return place


def _word(original: str, permutation: _KeyedPermutation) -> str:
    left, word = permutation.hash(original), ""
    for letters in (_ONSETS, _VOWELS) * _SYLLABLES + (_CODAS,):
        left, row = divmod(left, len(letters))
        word += letters[row]
    return word


def _digits(
    original: str, permutation: _KeyedPermutation, domain: str = "", leads: tuple[str, ...] = ("0", "123456789")
) -> str:
    """As many digits. The first one stays within its group of `leads`, so that a leading zero stays one."""
    size = len(original)
    is_led_by_zero = size > 1 and original[0] == "0"
    lead = next(lead for lead in leads if original[0] in lead) if size > 1 else "0123456789"
    low, wide = int(lead[0]) * 10 ** (size - 1), len(lead) * 10 ** (size - 1)
    made = original
    while made == original or made in SERVICE_NUMBERS:
        made = f"{low + permutation.permute(int(made) - low, wide, f'{domain}{size}{is_led_by_zero}'):0{size}}"
    return made


def _subscriber(original: str, permutation: _KeyedPermutation) -> str:
    """A number of the same area.

    Its first digit stays 0, 1, or 2 to 9, so that a North American number stays one and no other becomes one.
    """
    area, _, rest = original.partition("/")
    return f"{area}/{_digits(rest, permutation, area, ('0', '1', '23456789'))}"


def _hex(original: str, permutation: _KeyedPermutation) -> str:
    size = len(original)
    return f"{permutation.permute(int(original, 16), 16**size, str(size)):0{size}x}"


def _mixed(original: str, permutation: _KeyedPermutation) -> str:
    """A text with a digit for each digit and a letter for each letter."""
    alphabets = [_DIGITS if sign.isdigit() else _LETTERS for sign in original]
    place, count = 0, 1
    for sign, letters in zip(original, alphabets, strict=True):
        place, count = place * len(letters) + letters.index(sign), count * len(letters)
    place = permutation.permute(place, count, "".join(letters[0] for letters in alphabets))
    made = ""
    for letters in reversed(alphabets):
        place, row = divmod(place, len(letters))
        made = letters[row] + made
    return made


def _v4(original: str, permutation: _KeyedPermutation) -> str:
    address = ipaddress.IPv4Address(original)
    network = next((scope for scope in (*_PRIVATE_NETWORKS, _SHARED) if address in scope), None)
    if network is None:
        return str(_SHARED[permutation.hash(original) % _SHARED.num_addresses])
    place = int(address) - int(network.network_address)
    return str(network[permutation.permute(place, network.num_addresses, str(network))])


def _v6(original: str, permutation: _KeyedPermutation) -> str:
    documentation = 0x20010DB8 << 96
    return str(ipaddress.IPv6Address(documentation | permutation.hash(original) & (1 << 96) - 1))


def _mac(original: str, permutation: _KeyedPermutation) -> str:
    return f"02{permutation.hash(original) & (1 << 40) - 1:010x}"  # 02: locally administered


def _label(original: str, permutation: _KeyedPermutation) -> str:
    return f"d{permutation.hash(original) & (1 << 40) - 1:010x}"


_MAKE_BY_KIND: Mapping[str, Callable[[str, _KeyedPermutation], str]] = {
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


class PhoneNumberParts(NamedTuple):
    """The parts of a telephone number. `lead` is what precedes the area: exit digits, country code, trunk zero."""

    lead: str
    area: str
    subscriber: str


def split_phone_number(digits: str, is_international: bool) -> PhoneNumberParts:
    """Split a number of 7 to 15 digits; `is_international` says that it was written with a plus.

    A number has the same area and subscriber with its country code and without.
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
    return PhoneNumberParts("", "", digits)


def _with_area(lead: str, digits: str, country: int) -> PhoneNumberParts:
    national = digits[country:]
    area = _AREA_DIGITS if len(national) >= _LEAST_WITH_AREA else 0
    return PhoneNumberParts(lead + digits[:country], national[:area], national[area:])


def _country_digits(digits: str) -> int:
    if digits[0] in "17":
        return 1
    return 2 if digits[:2] in _TWO_DIGIT_CODES else 3
