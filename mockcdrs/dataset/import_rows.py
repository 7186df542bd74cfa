"""From a listing row back to a document that gives this row, as far as a row tells."""

import hashlib
import json
import math
import re
from collections.abc import Mapping
from typing import Any

from mockcdrs.cdr import billing, erlang, gregorian, listing_columns
from mockcdrs.dataset import listings
from mockcdrs.dataset.import_source import Item, Source
from mockcdrs.dataset.listings import Listing, Moment

_SAME = (
    "call_id",
    "caller_id_number",
    "caller_id_name",
    "callee_id_number",
    "callee_id_name",
    "hangup_cause",
    "disposition",
    "other_leg_call_id",
    "to",
    "from",
    "request",
    "recording_url",
    "media_server",
    "interaction_id",
)
_FIELDS = {name: name for name in _SAME} | {"direction": "call_direction"}
_VARIABLES = {
    "owner_id": "owner_id",
    "authorizing_id": "authorizing_id",
    "bridge_id": "bridge_id",
    "call_type": "account_billing",
    "reseller_call_type": "reseller_billing",
    "rate_name": "rate_name",
    "call_priority": "call_priority",
    "media_recordings": "media_recordings",
    "inception": "inception",
    "reseller_id": "reseller_id",
    "account_id": "account_id",
}
# What the document itself does not hold: `utc_offset` moves datetime, and a row does not tell by how much; is_a_leg is
# what grouped=true adds to the first leg of a call.
_NOT_OF_THE_DOCUMENT = frozenset({"datetime", "is_a_leg"})
_LISTING_COLUMNS = _NOT_OF_THE_DOCUMENT.union(listing_columns.COLUMNS, _FIELDS, _VARIABLES)
_COSTS = {"cost": "account_billing", "reseller_cost": "reseller_billing"}
# Seconds of rate_increment and rate_minimum, the usual ones first.
_TERMS = ((60, 0), (60, 60), (6, 6), (6, 30), (30, 30), (1, 0), (1, 1), (1, 60), (60, 30))
_INTERACTION_ID = re.compile(r"(\d{11})-(.+)", re.ASCII | re.DOTALL)


def document_of(source: Source, item: Item, listing: Listing, account_id: str) -> Item:
    """The document of a listing row, without what only the database knows; `DataError` where no document gives it.

    `account_id`: whose row it is where it does not tell.
    """
    if "unix_timestamp" not in item:
        item = _of_view(source, item)
    told, duration = _integer(source, item, "timestamp"), _integer(source, item, "duration_seconds", 0)
    start = told if listing.moment is Moment.START else told - duration
    if item.get("direction") not in ("inbound", "outbound"):  # which may be a list, that no set takes
        source.at("direction").refuse(item.get("direction"), "inbound or outbound")
    made: Item = {"_id": item.get("id"), **_named(item, _FIELDS)}
    for name in ("duration_seconds", "billing_seconds"):
        if item.get(name, "") != "":
            made[name] = _integer(source, item, name)
    made["timestamp"] = start + duration
    made |= _channel_time(source, item, start) | _interaction(item) | _caller(item)
    made["custom_channel_vars"] = _variables(item, account_id) | _rate(source, item)
    made["custom_channel_vars"] |= _terms(source, item, made)
    made |= {name: value for name, value in item.items() if name not in _LISTING_COLUMNS and value != ""}
    _check(source, item, made, listing)
    return made


def with_private_keys(document: Item, account_id: str, month: str) -> Item:
    """A public document as a database would hold it: made when the leg ended."""
    created = next(
        (value for key in ("timestamp", "interaction_time") if isinstance(value := document.get(key), int)),
        gregorian.month_start(month),
    )
    digest = hashlib.md5(json.dumps(document, sort_keys=True).encode(), usedforsecurity=False).hexdigest()
    return {
        "_id": document["_id"],
        "_rev": f"1-{digest}",
        **document,
        "pvt_account_db": f"account%2F{account_id[:2]}%2F{account_id[2:4]}%2F{account_id[4:]}-{month}",
        "pvt_account_id": account_id,
        "pvt_created": created,
        "pvt_modified": created,
        "pvt_type": "cdr",
        "pvt_vsn": "1",
    }


def _of_view(source: Source, item: Item) -> Item:
    """A row of Kazoo 3.14 or older, which its view made, with what later releases would tell of the same document."""
    cost = _integer(source, item, "cost", 0)
    billed = {"call_type": "per_minute", "cost": cost} if cost else {}
    return {**item, **billed, "to_uri": item.get("to", ""), "from_uri": item.get("from", "")}


def _variables(item: Item, account_id: str) -> Item:
    variables = _named(item, _VARIABLES)
    if item.get("inception_direction") == "origination" and "authorizing_id" not in variables:
        # It was authorized, by the account: that alone the row shows as empty (cb_cdrs, col_authorizing_id).
        own = item.get("account_id", account_id)
        variables |= {"account_id": own, "authorizing_id": own}
    return variables


def _named(item: Item, names: Mapping[str, str]) -> Item:
    """Columns under the document's names; an empty one is a field that is not there."""
    return {name: item[column] for column, name in names.items() if item.get(column, "") not in ("", [])}


def _integer(source: Source, item: Item, name: str, default: int | None = None) -> int:
    value = item.get(name, "")
    if value == "" and default is not None:
        return default
    try:
        return erlang.to_integer(value)
    except erlang.BadArgument:
        source.at(name).refuse(value, "seconds as a whole number")


def _channel_time(source: Source, item: Item, start: int) -> Item:
    text = item.get("unix_timestamp_micro", "")
    if text in ("", erlang.float_text(float(gregorian.to_unix(start)))):
        return {}
    try:
        return {"channel_created_time": round(float(erlang.to_number(text)) * 1_000_000)}
    except erlang.BadArgument:
        source.at("unix_timestamp_micro").refuse(text, "Unix seconds with a fraction")


def _interaction(item: Item) -> Item:
    found = _INTERACTION_ID.fullmatch(str(item.get("interaction_id", "")))
    return {"interaction_time": int(found[1]), "interaction_key": found[2]} if found else {}


def _caller(item: Item) -> Item:
    calling, sender = str(item.get("calling_from", "")), str(item.get("from", ""))
    if item.get("direction") != "outbound" or not calling:
        return {}
    user, at, realm = sender.partition("@")
    return {"from_uri": sender if user == calling else f"{calling}{at}{realm}"}


def _rate(source: Source, item: Item) -> dict[str, int]:
    text = item.get("rate", "")
    try:
        units = round(float(erlang.to_number(text or 0)) * billing.UNITS_PER_DOLLAR)
    except erlang.BadArgument:
        source.at("rate").refuse(text, 'dollars, "0.0333"')
    return {"rate": units} if units else {}


def _terms(source: Source, item: Item, document: Item) -> dict[str, int]:
    """Whatever else of the rate makes the cost what it is."""
    charged = [column for column, key in _COSTS.items() if document["custom_channel_vars"].get(key) == "per_minute"]
    for column in charged:
        wanted = _integer(source, item, column, 0)
        for terms in (*_usual_terms(), *_made_up_terms(document, wanted)):
            trial = {**document, "custom_channel_vars": document["custom_channel_vars"] | terms}
            if billing.cost_units(trial, _COSTS[column]) == wanted:
                return terms
    return {}


def _usual_terms() -> list[dict[str, int]]:
    return [{}, *({"rate_increment": increment, "rate_minimum": minimum} for increment, minimum in _TERMS)]


def _made_up_terms(document: Item, wanted: int) -> list[dict[str, int]]:
    """Ever less likely ones: no charge at all, a surcharge, a discount with a surcharge."""
    seconds = document.get("billing_seconds", 0)
    rate = document["custom_channel_vars"].get("rate", 0)
    least = math.trunc(seconds * (rate / 60))
    discounts = ({"discount_percentage": percent} for percent in range(1, 100))
    surcharges = [{"surcharge": wanted - least}] if wanted >= least else []
    return [
        {"rate_nocharge_time": seconds},
        *({"rate_increment": 1, **terms} for terms in surcharges),
        *({"rate_increment": 1, **terms, **_surcharge(least, wanted, terms)} for terms in discounts),
    ]


def _surcharge(least: int, wanted: int, terms: Mapping[str, int]) -> dict[str, int]:
    undiscounted = math.ceil(wanted / (1 - terms["discount_percentage"] * 0.01))
    return {"surcharge": max(0, undiscounted - least)}


def _check(source: Source, item: Item, document: Item, listing: Listing) -> None:
    """Whether the document gives the row that it came from."""
    try:
        made = _row(item, document)
        if listing.moment is Moment.END:
            of_no_length = _row(item, {**document, "duration_seconds": 0})
            made |= {name: of_no_length[name] for name in listings.TIME_COLUMNS}
    except ValueError as error:
        source.at("timestamp").refuse(item["timestamp"], f"Gregorian seconds of a call's start ({error})")
    for name, value in listing.written(made).items():
        if name in item and _text(item[name]) != _text(value):
            expected = f"{json.dumps(value, ensure_ascii=False)}, which follows from the other columns"
            source.at(name).refuse(item[name], expected, "save the answer again as it comes")


def _row(item: Item, document: Item) -> Item:
    """All that any release tells of a document, for the list that a row is from."""
    # A row does not say whether it is from an account's interactions, as nearly all are, or from a user's.
    told = item.get("inception_direction")
    of_user = told is not None and told != listing_columns.COLUMNS["inception_direction"](document, 0)
    return listing_columns.make_row(
        document, listing_columns.select_columns(listing_columns.COLUMNS, " ", of_user=of_user)
    )


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else erlang.to_text(value)
