"""Faults on demand: rules that say which requests go wrong, when, and how."""

from mockcdrs.arguments import ArgumentError


class RuleError(ArgumentError):
    """A rule that cannot be followed. The text says what came, what was expected, and what to do."""
