"""What a correct client must end up with, and what was advised so far."""

from collections import Counter
from typing import Any

from mockcdrs.control.api import checks
from mockcdrs.control.api.exchange import Ask, Reply
from mockcdrs.control.backend import MockBackend


def expected(powers: MockBackend, ask: Ask) -> Reply:
    """As `MockBackend.expected` says it; `path` is the listing's, below the account. Raises `Refused`."""
    query: dict[str, Any] = {name: value for name, value in ask.query.items() if name not in {"path", "token"}}
    with checks.refusing():
        found = powers.expected(ask.query.get("path", "/cdrs"), **query)
    return Reply(
        {
            "ids": list(found.ids),
            "count": found.count,
            "seconds": found.seconds,
            "cost": found.cost,
            "unreachable": list(found.unreachable),
        }
    )


def advice(powers: MockBackend, ask: Ask) -> Reply:
    """Each piece of advice once, with how often it was given, in the order in which it first came."""
    del ask
    counted = Counter(powers.kept_advice())
    return Reply([{"code": text.partition(":")[0], "text": text, "count": count} for text, count in counted.items()])
