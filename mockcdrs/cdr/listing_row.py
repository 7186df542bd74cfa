"""The type of a listing's row, for clients that read JSON answers with a type checker."""

from typing import Any, NotRequired, TypedDict

_Named = TypedDict("_Named", {"from": str})  # a word of Python's own


class ListingRow(_Named):
    """A row of `/cdrs` and `/cdrs/interaction` as JSON.

    Columns that are not required are those of some versions, paths or accounts only.
    Amounts are in units of 1/10,000 dollar. `timestamp` is the start of the leg in Gregorian seconds, `unix_timestamp`
    the same in Unix seconds, `unix_timestamp_micro` with their fraction. `duration_seconds` and `billing_seconds` are
    empty texts where the document has none.
    """

    id: str
    call_id: str
    caller_id_number: str
    caller_id_name: str
    callee_id_number: str
    callee_id_name: str
    duration_seconds: int | str
    billing_seconds: int | str
    timestamp: str
    hangup_cause: str
    disposition: NotRequired[str]
    other_leg_call_id: str
    owner_id: str
    to: str
    direction: str
    request: str
    authorizing_id: str
    cost: str
    dialed_number: str
    calling_from: str
    datetime: str
    unix_timestamp: str
    unix_timestamp_micro: NotRequired[str]
    rfc_1036: str
    iso_8601: str
    iso_8601_combined: str
    call_type: str
    rate: str
    rate_name: str
    bridge_id: str
    recording_url: str
    media_recordings: list[Any]
    media_server: str
    call_priority: str
    interaction_id: str
    inception_direction: NotRequired[str]
    reseller_cost: NotRequired[str]
    reseller_call_type: NotRequired[str]
    reseller_id: NotRequired[str]
    account_id: NotRequired[str]
