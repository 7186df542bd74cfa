"""The listing row: each column with what it holds. A row is made of a document by `kzd_cdrs.erl`."""

from typing import Any

from mockcdrs.crossbar.versions import Version

SOURCE = "kzd_cdrs.erl"
_DOLLARS = "units of 1/10,000 dollar, as text"
_SECONDS = {"anyOf": [{"type": "integer"}, {"const": ""}]}

_HELD = {
    "id": "The CDR's id: `YYYYMM-` and the call id.",
    "call_id": "The leg's SIP Call-ID.",
    "caller_id_number": "Who calls.",
    "caller_id_name": "Who calls, in words.",
    "callee_id_number": "Who is called.",
    "callee_id_name": "Who is called, in words.",
    "duration_seconds": "From the first ring to the end, in seconds.",
    "billing_seconds": "From the answer to the end, in seconds.",
    "timestamp": "When the leg began, in Gregorian seconds: the document's `timestamp`, its end, less the duration.",
    "hangup_cause": "Why it ended, as in `NORMAL_CLEARING`.",
    "disposition": "How the switch ended it, as in `ANSWER`.",
    "other_leg_call_id": "The Call-ID of the leg at the other side.",
    "owner_id": "The user whose call it is.",
    "to": "The SIP address called.",
    "from": "The SIP address calling.",
    "direction": "`inbound` or `outbound`, as Kazoo sees it.",
    "request": "The SIP address asked for.",
    "authorizing_id": "The device or resource that was allowed to call; empty where it is the account itself.",
    "cost": f"What it costs the account, in {_DOLLARS}; 0 unless billed by the minute.",
    "dialed_number": "What was dialled: the user part of `request` (inbound) or of `to`.",
    "calling_from": "Whence: `caller_id_number` (inbound) or the user part of the document's `from_uri`.",
    "unix_timestamp": "The start in Unix seconds.",
    "unix_timestamp_micro": "When the channel was made, in Unix seconds with a fraction.",
    "rfc_1036": "The start, as in `Sun, 18 Jan 2026 11:58:20 GMT`.",
    "iso_8601": "The day of the start, in UTC.",
    "iso_8601_combined": "The start in UTC.",
    "call_type": "How the account is billed, as in `per_minute`.",
    "rate": "Dollars for a minute, as in `0.0333`.",
    "rate_name": "The rate's name.",
    "bridge_id": "What legs bridged to each other share.",
    "recording_url": "Where the recording is.",
    "media_recordings": "Ids of recordings.",
    "media_server": "The media server's name.",
    "call_priority": "The priority, where one was set.",
    "interaction_id": "What all legs of a call share: Gregorian seconds, a hyphen and a key.",
    "inception_direction": "`origination` where the call began inside, else `termination`: whoever placed it had to "
    "authorize; of a user's calls by `direction`.",
    "reseller_cost": f"What it costs the reseller, in {_DOLLARS}.",
    "reseller_call_type": "How the reseller is billed.",
    "reseller_id": "The reseller's account.",
    "account_id": "The account whose call it is.",
}
_KINDS: dict[str, dict[str, Any]] = {
    "duration_seconds": _SECONDS,
    "billing_seconds": _SECONDS,
    "timestamp": {"type": "string", "pattern": r"^-?\d+$"},
    "cost": {"type": "string", "pattern": r"^-?\d+$"},
    "reseller_cost": {"type": "string", "pattern": r"^-?\d+$"},
    "unix_timestamp": {"type": "string", "pattern": r"^-?\d+$"},
    "direction": {"enum": ["inbound", "outbound"]},
    "inception_direction": {"enum": ["origination", "termination"]},
    "media_recordings": {"type": "array"},
    "call_priority": {"type": ["string", "integer"]},
}


def row_schema(version: Version) -> dict[str, Any]:
    """The schema of a listing row: the columns of a version in order, then those of a reseller's token."""
    return _schema(
        version,
        version.columns,
        "One leg. What a document does not have is an empty text. With the setting "
        "crossbar.cdrs.should_filter_empty_strings, empty columns are left out.",
    )


def interaction_schema(version: Version) -> dict[str, Any]:
    """The schema of a row of `/cdrs/interaction`."""
    return _schema(
        version,
        (*version.columns, *version.interaction_columns),
        "The leg that stands for an interaction, as a row.",
    )


def _schema(version: Version, columns: tuple[str, ...], description: str) -> dict[str, Any]:
    datetime = {
        "type": "string",
        "pattern": rf"^((\d{{4}}|\*{{4}})-\d\d-\d\d{version.datetime_separator}\d\d:\d\d:\d\d)?$",
        "description": f"The start as `2026-01-18{version.datetime_separator}11:58:20`, in UTC moved by `utc_offset`.",
        "x-crossbar-source": SOURCE,
    }
    known = {**{name: _column(name) for name in _HELD}, "datetime": datetime}
    return {
        "type": "object",
        "description": description,
        "properties": {name: known[name] for name in (*columns, *version.reseller_columns)},
        "required": [*columns],
        "additionalProperties": False,
    }


def _column(name: str) -> dict[str, Any]:
    return {**_KINDS.get(name, {"type": "string"}), "description": _HELD[name], "x-crossbar-source": SOURCE}
