"""The order of texts in CouchDB's view keys: that of ICU's root collation.

Texts are compared by letters (primary weights), then by accents (secondary), then by case and other variants
(tertiary). Texts that are equal in all three are equal, however they are written: `é` equals `e` with U+0301. Source
followed: `couch_ejson_compare.c`, which opens the collator of no language and leaves its attributes as they are:
punctuation counts, and marks are taken in the order in which they stand.

`root_collation.dat`, a part of the package, holds the weights of ICU 78 (Unicode 17);
`tests/tools/make_root_collation.py` makes it. It covers all characters of all scripts, Han by radical and stroke, and
contractions, also those with other marks between their parts. What is unassigned, private, or a lone surrogate
follows by code point. Not covered: contractions of the noncharacter U+FDD1, and those around marks that are newer than
this Python's Unicode. ICU before version 55 may have Han by code point, and each version moves a few rare characters.
"""

import bisect
import functools
import itertools
import struct
import unicodedata
import zlib
from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

Weights = tuple[bytes, str, bytes]
Element = tuple[int, int, int]

# A primary weight: the least 22 bits are a place in the gap between two weights of ASCII, or 0 for one of these.
GAP_BITS = 22
COMMON_SECONDARY, COMMON_TERTIARY = 0x0500, 0x05

_WHITESPACE = "\t\n\x0b\x0c\r "
_PUNCTUATION = "_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$"
ASCII = _WHITESPACE + _PUNCTUATION + "0123456789abcdefghijklmnopqrstuvwxyz"

# Where code points stand that the table lacks; U+FFFD and U+FFFF are behind them.
UNASSIGNED = (2 * len(ASCII) << GAP_BITS) + 0x100000
BEHIND_UNASSIGNED = UNASSIGNED + 0x110000

# Weights of ASCII by byte: what is ignored is 0 here. W weighs more than the other capitals.
ASCII_PRIMARY = bytes(max(0, 2 * ASCII.find(char.lower()) + 1) for char in map(chr, range(256)))
ASCII_TERTIARY = bytes(
    0x20 if char == "W" else 0x1C if char.isupper() else COMMON_TERTIARY for char in map(chr, range(256))
)


def text_key(text: str) -> Weights:
    """Sort key of a text: its primary, secondary and tertiary weights."""
    if not text:
        return b"", "", b""
    primaries, secondaries, tertiaries = zip(*map(_weights, _units(text)), strict=True)
    return b"".join(primaries), _unless_common("".join(secondaries)), b"".join(tertiaries)


def _unless_common(secondary: str) -> str:
    """Nothing for weights that are all common, as in ASCII: since no weight is less, the order is the same."""
    return secondary if secondary.strip(chr(COMMON_SECONDARY)) else ""


def _units(text: str) -> Iterator[str]:
    """The characters and contractions that have weights of their own, found as UTS #10, S2.1 says."""
    contractions, starters = _table().contractions, _table().starters
    chars = list(text)
    at = 0
    while at < len(chars):
        unit = chars[at]
        at += 1
        if unit in starters:
            while at < len(chars) and unit + chars[at] in contractions:
                unit += chars[at]
                at += 1
            later, blocking = at, 0  # a mark may follow behind others that do not interact with it
            while later < len(chars) and (classes := _combining_classes(chars[later]))[0]:
                if classes[0] > blocking and unit + chars[later] in contractions:
                    unit += chars.pop(later)
                else:
                    later, blocking = later + 1, classes[-1]
        yield unit


def _combining_classes(char: str) -> list[int]:
    return [unicodedata.combining(part) for part in unicodedata.normalize("NFD", char)]


@functools.lru_cache(maxsize=4096)
def _weights(unit: str) -> Weights:
    """The weights of a character or contraction, nothing for one that is ignored."""
    elements = _table().elements(unit)
    return (
        b"".join(_primary_bytes(primary) for primary, _, _ in elements if primary),
        "".join(chr(secondary) for _, secondary, _ in elements),
        bytes(tertiary for _, _, tertiary in elements),
    )


def _primary_bytes(primary: int) -> bytes:
    lead, place = divmod(primary, 1 << GAP_BITS)
    return bytes([lead]) + (place.to_bytes(3) if place else b"")


class _Table(NamedTuple):
    """What characters and contractions weigh.

    A collation element has a place in `primaries`, `secondaries` and `tertiaries`. `sequences` holds such places;
    `starts` says where in it those of each code point begin, then those of each contraction.
    """

    primaries: Sequence[int]
    secondaries: Sequence[int]
    tertiaries: Sequence[int]
    code_points: Sequence[int]
    starts: Sequence[int]
    sequences: Sequence[int]
    contractions: Mapping[str, int]
    starters: frozenset[str]

    def elements(self, unit: str) -> list[Element]:
        """Primary, secondary and tertiary weights, which a character has any number of."""
        place = self.contractions.get(unit)
        if place is None:
            place = bisect.bisect_right(self.code_points, ord(unit)) - 1
            if self.code_points[place] != ord(unit):
                return self._elements_beyond(unit)
        sequence = self.sequences[self.starts[place] : self.starts[place + 1]]
        return [(self.primaries[at], self.secondaries[at], self.tertiaries[at]) for at in sequence]

    def _elements_beyond(self, char: str) -> list[Element]:
        parts = unicodedata.normalize("NFD", char)
        if parts == char:
            return [(UNASSIGNED + ord(char), COMMON_SECONDARY, COMMON_TERTIARY)]
        return [element for part in parts for element in self.elements(part)]  # a Hangul syllable


@functools.cache
def _table() -> _Table:
    """The table, read when the first text comes that is not ASCII.

    The file is a compressed sequence of numbers of 32 bits, the low byte first: the lengths of seven columns, then
    these. Primaries, code points and sequences are differences from the number before, and starts from the next one;
    the last column is the characters of the contractions, with a 0 between them.
    """
    from importlib.resources import files  # a start is shorter without it

    raw = zlib.decompress((files("mockcdrs.crossbar") / "root_collation.dat").read_bytes())
    numbers = iter(struct.unpack(f"<{len(raw) // 4}i", raw))
    columns = [tuple(itertools.islice(numbers, length)) for length in tuple(itertools.islice(numbers, 7))]
    primaries, secondaries, tertiaries, code_points, lengths, sequences, chars = columns
    contractions = "".join(map(chr, chars)).split("\0")
    return _Table(
        primaries=array("i", itertools.accumulate(primaries)),
        secondaries=array("i", secondaries),
        tertiaries=array("i", tertiaries),
        code_points=array("i", itertools.accumulate(code_points)),
        starts=array("i", itertools.accumulate(lengths, initial=0)),
        sequences=array("i", itertools.accumulate(sequences)),
        contractions={text: place for place, text in enumerate(contractions, len(code_points))},
        starters=frozenset(text[0] for text in contractions),
    )
