"""Faults on demand: rules that say which requests go wrong, when, and how."""

from mockcdrs.faults.actions import RuleArguments
from mockcdrs.faults.engine import Faults, RuleFailed
from mockcdrs.faults.matching import Match, RequestView, RuleError
from mockcdrs.faults.reply import Reply
from mockcdrs.faults.rule import Rule, Schedule
from mockcdrs.faults.wire_actions import jitter, lognormal, uniform
from mockcdrs.faults.wire_effect import WireEffect

__all__ = [
    "Faults",
    "Match",
    "Reply",
    "RequestView",
    "Rule",
    "RuleArguments",
    "RuleError",
    "RuleFailed",
    "Schedule",
    "WireEffect",
    "jitter",
    "lognormal",
    "uniform",
]
