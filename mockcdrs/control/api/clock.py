"""The mock's one clock."""

from datetime import timedelta

from mockcdrs.cdr import gregorian
from mockcdrs.control.api import checks
from mockcdrs.control.api.exchange import Ask, Reply, bad
from mockcdrs.control.backend import MockBackend
from mockcdrs.control.moments import MOMENT, STEP_PARTS, seconds_in

_CHANGES = {"freeze": MOMENT, "advance": checks.OBJECT, "live": checks.YES}


def read(powers: MockBackend, ask: Ask) -> Reply:
    """What it tells, and whether it stands still."""
    del ask
    now = powers.clock.now()
    return Reply({"now": now, "now_iso": gregorian.iso_8601(now), "frozen": powers.clock.is_frozen})


def change(powers: MockBackend, ask: Ask) -> Reply:
    """Stand still at a moment, move on, or run with the machine's."""
    asked = checks.members(ask.body, _CHANGES, "a change of the clock")
    if len(asked) != 1:
        raise bad(None, ask.body, f"one of {', '.join(_CHANGES)}")
    if "freeze" in asked:
        powers.clock.freeze(asked["freeze"])
    elif "advance" in asked:
        step = checks.members(asked["advance"], STEP_PARTS, "a step")
        with checks.refusing("advance"):
            powers.clock.advance(timedelta(seconds=seconds_in(None, step)))
    else:
        powers.clock.live()
    return read(powers, ask)
