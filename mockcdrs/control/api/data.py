"""The data: what a person adds and takes away, and what is there to look at."""

from typing import Any

from mockcdrs.cdr.documents import public_fields
from mockcdrs.control import timeline
from mockcdrs.control.api import checks
from mockcdrs.control.api.exchange import DONE, Ask, Reply, bad
from mockcdrs.control.data import NotACdr
from mockcdrs.control.powers import Powers
from mockcdrs.control.refused import Refused
from mockcdrs.dataset.crafted import DEFAULT_SCENARIO, NoSuchScenario
from mockcdrs.dataset.scenarios import SCENARIOS

_ORDER = {
    "at": checks.MOMENT,
    "scenario": checks.TEXT,
    "caller": checks.TEXT,
    "callee": checks.TEXT,
    "caller_name": checks.TEXT,
    "callee_name": checks.TEXT,
    "seconds": checks.SECONDS,
    "owner_id": checks.TEXT,
    "fields": checks.OBJECT,
}
_MOST_INTERACTIONS = 500


def summary(powers: Powers, ask: Ask) -> Reply:
    """The months that have a database, and how much was added and removed."""
    del ask
    data = powers.state.data
    return Reply({"months": data.months(powers.account_id), "added": data.count_added(), "removed": len(data.removed)})


def scenarios(powers: Powers, ask: Ask) -> Reply:
    """What calls can be added, with what arguments."""
    del powers, ask
    found = [
        {"name": name, "says": (made.__doc__ or "").strip().partition("\n")[0]} for name, made in SCENARIOS.items()
    ]
    return Reply({"default": DEFAULT_SCENARIO, "scenarios": found, "arguments": list(_ORDER)})


def add_call(powers: Powers, ask: Ask) -> Reply:
    """Add a call by scenario, as `Powers.add_call` does."""
    order = checks.members({} if ask.body is None else ask.body, _ORDER, "a call")
    _check_end(order.get("fields", {}))
    try:
        call = powers.add_call(**order)
    except NoSuchScenario as wrong:
        raise Refused(400, "unknown-scenario", str(wrong), "scenario") from wrong
    except NotACdr as wrong:
        raise Refused(400, "bad-value", str(wrong), "fields") from wrong
    return Reply({"interaction_id": call.id, "cdr_id": call.cdr_id, "legs": list(call.legs)}, 201)


def add_cdr(powers: Powers, ask: Ask) -> Reply:
    """Add a document as it is, as `Powers.add_cdr` does."""
    if isinstance(ask.body, dict):
        _check_end(ask.body)
    try:
        return Reply(powers.add_cdr(ask.body), 201)
    except NotACdr as wrong:
        raise Refused(400, "bad-value", str(wrong), wrong.field) from wrong


def _check_end(document: dict[str, Any]) -> None:
    ended = document.get("timestamp")
    if isinstance(ended, int) and not checks.is_moment(ended):
        raise bad("timestamp", ended, "Gregorian seconds between the years 1 and 9999")


def remove(powers: Powers, ask: Ask) -> Reply:
    """Take a CDR away."""
    try:
        powers.remove(ask.where["cdr_id"])
    except KeyError as unknown:
        raise Refused(404, "no-such-cdr", str(unknown.args[0])) from unknown
    return DONE


def clear(powers: Powers, ask: Ask) -> Reply:
    """Empty the account, until the next reset."""
    del ask
    powers.clear()
    return DONE


def reset_data(powers: Powers, ask: Ask) -> Reply:
    """Drop what was added and removed; faults, journal and clock stay."""
    del ask
    powers.state.data.reset()
    return DONE


def reset(powers: Powers, ask: Ask) -> Reply:
    """Everything as it was made, as `Powers.reset` does."""
    del ask
    powers.reset()
    return DONE


def interactions(powers: Powers, ask: Ask) -> Reply:
    """The newest interactions of a stretch of time with their legs, for a timeline."""
    end = checks.whole(ask, "created_to", powers.clock.now())
    start = checks.whole(ask, "created_from", max(0, end - powers.state.settings.maximum_range))
    limit = checks.whole(ask, "limit", 100, _MOST_INTERACTIONS)
    found = timeline.newest(powers.state.data, powers.account_id, (start, end), limit)
    return Reply(
        [
            {"interaction_id": each.id, "start_seconds": each.start, "legs": [public_fields(leg) for leg in each.legs]}
            for each in found
        ]
    )
