"""Stand-ins for what must not be told: drawn by a keyed hash, each for one original only."""

import hashlib
import hmac
import ipaddress
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import count

from mockcdrs.dataset import pools
from mockcdrs.dataset.phone_numbers import SERVICES

Maker = Callable[[str, bytes], Iterator[str]]
_LETTERS, _DIGITS, _HEX = "abcdefghijklmnopqrstuvwxyz", "0123456789", "0123456789abcdef"
_POOLS = ("en_US", "en_GB", "de_DE", "fr_FR")
# Long ones cannot meet by chance, so nobody needs to remember them.
_LONG = 16
_TRIES = 500
_SCOPES = tuple(map(ipaddress.IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16")))
_PUBLIC = ipaddress.IPv4Network("100.64.0.0/10")


class Codebook:
    """Gives each original of a kind a pseudonym, never one that was itself seen as an original or is taken.

    `see` what there is, then `settle`: the same originals get the same pseudonyms in whichever order they came. An
    original that comes later gets the next free one. Only where a kind is used up (say, all ten digits are extensions)
    may a pseudonym be what another original was. Kinds: `word`, `digits`, `subscriber` ("area/rest"), `hex`, `mixed`,
    `v4`, `v6`, `mac`, `label` (a host name's label with all that follow it).
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._seen: set[tuple[str, str]] = set()
        self._given: dict[tuple[str, str], str] = {}
        self._taken: set[tuple[str, str]] = set()

    def see(self, kind: str, original: str) -> None:
        """Note an original."""
        if not _is_long(kind, original):
            self._seen.add((kind, original))

    def settle(self) -> None:
        """Give all originals seen so far their pseudonyms."""
        for kind, original in sorted(self._seen - self._given.keys(), key=lambda each: self._digest(*each)):
            self.pseudonym(kind, original)

    def knows(self, kind: str, original: str) -> bool:
        """Whether an original has its pseudonym already."""
        return (kind, original) in self._given

    def pseudonym(self, kind: str, original: str) -> str:
        """What stands for an original."""
        if _is_long(kind, original):
            return next(_MAKERS[kind](original, self._digest(kind, original)))
        if (kind, original) not in self._given:
            chosen = self._chosen(kind, original)
            self._given[kind, original] = chosen
            self._taken.add((kind, chosen))
        return self._given[kind, original]

    def _chosen(self, kind: str, original: str) -> str:
        spare = None
        for candidate in _MAKERS[kind](original, self._digest(kind, original)):
            if (kind, candidate) in self._taken or candidate == original:
                continue
            if (kind, candidate) not in self._seen:
                return candidate
            spare = spare or candidate
        return spare or original

    def _digest(self, kind: str, original: str) -> bytes:
        return hmac.digest(self._secret, f"{kind}\0{original}".encode("utf-8", "surrogatepass"), "sha256")


def _is_long(kind: str, original: str) -> bool:
    return kind in {"hex", "mixed"} and len(original) >= _LONG


@cache
def _names() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """First and last names of the committed pools that are one plain word, each in a stable order."""
    pairs = [pair for locale in _POOLS for pair in pools.load(locale).names]
    first, last = ({name for name in names if name.isascii() and name.isalpha()} for names in zip(*pairs, strict=True))
    return tuple(sorted(first)), tuple(sorted(last))


@cache
def _first_names() -> frozenset[str]:
    return frozenset(name.casefold() for name in _names()[0])


def _word(original: str, seed: bytes) -> Iterator[str]:
    first, last = _names()
    names = first if original in _first_names() else last
    start = _number(seed)
    yield from (names[(start + step) % len(names)].casefold() for step in range(len(names)))
    for step in count(1):
        number = _number(seed, step)
        yield first[number % len(first)].casefold() + last[(number >> 64) % len(last)].casefold()


def _digits(original: str, seed: bytes) -> Iterator[str]:
    size = len(original)
    is_led_by_zero = size > 1 and original[0] == "0"
    low = 0 if is_led_by_zero or size == 1 else 10 ** (size - 1)
    wide = 10 ** (size - is_led_by_zero) - low
    start = _number(seed)
    drawn = (f"{low + (start + step) % wide:0{size}}" for step in range(wide))
    return (digits for digits in drawn if digits not in SERVICES)


def _subscriber(original: str, seed: bytes) -> Iterator[str]:
    area, _, rest = original.partition("/")
    if len(area) == 3 and len(rest) == 7:
        # 555 is the exchange of numbers that belong to nobody
        start = _number(seed)
        yield from (f"{area}/555{(start + step) % 10_000:04}" for step in range(10_000))
    yield from (f"{area}/{other}" for other in _digits(rest, seed))


def _spelled(alphabets: Mapping[bool, str]) -> Maker:
    """Each character of an alphabet: the one for digits, or the one for letters; then longer ones."""

    def maker(original: str, seed: bytes) -> Iterator[str]:
        for step in count():
            length = len(original) + step // _TRIES
            drawn = hashlib.shake_256(seed + step.to_bytes(4)).digest(length)
            shape = original.ljust(length, "0")
            letters = (alphabets[sign.isdigit()] for sign in shape)
            yield "".join(letter[byte % len(letter)] for letter, byte in zip(letters, drawn, strict=True))

    return maker


def _v4(original: str, seed: bytes) -> Iterator[str]:
    address = ipaddress.IPv4Address(original)
    network = next((scope for scope in _SCOPES if address in scope), _PUBLIC)
    hosts, start = network.num_addresses - 2, _number(seed)
    return (str(network[1 + (start + step) % hosts]) for step in range(hosts))


def _v6(_original: str, seed: bytes) -> Iterator[str]:
    documentation = 0x20010DB8 << 96
    return (str(ipaddress.IPv6Address(documentation | _number(seed, step) & (1 << 96) - 1)) for step in count())


def _mac(_original: str, seed: bytes) -> Iterator[str]:
    return (f"02{_number(seed, step) & (1 << 40) - 1:010x}" for step in count())  # 02: locally administered


def _label(_original: str, seed: bytes) -> Iterator[str]:
    return (f"d{_number(seed, step) & 0xFFFFFF:06x}" for step in count())


def _number(seed: bytes, step: int = 0) -> int:
    return int.from_bytes(hashlib.sha256(seed + step.to_bytes(4)).digest())


_MAKERS: Mapping[str, Maker] = {
    "word": _word,
    "digits": _digits,
    "subscriber": _subscriber,
    "hex": _spelled({True: _HEX, False: _HEX}),
    "mixed": _spelled({True: _DIGITS, False: _LETTERS}),
    "v4": _v4,
    "v6": _v6,
    "mac": _mac,
    "label": _label,
}
