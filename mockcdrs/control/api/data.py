"""The data: what a person adds and takes away, and what is there to look at."""

from mockcdrs.cdr.documents import public_fields
from mockcdrs.control import timeline
from mockcdrs.control.api import checks
from mockcdrs.control.api.exchange import DONE, Ask, Reply
from mockcdrs.control.backend import MockBackend
from mockcdrs.control.moments import MOMENT
from mockcdrs.control.refused import Refused
from mockcdrs.dataset.crafted import DEFAULT_SCENARIO, ORDER
from mockcdrs.dataset.scenarios import SCENARIOS

_CALL = {"at": MOMENT, **ORDER}
_MOST_INTERACTIONS = 500


def summary(powers: MockBackend, ask: Ask) -> Reply:
    """The months that have a database, and how much was added and removed."""
    del ask
    data = powers.state.data
    counts = {"added": data.count_added(), "removed": data.count_removed()}
    return Reply({"months": data.months(powers.account_id), **counts})


def scenarios(powers: MockBackend, ask: Ask) -> Reply:
    """What calls can be added, with what arguments."""
    del powers, ask
    found = [
        {"name": name, "says": (made.__doc__ or "").strip().partition("\n")[0]} for name, made in SCENARIOS.items()
    ]
    return Reply({"default": DEFAULT_SCENARIO, "scenarios": found, "arguments": list(_CALL)})


def add_call(powers: MockBackend, ask: Ask) -> Reply:
    """Add a call by scenario, as `MockBackend.add_call` does."""
    order = checks.members({} if ask.body is None else ask.body, _CALL, "a call")
    with checks.refusing():
        call = powers.add_call(**order)
    return Reply({"interaction_id": call.id, "cdr_id": call.cdr_id, "legs": list(call.legs)}, 201)


def add_cdr(powers: MockBackend, ask: Ask) -> Reply:
    """Add a document as it is, as `MockBackend.add_cdr` does."""
    with checks.refusing():
        return Reply(powers.add_cdr(ask.body), 201)


def remove(powers: MockBackend, ask: Ask) -> Reply:
    """Take a CDR away."""
    try:
        with checks.refusing():
            powers.remove(ask.where["cdr_id"])
    except KeyError as unknown:
        raise Refused(404, "no-such-cdr", str(unknown.args[0])) from unknown
    return DONE


def clear(powers: MockBackend, ask: Ask) -> Reply:
    """Empty the account, until the next reset."""
    del ask
    powers.clear()
    return DONE


def reset_data(powers: MockBackend, ask: Ask) -> Reply:
    """Drop what was added and removed; faults, journal and clock stay."""
    del ask
    powers.state.data.reset()
    return DONE


def reset(powers: MockBackend, ask: Ask) -> Reply:
    """Everything as it was made, as `MockBackend.reset` does."""
    del ask
    powers.reset()
    return DONE


def interactions(powers: MockBackend, ask: Ask) -> Reply:
    """The newest interactions of a stretch of time with their legs, for a timeline."""
    checks.parameters(ask, "created_from", "created_to", "limit")
    end = checks.time(ask, "created_to", powers.clock.now())
    start = checks.time(ask, "created_from", max(0, end - powers.state.settings.maximum_range))
    limit = checks.whole(ask, "limit", 100, _MOST_INTERACTIONS)
    found = timeline.newest(powers.state.data, powers.account_id, (start, end), limit)
    return Reply(
        [
            {"interaction_id": each.id, "start_seconds": each.start, "legs": [public_fields(leg) for leg in each.legs]}
            for each in found
        ]
    )
