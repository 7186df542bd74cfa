"""Rows, documents and the envelope in its two forms (`api_util.erl`)."""

from typing import Any

from mockcdrs.cdr import schema
from mockcdrs.openapi.columns import row_schema

_TEXT = {"type": "string"}
_HEAD: dict[str, Any] = {
    "version": {**_TEXT, "description": "Kazoo's version; only where the token is good."},
    "timestamp": {**_TEXT, "description": "When it was answered, ISO 8601 in UTC."},
    "node": {**_TEXT, "description": "Which server answered."},
    "request_id": {**_TEXT, "description": "The X-Request-ID sent, or 32 hex digits."},
    "auth_token": {**_TEXT, "description": "The token that was sent."},
}
_KEYS = {
    "next_start_key": {**_TEXT, "description": "The start_key of the next page; absent on the last one, never null."},
    "start_key": {**_TEXT, "description": "The key at which this page starts."},
}
_TOKENS = {
    "type": "object",
    "description": "How many requests this one took from the client's bucket, and how many are left.",
    "properties": {"consumed": {"type": "integer"}, "remaining": {"type": "integer"}},
    "required": ["consumed", "remaining"],
}


def ref(name: str) -> dict[str, str]:
    """A reference to one of the schemas."""
    return {"$ref": f"#/components/schemas/{name}"}


def _plain(data: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "description": "The plain envelope.",
        "properties": {
            **_KEYS,
            "page_size": {"type": "integer", "description": "How many rows are in this answer."},
            **_HEAD,
            "tokens": _TOKENS,
            "data": data,
            "revision": {**_TEXT, "description": "The document's revision, or a digest of the answer."},
            "status": {"const": "success"},
            **more,
        },
        "required": ["data", "status", "request_id", "timestamp", "node", "tokens"],
        "additionalProperties": False,
    }


def _chunked(data: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "description": "The chunked envelope: data first, and every value behind it a text; what Erlang takes for "
        "empty, as the request id `0`, is left out. An empty answer is plain.",
        "properties": {
            "data": {"type": "array", "items": data},
            **_KEYS,
            "page_size": {"type": ["string", "integer"], "description": "Text; Kazoo 5 sends an integer."},
            **_HEAD,
            "status": {"const": "success"},
        },
        "required": ["data", "status", "timestamp", "node", "version"],
        "additionalProperties": False,
    }


def _error() -> dict[str, Any]:
    made = _plain({"description": "What is wrong, by field or in `message`."})
    changes = {
        "error": {**_TEXT, "pattern": r"^\d{3}$", "description": "The status, as text."},
        "message": {**_TEXT, "description": "The error's name or words."},
        "status": {"const": "error"},
    }
    return made | {
        "description": "The envelope of an error.",
        "properties": made["properties"] | changes,
        "required": ["error", "message", "status", "request_id", "timestamp", "node", "tokens"],
    }


def _document() -> dict[str, Any]:
    """The `cdrs` schema; what is in real documents beyond it is let through."""
    known = schema.load()
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


SCHEMAS: dict[str, dict[str, Any]] = {
    "UserLogin": _user_login(),
    "ApiLogin": _request(
        "api_key", api_key={**_TEXT, "minLength": 64, "maxLength": 64, "description": "The account's key."}
    ),
    "TokenInfo": _request("token", token=_TEXT),
    "Login": _login(),
    "OneLogin": _plain(ref("Login")),
    "OneObject": _plain(_OBJECT),
    "ListedObjects": _plain({"type": "array", "items": _OBJECT}),
    "Row": row_schema(),
    "Document": _document(),
    "LeakedDocument": _leaked_document(),
    "Summary": _summary(),
    "Error": _error(),
    "PlainRows": _plain({"type": "array", "items": ref("Row")}),
    "ChunkedRows": _chunked(ref("Row")),
    "PlainDocuments": _plain({"type": "array", "items": ref("Document")}),
    "ChunkedDocuments": _chunked({"anyOf": [ref("Document"), ref("LeakedDocument")]}),
    "OneDocument": _plain(ref("Document")),
    "OneSummary": _plain({"anyOf": [ref("Summary"), {"type": "array", "maxItems": 0}]}),
    "ChunkedSummaries": _chunked(ref("Summary")),
}
