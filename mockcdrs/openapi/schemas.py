"""The schemas in the OpenAPI document: listing rows, documents, the two forms of the envelope, and request bodies.

Sources: `api_util.erl` for the envelope, `kzd_cdrs.erl` for the columns of a listing row.
"""

from functools import cache
from typing import Any

from mockcdrs.cdr import documents
from mockcdrs.crossbar.versions import Version

_TEXT = {"type": "string"}
_MEMBERS: dict[str, Any] = {
    "next_start_key": {**_TEXT, "description": "The start_key of the next page; absent on the last one, never null."},
    "page_size": {"type": "integer", "description": "How many rows are in this answer."},
    "start_key": {**_TEXT, "description": "The key at which this page starts."},
    "revision": {**_TEXT, "description": "The document's revision, or a digest of the answer."},
    "timestamp": {**_TEXT, "description": "When it was answered, ISO 8601 in UTC."},
    "node": {**_TEXT, "description": "Which server answered."},
    "request_id": {**_TEXT, "description": "The X-Request-ID sent, or 32 hex digits."},
    "tokens": {
        "type": "object",
        "description": "How many requests this one took from the client's bucket, and how many are left.",
        "properties": {"consumed": {"type": "integer"}, "remaining": {"type": "integer"}},
        "required": ["consumed", "remaining"],
    },
    "auth_token": {**_TEXT, "description": "The token that was sent."},
    "error": {**_TEXT, "pattern": r"^\d{3}$", "description": "The status, as text."},
    "message": {**_TEXT, "description": "The error's name or words."},
}
_PAGING = ("next_start_key", "page_size", "start_key")
_IN_EACH = frozenset({"status", "timestamp", "node", "request_id", "tokens"})


def schema_ref(name: str) -> dict[str, str]:
    """A reference to one of the schemas."""
    return {"$ref": f"#/components/schemas/{name}"}


def _envelope(version: Version, keys: tuple[str, ...], needed: frozenset[str], **own: Any) -> dict[str, Any]:
    """An envelope with the paging keys and `keys`; those in `needed` are required beside the common ones."""
    only = "" if version.tells_everybody_its_version else "; only where the token is good"
    members = {**_MEMBERS, "version": {**_TEXT, "description": f"Kazoo's version{only}."}, **own}
    needed |= _IN_EACH if not version.tells_everybody_its_version else _IN_EACH | {"version"}
    return {
        "type": "object",
        "properties": {name: members[name] for name in (*_PAGING, *keys)},
        "required": [name for name in keys if name in needed],
        "additionalProperties": False,
    }


def _plain(version: Version, data: dict[str, Any]) -> dict[str, Any]:
    envelope = _envelope(version, version.success_keys, frozenset({"data"}), data=data, status={"const": "success"})
    return {**envelope, "description": "The plain envelope."}


def _chunked(version: Version, data: dict[str, Any]) -> dict[str, Any]:
    keys = ("data", *_PAGING, "status", "request_id", "node", "version", "timestamp", "auth_token")
    envelope = _envelope(
        version,
        keys,
        frozenset({"data", "version"}),
        data={"type": "array", "items": data},
        page_size={"type": ["string", "integer"], "description": "Text; Kazoo 5 sends an integer."},
        status={"const": "success"},
    )
    return {
        **envelope,
        "description": "The chunked envelope: data first, and every value behind it a text; what Erlang takes for "
        "empty, as the request id `0`, is left out. An empty answer is plain.",
        "required": [name for name in envelope["required"] if name != "request_id"],
    }


def _error(version: Version) -> dict[str, Any]:
    needed, own = {"error", "message"}, {"data": {"description": "What is wrong, by field or in `message`."}}
    if version.serves_v1:
        own["data"] = {"description": "What is wrong, by field or in `message`; under `/v1` that text itself."}
    if version.tells_token_as_text:
        needed.add("auth_token")
        own["auth_token"] = {**_TEXT, "description": "The token that was sent; `undefined` where none was."}
    envelope = _envelope(version, version.error_keys, frozenset(needed), status={"const": "error"}, **own)
    return {**envelope, "description": "The envelope of an error."}


def _document() -> dict[str, Any]:
    """Kazoo's `cdrs` schema; other fields, which real documents have, are allowed."""
    known = documents.load_schema()
    fields = {
        name: _allow_text(_resolve_refs(field, known["definitions"])) for name, field in known["properties"].items()
    }
    return {
        "type": "object",
        "description": "One leg as Kazoo keeps it, without private keys; `id` comes last. Real documents hold more; "
        "their numbers may be text.",
        "properties": {**fields, "id": {**_TEXT, "description": "The CDR's id."}},
        "required": ["id"],
        "x-crossbar-source": "cdrs.json (schema)",
    }


def _allow_text(field: dict[str, Any]) -> dict[str, Any]:
    """A field as it is in real databases, where numbers may be text."""
    return field | {"type": ["integer", "string"]} if field.get("type") == "integer" else field


def _leaked_document() -> dict[str, Any]:
    public = _document()
    fields = {name: field for name, field in public["properties"].items() if name != "id"}
    return public | {
        "description": "One leg with its private keys, and `_id` instead of `id`: the quirk `legs-chunked-leak`.",
        "properties": {**fields, "_id": {**_TEXT, "description": "The CDR's id."}},
        "required": ["_id"],
    }


def _view_row() -> dict[str, Any]:
    value = {"type": "object", "properties": {"id": _TEXT}, "required": ["id"]}
    return {
        "type": "object",
        "description": "An interaction as the view has it, the quirk `interaction-raw-rows`; with an `id` of its own "
        "in the plain envelope.",
        "properties": {"key": {"type": "array"}, "value": value, "id": _TEXT},
        "required": ["key", "value"],
        "additionalProperties": False,
    }


def _resolve_refs(part: Any, definitions: dict[str, Any]) -> Any:
    if isinstance(part, dict):
        _, _, name = str(part.get("$ref", "")).rpartition("/")
        return definitions[name] if name else {key: _resolve_refs(value, definitions) for key, value in part.items()}
    return [_resolve_refs(value, definitions) for value in part] if isinstance(part, list) else part


def _summary() -> dict[str, Any]:
    seconds = {"type": "object", "additionalProperties": {"type": ["number", "null"]}}
    by_domain = {"type": "object", "additionalProperties": {"type": "object", "additionalProperties": seconds}}
    return {
        "type": "object",
        "description": "Seconds by direction, domain and classifier: `total`, and by the name of each rate.",
        "properties": {"inbound": by_domain, "outbound": by_domain},
        "additionalProperties": False,
    }


_OBJECT = {"type": "object"}
_FLAG = {"type": "boolean"}


def _request(needed: str, **data: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"data": {"type": "object", "properties": data, "required": [needed]}},
        "required": ["data"],
    }


def _user_login() -> dict[str, Any]:
    return _request(
        "credentials",
        credentials={
            **_TEXT,
            "minLength": 1,
            "maxLength": 64,
            "description": "The digest, in hex, of `user:password`, by the method.",
        },
        method={"enum": ["md5", "sha"], "default": "md5"},
        account_name={**_TEXT, "minLength": 1, "maxLength": 128, "description": "Signs and capitals do not count."},
        account_realm={**_TEXT, "minLength": 4, "maxLength": 253, "pattern": r"^[.\w_-]+$"},
        phone_number={**_TEXT, "minLength": 1, "maxLength": 64, "description": "A number of the account."},
    )


def _login() -> dict[str, Any]:
    texts = ("owner_id", "account_id", "reseller_id", "cluster_id", "account_name", "language")
    return {
        "type": "object",
        "description": "Whose token it is, and what a user interface wants to know; no `owner_id` for an API key.",
        "properties": {
            **dict.fromkeys(texts, _TEXT),
            **dict.fromkeys(("is_master_account", "is_reseller"), _FLAG),
            **dict.fromkeys(("ui_config", "capabilities"), _OBJECT),
            "apps": {"type": "array", "items": _OBJECT},
        },
        "required": ["account_id", "is_reseller", "reseller_id", "account_name", "language", "apps"],
    }


_ROW_SOURCE = "kzd_cdrs.erl"
_DOLLARS = "units of 1/10,000 dollar, as text"
_SECONDS = {"anyOf": [{"type": "integer"}, {"const": ""}]}

_COLUMN_DESCRIPTIONS = {
    "id": "The CDR's id: `YYYYMM-` and the call id.",
    "call_id": "The leg's SIP Call-ID.",
    "caller_id_number": "The number of the caller.",
    "caller_id_name": "The name of the caller.",
    "callee_id_number": "The number of the callee.",
    "callee_id_name": "The name of the callee.",
    "duration_seconds": "From the first ring to the end, in seconds.",
    "billing_seconds": "From the answer to the end, in seconds.",
    "timestamp": "The start of the leg, in Gregorian seconds: the document's `timestamp`, its end, less the duration.",
    "hangup_cause": "The reason for the end, such as `NORMAL_CLEARING`.",
    "disposition": "The result according to the switch, such as `ANSWER`.",
    "other_leg_call_id": "The Call-ID of the leg at the other side.",
    "owner_id": "The user of the call.",
    "to": "The SIP address called.",
    "from": "The SIP address calling.",
    "direction": "`inbound` or `outbound`, as Kazoo sees it.",
    "request": "The SIP address in the request.",
    "authorizing_id": "The device or resource that was allowed to call; empty if it is the account itself.",
    "cost": f"The cost to the account, in {_DOLLARS}; 0 unless billed by the minute.",
    "dialed_number": "The dialled number: the user part of `request` (inbound) or of `to`.",
    "calling_from": "The origin: `caller_id_number` (inbound) or the user part of the document's `from_uri`.",
    "unix_timestamp": "The start in Unix seconds.",
    "unix_timestamp_micro": "The creation of the channel, in Unix seconds with a fraction.",
    "rfc_1036": "The start, as in `Sun, 18 Jan 2026 11:58:20 GMT`.",
    "iso_8601": "The day of the start, in UTC.",
    "iso_8601_combined": "The start in UTC.",
    "call_type": "The billing of the account, such as `per_minute`.",
    "rate": "Dollars for a minute, as in `0.0333`.",
    "rate_name": "The rate's name.",
    "bridge_id": "An id that bridged legs have in common.",
    "recording_url": "The URL of the recording.",
    "media_recordings": "Ids of recordings.",
    "media_server": "The media server's name.",
    "call_priority": "The priority, if one was set.",
    "interaction_id": "An id that all legs of a call have in common: Gregorian seconds, a hyphen and a key.",
    "inception_direction": "`origination` where the call began inside, else `termination`: whoever placed it had to "
    "authorize; of a user's calls by `direction`.",
    "reseller_cost": f"The cost to the reseller, in {_DOLLARS}.",
    "reseller_call_type": "The billing of the reseller.",
    "reseller_id": "The reseller's account.",
    "account_id": "The account of the call.",
}
_COLUMN_TYPES: dict[str, dict[str, Any]] = {
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


def _row_schema(version: Version) -> dict[str, Any]:
    """A listing row: the columns of a version in order, then those that only resellers get."""
    return _columns_schema(
        version,
        version.columns,
        "One leg. Columns without a value are empty text. With the setting "
        "crossbar.cdrs.should_filter_empty_strings, empty columns are left out.",
    )


def _interaction_schema(version: Version) -> dict[str, Any]:
    """A row of `/cdrs/interaction`."""
    return _columns_schema(
        version,
        (*version.columns, *version.interaction_columns),
        "The leg that represents an interaction, as a row.",
    )


def _columns_schema(version: Version, columns: tuple[str, ...], description: str) -> dict[str, Any]:
    datetime = {
        "type": "string",
        "pattern": rf"^((\d{{4}}|\*{{4}})-\d\d-\d\d{version.datetime_separator}\d\d:\d\d:\d\d)?$",
        "description": f"The start as `2026-01-18{version.datetime_separator}11:58:20`, in UTC moved by `utc_offset`.",
        "x-crossbar-source": _ROW_SOURCE,
    }
    known = {**{name: _column(name) for name in _COLUMN_DESCRIPTIONS}, "datetime": datetime}
    return {
        "type": "object",
        "description": description,
        "properties": {name: known[name] for name in (*columns, *version.reseller_columns)},
        "required": [*columns],
        "additionalProperties": False,
    }


def _column(name: str) -> dict[str, Any]:
    return {
        **_COLUMN_TYPES.get(name, {"type": "string"}),
        "description": _COLUMN_DESCRIPTIONS[name],
        "x-crossbar-source": _ROW_SOURCE,
    }


@cache
def build_schemas(version: Version) -> dict[str, dict[str, Any]]:
    """All schemas by name for a version of Kazoo. The result is cached: copy it before changing it."""

    def plain(data: dict[str, Any]) -> dict[str, Any]:
        return _plain(version, data)

    def chunked(data: dict[str, Any]) -> dict[str, Any]:
        return _chunked(version, data)

    interaction = {"anyOf": [schema_ref("Interaction"), schema_ref("ViewRow")]}
    return {
        "UserLogin": _user_login(),
        "ApiLogin": _request(
            "api_key", api_key={**_TEXT, "minLength": 64, "maxLength": 64, "description": "The account's key."}
        ),
        "TokenInfo": _request("token", token=_TEXT),
        "Login": _login(),
        "OneLogin": plain(schema_ref("Login")),
        "OneObject": plain(_OBJECT),
        "ListedObjects": plain({"type": "array", "items": _OBJECT}),
        "Row": _row_schema(version),
        "Interaction": _interaction_schema(version),
        "ViewRow": _view_row(),
        "Document": _document(),
        "LeakedDocument": _leaked_document(),
        "Summary": _summary(),
        "Error": _error(version),
        "PlainRows": plain({"type": "array", "items": schema_ref("Row")}),
        "ChunkedRows": chunked(schema_ref("Row")),
        "PlainInteractions": plain({"type": "array", "items": interaction}),
        "ChunkedInteractions": chunked(interaction),
        "PlainDocuments": plain({"type": "array", "items": schema_ref("Document")}),
        "ChunkedDocuments": chunked({"anyOf": [schema_ref("Document"), schema_ref("LeakedDocument")]}),
        "OneDocument": plain(schema_ref("Document")),
        "OneSummary": plain({"anyOf": [schema_ref("Summary"), {"type": "array", "maxItems": 0}]}),
        "ChunkedSummaries": chunked(schema_ref("Summary")),
    }
