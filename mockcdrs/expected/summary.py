"""The summary of calls as the ground truth has it: seconds by direction, domain, kind of number and rate."""

from collections.abc import Iterable
from typing import Any

from mockcdrs.dataset.store import Document
from mockcdrs.expected.values import to_integer

_TOLL_FREE = {"800", "888", "877", "866", "855"}
_CARIBBEAN = {
    "684", "264", "268", "242", "246", "441", "284", "345", "767", "809", "829", "849", "473", "671", "876", "664",
    "670", "787", "939", "869", "758", "784", "721", "868", "649", "340",
}  # fmt: skip
_NATIONAL_DIGITS = 10
_LEAST_INTERNATIONAL_DIGITS = 8

Summary = dict[str, Any]


def counts_in_summary(document: Document) -> bool:
    """Whether a CDR is in the summary: it came from a carrier or went to one, and not by a loopback channel."""
    variables, direction = document.get("custom_channel_vars"), document.get("call_direction")
    channel, called, calling = document.get("channel_name"), document.get("to"), document.get("from")
    if not isinstance(variables, dict) or not isinstance(channel, str) or "loopback" in channel:
        return False
    if not isinstance(called, str) or not isinstance(calling, str):
        return False
    return bool(variables.get("resource_id")) if direction == "outbound" else not variables.get("authorizing_id")


def summarize(documents: Iterable[Document], emergency_numbers: tuple[str, ...]) -> Summary:
    """Return the seconds of CDRs by direction, domain and kind of number: in all, and by the name of the rate."""
    summary: Summary = {"inbound": {}, "outbound": {}}
    for document in documents:
        direction = document["call_direction"]
        _, _, domain = document["from" if direction == "inbound" else "to"].rpartition("@")
        number, at, _ = document["to"].partition("@")
        kind = kind_of_number(number if at else "", emergency_numbers)
        sums = summary[direction].setdefault(domain, {}).setdefault(kind, {"total": 0})
        rate = document["custom_channel_vars"].get("rate_name")
        for name in ("total", str(rate)) if rate else ("total",):
            sums[name] = sums.get(name, 0) + (to_integer(document.get("billing_seconds")) or 0)
    return summary


def kind_of_number(number: str, emergency_numbers: tuple[str, ...]) -> str:
    """Return what kind of number is called."""
    if number in emergency_numbers:
        return "emergency"
    national = number.removeprefix("+").removeprefix("1") if number.startswith(("+1", "1")) else number
    national = national if len(national) == _NATIONAL_DIGITS and national.isascii() and national.isdecimal() else ""
    area = national[:3]
    if number.startswith("+1") and national and area in _TOLL_FREE:
        return "tollfree_us"
    if number.startswith("+1") and area == "900":
        return "toll_us"
    if number.removeprefix("+").startswith("1") and area in _CARIBBEAN:
        return "caribbean"
    if national and national[0] in "23456789" and national[3] in "23456789":
        return "did_us"
    digits = number[1:]
    is_international = number[:1] == "+" and len(digits) >= _LEAST_INTERNATIONAL_DIGITS and digits[0] in "23456789"
    return "international" if is_international and digits.isascii() and digits.isdecimal() else "unknown"


def merge_months(summaries: Iterable[Summary], *, doubles: bool) -> Summary:
    """Return the sums of the summaries of several months; `doubles`: each month counts twice."""
    whole: Summary = {}
    for summary in summaries:
        whole = _add(whole, _add(summary, summary) if doubles else summary)
    return whole


def _add(one: Summary, other: Summary) -> Summary:
    added = dict(one)
    for name, value in other.items():
        if isinstance(value, dict):
            added[name] = _add(added.get(name, {}), value)
        else:
            added[name] = added.get(name, 0) + value
    return added
