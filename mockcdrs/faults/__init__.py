"""Faults on demand: rules that say which requests go wrong, when, and how."""

from mockcdrs.faults.engine import Faults, RuleFailed
from mockcdrs.faults.matching import Match, RuleError
from mockcdrs.faults.reply import Reply
from mockcdrs.faults.rule import Rule, RuleArguments, Schedule
from mockcdrs.faults.wire_effect import WireEffect

__all__ = ["Faults", "Match", "Reply", "Rule", "RuleArguments", "RuleError", "RuleFailed", "Schedule", "WireEffect"]
