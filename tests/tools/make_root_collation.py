"""Make `mockcdrs/crossbar/root_collation.dat` with ICU, and compare the order of texts with ICU's.

    python tests/tools/make_root_collation.py table          # write the table
    python tests/tools/make_root_collation.py sample         # write texts in ICU's order, for tests
    python tests/tools/make_root_collation.py check COUNT    # compare so many random pairs of texts

ICU is the library in icu4py's wheel: `pip install icu4py==1.2.0`. What icu4py itself offers is no collation, so the
library's C functions are called. Another version of ICU orders rare characters in another way.
"""

import ctypes
import functools
import importlib.metadata
import itertools
import json
import random
import struct
import sys
import unicodedata
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import icu4py

from mockcdrs.crossbar.collation import ASCII, BEHIND_UNASSIGNED, GAP_BITS, text_key

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "mockcdrs" / "crossbar" / "root_collation.dat"
SAMPLE = ROOT / "tests" / "crossbar" / "icu_order.jsonl"

Element = tuple[int, int, int]

_NO_CHARACTERS = {0, 17, 18}  # u_charType: unassigned, private, surrogate
_WEIGHTY_NONCHARACTERS = {0xFFFE, 0xFFFF}  # the lowest weight and the highest
_HANGUL_SYLLABLES = range(0xAC00, 0xD7A4)  # weigh what their parts weigh
_SCRIPT_MARK = "\ufdd1"  # begins contractions that stand for the scripts of an alphabetic index
_FIRST_UNASSIGNED = 0xFE000000
_LONGEST = 16
_SAMPLE_PAIRS = 1_500
_NOT_IN_TABLE = ["\U000ffff0", "\ue000", "\u0378", "\udc00", "\udfff", "\U000e0080", "\U0010ffff"]
_SCRIPTS = [
    range(0x00A0, 0x0250),  # Latin
    range(0x0300, 0x0370),  # marks
    range(0x0370, 0x0400),  # Greek
    range(0x0400, 0x0530),  # Cyrillic
    range(0x0530, 0x0900),  # Armenian, Hebrew, Arabic
    range(0x0900, 0x1000),  # India to Tibet
    range(0x1100, 0x1200),  # the parts of Hangul
    range(0x1E00, 0x2000),  # Latin and Greek with marks
    range(0x2000, 0x2C00),  # punctuation, symbols, numbers
    range(0x3000, 0x3400),  # Kana, and what stands in a square
    range(0x3400, 0xA000),  # Han
    range(0xAC00, 0xD7A4),  # Hangul
    range(0xF900, 0x10000),  # compatibility
    range(0x1F000, 0x1FB00),  # emoji
    range(0x20000, 0x33480),  # more Han
]


class Icu:
    """The collator that CouchDB opens: `ucol_open("")`, its attributes as they are."""

    def __init__(self) -> None:
        (path,) = [file.locate() for file in importlib.metadata.files("icu4py") or () if "icui18n" in file.name]
        self._library = ctypes.CDLL(str(path))
        self._suffix = icu4py.icu_version.partition(".")[0]
        self._collator = self._pointer("ucol_open", b"", _reference())

    def compare(self, one: str, other: str) -> int:
        """-1, 0 or 1: the one comes before the other, is equal, or comes behind it."""
        return self._call("ucol_strcoll", self._collator, *_utf16(one), *_utf16(other))

    def elements(self, text: str) -> list[Element]:
        """Primary, secondary and tertiary weights, as they are compared."""
        iterator = self._pointer("ucol_openElements", self._collator, *_utf16(text), _reference())
        halves = list(iter(lambda: self._call("ucol_next", iterator, _reference()), -1))
        self._call("ucol_closeElements", iterator)
        return list(_elements(halves))

    def contractions(self) -> list[str]:
        """Texts that do not weigh what their characters do."""
        strings = self._pointer("uset_openEmpty")
        end, buffer = _reference(), ctypes.create_string_buffer(2 * _LONGEST)
        self._call(
            "ucol_getContractionsAndExpansions", self._collator, strings, None, ctypes.c_bool(True), _reference()
        )
        texts = []
        for number in range(self._call("uset_getItemCount", strings)):
            length = self._call("uset_getItem", strings, number, end, end, buffer, _LONGEST, _reference())
            texts.append(buffer.raw[: 2 * length].decode("utf-16-le"))
        self._call("uset_close", strings)
        return texts

    def has_character(self, code_point: int) -> bool:
        """Whether ICU's version of Unicode has a character there, or a weight of its own."""
        return self._call("u_charType", code_point) not in _NO_CHARACTERS or code_point in _WEIGHTY_NONCHARACTERS

    def _call(self, name: str, *arguments: Any) -> int:
        result: int = getattr(self._library, f"{name}_{self._suffix}")(*arguments)
        return result

    def _pointer(self, name: str, *arguments: Any) -> ctypes.c_void_p:
        function = getattr(self._library, f"{name}_{self._suffix}")
        function.restype = ctypes.c_void_p
        return ctypes.c_void_p(function(*arguments))


def _reference() -> Any:
    return ctypes.byref(ctypes.c_int())


def _utf16(text: str) -> tuple[bytes, int]:
    raw = text.encode("utf-16-le", "surrogatepass")
    return raw, len(raw) // 2


def _elements(halves: list[int]) -> Iterator[Element]:
    """Whole weights of the two halves in which `ucol_next` gives them, without the bits of case, that do not count."""
    for first, second in itertools.pairwise([*halves, 0]):
        if not _is_second(first):
            low = second & ~0xC0 if _is_second(second) else 0
            yield (
                (first & 0xFFFF0000) | ((low >> 16) & 0xFFFF),
                (first & 0xFF00) | ((low >> 8) & 0xFF),
                ((first & 0x3F) << 8) | (low & 0x3F),
            )


def _is_second(half: int) -> bool:
    return half & 0xC0 == 0xC0


def table(icu: Icu) -> bytes:
    """The table, not compressed; `mockcdrs.crossbar.collation` tells its format."""
    code_points = [
        code for code in range(sys.maxunicode + 1) if icu.has_character(code) and code not in _HANGUL_SYLLABLES
    ]
    contractions = sorted(text for text in icu.contractions() if not text.startswith(_SCRIPT_MARK))
    sequences = [
        [element for element in icu.elements(text) if any(element)] for text in [*map(chr, code_points), *contractions]
    ]
    elements = sorted(set(itertools.chain.from_iterable(sequences)))
    places = {element: place for place, element in enumerate(elements)}
    primaries = _primaries(elements, [icu.elements(char)[0][0] for char in ASCII])
    columns: list[list[int]] = [
        _differences(primaries[primary] for primary, _, _ in elements),
        [secondary for _, secondary, _ in elements],
        [tertiary >> 8 for _, _, tertiary in elements],
        _differences(code_points),
        [len(sequence) for sequence in sequences],
        _differences(places[element] for sequence in sequences for element in sequence),
        [ord(char) for char in "\0".join(contractions)],
    ]
    numbers = [*map(len, columns), *itertools.chain.from_iterable(columns)]
    return struct.pack(f"<{len(numbers)}i", *numbers)


def _primaries(elements: list[Element], of_ascii: list[int]) -> dict[int, int]:
    """The table's primary weights for ICU's."""
    weights, lead, place = {0: 0}, 0, 0
    for primary in sorted({primary for primary, _, _ in elements} - {0}):
        if primary in of_ascii:
            lead, place = 2 * of_ascii.index(primary) + 2, 0
            weights[primary] = lead - 1 << GAP_BITS
        elif primary < _FIRST_UNASSIGNED:
            place += 1
            weights[primary] = (lead << GAP_BITS) + place
        else:
            weights[primary] = BEHIND_UNASSIGNED + len(weights)
    return weights


def _differences(numbers: Iterable[int]) -> list[int]:
    return [after - before for before, after in itertools.pairwise([0, *numbers])]


class Texts:
    """Random texts that come near each other: of a few scripts and ASCII, with marks, and varied a little."""

    def __init__(self, icu: Icu, seed: int) -> None:
        self._random = random.Random(seed)
        characters = [chr(code) for code in range(sys.maxunicode + 1) if icu.has_character(code)]
        contractions = [text for text in icu.contractions() if not text.startswith(_SCRIPT_MARK)]
        marks = [char for char in characters if unicodedata.combining(char)]
        self._pools: list[list[str]] = [
            [chr(code) for code in range(128)],
            [char for char in ASCII if char.isalnum()],
            *([char for char in characters if ord(char) in codes] for codes in _SCRIPTS),
            [char for char in characters if unicodedata.decomposition(char)],
            characters,
            marks,
            contractions,
            [char for text in contractions for char in text],
            _NOT_IN_TABLE,
        ]
        self._marks = marks

    def pairs(self, count: int) -> Iterator[tuple[str, str]]:
        """Pairs of texts, of which half differ in little."""
        for number in range(count):
            one = self.text()
            yield one, self._variation(one) if number % 2 else self.text()

    def text(self) -> str:
        """A text of up to eight characters of one or two pools."""
        pools = self._random.choices(self._pools, k=2)
        return "".join(self._random.choice(self._random.choice(pools)) for _ in range(self._random.randint(1, 8)))

    def _variation(self, text: str) -> str:
        at = self._random.randint(0, len(text))
        other = self._random.choice(self._random.choice(self._pools))
        return self._random.choice(
            [
                unicodedata.normalize(self._random.choice(("NFC", "NFD", "NFKC", "NFKD")), text),
                text.swapcase(),
                text[:at] + self._random.choice(self._marks) + text[at:],
                text[:at] + other + text[at:],
                text[:at] + other + text[at + 1 :],
                text[:at] + text[at + 1 :],
                text[:at] + text[at:][:2][::-1] + text[at + 2 :],
            ]
        )


def sample(icu: Icu) -> list[list[str]]:
    """Texts in ICU's order, those that are equal together."""
    texts = {text for pair in Texts(icu, seed=1).pairs(_SAMPLE_PAIRS) for text in pair}
    ordered = sorted(sorted(texts), key=functools.cmp_to_key(icu.compare))
    together = [ordered[:1]]
    for before, text in itertools.pairwise(ordered):
        if icu.compare(before, text):
            together.append([])
        together[-1].append(text)
    return together


def is_same_order(icu: Icu, one: str, other: str) -> bool:
    """Whether two texts have the same order here as in ICU."""
    key, other_key = text_key(one), text_key(other)
    return (key > other_key) - (key < other_key) == icu.compare(one, other)


def check(icu: Icu, count: int) -> Iterator[str]:
    """What is not as in ICU: the table, or one of `count` random pairs of texts."""
    if zlib.decompress(TABLE.read_bytes()) != table(icu):
        yield f"{TABLE.name} is not what ICU {icu4py.icu_version} makes it"
    for one, other in Texts(icu, seed=count).pairs(count):
        if not is_same_order(icu, one, other):
            yield f"{one!a} and {other!a} have another order than in ICU {icu4py.icu_version}"


def main(command: str, count: str = "0") -> int:
    """Run a command; gives the process's exit status."""
    icu, differences = Icu(), 0
    if command == "table":
        TABLE.write_bytes(zlib.compress(table(icu), 9))
    elif command == "sample":
        SAMPLE.write_text("".join(f"{json.dumps(texts)}\n" for texts in sample(icu)))
    elif command == "check":
        for difference in check(icu, int(count)):
            differences += 1
            sys.stdout.write(f"{difference}\n")
        sys.stdout.write(f"{differences} differences; the table and {int(count):,} pairs of texts were compared\n")
    return int(differences > 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
