"""What a test asks of ground truth: whose CDRs, when, which of them, and how they are walked."""

import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from mockcdrs import arguments
from mockcdrs.arguments import ArgumentError, Kind
from mockcdrs.cdr import gregorian
from mockcdrs.control.moments import GREGORIAN
from mockcdrs.control.request_parts import is_sendable, path_hint
from mockcdrs.crossbar.settings import Settings
from mockcdrs.crossbar.versions import KAZOO_4_3, Version

NO_PAGES = sys.maxsize
_LISTING = re.compile(r"(?:users/([^/]+)/)?cdrs(/interaction)?")
_MONTH_LENGTH = len("YYYYMM")
_LARGEST_SIZE = 10**15 - 1


class NoQuestion(ArgumentError):
    """A query that ground truth has no answer to. The text says what came and what was expected."""


def _number(value: Any) -> Any:
    """A whole number in digits as such; anything else as it came."""
    return int(value) if isinstance(value, str) and re.fullmatch(r"\d{1,15}", value, re.ASCII) else value


def _size(most: int = _LARGEST_SIZE) -> Kind:
    kind = arguments.whole(1, most)
    return Kind(kind.expected, lambda value: kind.fits(_number(value)))


_FILTER = Kind("text, a number, True or False, or a list of these for any of them", is_sendable)
_TIME = Kind(GREGORIAN.expected, lambda value: GREGORIAN.fits(_number(value)), GREGORIAN.hint)
_SWITCH = Kind("text, True or False", lambda value: isinstance(value, str | bool))
_PATH = Kind(
    "one of /cdrs, /cdrs/interaction, /users/ID/cdrs, /users/ID/cdrs/interaction",
    lambda value: isinstance(value, str) and _LISTING.fullmatch(value.strip("/")) is not None,
    path_hint,
)
_PARAMETERS = {
    "created_from": _TIME,
    "created_to": _TIME,
    "filter_KEY": _FILTER,
    "filter_not_KEY": _FILTER,
    "page_size": _size(),
    "chunk_size": _size(),
    **dict.fromkeys(("paginate", "is_chunked", "ascending", "descending"), _SWITCH),
}


def as_sent(path: str, query: Mapping[str, Any]) -> dict[str, str]:
    """A query as a client sends it: `true` and `false`, and a list as a JSON array, which a filter takes for any of it.

    Raises `NoQuestion` for a path, names and values that ground truth has no answer to.
    """
    arguments.check_value("path", path, _PATH, NoQuestion)
    others = [name for name in query if not name.startswith("filter_")]
    arguments.check_names(others, _PARAMETERS, "an expected listing", NoQuestion)
    for name, value in query.items():
        arguments.check_value(name, value, _PARAMETERS.get(name, _FILTER), NoQuestion)
    return {name: _as_text(value) for name, value in query.items()}


def _as_text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return json.dumps(list(map(_as_text, value)), ensure_ascii=False)
    return value if isinstance(value, str) else json.dumps(value)


@dataclass(frozen=True, slots=True)
class Steps:
    """How a client walks: rows a page, rows that the server looks at in one go, and the direction."""

    page_size: int
    chunk_size: int
    is_chunked: bool
    is_ascending: bool

    @classmethod
    def of(cls, query: Mapping[str, str], settings: Settings, quirks: frozenset[str]) -> "Steps | None":
        """The walk that a query names by `page_size` or `paginate`; `None` where it leaves that open.

        Raises `NoQuestion` for a size that Crossbar refuses.
        """
        most = settings.load_view_chunk_size
        chunk_size = query.get("chunk_size", str(settings.maximum_bulk))
        arguments.check_value("chunk_size", chunk_size, _size(most), NoQuestion)
        if query.keys().isdisjoint({"page_size", "paginate"}):
            return None
        has_pages = query.get("paginate", "true") == "true"
        page_size = int(query.get("page_size", settings.pagination_page_size)) if has_pages else NO_PAGES
        is_chunked = query.get("is_chunked", "true") == "true"
        one_go = int(chunk_size) if is_chunked or not has_pages else page_size
        return cls(page_size, one_go, is_chunked, _is_ascending(query, quirks))


def _is_ascending(query: Mapping[str, str], quirks: frozenset[str]) -> bool:
    turns = query.get("descending") == "false" and "descending-false-ignored" not in quirks
    return turns or (query.get("ascending", "false") != "false" and query.get("descending") != "true")


@dataclass(frozen=True, slots=True)
class Question:
    """Whose CDRs, in which stretch of Gregorian seconds (both ends included), and which of them.

    `filters` are Crossbar's, by full name: `filter_hangup_cause="USER_BUSY"`. `says_from`, `says_to`: whether the
    client sends that end of the stretch, or leaves it to the default. `is_ascending`: oldest first, which decides among
    equal legs of an interaction. `steps`: how it walks, where that matters. `version`: whose answer it is.
    """

    account_id: str
    created_from: int
    created_to: int
    owner_id: str | None = None
    are_interactions: bool = False
    filters: Mapping[str, str] | None = None
    says_from: bool = True
    says_to: bool = True
    is_ascending: bool = False
    steps: Steps | None = None
    version: Version = KAZOO_4_3

    @property
    def months(self) -> tuple[str, str]:
        """`YYYYMM` of the first and the last month whose databases the server reads."""
        return gregorian.month_of(self.created_from), gregorian.month_of(self.created_to)


def ask(
    account_id: str,
    path: str,
    query: Mapping[str, Any],
    now: int,
    settings: Settings,
    quirks: frozenset[str],
    version: Version,
) -> Question:
    """The question that a request for a listing asks; raises `NoQuestion`."""
    sent = as_sent(path, query)
    listing = cast("re.Match[str]", _LISTING.fullmatch(path.strip("/")))
    end = int(sent.get("created_to", now))
    start = int(sent.get("created_from", end - version.maximum_range(settings)))
    if start > end:
        raise NoQuestion(
            f"created_from: came {start}, which lies behind the range's end {end}, expected the earlier one of the two",
            "created_from",
        )
    return Question(
        account_id,
        created_from=start,
        created_to=end,
        owner_id=listing[1],
        are_interactions=listing[2] is not None,
        filters={name: _without_month(name, text) for name, text in sent.items() if name.startswith("filter_")},
        says_from="created_from" in sent,
        says_to="created_to" in sent,
        is_ascending=_is_ascending(sent, quirks),
        steps=Steps.of(sent, settings, quirks),
        version=version,
    )


def _without_month(name: str, text: str) -> str:
    """A filter's value without the month that a CDR id has before its call id: the server takes that off."""
    data = text.encode("utf-8", "surrogateescape")
    is_cdr_id = name.endswith("call_id") and data[_MONTH_LENGTH : _MONTH_LENGTH + 1] == b"-"
    return data[_MONTH_LENGTH + 1 :].decode("utf-8", "surrogateescape") if is_cdr_id else text
