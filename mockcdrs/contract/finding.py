"""What a check finds out about a server."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Difference:
    """The server answers otherwise than Crossbar: what came and what was expected, and the request as a curl line."""

    what: str
    request: str


@dataclass(frozen=True, slots=True)
class Shown:
    """The server shows a quirk of Crossbar's, one of `mockcdrs.crossbar.quirks.QUIRKS`."""

    quirk: str


@dataclass(frozen=True, slots=True)
class NotMade:
    """Something could not be checked with what is there; `why` says what is missing."""

    why: str


Finding = Difference | Shown | NotMade


class CannotCheck(Exception):
    """A check cannot go on with what is there; the text says what is missing."""
