"""How legs end and how long calls take.

Outcomes are hangup cause, SIP code and disposition that belong together. Durations are tables of whole seconds to draw
from, so that no platform's rounding shows.
"""

import bisect
from collections.abc import Sequence
from typing import NamedTuple


class CallOutcome(NamedTuple):
    """Values of `hangup_cause`, `hangup_code` and `disposition` of a document."""

    cause: str
    code: str
    disposition: str


ANSWERED = CallOutcome("NORMAL_CLEARING", "sip:200", "ANSWER")
BLIND_TRANSFERRED = CallOutcome("BLIND_TRANSFER", "sip:200", "ANSWER")
ATTENDED_TRANSFERRED = CallOutcome("ATTENDED_TRANSFER", "sip:200", "ANSWER")
CANCELLED = CallOutcome("ORIGINATOR_CANCEL", "sip:487", "CANCEL")
LOST_RACE = CallOutcome("LOSE_RACE", "sip:487", "CANCEL")
PICKED_OFF = CallOutcome("PICKED_OFF", "sip:487", "CANCEL")
BUSY = CallOutcome("USER_BUSY", "sip:486", "DELAYED NEGOTIATION")
NO_ANSWER = CallOutcome("NO_ANSWER", "sip:480", "DELAYED NEGOTIATION")
NO_RESPONSE = CallOutcome("NO_USER_RESPONSE", "sip:408", "DELAYED NEGOTIATION")
REJECTED = CallOutcome("CALL_REJECTED", "sip:603", "DELAYED NEGOTIATION")
UNALLOCATED = CallOutcome("UNALLOCATED_NUMBER", "sip:404", "DELAYED NEGOTIATION")
NOT_REGISTERED = CallOutcome("USER_NOT_REGISTERED", "sip:480", "DELAYED NEGOTIATION")
CONGESTED = CallOutcome("NORMAL_TEMPORARY_FAILURE", "sip:503", "DELAYED NEGOTIATION")
OUT_OF_ORDER = CallOutcome("DESTINATION_OUT_OF_ORDER", "sip:502", "DELAYED NEGOTIATION")

UNANSWERED = (NO_ANSWER, NO_ANSWER, NO_ANSWER, NO_RESPONSE, REJECTED)
FAILED = (UNALLOCATED, CONGESTED, OUT_OF_ORDER)

_QUANTILES = 1_000


def _curve(points: Sequence[tuple[float, int]]) -> tuple[int, ...]:
    """Evenly spaced quantiles of the distribution whose (share, seconds) points are given."""
    table, shares = [], [share for share, _ in points]
    for row in range(_QUANTILES):
        share = (row + 0.5) / _QUANTILES
        upper = bisect.bisect_left(shares, share)
        (low, few), (high, many) = points[upper - 1], points[upper]
        table.append(few + int((many - few) * (share - low) / (high - low)))
    return tuple(table)


TALK = _curve(
    [(0, 2), (0.1, 14), (0.3, 42), (0.5, 95), (0.7, 210), (0.85, 480), (0.95, 1_250), (0.99, 3_100), (1, 7_200)]
)
RING = _curve([(0, 1), (0.25, 4), (0.6, 9), (0.9, 20), (1, 32)])
GIVE_UP = _curve([(0, 2), (0.5, 17), (0.9, 30), (1, 60)])
MESSAGE = _curve([(0, 2), (0.3, 8), (0.7, 31), (0.95, 75), (1, 180)])
MENU = _curve([(0, 4), (0.6, 14), (1, 45)])
WAIT = _curve([(0, 3), (0.5, 40), (0.85, 180), (1, 900)])
FAX_PAGES = (1, 1, 1, 2, 2, 3, 4, 7, 12)
