"""How legs end and how long calls take.

Outcomes are hangup cause, SIP code and dispositions that belong together. Durations are tables of whole seconds to draw
from, so that no platform's rounding shows.
"""

import bisect
from itertools import pairwise
from typing import NamedTuple


class CallOutcome(NamedTuple):
    """How a leg ends: values of `hangup_cause` and `hangup_code`, and of `disposition` by the leg's direction.

    A leg that came in has what became of the legs that it rang (`originate_disposition`), one that went out whether it
    was answered (`kzd_freeswitch.erl`, `disposition`): empty where it was not.
    """

    cause: str
    code: str
    inbound: str
    outbound: str = ""


ANSWERED = CallOutcome("NORMAL_CLEARING", "sip:200", "SUCCESS", "ANSWER")
NOT_BRIDGED = CallOutcome("NORMAL_CLEARING", "sip:200", "ANSWER", "ANSWER")
LEFT_MESSAGE = CallOutcome("NORMAL_CLEARING", "sip:200", "NO_ANSWER")
BLIND_TRANSFERRED = CallOutcome("BLIND_TRANSFER", "sip:200", "SUCCESS", "ANSWER")
ATTENDED_TRANSFERRED = CallOutcome("ATTENDED_TRANSFER", "sip:200", "SUCCESS", "ANSWER")
CANCELLED = CallOutcome("ORIGINATOR_CANCEL", "sip:487", "ORIGINATOR_CANCEL")
LOST_RACE = CallOutcome("LOSE_RACE", "sip:487", "LOSE_RACE")
PICKED_OFF = CallOutcome("PICKED_OFF", "sip:487", "PICKED_OFF")
BUSY = CallOutcome("USER_BUSY", "sip:486", "USER_BUSY")
NO_ANSWER = CallOutcome("NO_ANSWER", "sip:480", "NO_ANSWER")
NO_RESPONSE = CallOutcome("NO_USER_RESPONSE", "sip:408", "NO_USER_RESPONSE")
REJECTED = CallOutcome("CALL_REJECTED", "sip:603", "CALL_REJECTED")
UNALLOCATED = CallOutcome("UNALLOCATED_NUMBER", "sip:404", "UNALLOCATED_NUMBER")
NOT_REGISTERED = CallOutcome("USER_NOT_REGISTERED", "sip:480", "USER_NOT_REGISTERED")
CONGESTED = CallOutcome("NORMAL_TEMPORARY_FAILURE", "sip:503", "NORMAL_TEMPORARY_FAILURE")
OUT_OF_ORDER = CallOutcome("DESTINATION_OUT_OF_ORDER", "sip:502", "DESTINATION_OUT_OF_ORDER")

_QUANTILES = 1_000
_SHARES = [(row + 0.5) / _QUANTILES for row in range(_QUANTILES)]


def _curve(*points: tuple[float, int]) -> tuple[int, ...]:
    """Evenly spaced quantiles of the distribution whose (share, seconds) points are given."""
    table = list[int]()
    for (low, few), (high, many) in pairwise(points):
        shares = _SHARES[len(table) : bisect.bisect_right(_SHARES, high)]
        table += [few + int((many - few) * (share - low) / (high - low)) for share in shares]
    return tuple(table)


TALK = _curve(
    (0, 2), (0.1, 14), (0.3, 42), (0.5, 95), (0.7, 210), (0.85, 480), (0.95, 1_250), (0.99, 3_100), (1, 7_200)
)
RING = _curve((0, 1), (0.25, 4), (0.6, 9), (0.9, 20), (1, 32))
GIVE_UP = _curve((0, 2), (0.5, 17), (0.9, 30), (1, 60))
MESSAGE = _curve((0, 2), (0.3, 8), (0.7, 31), (0.95, 75), (1, 180))
MENU = _curve((0, 4), (0.6, 14), (1, 45))
WAIT = _curve((0, 3), (0.5, 40), (0.85, 180), (1, 900))
