"""A query as the ground truth reads it: whose CDRs, which of them, and the walk over pages; and the server's rules.

`ListingQuery` has the keyword arguments of `expected()`, as editors complete and type checkers check them.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict, cast

from mockcdrs import arguments
from mockcdrs.arguments import ArgumentError, Kind
from mockcdrs.control.clock import GREGORIAN_TIME
from mockcdrs.control.request_assertions import is_query_value, path_hint
from mockcdrs.expected.expected_rows import UNPAGED, PageWalk
from mockcdrs.expected.values import moment_of

_PATH_FORMS = re.compile(
    r"(?:users/([^/]+)/)?cdrs(/interaction)?|cdrs/(summary)|cdrs/legs/(.+)|cdrs/([^/].*)", re.DOTALL
)
_HAS_FIELD = ("has_key", "key_missing", "has_value", "value_missing")
_MONTH_LENGTH = len("YYYYMM")
_MAX_SIZE = 10**15 - 1


class UnsupportedQuery(ArgumentError):
    """A query that the ground truth cannot answer. The text says what came and what was expected."""


def _parse_digits(value: Any) -> Any:
    """Return the whole number that a text of digits is; any other value as it came."""
    return int(value) if isinstance(value, str) and re.fullmatch(r"\d{1,15}", value, re.ASCII) else value


def _is_field_name(value: Any) -> bool:
    return isinstance(value, str) and bool(value) and is_query_value(value)


def _is_offset(value: Any) -> bool:
    return arguments.is_number(value) or (isinstance(value, str) and re.fullmatch(r"[+-]?\d{1,9}", value) is not None)


def _size_kind(most: int = _MAX_SIZE) -> Kind:
    kind = arguments.whole(1, most)
    return Kind(kind.expected, lambda value: kind.fits(_parse_digits(value)))


_FILTER = Kind("text, a number, True or False, or a list of these for any of them", is_query_value)
_TIME = Kind(GREGORIAN_TIME.expected, lambda value: GREGORIAN_TIME.fits(_parse_digits(value)), GREGORIAN_TIME.hint)
_SWITCH = Kind("text, True or False", lambda value: isinstance(value, str | bool))
_PATH = Kind(
    "one of /cdrs, /cdrs/interaction, these two below /users/ID, /cdrs/summary, /cdrs/legs/ID, /cdrs/ID",
    lambda value: isinstance(value, str) and _PATH_FORMS.fullmatch(value.strip("/")) is not None,
    path_hint,
)
_PARAMETERS = {
    "created_from": _TIME,
    "created_to": _TIME,
    "filter_KEY": _FILTER,
    "filter_not_KEY": _FILTER,
    "page_size": _size_kind(),
    "chunk_size": _size_kind(),
    **dict.fromkeys(("paginate", "is_chunked", "ascending", "descending"), _SWITCH),
    **dict.fromkeys(_HAS_FIELD, Kind("the name of a field, as in custom_channel_vars.owner_id", _is_field_name)),
    "utc_offset": Kind("seconds to be added to the times of a row", _is_offset),
}
_FILTERS = (*_HAS_FIELD, "filter_KEY", "filter_not_KEY")
_TAKEN_BY = {"summary": ("created_from", "created_to"), "legs": _FILTERS, "cdr": ()}


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerRules:
    """What of a server's ways the truth depends on, as plain values.

    Arguments:
        quirks: the names of the enabled quirks.
        maximum_range: the length of a range without `created_from`, in seconds.
        page_size: the rows of a page, unless the client says.
        chunk_size: the rows that the server reads at once, unless the client says.
        largest_chunk: the largest chunk size that a client may ask for.
        shows_most_billed: whether in the listing of a user's interactions the leg with the most billed seconds stands
            for each, instead of the one that was made first.
        columns: the names of the columns of a row.
        emergency_numbers: the numbers that the summary takes for emergency calls.

    """

    quirks: frozenset[str] = frozenset()
    maximum_range: int = 2_682_000
    page_size: int = 50
    chunk_size: int = 50
    largest_chunk: int = 50
    shows_most_billed: bool = False
    columns: frozenset[str] = frozenset()
    emergency_numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExpectedQuery:
    """Which rows a client expects of a listing.

    Arguments:
        account_id: the account that owns the CDRs.
        created_from: the start of the range, in Gregorian seconds, included.
        created_to: the end of the range, in Gregorian seconds, included.
        owner_id: the user whose CDRs they are; `None` for all of the account.
        are_interactions: whether each row is an interaction instead of a leg.
        filters: Crossbar's filters by full name, as in `filter_hangup_cause="USER_BUSY"`.
        sends_start: whether the client sends `created_from`, or leaves it to the default.
        sends_end: whether the client sends `created_to`, or leaves it to the default.
        is_ascending: whether the oldest rows come first, which decides among equal legs of an interaction.
        walk: how the client walks through the pages; `None` where that is open.
        is_summary: whether the client asks for the summary of the CDRs instead.
        legs_of: the CDR or interaction whose legs alone it asks for.
        cdr_id: the CDR that alone it asks for.

    """

    account_id: str
    created_from: int
    created_to: int
    owner_id: str | None = None
    are_interactions: bool = False
    filters: Mapping[str, str] | None = None
    sends_start: bool = True
    sends_end: bool = True
    is_ascending: bool = False
    walk: PageWalk | None = None
    is_summary: bool = False
    legs_of: str | None = None
    cdr_id: str | None = None

    @property
    def months(self) -> tuple[str, str]:
        """`YYYYMM` of the first and the last month whose databases the server reads."""
        return month_of(self.created_from), month_of(self.created_to)


def month_of(gregorian_seconds: int) -> str:
    """The month, `YYYYMM`, of a time in the years 1 to 9999."""
    moment = moment_of(gregorian_seconds)
    return f"{moment.year:04}{moment.month:02}"


def parse_expected_query(
    account_id: str, path: str, query: Mapping[str, Any], now: int, rules: ServerRules
) -> ExpectedQuery:
    """Read the path below the account and the parameters of a request. Raises `UnsupportedQuery`.

    `now`, in Gregorian seconds, is the end of a range without `created_to`.
    """
    sent = encode_query(path, query)
    owner_id, are_interactions, summary, legs_of, cdr_id = _parse_path(path)
    end = int(sent.get("created_to", now))
    start = int(sent.get("created_from", end - rules.maximum_range))
    if start > end:
        raise UnsupportedQuery(
            f"created_from: came {start}, which lies behind the range's end {end}, expected the earlier one of the two",
            "created_from",
        )
    filters = {name: text for name, text in sent.items() if name.startswith("filter_") or name in _HAS_FIELD}
    return ExpectedQuery(
        account_id,
        created_from=start,
        created_to=end,
        owner_id=owner_id,
        are_interactions=are_interactions is not None,
        filters=filters if legs_of else {name: _without_month(name, text) for name, text in filters.items()},
        sends_start="created_from" in sent,
        sends_end="created_to" in sent,
        is_ascending=_is_ascending(sent, rules.quirks),
        walk=_parse_walk(sent, rules),
        is_summary=summary is not None,
        legs_of=legs_of,
        cdr_id=cdr_id,
    )


def _parse_walk(query: Mapping[str, str], rules: ServerRules) -> PageWalk | None:
    """Return the walk that a query names by `page_size` or `paginate`; `None` where it has neither.

    Raises `UnsupportedQuery` for a chunk size that Crossbar refuses.
    """
    chunk_size = query.get("chunk_size", str(rules.chunk_size))
    arguments.check_value("chunk_size", chunk_size, _size_kind(rules.largest_chunk), UnsupportedQuery)
    if query.keys().isdisjoint({"page_size", "paginate"}):
        return None
    has_pages = query.get("paginate", "true") == "true"
    page_size = int(query.get("page_size", rules.page_size)) if has_pages else UNPAGED
    is_chunked = query.get("is_chunked", "true") == "true"
    read_at_once = int(chunk_size) if is_chunked or not has_pages else page_size
    return PageWalk(page_size, read_at_once, is_chunked, _is_ascending(query, rules.quirks))


def _is_ascending(query: Mapping[str, str], quirks: frozenset[str]) -> bool:
    reverses = query.get("descending") == "false" and "descending-false-ignored" not in quirks
    return reverses or (query.get("ascending", "false") != "false" and query.get("descending") != "true")


def _parse_path(path: str) -> tuple[str | None, ...]:
    return cast("re.Match[str]", _PATH_FORMS.fullmatch(path.strip("/"))).groups()


def encode_query(path: str, query: Mapping[str, Any]) -> dict[str, str]:
    """Return parameters as a client sends them: `true` and `false`, and a list as a JSON array.

    Raises `UnsupportedQuery` for a path, names and values that the ground truth cannot answer.
    """
    arguments.check_value("path", path, _PATH, UnsupportedQuery)
    others = [name for name in query if not name.startswith("filter_")]
    arguments.check_names(others, _PARAMETERS, "an expected listing", UnsupportedQuery)
    _check_taken(path, query)
    for name, value in query.items():
        arguments.check_value(name, value, _PARAMETERS.get(name, _FILTER), UnsupportedQuery)
    return {name: _encode_value(value) for name, value in query.items()}


def _check_taken(path: str, query: Mapping[str, Any]) -> None:
    """Raise `UnsupportedQuery` for what the server ignores, or breaks on, where it does not list CDRs."""
    _, _, summary, legs_of, cdr_id = _parse_path(path)
    if not (summary or legs_of or cdr_id):
        return
    taken = _TAKEN_BY["summary" if summary else "legs" if legs_of else "cdr"]
    for name in query:
        known = name in taken or (name.startswith("filter_") and "filter_KEY" in taken)
        if not known:
            expected = f"some of {', '.join(taken)}" if taken else "nothing"
            raise UnsupportedQuery(f"{name}: came with {path}, expected {expected} there", name)


def _encode_value(value: Any) -> str:
    if isinstance(value, list | tuple):
        return json.dumps(list(map(_encode_value, value)), ensure_ascii=False)
    return value if isinstance(value, str) else json.dumps(value)


def _without_month(name: str, text: str) -> str:
    """Return a filter's value without the month that a CDR id has before its call id: the server takes that off."""
    data = text.encode("utf-8", "surrogateescape")
    is_cdr_id = name.endswith("call_id") and data[_MONTH_LENGTH : _MONTH_LENGTH + 1] == b"-"
    return data[_MONTH_LENGTH + 1 :].decode("utf-8", "surrogateescape") if is_cdr_id else text


FilterValue = str | float | bool | Sequence[str | float | bool]
Whole = int | str  # a query is text: digits are taken as well
Switch = bool | str


class ListingQuery(TypedDict, total=False):
    """Range, walk, and a filter for each public field of a CDR. `expected` takes filters of other names, too."""

    created_from: Whole
    created_to: Whole
    page_size: Whole
    chunk_size: Whole
    paginate: Switch
    is_chunked: Switch
    ascending: Switch
    descending: Switch
    has_key: str
    key_missing: str
    has_value: str
    value_missing: str
    utc_offset: Whole
    filter_app_name: FilterValue
    filter_app_version: FilterValue
    filter_billing_seconds: FilterValue
    filter_call_direction: FilterValue
    filter_call_id: FilterValue
    filter_callee_id_name: FilterValue
    filter_callee_id_number: FilterValue
    filter_caller_id_name: FilterValue
    filter_caller_id_number: FilterValue
    filter_channel_call_state: FilterValue
    filter_channel_created_time: FilterValue
    filter_channel_name: FilterValue
    filter_channel_state: FilterValue
    filter_custom_application_vars: FilterValue
    filter_custom_channel_vars: FilterValue
    filter_custom_sip_headers: FilterValue
    filter_digits_dialed: FilterValue
    filter_disposition: FilterValue
    filter_duration_seconds: FilterValue
    filter_event_category: FilterValue
    filter_event_name: FilterValue
    filter_fax_bad_rows: FilterValue
    filter_fax_ecm_used: FilterValue
    filter_fax_result_code: FilterValue
    filter_fax_result_text: FilterValue
    filter_fax_success: FilterValue
    filter_fax_total_pages: FilterValue
    filter_fax_transfer_rate: FilterValue
    filter_fax_transferred_pages: FilterValue
    filter_from: FilterValue
    filter_from_tag: FilterValue
    filter_from_uri: FilterValue
    filter_hangup_cause: FilterValue
    filter_hangup_code: FilterValue
    filter_interaction_id: FilterValue
    filter_interaction_key: FilterValue
    filter_interaction_time: FilterValue
    filter_local_sdp: FilterValue
    filter_media_server: FilterValue
    filter_msg_id: FilterValue
    filter_node: FilterValue
    filter_other_leg_call_id: FilterValue
    filter_other_leg_caller_id_name: FilterValue
    filter_other_leg_caller_id_number: FilterValue
    filter_other_leg_destination_number: FilterValue
    filter_other_leg_direction: FilterValue
    filter_presence_id: FilterValue
    filter_remote_sdp: FilterValue
    filter_request: FilterValue
    filter_ringing_seconds: FilterValue
    filter_switch_hostname: FilterValue
    filter_switch_nodename: FilterValue
    filter_switch_uri: FilterValue
    filter_switch_url: FilterValue
    filter_timestamp: FilterValue
    filter_to: FilterValue
    filter_to_tag: FilterValue
    filter_to_uri: FilterValue
    filter_user_agent: FilterValue
    filter_not_app_name: FilterValue
    filter_not_app_version: FilterValue
    filter_not_billing_seconds: FilterValue
    filter_not_call_direction: FilterValue
    filter_not_call_id: FilterValue
    filter_not_callee_id_name: FilterValue
    filter_not_callee_id_number: FilterValue
    filter_not_caller_id_name: FilterValue
    filter_not_caller_id_number: FilterValue
    filter_not_channel_call_state: FilterValue
    filter_not_channel_created_time: FilterValue
    filter_not_channel_name: FilterValue
    filter_not_channel_state: FilterValue
    filter_not_custom_application_vars: FilterValue
    filter_not_custom_channel_vars: FilterValue
    filter_not_custom_sip_headers: FilterValue
    filter_not_digits_dialed: FilterValue
    filter_not_disposition: FilterValue
    filter_not_duration_seconds: FilterValue
    filter_not_event_category: FilterValue
    filter_not_event_name: FilterValue
    filter_not_fax_bad_rows: FilterValue
    filter_not_fax_ecm_used: FilterValue
    filter_not_fax_result_code: FilterValue
    filter_not_fax_result_text: FilterValue
    filter_not_fax_success: FilterValue
    filter_not_fax_total_pages: FilterValue
    filter_not_fax_transfer_rate: FilterValue
    filter_not_fax_transferred_pages: FilterValue
    filter_not_from: FilterValue
    filter_not_from_tag: FilterValue
    filter_not_from_uri: FilterValue
    filter_not_hangup_cause: FilterValue
    filter_not_hangup_code: FilterValue
    filter_not_interaction_id: FilterValue
    filter_not_interaction_key: FilterValue
    filter_not_interaction_time: FilterValue
    filter_not_local_sdp: FilterValue
    filter_not_media_server: FilterValue
    filter_not_msg_id: FilterValue
    filter_not_node: FilterValue
    filter_not_other_leg_call_id: FilterValue
    filter_not_other_leg_caller_id_name: FilterValue
    filter_not_other_leg_caller_id_number: FilterValue
    filter_not_other_leg_destination_number: FilterValue
    filter_not_other_leg_direction: FilterValue
    filter_not_presence_id: FilterValue
    filter_not_remote_sdp: FilterValue
    filter_not_request: FilterValue
    filter_not_ringing_seconds: FilterValue
    filter_not_switch_hostname: FilterValue
    filter_not_switch_nodename: FilterValue
    filter_not_switch_uri: FilterValue
    filter_not_switch_url: FilterValue
    filter_not_timestamp: FilterValue
    filter_not_to: FilterValue
    filter_not_to_tag: FilterValue
    filter_not_to_uri: FilterValue
    filter_not_user_agent: FilterValue
