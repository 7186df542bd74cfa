"""One call being generated: its clock, its ids, and the documents of its legs.

This is the generator's hot path: whatever is the same for a month, a call or an endpoint is made once and merged.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeVar

from mockcdrs.cdr import gregorian
from mockcdrs.dataset.accounts import database_name
from mockcdrs.dataset.endpoints import FREESWITCH, TEMPLATE, Endpoint, LegTemplate
from mockcdrs.dataset.office import Office
from mockcdrs.dataset.outcomes import ANSWERED, RING, TALK, CallOutcome
from mockcdrs.dataset.random_stream import RandomStream
from mockcdrs.dataset.store import Document, TimeBasis

T = TypeVar("T")

_DECIMAL_DIGITS = 10  # of a number of 32 bits, at the most
_FIRST_PORT = 16_384  # of those for media, which are even
_new_tuple = tuple.__new__  # what `Channel(...)` does, without the call in between


class MonthContext(NamedTuple):
    """What all calls of an account and a month (`YYYYMM`, begun at `month_start`, Gregorian seconds) share.

    `servers` are media servers: their fields of a document, and session descriptions as in `LegTemplate.sdp`.
    """

    office: Office
    month: str
    month_start: int
    account_db: str
    servers: tuple[tuple[dict[str, str], tuple[str, str, str]], ...]


def month_context(office: Office, month: str) -> MonthContext:
    """The context of an account's calls in a month, `YYYYMM`."""
    return MonthContext(
        office,
        month,
        gregorian.month_start(month),
        database_name(office.account.id, month),
        tuple(_server(name, f"10.26.1.{row}") for row, name in enumerate(office.media_servers, start=1)),
    )


def _server(name: str, address: str) -> tuple[dict[str, str], tuple[str, str, str]]:
    fields = {
        "media_server": name,
        "switch_hostname": name,
        "switch_nodename": f"freeswitch@{name}",
        "switch_uri": f"sip:{address}:11000",
        "switch_url": f"sip:mod_sofia@{address}:11000",
    }
    return fields, FREESWITCH.sdp_parts(address)


class Channel(NamedTuple):
    """An endpoint's channel in one call.

    `caller` and `callee` are who its leg shows; `origin` is who called in truth. `micros` are the microseconds within
    the second in which it was created: they grow from channel to channel.
    """

    template: LegTemplate
    call_id: str
    micros: int
    caller: Endpoint
    callee: Endpoint
    origin: Endpoint

    @property
    def as_other_leg(self) -> Document:
        """Fields of the leg that it is bridged to."""
        return {
            "other_leg_call_id": self.call_id,
            "other_leg_caller_id_name": self.caller.name,
            "other_leg_caller_id_number": self.caller.number,
            "other_leg_destination_number": self.template.destination or self.callee.number,
            "other_leg_direction": self.template.direction,
        }


def minute_of(call_id: str) -> int | None:
    """The minute of the month in which a call began, read from one of its Call-IDs, or `None`.

    Of the eight hex digits the first four are the minute, combined by exclusive or with the others.
    """
    try:
        user, at, _ = call_id.partition("@")
        digits = f"{int(user):08x}" if at and len(user) <= _DECIMAL_DIGITS else call_id[:8]
        return int(digits[:4], 16) ^ int(digits[4:8], 16)
    except ValueError:
        return None


class LegWindow(NamedTuple):
    """The legs that are wanted: those that are written (or whose interactions begin) at some Gregorian seconds."""

    times: range
    by: TimeBasis = "written"


ALL_TIME, NO_TIME = LegWindow(range(2**63)), LegWindow(range(0))


class Call:
    """A call, or one after another of the same party, from `start` on (Gregorian seconds).

    `now` is the second that it has come to; `spend` moves it on. `phones` are those that nobody else uses meanwhile.
    `serial` is a number (of 16 bits) that another call of the same minute does not have. Legs outside of `window` are
    made in short: only their times.
    """

    def __init__(
        self,
        context: MonthContext,
        stream: RandomStream,
        start: int,
        phones: Sequence[Endpoint],
        serial: int,
        window: LegWindow = ALL_TIME,
    ) -> None:
        self._draw, self._draw_bytes, self._pace = stream
        self.office = context.office
        self.phones = phones
        self.now = start
        self._context = context
        self._wanted = window.times
        self._is_by_begin = window.by == "begun"
        self._first_digits = f"{serial ^ (start - context.month_start) // 60:04x}{serial:04x}"
        self._server, self._server_sdp = context.servers[int(self._draw() * len(context.servers))]
        self.begin()

    def begin(self) -> None:
        """Begin an interaction at `now`."""
        drawn = self._draw_bytes(32).hex()
        key, fetch = drawn[:16], drawn[32:]
        self.start = self.now
        self._bridge_id = ""
        self._key = key[:8]
        self._session = f"{self.now - gregorian.UNIX_EPOCH_GREGORIAN} {self.now - gregorian.UNIX_EPOCH_GREGORIAN}"
        self._interaction_id = f"{self.now}-{self._key}"
        self._fetch_id = f"{fetch[:8]}-{fetch[8:12]}-11ee-8{fetch[12:15]}-{fetch[15:27]}"
        self._micros = int(key[8:12], 16)
        self._step = 20_000 + int(key[12:16], 16) // 2

    def pick(self, choices: Sequence[T]) -> T:
        """One of the choices."""
        return choices[int(self._draw() * len(choices))]

    def between(self, least: int, most: int) -> int:
        """How many take part: a number from `least` to `most`."""
        return least + int(self._pace() * (most - least + 1))

    def spend(self, table: Sequence[int]) -> int:
        """Seconds drawn from a table, by which `now` moves on."""
        seconds = table[int(self._pace() * len(table))]
        self.now += seconds
        return seconds

    def converse(self) -> tuple[int, int]:
        """Seconds of ringing and of talking, by which `now` moves on."""
        return self.spend(RING), self.spend(TALK)

    def recording_id(self) -> str:
        """The id of a new recording."""
        return f"{self._context.month}-{self._draw_bytes(16).hex()}"

    def inbound(self, endpoint: Endpoint, dialled: Endpoint) -> Channel:
        """The channel of an endpoint that calls."""
        return self._channel(endpoint.calling, endpoint, dialled, endpoint)

    def outbound(self, endpoint: Endpoint, caller: Endpoint, origin: Endpoint | None = None) -> Channel:
        """The channel of an endpoint that is called, and is shown a caller; `origin` is the true one if another."""
        return self._channel(endpoint.called, caller, endpoint, origin or caller)

    def _channel(self, template: LegTemplate, caller: Endpoint, callee: Endpoint, origin: Endpoint) -> Channel:
        make = (template.agent if template.direction == "inbound" else FREESWITCH).call_id
        call_id = make(self._first_digits, self._draw_bytes(16)[:12].hex(), template.host)
        self._bridge_id = self._bridge_id or call_id
        self._micros += self._step
        return _new_tuple(Channel, (template, call_id, self._micros, caller, callee, origin))

    def leg(
        self,
        channel: Channel,
        times: tuple[int, int, int],
        outcome: CallOutcome,
        other: Channel | None = None,
        fields: dict[str, Any] = {},  # noqa: B006 never changed
        variables: dict[str, Any] = {},  # noqa: B006 never changed
    ) -> Document:
        """The document of a channel's leg.

        `times` are the leg's begin in Gregorian seconds, then the seconds of ringing and of talking; `other` is the
        channel that it is bridged to. `fields` and channel `variables` are what the scenario makes so.
        """
        begin, ringing, talking = times
        end = begin + ringing + talking
        raw = self._draw_bytes(48)
        if (self.start if self._is_by_begin else end) not in self._wanted:
            return {"timestamp": end, "interaction_time": self.start}
        template, call_id, micros, caller, callee, origin = channel
        own_tag, server_tag = template.agent.tag(raw[16:32]), FREESWITCH.tag(raw[32:])
        session, port = self._session, raw[0] << 5 | raw[1] >> 3
        remote, local = template.sdp, self._server_sdp
        channel_vars = {**template.channel_vars, "bridge_id": self._bridge_id, "fetch_id": self._fetch_id}
        if template.direction == "inbound":
            from_tag, to_tag, disposition, parties = own_tag, server_tag, outcome.inbound, callee.dialled
            channel_vars["callflow_id"] = callee.callflow_id
            if "inception" in channel_vars:
                channel_vars["inception"] = callee.uri
        else:
            from_tag, to_tag = server_tag, own_tag
            disposition = outcome.outbound or (template.early_media if ringing else "")
            parties = {"from": origin.uri, "from_uri": caller.uri, **caller.shown}
            if "e164_origination" in template.document:
                parties["e164_origination"] = caller.number
        return {
            **TEMPLATE,
            **template.document,
            **self._server,
            **parties,
            "_id": f"{self._context.month}-{call_id}",
            "_rev": f"1-{raw[:16].hex()}",
            "remote_sdp": f"{remote[0]}{session}{remote[1]}{_FIRST_PORT + 2 * port}{remote[2]}",
            "local_sdp": f"{local[0]}{session}{local[1]}{_FIRST_PORT + 2 * (port ^ 0x155)}{local[2]}",
            "duration_seconds": ringing + talking,
            "billing_seconds": talking,
            "ringing_seconds": ringing,
            "call_id": call_id,
            "channel_created_time": (begin - gregorian.UNIX_EPOCH_GREGORIAN) * 1_000_000 + micros,
            "custom_sip_headers": template.sip_headers.copy(),
            "from_tag": from_tag,
            "hangup_cause": outcome.cause,
            "hangup_code": outcome.code,
            "msg_id": f"{end - gregorian.UNIX_EPOCH_GREGORIAN}{micros:06}",
            "timestamp": end,
            "to_tag": to_tag,
            "custom_channel_vars": dict(sorted((channel_vars | variables).items())) if variables else channel_vars,
            "custom_application_vars": {},
            "interaction_time": self.start,
            "interaction_key": self._key,
            "interaction_id": self._interaction_id,
            "pvt_account_db": self._context.account_db,
            "pvt_created": end,
            "pvt_modified": end,
            **({"disposition": disposition} if disposition else {}),
            **({} if other is None else other.as_other_leg),
            **fields,
        }

    def whole_leg(
        self,
        channel: Channel,
        ringing: int,
        last: Channel,
        fields: dict[str, Any] = {},  # noqa: B006 never changed
    ) -> Document:
        """The leg of a caller who is there from the interaction's start to `now`, and talks to `last` at last."""
        return self.leg(channel, (self.start, ringing, self.now - self.start - ringing), ANSWERED, last, fields)


class TimedCall(Call):
    """A call whose legs have their times and no other fields."""

    def begin(self) -> None:
        """Begin an interaction at `now`."""
        self.start = self.now

    def _channel(self, template: LegTemplate, caller: Endpoint, callee: Endpoint, origin: Endpoint) -> Channel:
        return _new_tuple(Channel, (template, "", 0, caller, callee, origin))

    def leg(self, channel: Channel, times: tuple[int, int, int], *_: object, **__: object) -> Document:  # noqa: ARG002
        """The times of a leg."""
        return {"timestamp": sum(times), "interaction_time": self.start}
