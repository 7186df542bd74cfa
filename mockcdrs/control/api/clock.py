"""The mock's one clock."""

from mockcdrs.cdr import gregorian
from mockcdrs.control.api import checks
from mockcdrs.control.api.exchange import Ask, Reply, bad
from mockcdrs.control.powers import Powers

_CHANGES = {"freeze": checks.MOMENT, "advance": checks.OBJECT, "live": checks.YES}
_STEP = dict.fromkeys(("days", "hours", "minutes", "seconds"), checks.NUMBER)


def read(powers: Powers, ask: Ask) -> Reply:
    """What it tells, and whether it stands still."""
    del ask
    now = powers.clock.now()
    return Reply({"now": now, "now_iso": gregorian.iso_8601(now), "frozen": powers.clock.is_frozen})


def change(powers: Powers, ask: Ask) -> Reply:
    """Stand still at a moment, move on, or run with the machine's."""
    asked = checks.members(ask.body, _CHANGES, "a change of the clock")
    if len(asked) != 1:
        raise bad(None, ask.body, f"one of {', '.join(_CHANGES)}")
    if "freeze" in asked:
        powers.clock.freeze(asked["freeze"])
    elif "advance" in asked:
        _advance(powers, checks.members(asked["advance"], _STEP, "a step"))
    else:
        powers.clock.live()
    return read(powers, ask)


def _advance(powers: Powers, step: dict[str, float]) -> None:
    seconds = sum(step.get(name, 0) * worth for name, worth in _WORTH.items())
    if not checks.is_moment(int(powers.clock.now() + seconds)):
        raise bad("advance", step, "a step that ends between the years 1 and 9999")
    powers.clock.advance(**step)


_WORTH = {"days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}
