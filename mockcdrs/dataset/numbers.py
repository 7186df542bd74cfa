"""Telephone numbers that belong to nobody, by locale, and the offices that go with them.

Masks hold `#` where a digit is drawn. The ranges are those that regulators keep free for drama, or numbers that
cannot be dialled.
"""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Plan:
    """Numbers and office hours of one locale. `utc_offset_hours` is the standard time of `timezone`."""

    country: str
    local: tuple[str, ...]
    toll_free: str
    emergency: str
    timezone: str
    utc_offset_hours: int
    language: str


@dataclass(frozen=True, slots=True)
class Rate:
    """What a call costs: `rate` and `surcharge` in 1/10,000 dollar, `increment` and `minimum` in seconds."""

    name: str
    rate: int
    increment: int
    minimum: int
    surcharge: int = 0


_UNITED_STATES = tuple(f"+1{area}55501##" for area in (212, 303, 312, 404, 415, 503, 617, 702))

PLANS = {
    "en_US": Plan("US", _UNITED_STATES, "+180055501##", "911", "America/New_York", -5, "en-us"),
    "en_GB": Plan(
        "GB", ("+442079460###", "+441134960###", "+441314960###"), "+448081570###", "999", "Europe/London", 0, "en-gb"
    ),
    "de_DE": Plan(
        "DE", ("+493023125###", "+494066969###", "+498999998###"), "+498000000###", "112", "Europe/Berlin", 1, "de-de"
    ),
    "fr_FR": Plan(
        "FR", ("+3319900####", "+33465710###", "+33536490###"), "+33800000###", "112", "Europe/Paris", 1, "fr-fr"
    ),
    "ja_JP": Plan(
        "JP", ("+81300000###", "+81600000###", "+81520000###"), "+81120000###", "110", "Asia/Tokyo", 9, "ja-jp"
    ),
}

LOCAL_RATES = (Rate("Local", 60, 6, 6), Rate("Long Distance", 120, 6, 6), Rate("Mobile", 190, 60, 60))
TOLL_FREE_RATE = Rate("Toll Free", 0, 60, 60)
EMERGENCY_RATE = Rate("Emergency", 0, 1, 0)
ON_NET_RATE = Rate("On-net", 0, 1, 0)
INTERNATIONAL_RATES = {
    "US": Rate("United States", 140, 6, 30),
    "GB": Rate("United Kingdom", 220, 60, 60),
    "DE": Rate("Germany", 333, 60, 30),
    "FR": Rate("France", 290, 60, 60, 100),
    "JP": Rate("Japan", 1150, 60, 60, 500),
}


def plan_of(locale: str) -> Plan:
    """The locale's plan; the American one where the locale has none."""
    return PLANS.get(locale, PLANS["en_US"])


def number(random: Random, mask: str) -> str:
    """A number of the mask, each `#` a drawn digit."""
    return "".join(str(int(random.random() * 10)) if letter == "#" else letter for letter in mask)
