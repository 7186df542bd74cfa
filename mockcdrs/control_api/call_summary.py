"""An interaction as its account sees it: who called whom, in which direction, and what came of it, from its A-leg."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mockcdrs.dataset.store import Document

INCOMING, OUTGOING, INTERNAL = DIRECTIONS = ("incoming", "outgoing", "internal")
ANSWERED, VOICEMAIL, MISSED, BUSY, FAILED = RESULTS = ("answered", "voicemail", "missed", "busy", "failed")

_MISSED_CAUSES = frozenset(
    {
        *("NO_ANSWER", "NO_USER_RESPONSE", "ORIGINATOR_CANCEL", "CALL_REJECTED", "USER_NOT_REGISTERED"),
        *("ALLOTTED_TIMEOUT", "RECOVERY_ON_TIMER_EXPIRE", "SUBSCRIBER_ABSENT", "LOSE_RACE", "PICKED_OFF"),
    }
)


@dataclass(frozen=True, slots=True)
class CallParty:
    """One end of a call: a name and a number, as its CDR has them."""

    name: str
    number: str


@dataclass(frozen=True, slots=True)
class CallSummary:
    """A call: times in Gregorian seconds, lengths in seconds.

    `talked` is the A-leg's billed time, `cause` its hangup cause, `owners` are the users of all legs.
    """

    start: int
    seconds: int
    talked: int
    caller: CallParty
    callee: CallParty
    direction: str
    result: str
    cause: str
    owners: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFilter:
    """Which calls are wanted: each field that is not empty has to fit.

    `search` has words: each is looked for in the names and, as digits, anywhere in the numbers of all legs.
    """

    direction: str = ""
    result: str = ""
    user: str = ""
    cause: str = ""
    search: str = ""
    words: Sequence[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", self.search.casefold().split())

    def fits(self, call: CallSummary, legs: Sequence[Document]) -> bool:
        """Whether a call is wanted."""
        return (
            self.direction in {"", call.direction}
            and self.result in {"", call.result}
            and self.cause in {"", call.cause}
            and (not self.user or self.user in call.owners)
            and (not self.words or self._has_words(legs))
        )

    def _has_words(self, legs: Sequence[Document]) -> bool:
        parties = [party for leg in legs for party in (_party(leg, "caller"), _party(leg, "callee"))]
        names, numbers = (
            "\n".join(party.name for party in parties).casefold(),
            "\n".join(party.number for party in parties).casefold(),
        )
        return all(word in names or _without_signs(word) in _without_signs(numbers) for word in self.words)


def order_legs(legs: Iterable[Document]) -> tuple[Document, ...]:
    """Return an interaction's legs in the order of their beginnings, the A-leg first."""
    return tuple(sorted(legs, key=_order))


def summarize_call(ordered: Sequence[Document]) -> CallSummary:
    """Return what an interaction of at least one leg was; its legs come as `order_legs` gives them."""
    first = ordered[0]
    start, talked = _begin(first), _whole(first.get("billing_seconds"))
    cause = str(first.get("hangup_cause") or "")
    direction = _direction(first, ordered)
    return CallSummary(
        start=start,
        seconds=max(_end(leg) for leg in ordered) - start,
        talked=talked,
        caller=_party(first, "caller"),
        callee=_party(first, "callee"),
        direction=direction,
        result=_result(first, ordered[1:], talked, cause, direction),
        cause=cause,
        owners=frozenset(str(_vars(leg)["owner_id"]) for leg in ordered if _vars(leg).get("owner_id")),
    )


def _order(leg: Document) -> tuple[int, int, int, str]:
    """Sort the A-leg first: it begins first, or at least comes in where another goes out at the same moment."""
    created = leg.get("channel_created_time")
    is_outbound = leg.get("call_direction") != "inbound"
    return _begin(leg), int(is_outbound), created if type(created) is int else 0, str(leg.get("_id", leg.get("id")))


def _direction(first: Document, legs: Sequence[Document]) -> str:
    is_of_account = _vars(first).get("authorizing_id") or _vars(first).get("owner_id")
    if first.get("call_direction") == "inbound" and (_is_of_carrier(first) or not is_of_account):
        return INCOMING
    is_outside = any(map(_is_of_carrier, legs)) or _party(first, "callee").number.startswith("+")
    return OUTGOING if is_outside else INTERNAL


def _result(first: Document, others: Sequence[Document], talked: int, cause: str, direction: str) -> str:
    if talked > 0:
        applications = first.get("custom_application_vars")
        has_voicemail = isinstance(applications, Mapping) and "voicemail" in applications
        # the caller talked, though nobody who was called did
        is_unanswered = (
            direction == INCOMING and bool(others) and not any(_whole(o.get("billing_seconds")) for o in others)
        )
        return VOICEMAIL if has_voicemail or is_unanswered else ANSWERED
    if cause == "USER_BUSY":
        return BUSY
    return MISSED if cause in _MISSED_CAUSES else FAILED


def _is_of_carrier(leg: Document) -> bool:
    variables = _vars(leg)
    return bool(variables.get("resource_type") or variables.get("authorizing_type") == "resource")


def _party(leg: Document, role: str) -> CallParty:
    name, number = (str(leg.get(f"{role}_id_{part}") or "") for part in ("name", "number"))
    return CallParty("" if name == number else name, number)


def _vars(leg: Document) -> Mapping[str, Any]:
    variables = leg.get("custom_channel_vars")
    return variables if isinstance(variables, Mapping) else {}


def _end(leg: Document) -> int:
    ended = leg.get("timestamp")
    return ended if type(ended) is int else _whole(leg.get("pvt_created"))


def _begin(leg: Document) -> int:
    return _end(leg) - _whole(leg.get("duration_seconds"))


def _whole(value: Any) -> int:
    """Return a number of seconds; old documents have it as text."""
    if type(value) is int:
        return value
    return int(value) if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 16 else 0


def _without_signs(number: str) -> str:
    return number.translate(_SIGNS)


_SIGNS = str.maketrans("", "", " ()-./")
