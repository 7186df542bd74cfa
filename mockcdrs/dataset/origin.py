"""Where the documents of a store come from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What the same documents can be had from again: a directory of that name, or what calls were made up from.

    `opened` is the day of the first made-up calls, `YYYY-MM-DD`. `changed`: documents were added or removed since.
    """

    seed: int | None = None
    calls_per_day: int | None = None
    locale: str | None = None
    opened: str | None = None
    directory: str | None = None
    changed: bool = False


UNKNOWN = Origin()
