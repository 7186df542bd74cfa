"""Checks of what follows from the documents alone: one CDR, its listing row, filters, and the summary."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import chain, combinations, islice
from typing import Any
from urllib.parse import quote

from mockcdrs.cdr import gregorian
from mockcdrs.cdr.documents import is_private
from mockcdrs.cdr.listing_columns import make_row
from mockcdrs.contract import probe_data
from mockcdrs.contract.check import check_of
from mockcdrs.contract.checks.response_format import is_reseller, omit_empty_columns
from mockcdrs.contract.response import (
    ABSENT,
    CannotCheck,
    CheckedResponse,
    Difference,
    ExpectedResponse,
    Finding,
    QuirkObserved,
    Skipped,
)
from mockcdrs.contract.target import TargetServer
from mockcdrs.crossbar import filters
from mockcdrs.crossbar.summary import add_summaries, double_summary, summarize, summary_json, summary_view
from mockcdrs.crossbar.versions import VERSIONS

_DETAILS_CHECKED = 3


def row_differences(
    server: TargetServer,
    answer: CheckedResponse,
    rows: list[probe_data.Row],
    documents: dict[str, probe_data.Row],
    interactions_of: str = "",
) -> Iterator[Finding]:
    """How rows of an answer differ from what their documents give; `interactions_of` as in `Version.row_columns`."""
    for index, row in enumerate(rows):
        columns = server.version.row_columns(is_reseller=is_reseller(row), interactions_of=interactions_of)
        expected = omit_empty_columns(make_row(documents[row["id"]], columns, is_lenient=True), row)
        yield from answer.differences(row, expected, f"data[{index}]")


@check_of("kzd_cdrs.erl")
def rows_of_documents(server: TargetServer) -> Iterator[Finding]:
    """Each column of a listing row follows from the document: times, cost, rate, numbers, who owns and who called."""
    answer = probe_data.listing(server)
    yield from row_differences(server, answer, answer.rows, probe_data.documents(server))


def _newest_details(server: TargetServer) -> Iterator[tuple[CheckedResponse, str, dict[str, Any]]]:
    for cdr_id, document in islice(probe_data.documents(server).items(), _DETAILS_CHECKED):
        yield probe_data.detail(server, cdr_id), cdr_id, document


@check_of("cb_cdrs.erl")
def single_cdr(server: TargetServer) -> Iterator[Finding]:
    """/cdrs/{ID} is the same document as among the legs of its interaction, in a plain envelope."""
    for answer, cdr_id, document in _newest_details(server):
        expected = {"data": document, "status": "success", "page_size": ABSENT, "start_key": ABSENT}
        yield from ExpectedResponse(envelope=expected).differences(answer)
        yield from answer.differences(answer.envelope["data"].get("id"), cdr_id, "data.id")


@check_of("kz_doc.erl")
def private_keys(server: TargetServer) -> Iterator[Finding]:
    """A document is shown without its private keys, its id as the last one."""
    for answer, _, _ in _newest_details(server):
        names = list(answer.envelope["data"])
        yield from answer.differences([name for name in names if is_private(name)], [], "private names in data")
        yield from answer.differences(names[-1], "id", "last name in data")


@check_of("cb_cdrs.erl")
def whole_id_escaped(server: TargetServer) -> Iterator[Finding]:
    """Every character of an id in the path may be escaped."""
    cdr_id = next(iter(probe_data.documents(server)), "")
    escaped = "".join(f"%{byte:02X}" for byte in cdr_id.encode())
    answer, expected = server.get_cdrs(f"/{escaped}"), probe_data.detail(server, cdr_id)
    yield from answer.differences(answer.envelope.get("data"), expected.envelope.get("data"), "data")


@check_of("cb_cdrs.erl")
def detail_under_a_user(server: TargetServer) -> Iterator[Finding]:
    """Under /users/{U}, a CDR of anybody's is found: the user is not looked at."""
    owner = next((row["owner_id"] for row in probe_data.rows(server) if row.get("owner_id")), None)
    if owner is None or server.request_account(f"/users/{quote(owner, safe='')}/cdrs", {"page_size": 1}).status != 200:
        raise CannotCheck("no CDR around the last month's end names an owner that the account still has")
    row = next((row for row in probe_data.rows(server) if row.get("owner_id") != owner), probe_data.rows(server)[0])
    answer = server.request_account(f"/users/{quote(owner, safe='')}/cdrs/{quote(row['id'], safe='')}")
    document = probe_data.documents(server)[row["id"]]
    yield from ExpectedResponse(envelope={"data": document}).differences(answer)


_DOTTED_KEYS = (
    "custom_channel_vars.account_billing",
    "custom_channel_vars.owner_id",
    "custom_channel_vars.authorizing_id",
)
_PLAIN_KEYS = ("hangup_cause", "call_direction", "media_server", "billing_seconds")


def _matching_ids(server: TargetServer, query: dict[str, str]) -> list[str]:
    pairs = tuple(query.items())
    return [cdr_id for cdr_id, document in probe_data.documents(server).items() if filters.matches(document, pairs)]


def _filter_differences(server: TargetServer, query: dict[str, Any], expected: list[str]) -> Iterator[Difference]:
    answer = server.get_cdrs("", None, paginate="false", **query, **probe_data.window(server).query)
    yield from answer.differences(answer.ids, expected, f"ids under {json.dumps(query)}")


def _values_by_frequency(server: TargetServer, key: str) -> list[str]:
    """What the documents hold under a key, as text, the most frequent first."""
    counts = Counter(str(_field_text(document, key)) for document in probe_data.documents(server).values())
    return [value for value, _ in counts.most_common() if value]


def _field_text(document: Any, key: str) -> Any:
    for step in key.split("."):
        document = document.get(step, "") if isinstance(document, dict) else ""
    return document if isinstance(document, str | int) else ""


def _check_filters(
    server: TargetServer, keys: tuple[str, ...], query: Callable[[str, str], dict[str, str]]
) -> Iterator[Finding]:
    for key in keys:
        values = _values_by_frequency(server, key)
        if values:
            parameters = query(key, values[-1])
            yield from _filter_differences(server, parameters, _matching_ids(server, parameters))
        else:
            yield Skipped(f"no CDR around the last month's end holds {key}")


@check_of("crossbar_filter.erl")
def filter_equal(server: TargetServer) -> Iterator[Finding]:
    """filter_KEY=V keeps the documents that hold V under KEY, read as text; KEY may be dotted."""
    yield from _check_filters(server, _PLAIN_KEYS + _DOTTED_KEYS, lambda key, value: {f"filter_{key}": value})


@check_of("crossbar_filter.erl")
def filter_not(server: TargetServer) -> Iterator[Finding]:
    """filter_not_KEY=V drops the documents that hold V under KEY; those without KEY stay."""
    yield from _check_filters(
        server, _PLAIN_KEYS[:1] + _DOTTED_KEYS[:2], lambda key, value: {f"filter_not_{key}": value}
    )


@check_of("crossbar_filter.erl")
def filter_any_of(server: TargetServer) -> Iterator[Finding]:
    """A JSON array as a filter's value means any of its texts."""
    values = _values_by_frequency(server, "hangup_cause")[:2]
    if not values:
        raise CannotCheck("no CDR around the last month's end holds hangup_cause")
    query = {"filter_hangup_cause": json.dumps([*values, "NO_SUCH_CAUSE"])}
    yield from _filter_differences(server, query, _matching_ids(server, query))


@check_of("crossbar_filter.erl")
def filters_together(server: TargetServer) -> Iterator[Finding]:
    """Of several filters all must hold."""
    first = next(iter(probe_data.documents(server).values()), {})
    query = {f"filter_{key}": str(first[key]) for key in _PLAIN_KEYS[:3] if isinstance(first.get(key), str)}
    yield from _filter_differences(server, query, _matching_ids(server, query))


@check_of("crossbar_filter.erl")
def filters_on_presence(server: TargetServer) -> Iterator[Finding]:
    """has_key, key_missing, has_value and value_missing look whether a document holds a key, or something under it."""
    for name in ("has_key", "key_missing", "has_value", "value_missing"):
        for key in ("custom_channel_vars.owner_id", "channel_loopback_leg"):
            query = {name: key}
            yield from _filter_differences(server, query, _matching_ids(server, query))


@check_of("cb_cdrs.erl")
def filter_call_id(server: TargetServer) -> Iterator[Finding]:
    """filter_call_id takes a call id, and a CDR id too, whose month it drops."""
    document = next(iter(probe_data.documents(server).values()), {})
    call_id = document.get("call_id")
    if not call_id or document["id"] != f"{document['id'][:6]}-{call_id}" or call_id[6:7] == "-":
        raise CannotCheck("the newest CDR around the last month's end has no call id, or another one than its id")
    expected = [cdr_id for cdr_id, other in probe_data.documents(server).items() if other.get("call_id") == call_id]
    for value in (call_id, document["id"]):
        yield from _filter_differences(server, {"filter_call_id": value}, expected)


@check_of("crossbar_filter.erl")
def filters_look_at_documents(server: TargetServer) -> Iterator[Finding]:
    """A filter on a row's column finds nothing: filter_direction, where the document says call_direction."""
    query = {"filter_direction": "inbound"}
    yield from _filter_differences(server, query, _matching_ids(server, query))


@check_of("crossbar_filter.erl")
def unknown_parameters(server: TargetServer) -> Iterator[Finding]:
    """A parameter that the server does not know changes nothing, such as jQuery's _."""
    ids = [row["id"] for row in probe_data.rows(server)]
    yield from _filter_differences(server, {"_": "1768910400000", "nosuch_parameter": "1"}, ids)


@check_of("crossbar_filter.erl", "missing-value-ignored")
def filter_missing_value(server: TargetServer) -> Iterator[Finding]:
    """missing_value, which the docs name, drops documents that hold something under the key."""
    answer = server.get_cdrs(paginate="false", missing_value="call_id", **probe_data.window(server).query)
    if answer.ids == [row["id"] for row in probe_data.rows(server)]:
        yield QuirkObserved("missing-value-ignored")
    else:
        yield from answer.differences(answer.ids, _matching_ids(server, {"value_missing": "call_id"}), "ids")


@check_of("crossbar_filter.erl", "modified-alone-ignored")
def filter_modified(server: TargetServer) -> Iterator[Finding]:
    """modified_from drops documents that were last changed before it."""
    ids = [row["id"] for row in probe_data.rows(server)]
    later = str(probe_data.now(server) + 10**9)
    answer = server.get_cdrs(paginate="false", modified_from=later, **probe_data.window(server).query)
    if answer.ids == ids:
        yield QuirkObserved("modified-alone-ignored")
    else:
        yield from answer.differences(answer.ids, [], "ids")
    # beside another filter it holds anyway
    query = {"modified_from": later, "has_key": "call_id"}
    yield from _filter_differences(server, query, [])


_DOUBLING, _FEW_ROWS, _LAST_MONTH = _SUMMARY_QUIRKS = ("summary-doubling", "summary-51-rows", "summary-last-month")

_SMALL_PAGE = 2

# what each document adds to the sum, by month, newest month and newest document first
_SummaryMonths = list[list[dict[str, Any]]]


def _summary_months(server: TargetServer) -> _SummaryMonths:
    documents = probe_data.documents(server)
    newer, *older = probe_data.ids_by_month(server)
    view = summary_view(server.version.emergency_numbers)
    # what lies in the older month counts there, whenever it was written
    months = [newer, [cdr_id for cdr_id in documents if cdr_id not in newer]] if older else [list(documents)]
    return [
        [emitted[1] for cdr_id in ids if (emitted := view.map(probe_data.with_private_fields(documents[cdr_id])))]
        for ids in months
    ]


def _expected_summary(months: _SummaryMonths, page_size: int, quirks: tuple[str, ...]) -> dict[str, Any]:
    total: dict[str, Any] = {}
    for index, values in enumerate(months):
        # each month takes up one place of the page
        counted = summary_json(summarize(values[: page_size + 1 - index] if _FEW_ROWS in quirks else values))
        counted = double_summary(counted) if _DOUBLING in quirks else counted
        total = {**total, **counted} if _LAST_MONTH in quirks else add_summaries(total, counted)
    return total


def _explaining_quirks(came: Any, months: _SummaryMonths, page_size: int) -> tuple[str, ...] | None:
    """The fewest quirks under which the documents add up to what came."""
    subsets = chain.from_iterable(combinations(_SUMMARY_QUIRKS, size) for size in range(len(_SUMMARY_QUIRKS) + 1))
    return next((quirks for quirks in subsets if _expected_summary(months, page_size, quirks) == came), None)


@check_of("cb_cdrs.erl", *_SUMMARY_QUIRKS)
def summary(server: TargetServer) -> Iterator[Finding]:
    """The summary adds up billing_seconds by direction, domain, classifier of the called number, and rate name."""
    months = _summary_months(server)
    if not any(months):
        raise CannotCheck("no CDR around the last month's end is counted by the summary")
    for page_size in (probe_data.MAX_ROWS, _SMALL_PAGE):
        answer = server.get_cdrs("/summary", page_size=page_size, **probe_data.window(server).query)
        yield from ExpectedResponse(envelope={"data": dict, "status": "success"}).differences(answer)
        quirks = _explaining_quirks(answer.envelope["data"], months, page_size)
        if quirks is None:
            yield from answer.differences(answer.envelope["data"], _expected_summary(months, page_size, ()), "data")
        yield from map(QuirkObserved, quirks or ())
    if len(months) < 2:
        yield Skipped("the CDRs around the last month's end are of one month: summary-last-month would not show")
    if quirks is not None and _expected_summary(months, _SMALL_PAGE, quirks) == _expected_summary(
        months, _SMALL_PAGE, tuple({*quirks} ^ {_FEW_ROWS})
    ):
        yield Skipped("too few billed CDRs around the last month's end: summary-51-rows would not show")


@check_of("cdrs.json", _DOUBLING)
def emergency_calls(server: TargetServer) -> Iterator[Finding]:
    """The summary counts calls to some numbers as emergency calls; which ones, its version says."""
    known = sorted({number for version in VERSIONS.values() for number in version.emergency_numbers})
    documents, view = probe_data.documents(server), summary_view(server.version.emergency_numbers)
    for time, row in probe_data.timed_rows(server):
        called = str(documents[row["id"]].get("to")).partition("@")[0]
        if called in known and probe_data.month(row) == gregorian.month_of(time):
            break
    else:
        raise CannotCheck(f"no call to {', '.join(known)} around the last month's end")
    second: dict[str, Any] = {"created_from": time, "created_to": time}
    answer, ids = server.get_cdrs("/summary", **second), server.get_cdrs(paginate="false", **second).ids
    values = [emitted[1] for each in ids if (emitted := view.map(probe_data.with_private_fields(documents[each])))]
    quirks = _explaining_quirks(answer.envelope["data"], [values], probe_data.MAX_ROWS)
    if quirks is None:
        yield from answer.differences(
            answer.envelope["data"], _expected_summary([values], probe_data.MAX_ROWS, ()), "data"
        )
    yield from map(QuirkObserved, quirks or ())


@check_of("cb_cdrs.erl")
def summary_of_nothing(server: TargetServer) -> Iterator[Finding]:
    """A summary without a call is an empty object or has both directions empty, and no chunks."""
    answer = server.get_cdrs("/summary", **probe_data.EMPTY_RANGE)
    yield from ExpectedResponse(envelope={"status": "success", "next_start_key": ABSENT}).differences(answer)
    came = answer.envelope.get("data", ABSENT)
    yield from answer.differences([value for value in came.values() if value], [], "directions that hold something")


@check_of("cb_cdrs.erl")
def summary_of_a_filter(server: TargetServer) -> Iterator[Finding]:
    """Filters see the sum, which has no document: filter_KEY leaves nothing of it."""
    probe_data.rows(server)
    answer = server.get_cdrs("/summary", filter_call_direction="inbound", **probe_data.window(server).query)
    yield from ExpectedResponse(envelope={"data": {}}).differences(answer)
