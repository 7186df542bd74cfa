"""Edge cases: documents that real databases hold now and then, under a name each.

Each is a change of one plain call. The committed catalogue is read by `fixtures.load_edge_cases`.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from mockcdrs.cdr import gregorian
from mockcdrs.dataset.call import Call
from mockcdrs.dataset.call_builder import draw_call
from mockcdrs.dataset.office import generate_office, main_account_id
from mockcdrs.dataset.outcomes import ANSWERED, LOST_RACE
from mockcdrs.dataset.scenarios import SCENARIOS
from mockcdrs.dataset.store import Document

SEED = 1
_USUAL_START = 63_935_686_800  # 2026-01-15T09:00:00Z in Gregorian seconds
_USUAL_TIMES = (6, 54)


def _plain_call(name: str, start: int = _USUAL_START, phones: int = 2) -> Call:
    """A call drawn from the edge case's name, beginning at a Gregorian second."""
    return draw_call(generate_office(SEED, main_account_id(SEED)), phones, "edge", name).begin(start)


def plain_leg(name: str, start: int = _USUAL_START, times: tuple[int, int] = _USUAL_TIMES) -> Document:
    """One answered leg from outside; `times` are seconds of ringing and of talking."""
    call = _plain_call(name, start)
    calling = call.inbound(call.pick(call.office.contacts), call.pick(call.office.lines))
    leg: dict[str, Any] = call.leg(calling, (start, *times), ANSWERED)
    return leg


# When a leg begins, in UTC, and the seconds of ringing and of talking.
_TIMES: dict[str, tuple[str, int, int]] = {
    "midnight-utc": ("2026-01-14T23:59:50", 4, 26),
    "starts-at-midnight": ("2026-01-14T00:00:00", 3, 57),
    "ends-at-midnight": ("2026-01-13T23:59:00", 5, 55),
    "month-boundary": ("2025-12-31T23:59:30", 5, 85),
    "month-first-second": ("2025-12-01T00:00:00", 2, 20),
    "month-last-second": ("2025-12-31T23:59:59", 0, 0),
    "year-boundary": ("2025-12-31T23:50:00", 10, 1_790),
    "dst-change": ("2025-11-02T05:59:30", 6, 114),
    "dst-change-spring": ("2025-03-09T06:59:30", 6, 114),
    "leap-day": ("2024-02-29T12:00:00", 6, 54),
    "leap-day-into-march": ("2024-02-29T23:59:40", 5, 55),
    "zero-duration": ("2026-01-14T12:00:00", 0, 0),
    "one-second": ("2026-01-14T12:01:00", 0, 1),
    "rang-only": ("2026-01-14T12:02:00", 45, 0),
    "one-minute-exactly": ("2026-01-14T12:05:00", 0, 60),
    "one-second-over-a-minute": ("2026-01-14T12:07:00", 0, 61),
    "seven-hour-call": ("2026-01-14T08:00:00", 9, 25_200),
    "over-a-day-call": ("2026-01-12T08:00:00", 9, 93_600),
    "at-the-moment": ("2026-01-20T11:59:00", 5, 55),
    "just-after-the-moment": ("2026-01-20T11:59:01", 5, 55),
    "in-the-future": ("2026-02-03T09:00:00", 5, 55),
    "unix-billennium": ("2001-09-09T01:46:40", 5, 55),
    "after-2038": ("2038-01-19T03:14:08", 5, 55),
}


def _time_case(name: str) -> list[Document]:
    """The document of one of `_TIMES`."""
    begin, ringing, talking = _TIMES[name]
    start = gregorian.from_datetime(datetime.fromisoformat(begin).replace(tzinfo=UTC))
    return [plain_leg(name, start, (ringing, talking))]


_ABSENT: Final = object()

_FAILED_FAX = {
    "fax_success": False,
    "fax_ecm_used": False,
    "fax_t38_used": False,
    "fax_result_text": "The call dropped prematurely",
    "fax_result_code": "49",
    "fax_transferred_pages": "3",
    "fax_total_pages": "7",
    "fax_bad_rows": "118",
    "fax_transfer_rate": "2400",
}
_RECORDING = "202601-0123456789abcdef0123456789abcdef"

# Field (dotted where it lies deeper) and what it holds instead.
_VALUES: dict[str, dict[str, Any]] = {
    "missing-callee": {"callee_id_name": _ABSENT, "callee_id_number": _ABSENT},
    "missing-caller": {"caller_id_name": _ABSENT, "caller_id_number": _ABSENT},
    "missing-channel-created-time": {"channel_created_time": _ABSENT},
    "missing-hangup": {"hangup_cause": _ABSENT, "hangup_code": _ABSENT, "disposition": _ABSENT},
    "missing-tags": {"from_tag": _ABSENT, "to_tag": _ABSENT},
    "missing-sdp": {"local_sdp": _ABSENT, "remote_sdp": _ABSENT},
    "missing-durations": {"duration_seconds": _ABSENT, "billing_seconds": _ABSENT, "ringing_seconds": _ABSENT},
    "no-direction": {"call_direction": _ABSENT},
    "no-timestamp": {"timestamp": _ABSENT},
    "no-interaction": {"interaction_id": _ABSENT, "interaction_key": _ABSENT, "interaction_time": _ABSENT},
    "no-custom-channel-vars": {"custom_channel_vars": _ABSENT},
    "no-owner-no-authorizing": {"custom_channel_vars.authorizing_type": _ABSENT},
    "empty-custom-channel-vars": {"custom_channel_vars": {}},
    "empty-strings": {"callee_id_name": "", "caller_id_name": "", "user_agent": "", "presence_id": "", "to_tag": ""},
    "empty-call-direction": {"call_direction": ""},
    "null-field": {"callee_id_name": None},
    "null-channel-vars-field": {"custom_channel_vars.rate_name": None},
    "unicode-rtl": {
        "caller_id_name": "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd",
        "callee_id_name": "\u0645\u0631\u062d\u0628\u0627 \u200f\u0628\u0627\u0644\u0639\u0627\u0644\u0645\u200e",
    },
    "unicode-combining": {"caller_id_name": "Zoe\u0308 Mu\u0308ller", "callee_id_name": "Zoë Müller"},
    "unicode-astral": {"caller_id_name": "\U0001d544\U0001d560\U0001d554\U0001d55c \U0002070e\U00020731"},
    "unicode-separators": {"caller_id_name": "line\u2028paragraph\u2029next\u0085"},
    "emoji": {"caller_id_name": "Pizza \U0001f355 \U0001f469\u200d\U0001f467 \U0001f3f3\ufe0f\u200d\U0001f308"},
    "control-characters": {"caller_id_name": "a\u0001b\u001fc\u007f"},
    "nul-character": {"caller_id_name": "a\u0000b"},
    "csv-injection": {
        "caller_id_name": '=HYPERLINK("http://example.com","x")',
        "callee_id_name": "@SUM(1+1)*cmd|'/C'!A0",
    },
    "quotes-commas-newlines": {"caller_id_name": 'Doe, "Jane"\r\nSecond line', "callee_id_name": "a;b\tc"},
    "html": {"caller_id_name": "<script>alert('cdr')</script>", "callee_id_name": "a &amp; b"},
    "sql": {"caller_id_name": "Robert'); DROP TABLE cdrs;--"},
    "leading-and-trailing-spaces": {"caller_id_name": "  spaced  "},
    "very-long-name": {"caller_id_name": "long " * 2_000},
    "anonymous-caller": {
        "caller_id_name": "anonymous",
        "caller_id_number": "anonymous",
        "from": "anonymous@anonymous.invalid",
        "from_uri": "anonymous@anonymous.invalid",
    },
    "short-number": {"caller_id_number": "7", "callee_id_number": "0"},
    "star-code": {"callee_id_number": "*98", "to": "*98@office.example.com", "request": "*98@office.example.com"},
    "sip-uri-number": {"caller_id_number": "alice.smith"},
    "number-with-leading-zeros": {"caller_id_number": "0012125550123"},
    "integer-as-string": {"duration_seconds": "60", "billing_seconds": "54", "ringing_seconds": "6"},
    "timestamp-as-string": {"timestamp": "63935686860"},
    "float-duration": {"duration_seconds": 60.0, "billing_seconds": 53.5},
    "negative-duration": {"duration_seconds": -1, "billing_seconds": -1},
    "billing-over-duration": {"billing_seconds": 61},
    "huge-integer": {"channel_created_time": 2**63},
    "recordings-list": {"custom_channel_vars.media_recordings": [_RECORDING, f"{_RECORDING[:-1]}0"]},
    "recordings-string": {"custom_channel_vars.media_recordings": _RECORDING},
    "recordings-empty-list": {"custom_channel_vars.media_recordings": []},
    "recording-url": {"recording_url": 'https://recordings.example.com/a%20b.mp3?sig=a+b&x="1"'},
    "deleted": {"pvt_deleted": True},
    "other-type": {"pvt_type": "call_recording"},
    "sip-headers-in-and-out": {"custom_sip_headers": {"in": {"x-a": "1"}, "out": {"x-b": "2"}}},
    "sip-headers-odd": {"custom_sip_headers": {"X_Kazoo-AOR": "sip:1001@office.example.com", "x^[]`": ""}},
    "nested-application-vars": {"custom_application_vars": {"crm": {"ids": [1, 2, {"deep": None}]}}},
    "unknown-field": {"a_field_of_tomorrow": {"x": 1}, "another": [1.5, True, None]},
    "fax-failed": {"hangup_cause": "NORMAL_TEMPORARY_FAILURE", "hangup_code": "sip:503", "fax_info": _FAILED_FAX},
    "free-call": {"custom_channel_vars.rate": 0, "custom_channel_vars.surcharge": 0},
    "rate-as-string": {"custom_channel_vars.rate": "333", "custom_channel_vars.rate_increment": "60"},
    "rate-fraction": {"custom_channel_vars.rate": 1, "custom_channel_vars.account_billing": "per_minute"},
    "discounted": {"custom_channel_vars.account_billing": "per_minute", "custom_channel_vars.discount_percentage": 10},
    "nocharge-time": {
        "custom_channel_vars.account_billing": "per_minute",
        "custom_channel_vars.rate_nocharge_time": 54,
    },
    "digits-dialed": {"digits_dialed": "0123456789*#"},
    "hangup-code-empty": {"hangup_code": ""},
    "hangup-cause-unknown": {"hangup_cause": "SOMETHING_NEW", "hangup_code": "sip:799"},
    "modified-later": {"pvt_modified": 63_935_776_860},
    "created-late": {"pvt_created": 63_935_690_460},
    "ipv6-sdp": {"remote_sdp": "v=0\r\no=- 1 1 IN IP6 2001:db8::1\r\ns=-\r\nc=IN IP6 2001:db8::1\r\nt=0 0\r\n"},
}
_CALL_IDS: dict[str, str] = {
    "call-id-with-at": "0a1b2c3d4e5f@192.0.2.7",
    "call-id-with-slash": "Call/ID/7c643a2f4c",
    "call-id-with-percent": "pct%0a112b%41",
    "call-id-with-plus-and-space": "plus+and space",
    "call-id-with-question-and-hash": "what?is=this#fragment",
    "call-id-with-dash": "202601-looks-like-an-id",
    "call-id-unicode": "звонок-1",
    "call-id-upper-case": "54F54AC0BC180D390F56BDF594598054",
    "call-id-long": "c" * 200,
    "call-id-of-one-character": "x",
}


def _value_case(name: str) -> list[Document]:
    """The document of one of `_VALUES`."""
    document = plain_leg(name)
    for path, value in _VALUES[name].items():
        *parents, field = path.split(".")
        holder = document
        for parent in parents:
            holder = holder[parent]
        if value is _ABSENT:
            del holder[field]
        else:
            holder[field] = value
    return [document]


def _call_id_case(name: str) -> list[Document]:
    """The document of one of `_CALL_IDS`."""
    document = plain_leg(name)
    month = document["_id"].partition("-")[0]
    document |= {"_id": f"{month}-{_CALL_IDS[name]}", "call_id": _CALL_IDS[name]}
    document["custom_channel_vars"]["bridge_id"] = _CALL_IDS[name]
    return [document]


def _same_second() -> list[Document]:
    """Fifty calls that end in one second: more than a page, all under one time."""
    return [plain_leg(f"same-second-x50-{row}") for row in range(50)]


def _twelve_legs() -> list[Document]:
    """An interaction of twelve legs: eleven phones ring, one wins."""
    call = _plain_call("twelve-legs", phones=11)
    caller = call.pick(call.office.contacts)
    calling = call.inbound(caller, call.office.ring_groups[0])
    winner, *losers = (call.outbound(phone, caller) for phone in call.phones)
    times = call.start, 8, 112
    legs = [call.leg(calling, times, ANSWERED, winner), call.leg(winner, times, ANSWERED, calling)]
    return legs + [call.leg(lost, (call.start, 8, 0), LOST_RACE, calling) for lost in losers]


def _orphan_leg() -> list[Document]:
    """A leg whose other leg is in no database."""
    return list(SCENARIOS["inbound_answered"].make(_plain_call("orphan-leg")))[1:]


def _leg_of_itself() -> list[Document]:
    """A leg that says that it is its own other leg."""
    document = plain_leg("leg-of-itself")
    return [document | {"other_leg_call_id": document["call_id"]}]


def _shared_interaction_key() -> list[Document]:
    """Two interactions a second apart with one key."""
    first, second = (plain_leg("shared-interaction-key", _USUAL_START + late) for late in (0, 1))
    second["_id"] += "-2"
    second["call_id"] += "-2"
    return [first, second]


def _loopback_only() -> list[Document]:
    """An interaction of which only the loopback legs are left."""
    return [leg for leg in SCENARIOS["loopback"].make(_plain_call("loopback-only")) if "channel_is_loopback" in leg]


def _legs_over_month_boundary() -> list[Document]:
    """A transfer that begins in one month and ends in the next: all legs lie in the first."""
    call = _plain_call("legs-over-month-boundary", 63_934_444_790)
    caller, phone = call.pick(call.office.contacts), call.phones[0]
    calling, ringing = call.inbound(caller, call.office.lines[0]), call.outbound(phone, caller)
    return [
        call.leg(calling, (call.start, 0, 120), ANSWERED, ringing),
        call.leg(ringing, (call.start + 15, 5, 100), ANSWERED, calling),
    ]


_GROUPS: dict[str, Callable[[], list[Document]]] = {
    "same-second-x50": _same_second,
    "twelve-legs": _twelve_legs,
    "orphan-leg": _orphan_leg,
    "leg-of-itself": _leg_of_itself,
    "shared-interaction-key": _shared_interaction_key,
    "loopback-only": _loopback_only,
    "legs-over-month-boundary": _legs_over_month_boundary,
}


def make_edge_cases() -> Iterator[tuple[str, list[Document]]]:
    """Each name with its documents, made anew; those of the catalogue that Hypothesis finds are made elsewhere."""
    yield from ((name, _time_case(name)) for name in _TIMES)
    yield from ((name, _value_case(name)) for name in _VALUES)
    yield from ((name, _call_id_case(name)) for name in _CALL_IDS)
    yield from ((name, case()) for name, case in _GROUPS.items())


_LONGEST_VALUE = 60


def describe_edge_cases(names: Iterable[str]) -> dict[str, str]:
    """What each of the named edge cases is, in a sentence."""
    sentences = {
        name: f"A call that begins at {begin}Z, rings for {ringing} s and talks for {talking} s."
        for name, (begin, ringing, talking) in _TIMES.items()
    }
    sentences |= {name: f"A call {_changes(changes)}." for name, changes in _VALUES.items()}
    sentences |= {name: f"A call with the call id {_shortened(call_id)}." for name, call_id in _CALL_IDS.items()}
    sentences |= {name: (case.__doc__ or "").partition("\n")[0] for name, case in _GROUPS.items()}
    found = "A document at the limits of Kazoo's schema, which Hypothesis found."
    return {name: sentences.get(name, found) for name in names}


def _changes(fields: Mapping[str, Any]) -> str:
    absent = [f"`{name}`" for name, value in fields.items() if value is _ABSENT]
    changed = [f"`{name}` = {_shortened(value)}" for name, value in fields.items() if value is not _ABSENT]
    return " and ".join(
        [*([f"without {', '.join(absent)}"] if absent else []), *([f"with {', '.join(changed)}"] if changed else [])]
    )


def _shortened(value: Any) -> str:
    """A value in JSON, with what is beyond 60 characters left out."""
    text = json.dumps(value)
    return f"`{text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + '...'}`"
