"""Faults on demand: rules that say which requests go wrong, and how."""

from mockcdrs.control.faults.delivery import Delivery
from mockcdrs.control.faults.faults import Faults, RuleFailed
from mockcdrs.control.faults.rule import BY_STATUS, Reply, Rule, RuleError

__all__ = ["BY_STATUS", "Delivery", "Faults", "Reply", "Rule", "RuleError", "RuleFailed"]
