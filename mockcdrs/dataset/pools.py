"""Pools of names, companies, towns and phrases, made by Faker once and committed.

Serving reads a committed pool and never imports Faker, so a seed gives the same people under every version of it.
"""

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mockcdrs.dataset import fixtures

LOCALES = ("de_DE", "en_GB", "en_US", "fr_FR", "ja_JP")
POOL_SEED = 20_260_120
_NAMES, _COMPANIES, _TOWNS, _PHRASES = 3_000, 2_000, 2_000, 2_000


class UnknownLocale(ValueError):
    """A locale whose people cannot be made up. The text says what came, what was expected, and what to do."""


@dataclass(frozen=True, slots=True)
class Pool:
    """What people, firms and queues of one locale are called. `names` holds pairs of first and last name."""

    locale: str
    faker: str
    names: tuple[tuple[str, str], ...]
    companies: tuple[str, ...]
    towns: tuple[str, ...]
    phrases: tuple[str, ...]


def load(locale: str, cache: Path | None = None) -> Pool:
    """The pool of a locale: the committed one, else the one in the `cache` directory, else made there with Faker.

    Raises `UnknownLocale`.
    """
    committed = fixtures.directory() / "pools" / f"{locale}.json"
    if committed.is_file():
        return parse(committed.read_bytes())
    kept = (cache or _user_cache()) / f"{locale}.json"
    if not kept.is_file():
        kept.parent.mkdir(parents=True, exist_ok=True)
        _write_whole(kept, render(make(locale)))
    return parse(kept.read_bytes())


def make(locale: str) -> Pool:
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
    return Pool(
        locale=locale,
        faker=faker.VERSION,
        names=_different(lambda: (source.first_name(), source.last_name()), _NAMES),
        companies=_different(source.company, _COMPANIES),
        towns=_different(source.city, _TOWNS),
        phrases=_different(lambda: source.sentence(nb_words=4).rstrip(".。"), _PHRASES),
    )


def render(pool: Pool) -> bytes:
    """The pool as the JSON of its committed file."""
    return (json.dumps(asdict(pool), ensure_ascii=False, indent=0) + "\n").encode()


def parse(data: bytes) -> Pool:
    """The pool that `render` wrote."""
    fields: dict[str, Any] = json.loads(data)
    return Pool(
        locale=fields["locale"],
        faker=fields["faker"],
        names=tuple((first, last) for first, last in fields["names"]),
        companies=tuple(fields["companies"]),
        towns=tuple(fields["towns"]),
        phrases=tuple(fields["phrases"]),
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
