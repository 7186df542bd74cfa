"""The registry of advice: all rules by code, and the two functions that apply them."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from mockcdrs.advice import access_advice, page_advice, parameter_advice, quirk_advice, time_advice
from mockcdrs.advice.advice_rule import (
    AdviceContext,
    AdviceRule,
    RuleFunction,
    has_odd_values,
    requested_endpoint,
    sent_parameters,
)
from mockcdrs.control.journal import Record

ADVICE: dict[str, AdviceRule] = {
    rule.code: rule
    for module in (time_advice, page_advice, parameter_advice, access_advice, quirk_advice)
    for rule in module.RULES
}


def advise(record: Record, earlier: Iterable[Record], context: AdviceContext) -> list[str]:
    """Return the advice on a request, each text as `CODE: TEXT`.

    May be called as soon as the status is known; rules that look at the rows wait until the record is complete.
    `earlier` yields the latest request first and is iterated once for each rule that compares requests.
    """
    kind, names = requested_endpoint(record).kind, (*sent_parameters(record),)
    functions = _functions_for(kind, record.status, names, has_odd_values(record))
    return [f"{code}: {text}" for code, function in functions for text in function(record, earlier, context)]


@lru_cache(maxsize=256)
def _functions_for(
    kind: str, status: int, names: tuple[str, ...], has_odd_values: bool
) -> list[tuple[str, RuleFunction]]:
    """Return the functions of the rules that apply to such a request: of some thirty, most requests concern a few."""
    return [
        (code, rule.function)
        for code, rule in ADVICE.items()
        if rule.function is not None
        and (rule.kinds is None or kind in rule.kinds)
        and (rule.statuses is None or status in rule.statuses)
        and (has_odd_values or not rule.is_about_odd_values)
        and _has_name(rule, names)
    ]


def _has_name(rule: AdviceRule, names: Sequence[str]) -> bool:
    if rule.names is None:
        return True
    return any(map(rule.names if callable(rule.names) else rule.names.__contains__, names))


def advise_unless_continued(records: Sequence[Record]) -> list[tuple[Record, str]]:
    """Return the advice that holds unless clients go on, each piece with the request that it is about."""
    return [
        (record, f"{code}: {text}")
        for code, rule in ADVICE.items()
        if rule.unless_continued is not None
        for record, text in rule.unless_continued(records)
    ]


def advise_at_end(records: Sequence[Record], context: AdviceContext) -> list[str]:
    """Return the advice that is certain only once no more requests come."""
    return [text for _, text in advise_unless_continued(records)] + [
        f"{code}: {text}"
        for code, rule in ADVICE.items()
        if rule.at_end is not None
        for text in rule.at_end(records, context)
    ]
