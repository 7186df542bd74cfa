"""All checks, in the order in which they are made."""

from mockcdrs.contract.check import Check
from mockcdrs.contract.checks import (
    auth,
    columns,
    conditional,
    cors,
    csv_answers,
    detail,
    envelope,
    errors,
    filters,
    interaction,
    legs,
    negotiation,
    ranges,
    summary,
    users,
    walk,
)

_THEMES = (
    *(auth, envelope, columns, walk, ranges, filters, detail, legs, interaction, summary, users, csv_answers),
    *(negotiation, cors, errors, conditional),
)

CHECKS: tuple[Check, ...] = tuple(made for theme in _THEMES for made in vars(theme).values() if isinstance(made, Check))
