"""Edge cases of values: one plain call, in which a few fields are other than usual."""

from typing import Any, Final

from mockcdrs.dataset.edges import base
from mockcdrs.dataset.scenarios import Document

ABSENT: Final = object()

_FAILED_FAX = {
    "fax_bad_rows": "118",
    "fax_ecm_used": "off",
    "fax_result_code": "49",
    "fax_result_text": "The call dropped prematurely",
    "fax_success": "0",
    "fax_total_pages": "7",
    "fax_transfer_rate": "2400",
    "fax_transferred_pages": "3",
}
_RECORDING = "202601-0123456789abcdef0123456789abcdef"

# Field (dotted where it lies deeper) and what it holds instead.
VALUES: dict[str, dict[str, Any]] = {
    "missing-callee": {"callee_id_name": ABSENT, "callee_id_number": ABSENT},
    "missing-caller": {"caller_id_name": ABSENT, "caller_id_number": ABSENT},
    "missing-channel-created-time": {"channel_created_time": ABSENT},
    "missing-hangup": {"hangup_cause": ABSENT, "hangup_code": ABSENT, "disposition": ABSENT},
    "missing-tags": {"from_tag": ABSENT, "to_tag": ABSENT},
    "missing-sdp": {"local_sdp": ABSENT, "remote_sdp": ABSENT},
    "missing-durations": {"duration_seconds": ABSENT, "billing_seconds": ABSENT, "ringing_seconds": ABSENT},
    "no-direction": {"call_direction": ABSENT},
    "no-timestamp": {"timestamp": ABSENT},
    "no-interaction": {"interaction_id": ABSENT, "interaction_key": ABSENT, "interaction_time": ABSENT},
    "no-custom-channel-vars": {"custom_channel_vars": ABSENT},
    "no-owner-no-authorizing": {"custom_channel_vars.authorizing_id": ABSENT},
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
    "fax-failed": {"hangup_cause": "NORMAL_TEMPORARY_FAILURE", "hangup_code": "sip:503", **_FAILED_FAX},
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
CALL_IDS: dict[str, str] = {
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


def make(name: str) -> list[Document]:
    """The document of one of `VALUES`."""
    document = base.document(name)
    for path, value in VALUES[name].items():
        *parents, field = path.split(".")
        holder = document
        for parent in parents:
            holder = holder[parent]
        if value is ABSENT:
            del holder[field]
        else:
            holder[field] = value
    return [document]


def make_with_call_id(name: str) -> list[Document]:
    """The document of one of `CALL_IDS`."""
    document = base.document(name)
    month = document["_id"].partition("-")[0]
    document |= {"_id": f"{month}-{CALL_IDS[name]}", "call_id": CALL_IDS[name]}
    document["custom_channel_vars"]["bridge_id"] = CALL_IDS[name]
    return [document]
