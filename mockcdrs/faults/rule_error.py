"""The error of a rule that cannot be followed."""

from mockcdrs.arguments import ArgumentError


class RuleError(ArgumentError):
    """A rule that cannot be followed. The text says what came, what was expected, and what to do."""
