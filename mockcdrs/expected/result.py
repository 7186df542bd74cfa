"""What a correct client ends up with: the legs that it received, their sums, and groups of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from itertools import accumulate
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mockcdrs.arguments import ArgumentError
from mockcdrs.expected.values import moment_of


@dataclass(frozen=True, slots=True)
class ExpectedLeg:
    """A CDR as reports and bills look at it.

    Arguments:
        id: its id.
        interaction_id: the call that it is a leg of.
        start: when it began, in Gregorian seconds.
        end: when it ended, in Gregorian seconds.
        seconds: its billed seconds.
        cost: what the account pays, in units of 1/10,000 dollar.
        reseller_cost: what the account's reseller pays, in the same units.
        user: the id of the user whose leg it is, empty for nobody's.
        caller: the number that called.
        number: the number that was called.
        rate: the name of its rate, empty where it has none.
        direction: `inbound` or `outbound`, as the server sees the leg.

    """

    id: str
    interaction_id: str
    start: int
    end: int
    seconds: int
    cost: int
    reseller_cost: int
    user: str
    caller: str
    number: str
    rate: str
    direction: str


@dataclass(frozen=True, slots=True)
class Expected:
    """The complete result of a correct client for one listing: the rows of all pages, newest first.

    Arguments:
        legs: the CDRs.
        unreachable: the ids of documents that match the query but that a quirk of the server's keeps from any client,
            or from the walk that the query names.
        summary: the answer to `/cdrs/summary`, for that path alone.

    """

    legs: tuple[ExpectedLeg, ...] = ()
    unreachable: tuple[str, ...] = ()
    summary: dict[str, Any] | None = None

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the CDRs."""
        return tuple(leg.id for leg in self.legs)

    @property
    def count(self) -> int:
        """How many CDRs there are: legs, or in a listing of interactions one for each of them."""
        return len(self.legs)

    @property
    def calls(self) -> int:
        """How many calls, which are interactions, the CDRs are legs of."""
        return len({leg.interaction_id for leg in self.legs})

    @property
    def seconds(self) -> int:
        """The sum of the billed seconds."""
        return sum(leg.seconds for leg in self.legs)

    @property
    def cost(self) -> int:
        """The sum of what the account pays, in units of 1/10,000 dollar."""
        return sum(leg.cost for leg in self.legs)

    @property
    def reseller_cost(self) -> int:
        """The sum of what the account's reseller pays, in units of 1/10,000 dollar."""
        return sum(leg.reseller_cost for leg in self.legs)

    @property
    def peak(self) -> int:
        """How many calls went on at once when they were most: from the start of a call's first leg to its last end."""
        spans: dict[str, tuple[int, int]] = {}
        for leg in self.legs:
            start, end = spans.get(leg.interaction_id, (leg.start, leg.end))
            spans[leg.interaction_id] = min(start, leg.start), max(end, leg.end)
        changes = [(start, 1) for start, _ in spans.values()] + [(end, -1) for _, end in spans.values()]
        return max(accumulate(change for _, change in sorted(changes)), default=0)

    def by_user(self) -> dict[str, "Expected"]:
        """The CDRs of each user, by user id; those of nobody under the empty text."""
        return self._group(lambda leg: leg.user)

    def by_caller(self) -> dict[str, "Expected"]:
        """The CDRs of each number that called."""
        return self._group(lambda leg: leg.caller)

    def by_number(self) -> dict[str, "Expected"]:
        """The CDRs of each number that was called."""
        return self._group(lambda leg: leg.number)

    def by_rate(self) -> dict[str, "Expected"]:
        """The CDRs of each rate, by the rate's name; those without one under the empty text."""
        return self._group(lambda leg: leg.rate)

    def by_direction(self) -> dict[str, "Expected"]:
        """The CDRs of each direction, `inbound` and `outbound`."""
        return self._group(lambda leg: leg.direction)

    def by_day(self, time_zone: str | tzinfo = "UTC") -> dict[str, "Expected"]:
        """The CDRs that began on each day, `YYYY-MM-DD`, by the calendar of a time zone; others under the empty text.

        Args:
            time_zone: The zone, or its name, as in `Europe/Berlin`. Raises `ArgumentError` for a name that no zone has.

        """
        zone = _find_zone(time_zone) if isinstance(time_zone, str) else time_zone
        return self._group(lambda leg: _day_of(leg.start, zone))

    def _group(self, key: Callable[[ExpectedLeg], str]) -> dict[str, "Expected"]:
        groups: dict[str, list[ExpectedLeg]] = {}
        for leg in self.legs:
            groups.setdefault(key(leg), []).append(leg)
        return {name: Expected(tuple(groups[name])) for name in sorted(groups)}


def _find_zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ArgumentError(
            f"time_zone: came {name!r:.80}, expected the name of a time zone, as in Europe/Berlin", "time_zone"
        ) from error


def _day_of(gregorian_seconds: int, zone: tzinfo) -> str:
    try:
        return moment_of(gregorian_seconds).astimezone(zone).date().isoformat()
    except OverflowError:
        return ""
