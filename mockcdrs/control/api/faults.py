"""Trouble: rules as JSON, and as the line of Python that does the same."""

from typing import Any

from mockcdrs.control.api import checks
from mockcdrs.control.api.exchange import DONE, Ask, Reply, bad
from mockcdrs.control.backend import MockBackend
from mockcdrs.control.refused import Refused
from mockcdrs.faults import Rule
from mockcdrs.faults.presets import PRESETS


def _shown(powers: MockBackend, rule: Rule) -> dict[str, Any]:
    faults = powers.state.faults
    return {
        "id": rule.number,
        "rule": _said(rule),
        "python": rule.to_python(),
        "matched": faults.matched(rule),
        "fired": faults.fired(rule),
        "description": str(rule),
    }


def _said(rule: Rule) -> dict[str, Any]:
    return {name: value for name, value in rule.to_dict().items() if name != "number"}


def listing(powers: MockBackend, ask: Ask) -> Reply:
    """All rules in order."""
    del ask
    return Reply([_shown(powers, rule) for rule in powers.state.faults])


def add(powers: MockBackend, ask: Ask) -> Reply:
    """Make requests fail, as `MockBackend.fail` does."""
    if not isinstance(ask.body, dict):
        raise bad(None, ask.body, 'a rule: an object, as in {"status": 503, "path": "/cdrs"}')
    with checks.refusing():
        rule = powers.state.faults.add(Rule.from_dict(ask.body))
    return Reply(_shown(powers, rule), 201)


def remove(powers: MockBackend, ask: Ask) -> Reply:
    """Take one rule away."""
    number = ask.where["number"]
    faults = powers.state.faults
    if not any(str(rule.number) == number and faults.remove(rule) for rule in faults):
        raise Refused(404, "no-such-fault", f"{number!r:.80} came; no rule has this id; see GET /_mockcdrs/faults")
    return DONE


def clear(powers: MockBackend, ask: Ask) -> Reply:
    """Take all rules away."""
    del ask
    powers.state.faults.clear()
    return DONE


def presets(powers: MockBackend, ask: Ask) -> Reply:
    """Troubles that come with a name."""
    del powers, ask
    return Reply(
        [
            {"name": name, "rule": _said(rule), "python": rule.to_python(), "says": says}
            for name, (rule, says) in PRESETS.items()
        ]
    )
