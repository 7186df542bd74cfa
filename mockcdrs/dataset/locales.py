"""What differs by locale: telephone numbers and their rates, office hours and words, names of people and firms.

`numbering_plans.json` has the plans and rates. Telephone numbers belong to nobody: masks hold `#` where a digit is
drawn, in the ranges that regulators keep free for drama, or that cannot be dialled.

Names come from pools that Faker made once and that are committed. Serving reads a committed pool and never imports
Faker, so a seed gives the same people under every version of it.
"""

import functools
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple, TypeVar

from mockcdrs.dataset import fixtures

T = TypeVar("T")

LOCALES = ("de_DE", "en_GB", "en_US", "fr_FR", "ja_JP")
POOL_SEED = 20_260_120
_NAMES, _COMPANIES, _TOWNS = 3_000, 2_000, 2_000


class Rate(NamedTuple):
    """What a call costs and how the account pays: `rate` and `surcharge` in 1/10,000 dollar, the others in seconds.

    `billing` is the channel variable `account_billing` (`j5_authz_req.erl`, `maybe_authorize_exception`).
    """

    name: str
    rate: int
    increment: int
    minimum: int
    billing: str
    surcharge: int = 0


class NumberingPlan(NamedTuple):
    """Numbers, what calls to them cost from abroad, and office hours and words of one locale.

    `utc_offset_hours` is the standard time of `timezone`. `queues`, `ring_groups` and `conferences` are names that an
    office gives.
    """

    country: str
    local: Sequence[str]
    toll_free: str
    emergency: str
    timezone: str
    utc_offset_hours: int
    from_abroad: Rate
    menu: str
    queues: Sequence[str]
    ring_groups: Sequence[str]
    conferences: Sequence[str]


_rates, _plans = json.loads(Path(__file__).with_name("numbering_plans.json").read_bytes()).values()
# By the place of a mask in `NumberingPlan.local`, over and over.
LOCAL_RATES = [Rate(**rate) for rate in _rates["local"]]
TOLL_FREE_RATE, INBOUND_RATE = Rate(**_rates["toll_free"]), Rate(**_rates["inbound"])
PLANS = {
    locale: NumberingPlan(**{**plan, "from_abroad": Rate(**plan["from_abroad"])}) for locale, plan in _plans.items()
}


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


class NamePool(NamedTuple):
    """What people, firms and towns of one locale are called. `names` holds pairs of first and last name."""

    locale: str
    faker: str
    names: Sequence[Sequence[str]]
    companies: Sequence[str]
    towns: Sequence[str]


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
    return (json.dumps(pool._asdict(), ensure_ascii=False, indent=0) + "\n").encode()


def parse_pool(data: bytes) -> NamePool:
    """The pool that `render_pool` wrote."""
    return NamePool(**json.loads(data))


def _different(draw: Callable[[], T], count: int) -> list[T]:
    """Up to `count` different draws; fewer where the locale does not hold as many."""
    return list(dict.fromkeys(draw() for _ in range(count * 2)))[:count]


def _user_cache() -> Path:
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root) / "mockcdrs" / "pools"


def _write_whole(path: Path, data: bytes) -> None:
    unfinished = path.with_suffix(f".{os.getpid()}")
    unfinished.write_bytes(data)
    unfinished.replace(path)
