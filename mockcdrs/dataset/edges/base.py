"""The plain call that each edge case is a change of."""

from functools import cache
from typing import Any

from mockcdrs.cdr import gregorian
from mockcdrs.dataset.people import Directory, directory, main_account_id
from mockcdrs.dataset.scenarios import Call, Document, draws_of, setting_of
from mockcdrs.dataset.scenarios.call import INBOUND
from mockcdrs.dataset.scenarios.endings import ANSWERED
from mockcdrs.dataset.seeding import random_for

SEED = 1
USUAL_START = 63_935_686_800  # 2026-01-15T09:00:00Z in Gregorian seconds
USUAL_TIMES = (6, 54)


@cache
def office() -> Directory:
    """The office that the edge cases happen in: the one of the default seed."""
    return directory(SEED, main_account_id(SEED))


def call(name: str, start: int = USUAL_START) -> Call:
    """An interaction drawn from the edge case's name, beginning at a Gregorian second."""
    draws = draws_of(random_for(SEED, "edge", name))
    return Call(setting_of(office(), gregorian.month_of(start)), draws, start, start + 7 * 86_400)


def document(name: str, start: int = USUAL_START, times: tuple[int, int] = USUAL_TIMES) -> Document:
    """One answered leg from outside; `times` are seconds of ringing and of talking."""
    made = call(name, start)
    caller, line = made.pick(made.office.contacts), made.pick(made.office.lines)
    leg: dict[str, Any] = made.leg(made.channel(caller, INBOUND), (caller, line), (start, *times), ANSWERED)
    return leg
