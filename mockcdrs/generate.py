"""Made-up calls, a day at a time: for processes and machines that share the work of many days.

    from datetime import date
    from mockcdrs import generate

    documents = generate.day(date(2026, 1, 19), calls_per_day=5000)

A day is a function of its arguments alone: it has the same documents in whichever process and order it is asked for,
those of `mockcdrs serve` and `mockcdrs generate` with the same options.
"""

import datetime as dt

from mockcdrs.dataset.generator import Traffic, documents_of_day, office_of
from mockcdrs.dataset.office import DEFAULT_LOCALE, main_account_id
from mockcdrs.dataset.store import Document

__all__ = ["day"]


def day(date: dt.date, *, seed: int = 1, calls_per_day: int = 1000, locale: str = DEFAULT_LOCALE) -> list[Document]:
    """Return the CDRs of a UTC day, as Kazoo's database holds them, in the order in which they were written.

    `seed` says whose calls they are, `calls_per_day` is the mean over a week, and `locale` where the people live.
    Raises `UnknownLocale`, a `ValueError`, for a locale without names.
    """
    traffic = Traffic.of(calls_per_day, locale)
    return list(documents_of_day(office_of(seed, main_account_id(seed), locale, traffic), traffic, date))
