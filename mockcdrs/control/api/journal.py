"""What clients did."""

import dataclasses
from typing import Any

from mockcdrs.cdr import gregorian
from mockcdrs.control.api import checks
from mockcdrs.control.api.exchange import DONE, Ask, Reply
from mockcdrs.control.backend import MockBackend
from mockcdrs.control.journal import Record
from mockcdrs.control.refused import Refused
from mockcdrs.control.retold import curl, explained

_NOT_TOLD = frozenset({"advised", "advising", "response"})


def shown(record: Record, origin: str) -> dict[str, Any]:
    """A record without the answer's body."""
    told = {item.name: getattr(record, item.name) for item in dataclasses.fields(record) if item.name not in _NOT_TOLD}
    return told | {
        "advice": record.advice,
        "outcome": dataclasses.asdict(record.outcome),
        "time_iso": gregorian.iso_8601(record.at_gregorian),
        "explained": explained(record.query),
        "curl": curl(record, origin),
    }


def read(powers: MockBackend, ask: Ask) -> Reply:
    """The records that became complete behind `since`, in that order, and those that are still under way."""
    checks.parameters(ask, "since")
    news = powers.state.journal.news(checks.whole(ask, "since", 0))
    return Reply(
        {
            "records": [shown(record, ask.origin) for record in news.records],
            "under_way": [shown(record, ask.origin) for record in news.under_way],
            "next": news.completion,
            "identity": news.identity,
            "completed": news.completed,
            "dropped": news.dropped,
            "capacity": news.capacity,
        }
    )


def one(powers: MockBackend, ask: Ask) -> Reply:
    """One record with the answer as far as it is kept; `response` is `null` where it no longer is."""
    number = ask.where["number"]
    for record in powers.state.journal:
        if str(record.number) == number:
            answered = record.response
            response = None if answered is None else answered.to_dict()
            return Reply({**shown(record, ask.origin), "response": response})
    raise Refused(404, "no-such-record", f"{number!r:.80} came; no record kept has this number; see /_mockcdrs/journal")


def events(powers: MockBackend, ask: Ask) -> Reply:
    """A stream of records as they become complete."""
    del powers
    checks.parameters(ask, "since")
    return Reply(events=checks.whole(ask, "since", 0))


def clear(powers: MockBackend, ask: Ask) -> Reply:
    """Forget everything."""
    del ask
    powers.state.journal.clear()
    return DONE
