"""A call before anybody is drawn for it: how long it takes, and when its legs end."""

from collections.abc import Sequence
from itertools import cycle

from mockcdrs.dataset.endpoints import Endpoint
from mockcdrs.dataset.people import Directory
from mockcdrs.dataset.scenarios.call import Call, Channel, Document, T, unwanted
from mockcdrs.dataset.scenarios.endings import Ending


class Rehearsal(Call):
    """What a `Call` of the same pace does, from 0 seconds on, without anything that takes no time.

    A busy day needs hundreds of them before its first page: so they draw nothing, and the legs say but when they end.
    """

    __slots__ = ()

    def __init__(self, office: Directory, end: int, pace: tuple[float, ...]) -> None:
        self.office = office
        self.random = float
        self.start = self.now = 0
        self.end = end
        self.bridge_id = self.interaction_id = ""
        self._pace = cycle(pace).__next__

    def pick(self, choices: Sequence[T]) -> T:
        """Any of the choices."""
        return choices[0]

    def others(self, one: Endpoint, choices: Sequence[Endpoint], count: int) -> list[Endpoint]:
        """Any of the choices, so many."""
        del one
        return list(choices[:count])

    def channel(self, endpoint: Endpoint, direction: str) -> Channel:
        """A channel without an id."""
        return Channel(endpoint, direction, "")

    def recording_id(self) -> str:
        """No id."""
        return ""

    def leg(
        self,
        channel: Channel,
        parties: tuple[Endpoint, Endpoint],
        times: tuple[int, int, int],
        ending: Ending,
        other: Channel | None = None,
    ) -> Document:
        """The end of a leg."""
        del channel, parties, ending, other
        return unwanted(sum(times))
