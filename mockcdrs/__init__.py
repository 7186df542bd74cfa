"""A stand-in for the call detail record part of Kazoo's Crossbar API.

With pytest, use the fixture `mockcdrs`. Without it, `serving(seed=7)` returns a `Mock` for a `with` block.

Names are imported when they are first used, because the plugin imports this package in every run of pytest.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockcdrs.config import MockConfig
    from mockcdrs.control.additions import Interaction
    from mockcdrs.control.journal import Record
    from mockcdrs.dataset.accounts import Credentials
    from mockcdrs.expected.result import Expected
    from mockcdrs.faults.reply import Reply
    from mockcdrs.faults.rule import Rule
    from mockcdrs.faults.wire_actions import jitter, lognormal, uniform
    from mockcdrs.mock import Mock, serving

__all__ = [
    "Credentials",
    "Expected",
    "Interaction",
    "Mock",
    "MockConfig",
    "Record",
    "Reply",
    "Rule",
    "UnusedFault",
    "jitter",
    "lognormal",
    "serving",
    "uniform",
]

_MODULES = {
    "Credentials": "mockcdrs.dataset.accounts",
    "Expected": "mockcdrs.expected.result",
    "Interaction": "mockcdrs.control.additions",
    "Mock": "mockcdrs.mock",
    "MockConfig": "mockcdrs.config",
    "Record": "mockcdrs.control.journal",
    "Reply": "mockcdrs.faults.reply",
    "Rule": "mockcdrs.faults.rule",
    "jitter": "mockcdrs.faults.wire_actions",
    "lognormal": "mockcdrs.faults.wire_actions",
    "serving": "mockcdrs.mock",
    "uniform": "mockcdrs.faults.wire_actions",
}


class UnusedFault(UserWarning):
    """A fault that a test set up and that no request met. A filter is `-W error::mockcdrs.UnusedFault`."""


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
