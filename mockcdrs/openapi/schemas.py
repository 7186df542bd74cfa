"""Rows, documents and the envelope in its two forms (`api_util.erl`)."""

from functools import cache
from typing import Any

from mockcdrs.cdr import documents
from mockcdrs.crossbar.versions import Version
from mockcdrs.openapi import columns

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


def ref(name: str) -> dict[str, str]:
    """A reference to one of the schemas."""
    return {"$ref": f"#/components/schemas/{name}"}


def _envelope(version: Version, keys: tuple[str, ...], needed: frozenset[str], **own: Any) -> dict[str, Any]:
    """An envelope with `keys` behind those of paging; `needed` are in each one, beside what all have."""
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
    made = _envelope(version, version.success_keys, frozenset({"data"}), data=data, status={"const": "success"})
    return {**made, "description": "The plain envelope."}


def _chunked(version: Version, data: dict[str, Any]) -> dict[str, Any]:
    keys = ("data", *_PAGING, "status", "request_id", "node", "version", "timestamp", "auth_token")
    made = _envelope(
        version,
        keys,
        frozenset({"data", "version"}),
        data={"type": "array", "items": data},
        page_size={"type": ["string", "integer"], "description": "Text; Kazoo 5 sends an integer."},
        status={"const": "success"},
    )
    return {
        **made,
        "description": "The chunked envelope: data first, and every value behind it a text; what Erlang takes for "
        "empty, as the request id `0`, is left out. An empty answer is plain.",
        "required": [name for name in made["required"] if name != "request_id"],
    }


def _error(version: Version) -> dict[str, Any]:
    needed, own = {"error", "message"}, {"data": {"description": "What is wrong, by field or in `message`."}}
    if version.serves_v1:
        own["data"] = {"description": "What is wrong, by field or in `message`; under `/v1` that text itself."}
    if version.tells_token_as_text:
        needed.add("auth_token")
        own["auth_token"] = {**_TEXT, "description": "The token that was sent; `undefined` where none was."}
    made = _envelope(version, version.error_keys, frozenset(needed), status={"const": "error"}, **own)
    return {**made, "description": "The envelope of an error."}


def _document() -> dict[str, Any]:
    """The `cdrs` schema; what is in real documents beyond it is let through."""
    known = documents.load_schema()
    fields = {name: _as_held(_resolved(field, known["definitions"])) for name, field in known["properties"].items()}
    return {
        "type": "object",
        "description": "One leg as Kazoo keeps it, without private keys; `id` comes last. Real documents hold more; "
        "their numbers may be text.",
        "properties": {**fields, "id": {**_TEXT, "description": "The CDR's id."}},
        "required": ["id"],
        "x-crossbar-source": "cdrs.json (schema)",
    }


def _as_held(field: dict[str, Any]) -> dict[str, Any]:
    """A field as real databases hold it: numbers also as text."""
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


def _resolved(part: Any, definitions: dict[str, Any]) -> Any:
    if isinstance(part, dict):
        name = str(part.get("$ref", "")).rpartition("/")[2]
        return definitions[name] if name else {key: _resolved(held, definitions) for key, held in part.items()}
    return [_resolved(held, definitions) for held in part] if isinstance(part, list) else part


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


@cache
def schemas(version: Version) -> dict[str, dict[str, Any]]:
    """All schemas by name, as a version of Kazoo answers. Shared: copy them before changing them."""

    def plain(data: dict[str, Any]) -> dict[str, Any]:
        return _plain(version, data)

    def chunked(data: dict[str, Any]) -> dict[str, Any]:
        return _chunked(version, data)

    interaction = {"anyOf": [ref("Interaction"), ref("ViewRow")]}
    return {
        "UserLogin": _user_login(),
        "ApiLogin": _request(
            "api_key", api_key={**_TEXT, "minLength": 64, "maxLength": 64, "description": "The account's key."}
        ),
        "TokenInfo": _request("token", token=_TEXT),
        "Login": _login(),
        "OneLogin": plain(ref("Login")),
        "OneObject": plain(_OBJECT),
        "ListedObjects": plain({"type": "array", "items": _OBJECT}),
        "Row": columns.row_schema(version),
        "Interaction": columns.interaction_schema(version),
        "ViewRow": _view_row(),
        "Document": _document(),
        "LeakedDocument": _leaked_document(),
        "Summary": _summary(),
        "Error": _error(version),
        "PlainRows": plain({"type": "array", "items": ref("Row")}),
        "ChunkedRows": chunked(ref("Row")),
        "PlainInteractions": plain({"type": "array", "items": interaction}),
        "ChunkedInteractions": chunked(interaction),
        "PlainDocuments": plain({"type": "array", "items": ref("Document")}),
        "ChunkedDocuments": chunked({"anyOf": [ref("Document"), ref("LeakedDocument")]}),
        "OneDocument": plain(ref("Document")),
        "OneSummary": plain({"anyOf": [ref("Summary"), {"type": "array", "maxItems": 0}]}),
        "ChunkedSummaries": chunked(ref("Summary")),
    }
