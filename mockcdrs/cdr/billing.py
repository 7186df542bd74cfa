"""What a call costs (`kapps_call_util.erl`, `kz_currency.erl`).

Amounts are in units, 1/10,000 dollar. Rates are units a minute.
"""

import math
from collections.abc import Iterable
from typing import Any

from mockcdrs.cdr import erlang
from mockcdrs.cdr.documents import Document, text_at

UNITS_PER_DOLLAR = 10_000

_VARIABLES = "Custom-Channel-Vars", "custom_channel_vars"


def units_to_dollars(units: Any) -> float:
    """Dollars of an amount in units, fractions of a unit cut off; `BadArgument` where `units` is no number."""
    number = units if isinstance(units, int | float) and not isinstance(units, bool) else erlang.to_integer(units)
    return math.trunc(number) / UNITS_PER_DOLLAR


def cost_units(document: Document, billing_key: str) -> int:
    """Units charged for a leg: 0 unless the channel variable `billing_key` says `per_minute`.

    `BadArgument` where a variable that the sum needs is no number.
    """
    variables = document.get("custom_channel_vars")
    if not isinstance(variables, dict):
        return 0
    billing = variables.get(billing_key)
    if not isinstance(billing, str):
        billing = None if billing is None else text_at(variables, (billing_key,), None)
    if billing != "per_minute":
        return 0
    return _per_minute_cost(document)


def _per_minute_cost(document: Document) -> int:
    variables = _first_defined(document, _VARIABLES, document)
    seconds = _number_at(document, "Billing-Seconds") - _number_at(variables, "Billing-Seconds-Offset")
    free_seconds = _number_at(variables, "Rate-NoCharge-Time")
    if seconds <= max(free_seconds, 0):
        return 0
    rate = _number_at(variables, "Rate")
    increment = _number_at(variables, "Rate-Increment", 60) or 60
    minimum = _number_at(variables, "Rate-Minimum")
    least = _number_at(variables, "Surcharge") + minimum / 60 * rate
    increments = math.ceil((seconds - minimum) / increment) if seconds > minimum else 0
    cost = math.trunc(least + increments * (increment / 60 * rate))
    discount = math.trunc(_number_at(variables, "Discount-Percentage") * 0.01 * cost)
    return cost - discount


def _number_at(variables: Any, header: str, default: int = 0) -> int:
    """A number under its header's name or that name normalised (`Rate-Increment`, `rate_increment`)."""
    number = _first_defined(variables, (header, header.lower().replace("-", "_")), default)
    return number if type(number) is int else erlang.to_integer(number)


def _first_defined(container: Any, names: Iterable[str], default: Any) -> Any:
    """`kz_json:get_first_defined/3`; `BadArgument` where `container` can have no names."""
    if not isinstance(container, dict | list):
        raise erlang.BadArgument(f"has no names: {container!r:.80}")
    values = container if isinstance(container, dict) else {}  # the items of a list have numbers for names
    return next((values[name] for name in names if name in values), default)
