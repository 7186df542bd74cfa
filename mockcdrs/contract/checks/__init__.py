"""The checks of the contract suite, by theme, and `CHECKS`: all of them in the order in which they run."""

from mockcdrs.contract.check import Check
from mockcdrs.contract.checks import (
    document_values,
    http_protocol,
    interactions,
    listing,
    response_format,
    tokens,
)

_MODULES = (tokens, response_format, listing, document_values, interactions, http_protocol)

CHECKS: tuple[Check, ...] = tuple(
    item for module in _MODULES for item in vars(module).values() if isinstance(item, Check)
)
