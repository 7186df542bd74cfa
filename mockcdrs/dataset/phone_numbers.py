"""Where a telephone number's structure ends and the subscriber begins."""

import re
from typing import NamedTuple

from mockcdrs.dataset.vocabulary import words

LONGEST_EXTENSION, LONGEST_NUMBER = 6, 15
# Who dials these says nothing about himself: emergency and the services of three digits.
SERVICES = words("000 110 112 118 119 211 311 411 511 611 711 811 911 933 988 999")
_EXITS = ("011", "00")
_AREA_DIGITS, _LEAST_WITH_AREA = 3, 7
_NORTH_AMERICAN = re.compile(r"[2-9]\d\d[2-9]\d{6}", re.ASCII)
_TWO_DIGIT_CODES = words(
    "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 "
    "90 91 92 93 94 95 98"
)


class Parts(NamedTuple):
    """`lead` is what is dialled before the area: exit digits, country code, trunk zero."""

    lead: str
    area: str
    subscriber: str


def split(digits: str, is_international: bool) -> Parts:
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
