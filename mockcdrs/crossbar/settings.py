"""The settings that a Kazoo operator can turn, under Kazoo's own names."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import Field, dataclass, field, fields
from typing import Any, Self


class SettingError(ValueError):
    """A setting that is not known or not of its type. The text says what came, what was expected and what to do."""


def _setting(name: str, default: Any, least: int | None = None) -> Any:
    """A field that Kazoo knows as `name`; an integer may not be below `least`."""
    return field(default=default, metadata={"name": name, "least": least})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an operator can turn. Defaults are Kazoo's, but that nothing is limited.

    Seconds: `maximum_range` and `cdrs_maximum_range` (which of them holds depends on the version; `None`: not set),
    `token_auth_expiry` (how long a login is good). Bytes: `max_upload_size`,
    `request_memory_limit` (`None`: no limit; a real server counts its process' memory, this one the documents that are
    held at once). Rows: `pagination_page_size`, `maximum_bulk` (of a listing's chunk), `load_view_chunk_size` (the most
    that `chunk_size` may ask for). Tokens that requests are paid with: `max_bucket_tokens` (`None`: no limit; Kazoo's
    is 100), `tokens_fill_rate` (a second). `cdr_stale_view` changes nothing here: no view is ever out of date.
    """

    maximum_range: int = _setting("crossbar.maximum_range", 2_682_000, least=1)
    cdrs_maximum_range: int | None = _setting("crossbar.cdrs.maximum_range", None, least=1)
    cdr_stale_view: bool = _setting("crossbar.cdrs.cdr_stale_view", False)
    maximum_bulk: int = _setting("crossbar.cdrs.maximum_bulk", 50, least=1)
    should_filter_empty_strings: bool = _setting("crossbar.cdrs.should_filter_empty_strings", False)
    pagination_page_size: int = _setting("crossbar.pagination_page_size", 50, least=1)
    load_view_chunk_size: int = _setting("crossbar.load_view_chunk_size", 50, least=1)
    max_upload_size: int = _setting("crossbar.max_upload_size", 8_000_000, least=0)
    request_memory_limit: int | None = _setting("crossbar.request_memory_limit", None, least=0)
    token_auth_expiry: int = _setting("crossbar.token_auth_expiry", 3_600, least=1)
    max_bucket_tokens: int | None = _setting("token_buckets.max_bucket_tokens", None, least=1)
    tokens_fill_rate: int = _setting("token_buckets.tokens_fill_rate", 10, least=0)
    kazoo_version: str = _setting("kazoo.version", "4.3.142")
    kazoo_node: str = _setting("kazoo.node", "q5mYv0Zt3Jd8wKcR1nXbUA")

    @classmethod
    def parse(cls, assignments: Iterable[str], **defaults: Any) -> Self:
        """The settings of `name=value` texts; a value is JSON or bare text, and the last one of a name holds.

        `defaults`, by field, are for those that no text names. `SettingError` for a text without `=`, an unknown name,
        or a value of the wrong type.
        """
        return cls(**{**defaults, **dict(_parsed(assignment) for assignment in assignments)})

    def first_set(self, names: Iterable[str]) -> Any:
        """The value of the first of some settings, by Kazoo's names, that is not `None`."""
        values = (getattr(self, _FIELDS[name].name) for name in names)
        return next((value for value in values if value is not None), None)

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
