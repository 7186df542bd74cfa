"""What differs by locale: telephone numbers and their rates, office hours and words, names of people and firms.

Telephone numbers belong to nobody: masks hold `#` where a digit is drawn, in the ranges that regulators keep free for
drama, or that cannot be dialled.

Names come from pools that Faker made once and that are committed. Serving reads a committed pool and never imports
Faker, so a seed gives the same people under every version of it.
"""

import functools
import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any

from mockcdrs.dataset import fixtures

LOCALES = ("de_DE", "en_GB", "en_US", "fr_FR", "ja_JP")
POOL_SEED = 20_260_120
_NAMES, _COMPANIES, _TOWNS = 3_000, 2_000, 2_000


@dataclass(frozen=True, slots=True)
class Rate:
    """What a call costs and how the account pays: `rate` and `surcharge` in 1/10,000 dollar, the others in seconds.

    `billing` is the channel variable `account_billing` (`j5_authz_req.erl`, `maybe_authorize_exception`).
    """

    name: str
    rate: int
    increment: int
    minimum: int
    billing: str
    surcharge: int = 0


# By the place of a mask in `NumberingPlan.local`, over and over.
LOCAL_RATES = (
    Rate("Local", 60, 6, 6, "flat_rate"),
    Rate("Long Distance", 120, 6, 6, "per_minute"),
    Rate("Regional", 190, 60, 60, "allotment"),
)
TOLL_FREE_RATE = Rate("Toll Free", 0, 60, 60, "limits_disabled")
INBOUND_RATE = Rate("Inbound", 40, 6, 6, "flat_rate")


@dataclass(frozen=True, slots=True)
class NumberingPlan:
    """Numbers, what calls to them cost from abroad, and office hours and words of one locale.

    `utc_offset_hours` is the standard time of `timezone`. `queues`, `ring_groups` and `conferences` are names that an
    office gives.
    """

    country: str
    local: tuple[str, ...]
    toll_free: str
    emergency: str
    timezone: str
    utc_offset_hours: int
    from_abroad: Rate
    menu: str
    queues: tuple[str, str]
    ring_groups: tuple[str, str]
    conferences: tuple[str, str]


_UNITED_STATES = tuple(f"+1{area}55501##" for area in (212, 303, 312, 404, 415, 503, 617, 702))

PLANS = {
    "en_US": NumberingPlan(
        "US", _UNITED_STATES, "+180055501##", "911", "America/New_York", -5,
        Rate("United States", 140, 6, 30, "per_minute"),
        "Main menu", ("Support", "Sales"), ("Front desk", "Accounting"), ("Team meeting", "Board room"),
    ),
    "en_GB": NumberingPlan(
        "GB", ("+442079460###", "+441134960###", "+441314960###"), "+448081570###", "999", "Europe/London", 0,
        Rate("United Kingdom", 220, 60, 60, "per_minute"),
        "Main menu", ("Customer service", "Sales"), ("Reception", "Accounts"), ("Team meeting", "Board room"),
    ),
    "de_DE": NumberingPlan(
        "DE", ("+493023125###", "+494066969###", "+498999998###"), "+498000000###", "112", "Europe/Berlin", 1,
        Rate("Germany", 333, 60, 30, "per_minute"),
        "Hauptmenü", ("Kundendienst", "Vertrieb"), ("Empfang", "Buchhaltung"), ("Teambesprechung", "Vorstand"),
    ),
    "fr_FR": NumberingPlan(
        "FR", ("+3319900####", "+33465710###", "+33536490###"), "+33800000###", "112", "Europe/Paris", 1,
        Rate("France", 290, 60, 60, "per_minute", 100),
        "Menu principal", ("Service client", "Ventes"), ("Accueil", "Comptabilité"), ("Réunion", "Direction"),
    ),
    "ja_JP": NumberingPlan(
        "JP", ("+81300000###", "+81600000###", "+81520000###"), "+81120000###", "110", "Asia/Tokyo", 9,
        Rate("Japan", 1150, 60, 60, "per_minute", 500),
        "メインメニュー", ("サポート", "営業"), ("受付", "経理"), ("定例会議", "役員会議"),
    ),
}  # fmt: skip


def numbering_plan(locale: str) -> NumberingPlan:
    """The plan of a locale; the American one where the locale has none."""
    return PLANS.get(locale, PLANS["en_US"])


def draw_number(random: Random, mask: str) -> str:
    """A telephone number of a mask, with a drawn digit for each `#`."""
    return "".join(str(int(random.random() * 10)) if letter == "#" else letter for letter in mask)


def rate_of(plan: NumberingPlan, number: str) -> tuple[str, Rate | None]:
    """The class of a number that is dialled from a country, and its rate; the emergency number has none.

    Classes are named as `knm_converters.erl` does.
    """
    country = plan.country.lower()
    if number == plan.emergency:
        return "emergency", None
    if _is_of(number, plan.toll_free):
        return f"tollfree_{country}", TOLL_FREE_RATE
    for place, mask in enumerate(plan.local):
        if _is_of(number, mask):
            return f"did_{country}", LOCAL_RATES[place % len(LOCAL_RATES)]
    other = next(other for other in PLANS.values() if any(_is_of(number, mask) for mask in other.local))
    return "international", other.from_abroad


def _is_of(number: str, mask: str) -> bool:
    return number.startswith(mask.rstrip("#"))


class UnknownLocale(ValueError):
    """A locale whose people cannot be made up. The text says what came, what was expected, and what to do."""


@dataclass(frozen=True, slots=True)
class NamePool:
    """What people, firms and towns of one locale are called. `names` holds pairs of first and last name."""

    locale: str
    faker: str
    names: tuple[tuple[str, str], ...]
    companies: tuple[str, ...]
    towns: tuple[str, ...]


def load_pool(locale: str, cache: Path | None = None) -> NamePool:
    """The pool of a locale: the committed one, else the one in the `cache` directory, else made there with Faker.

    Raises `UnknownLocale`.
    """
    if locale in LOCALES:
        return _committed_pool(locale)
    kept = (cache or _user_cache()) / f"{locale}.json"
    if not kept.is_file():
        kept.parent.mkdir(parents=True, exist_ok=True)
        _write_whole(kept, render_pool(make_pool(locale)))
    return parse_pool(kept.read_bytes())


@functools.cache  # a start asks for it three times, and reading it takes a third of what making an office takes
def _committed_pool(locale: str) -> NamePool:
    return parse_pool((fixtures.directory() / "pools" / f"{locale}.json").read_bytes())


def make_pool(locale: str) -> NamePool:
    """Draw a pool with Faker (slow to import, and its output depends on its version). Raises `UnknownLocale`."""
    try:
        import faker
    except ModuleNotFoundError:
        raise UnknownLocale(
            f"locale {locale!r} came, whose people are made up with Faker, and it is not installed: "
            f"pip install 'mockcdrs[generate]'; without Faker there are {', '.join(LOCALES)}"
        ) from None

    try:
        source = faker.Faker(locale)
    except AttributeError:
        raise UnknownLocale(
            f"locale {locale!r} came, expected one that Faker knows, such as {', '.join(LOCALES)}; "
            "see https://faker.readthedocs.io/en/stable/locales.html"
        ) from None
    source.seed_instance(POOL_SEED)
    return NamePool(
        locale=locale,
        faker=faker.VERSION,
        names=_different(lambda: (source.first_name(), source.last_name()), _NAMES),
        companies=_different(source.company, _COMPANIES),
        towns=_different(source.city, _TOWNS),
    )


def render_pool(pool: NamePool) -> bytes:
    """The pool as the JSON of its committed file."""
    return (json.dumps(asdict(pool), ensure_ascii=False, indent=0) + "\n").encode()


def parse_pool(data: bytes) -> NamePool:
    """The pool that `render_pool` wrote."""
    fields: dict[str, Any] = json.loads(data)
    return NamePool(
        locale=fields["locale"],
        faker=fields["faker"],
        names=tuple((first, last) for first, last in fields["names"]),
        companies=tuple(fields["companies"]),
        towns=tuple(fields["towns"]),
    )


def _different(draw: Callable[[], Any], count: int) -> tuple[Any, ...]:
    """Up to `count` different draws; fewer where the locale does not hold as many."""
    return tuple(dict.fromkeys(draw() for _ in range(count * 2)))[:count]


def _user_cache() -> Path:
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root) / "mockcdrs" / "pools"


def _write_whole(path: Path, data: bytes) -> None:
    unfinished = path.with_suffix(f".{os.getpid()}")
    unfinished.write_bytes(data)
    unfinished.replace(path)
