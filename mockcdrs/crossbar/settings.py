"""The settings that a Kazoo operator can turn, under Kazoo's own names."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import Field, dataclass, field, fields
from typing import Any, Self


class SettingError(ValueError):
    """A setting that is not known or not of its type. The text says what came, what was expected and what to do."""


def _setting(name: str, default: Any, *, sentence: str, example: str, source: str, least: int | None = None) -> Any:
    """A field that Kazoo knows as `name`; an integer may not be below `least`.

    For documents: `sentence` says what it does, `example` is a value, `source` the server's module that reads it.
    """
    said = {"name": name, "sentence": sentence, "example": example, "source": source, "least": least}
    return field(default=default, metadata=said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an operator can set. Defaults are Kazoo's, except that nothing is limited: `None` is no limit."""

    maximum_range: int = _setting(
        "crossbar.maximum_range",
        2_682_000,
        least=1,
        sentence="The widest range that a listing may cover, in seconds.",
        example="86400",
        source="crossbar_view.erl",
    )
    cdrs_maximum_range: int | None = _setting(
        "crossbar.cdrs.maximum_range",
        None,
        least=1,
        sentence="The same for CDRs alone, where it is set; only `master` reads it.",
        example="604800",
        source="crossbar_view.erl",
    )
    cdr_stale_view: bool = _setting(
        "crossbar.cdrs.cdr_stale_view",
        False,
        sentence="Whether a view may be out of date. Here no view ever is, so it changes nothing.",
        example="true",
        source="cb_cdrs.erl",
    )
    maximum_bulk: int = _setting(
        "crossbar.cdrs.maximum_bulk",
        50,
        least=1,
        sentence="How many rows a chunk of a listing has, unless the request says `chunk_size`.",
        example="10",
        source="cb_cdrs.erl",
    )
    should_filter_empty_strings: bool = _setting(
        "crossbar.cdrs.should_filter_empty_strings",
        False,
        sentence="Whether empty values are left out of JSON rows.",
        example="true",
        source="cb_cdrs.erl",
    )
    pagination_page_size: int = _setting(
        "crossbar.pagination_page_size",
        50,
        least=1,
        sentence="How many rows a page has, unless the request says `page_size`.",
        example="10",
        source="crossbar_view.erl",
    )
    load_view_chunk_size: int = _setting(
        "crossbar.load_view_chunk_size",
        50,
        least=1,
        sentence="The largest `chunk_size` that a request may ask for.",
        example="100",
        source="crossbar_view.erl",
    )
    max_upload_size: int = _setting(
        "crossbar.max_upload_size",
        8_000_000,
        least=0,
        sentence="The largest request body in bytes, rounded up to whole 8,000,000; a larger one is a 413.",
        example="16000000",
        source="api_util.erl",
    )
    request_memory_limit: int | None = _setting(
        "crossbar.request_memory_limit",
        None,
        least=0,
        sentence="How many bytes of documents a listing that is not chunked may hold at once; null is no limit.",
        example="1000000",
        source="crossbar_view.erl",
    )
    token_auth_expiry: int = _setting(
        "crossbar.token_auth_expiry",
        3_600,
        least=1,
        sentence="How many seconds a login is good for.",
        example="60",
        source="crossbar_auth.erl",
    )
    max_bucket_tokens: int | None = _setting(
        "token_buckets.max_bucket_tokens",
        None,
        least=1,
        sentence="How many requests a client address may make for an account before it gets a 429; null is no limit. "
        "Kazoo's own is 100.",
        example="100",
        source="cb_token_auth.erl",
    )
    tokens_fill_rate: int = _setting(
        "token_buckets.tokens_fill_rate",
        10,
        least=0,
        sentence="How many of these requests come back each second of the mock's clock.",
        example="1",
        source="kz_buckets.erl",
    )
    kazoo_version: str = _setting(
        "kazoo.version",
        "4.3.142",
        sentence="The `version` in envelopes; without it, that of the version stood in for.",
        example="4.3.113",
        source="kz_util.erl",
    )
    kazoo_node: str = _setting(
        "kazoo.node",
        "q5mYv0Zt3Jd8wKcR1nXbUA",
        sentence="The `node` in envelopes.",
        example="node-1",
        source="api_util.erl",
    )

    @classmethod
    def parse(cls, assignments: Iterable[str], **defaults: Any) -> Self:
        """The settings of `name=value` texts; a value is JSON or bare text, and the last one of a name holds.

        `defaults`, by field, are for those that no text names. `SettingError` for a text without `=`, an unknown name,
        or a value of the wrong type.
        """
        return cls(**{**defaults, **dict(_parsed(assignment) for assignment in assignments)})

    @classmethod
    def descriptions(cls) -> dict[str, dict[str, Any]]:
        """Each setting by Kazoo's name, for documents: `sentence`, `example`, `source` and `default`."""
        return {name: {**known.metadata, "default": known.default} for name, known in _FIELDS.items()}

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Kazoo's names of all settings, in the order of the fields."""
        return tuple(_FIELDS)

    def items(self) -> Iterator[tuple[str, Any]]:
        """Each setting under Kazoo's name, with its value."""
        return ((name, getattr(self, known.name)) for name, known in _FIELDS.items())


_FIELDS: dict[str, Field[Any]] = {known.metadata["name"]: known for known in fields(Settings)}


def _parsed(assignment: str) -> tuple[str, Any]:
    name, equals, text = assignment.partition("=")
    if not equals:
        raise SettingError(f"{assignment!r} is no setting: expected NAME=VALUE, as in crossbar.cdrs.maximum_bulk=50")
    known = _FIELDS.get(name.strip())
    if known is None:
        raise SettingError(_unknown(name.strip()))
    return known.name, _value(known, text.strip())


def _unknown(name: str) -> str:
    import difflib

    near = difflib.get_close_matches(name, _FIELDS, n=1) or [full for full in _FIELDS if full.endswith(f".{name}")]
    advice = f"; did you mean {near[0]}?" if near else ""
    return f"{name!r} is no known setting: expected one of {', '.join(_FIELDS)}{advice}"


def _value(known: Field[Any], text: str) -> Any:
    if known.type is str:
        return _text(text)
    value = _json(text)
    if not _fits(known, value):
        raise SettingError(
            f"{known.metadata['name']} came as {text!r}: expected {_expectation(known)}, as in "
            f"{known.metadata['name']}={json.dumps(known.default)}"
        )
    return value


def _text(text: str) -> str:
    """A text setting takes `4.3` and `"4.3"` alike; what JSON would read as a number stays as it was typed."""
    value = _json(text)
    return value if isinstance(value, str) else text


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _fits(known: Field[Any], value: Any) -> bool:
    if known.type is bool:
        return isinstance(value, bool)
    if value is None:
        return known.default is None
    return isinstance(value, int) and not isinstance(value, bool) and bool(value >= known.metadata["least"])


def _expectation(known: Field[Any]) -> str:
    if known.type is bool:
        return "true or false"
    number = f"an integer of {known.metadata['least']} or more"
    return f"{number}, or null" if known.default is None else number
