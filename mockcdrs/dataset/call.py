"""One interaction being generated: its clock, its ids, and the documents of its legs.

This is the generator's hot path: whatever is the same for a month, an interaction or an endpoint is made once and
merged.
"""

from collections.abc import Sequence
from itertools import cycle
from typing import NamedTuple, TypeVar

from mockcdrs.cdr import gregorian
from mockcdrs.dataset.endpoints import Endpoint, sdp_parts
from mockcdrs.dataset.office import Office
from mockcdrs.dataset.outcomes import CallOutcome
from mockcdrs.dataset.random_stream import RandomStream
from mockcdrs.dataset.store import Document

T = TypeVar("T")

INBOUND, OUTBOUND = "inbound", "outbound"
_RTP_PORTS = tuple(str(port) for port in range(16_384, 32_768, 2))
_new_tuple = tuple.__new__  # what `Channel(...)` does, without the call in between


class MonthContext(NamedTuple):
    """What all calls of an account and a month (`YYYYMM`, begun at `month_start`, Gregorian seconds) share.

    `servers` are media servers: names, and session descriptions as in `Endpoint.sdp`.
    """

    office: Office
    month: str
    month_start: int
    account_db: str
    servers: tuple[tuple[str, tuple[str, str, str]], ...]


def month_context(office: Office, month: str) -> MonthContext:
    """The context of an account's calls in a month, `YYYYMM`."""
    account = office.account.id
    return MonthContext(
        office,
        month,
        gregorian.month_start(month),
        f"account%2F{account[:2]}%2F{account[2:4]}%2F{account[4:]}-{month}",
        tuple((name, sdp_parts(f"10.26.1.{row}")) for row, name in enumerate(office.media_servers, start=1)),
    )


class Channel(NamedTuple):
    """An endpoint's channel in one interaction."""

    endpoint: Endpoint
    direction: str
    call_id: str


def minute_in(digits: str) -> int | None:
    """The minute of the month in which a call began, read from the first eight hex digits of its Call-ID, or `None`.

    The first four digits are the minute, combined by exclusive or with the next four.
    """
    try:
        return int(digits[:4], 16) ^ int(digits[4:8], 16)
    except ValueError:
        return None


class Call:
    """An interaction from `start` to at most `end` (Gregorian seconds, `end` included).

    `now` is the second that it has come to: `spend` moves it on, never past `end`. `bridge_id` is its first channel's
    Call-ID. A `pace` holds draws (0 to 1) that replace those of durations and numbers of parties, over and over: calls
    of one pace take the same time.
    """

    __slots__ = (
        "_account_db",
        "_call_id_prefix",
        "_call_ids",
        "_ids",
        "_key",
        "_micros",
        "_month",
        "_pace",
        "_server",
        "_server_sdp",
        "_session",
        "_tags",
        "bridge_id",
        "end",
        "interaction_id",
        "now",
        "office",
        "random",
        "start",
    )

    def __init__(
        self,
        context: MonthContext,
        stream: RandomStream,
        start: int,
        end: int,
        pace: tuple[float, ...] = (),
    ) -> None:
        office, month, month_start, account_db, servers = context
        draw, micros, ids, call_ids, tags = stream
        key = next(tags)
        text = str(start)
        hider = int(draw() * 0x1_0000)
        self.office = office
        self.random = draw
        self.start = self.now = start
        self.end = end
        self.bridge_id = ""
        self.interaction_id = f"{text}-{key}"
        self._account_db = account_db
        self._call_id_prefix = f"{hider ^ (start - month_start) // 60:04x}{hider:04x}"
        self._call_ids = call_ids
        self._ids = ids
        self._key = key
        self._micros = micros
        self._month = month
        self._pace = cycle(pace).__next__ if pace else draw
        self._server, self._server_sdp = servers[int(draw() * len(servers))]
        self._session = f"{text} {text}"
        self._tags = tags

    def pick(self, choices: Sequence[T]) -> T:
        """One of the choices."""
        return choices[int(self.random() * len(choices))]

    def between(self, least: int, most: int) -> int:
        """How many take part: a number from `least` to `most`."""
        return least + int(self._pace() * (most - least + 1))

    def others(self, one: Endpoint, choices: Sequence[Endpoint], count: int) -> list[Endpoint]:
        """Neighbours among the choices, `count` of them, none of which has the number of `one`."""
        found: list[Endpoint] = []
        at = int(self.random() * len(choices))
        while len(found) < count:
            candidate = choices[at % len(choices)]
            if candidate.number != one.number:
                found.append(candidate)
            at += 1
        return found

    def spend(self, table: Sequence[int]) -> int:
        """Seconds drawn from a table, by which `now` moves on; fewer when the stretch would end first."""
        seconds = table[int(self._pace() * len(table))]
        left = self.end - self.now
        if seconds > left:
            seconds = int(self.random() * (left + 1))
        self.now += seconds
        return seconds

    def channel(self, endpoint: Endpoint, direction: str) -> Channel:
        """A new channel of an endpoint; the first one names the bridge."""
        call_id = f"{self._call_id_prefix}{next(self._call_ids)}{endpoint.call_id_suffix}"
        if not self.bridge_id:
            self.bridge_id = call_id
        return _new_tuple(Channel, (endpoint, direction, call_id))

    def recording_id(self) -> str:
        """The id of a new recording."""
        return f"{self._month}-{next(self._ids)}"

    def leg(
        self,
        channel: Channel,
        parties: tuple[Endpoint, Endpoint],
        times: tuple[int, int, int],
        outcome: CallOutcome,
        other: Channel | None = None,
    ) -> Document:
        """The document of a channel's leg.

        `parties` are who calls and who is called; `times` the leg's begin in Gregorian seconds, then the seconds of
        ringing and of talking; `other` the channel that it is bridged to.
        """
        begin, ringing, talking = times
        end = begin + ringing + talking
        micro, revision, from_tag, to_tag = self._micros(), next(self._ids), next(self._tags), next(self._tags)
        endpoint, direction, call_id = channel
        caller, callee = parties
        session = self._session
        local_head, local_middle, local_tail = self._server_sdp
        head, middle, tail = endpoint.sdp
        channel_vars = endpoint.channel_vars.copy()
        channel_vars["bridge_id"] = self.bridge_id
        channel_vars["call_interaction_id"] = self.interaction_id
        document = endpoint.template.copy()
        document["_id"] = f"{self._month}-{call_id}"
        document["_rev"] = f"1-{revision}"
        document["billing_seconds"] = talking
        document["call_direction"] = direction
        document["call_id"] = call_id
        document["callee_id_name"] = callee.name
        document["callee_id_number"] = callee.number
        document["caller_id_name"] = caller.name
        document["caller_id_number"] = caller.number
        document["channel_created_time"] = (begin - gregorian.UNIX_EPOCH_GREGORIAN) * 1_000_000 + micro
        document["custom_application_vars"] = {}
        document["custom_channel_vars"] = channel_vars
        document["custom_sip_headers"] = endpoint.sip_headers.copy()
        document["hangup_cause"], document["hangup_code"], document["disposition"] = outcome
        document["duration_seconds"] = ringing + talking
        document["from"] = document["from_uri"] = caller.uri
        document["from_tag"] = from_tag
        document["interaction_id"] = self.interaction_id
        document["interaction_key"] = self._key
        document["interaction_time"] = self.start
        document["local_sdp"] = f"{local_head}{session}{local_middle}{_RTP_PORTS[micro & 0x1FFF]}{local_tail}"
        document["media_server"] = self._server
        document["remote_sdp"] = f"{head}{session}{middle}{_RTP_PORTS[micro >> 6]}{tail}"
        document["ringing_seconds"] = ringing
        document["timestamp"] = document["pvt_created"] = document["pvt_modified"] = end
        document["to"] = document["to_uri"] = document["request"] = callee.uri
        document["to_tag"] = to_tag
        document["pvt_account_db"] = self._account_db
        if other is not None:
            document["other_leg_call_id"] = other.call_id
            document["other_leg_caller_id_name"] = caller.name
            document["other_leg_caller_id_number"] = caller.number
            document["other_leg_destination_number"] = callee.number
            document["other_leg_direction"] = other.direction
        return document


def bridge(
    call: Call,
    callers: tuple[Endpoint, Endpoint],
    callees: tuple[Endpoint, Endpoint],
    seconds: tuple[int, int],
    outcome: CallOutcome,
) -> tuple[Document, Document]:
    """Both legs of a plain call from the interaction's start.

    `callers` are who calls and who the called one sees; `callees` who was dialled and who rings; `seconds` those of
    ringing and of talking.
    """
    (calling, shown), (dialled, ringing) = callers, callees
    incoming, outgoing = call.channel(calling, INBOUND), call.channel(ringing, OUTBOUND)
    times = call.start, *seconds
    return (
        call.leg(incoming, (calling, dialled), times, outcome, outgoing),
        call.leg(outgoing, (shown, ringing), times, outcome, incoming),
    )
