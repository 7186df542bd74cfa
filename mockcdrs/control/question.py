"""What a test asks of ground truth: whose CDRs, when, which of them, and how they are walked."""

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mockcdrs.crossbar.settings import Settings
from mockcdrs.crossbar.versions import KAZOO_4_3, Version

PARAMETERS = frozenset({"page_size", "paginate", "chunk_size", "is_chunked", "ascending", "descending"})
NO_PAGES = sys.maxsize
_LISTING = re.compile(r"(?:users/([^/]+)/)?cdrs(/interaction)?")


class NoQuestion(ValueError):
    """A query that ground truth has no answer to. The text says what came and what was expected."""


@dataclass(frozen=True, slots=True)
class Steps:
    """How a client walks: rows a page, rows that the server looks at in one go, and the direction."""

    page_size: int
    chunk_size: int
    is_chunked: bool
    is_ascending: bool

    @classmethod
    def of(cls, query: Mapping[str, Any], settings: Settings, quirks: frozenset[str]) -> "Steps | None":
        """The walk that a query names by `page_size` or `paginate`; `None` where it leaves that open.

        Raises `NoQuestion` for a size that Crossbar refuses.
        """
        if query.keys().isdisjoint({"page_size", "paginate"}):
            return None
        says = {name: str(value).lower() for name, value in query.items() if name in PARAMETERS}
        has_pages = says.get("paginate", "true") == "true"
        page_size = _size(says, "page_size", settings.pagination_page_size) if has_pages else NO_PAGES
        is_chunked = says.get("is_chunked", "true") == "true"
        chunk_size = _size(says, "chunk_size", settings.maximum_bulk)
        one_go = chunk_size if is_chunked or not has_pages else page_size
        return cls(page_size, one_go, is_chunked, _is_ascending(query, quirks))


def _is_ascending(query: Mapping[str, Any], quirks: frozenset[str]) -> bool:
    says = {name: str(query[name]).lower() for name in ("ascending", "descending") if name in query}
    turns = says.get("descending") == "false" and "descending-false-ignored" not in quirks
    return turns or (says.get("ascending", "false") != "false" and says.get("descending") != "true")


def _size(says: Mapping[str, str], name: str, default: int) -> int:
    text = says.get(name, str(default))
    if not (text.isascii() and text.isdecimal() and 0 < len(text) < 10 and int(text)):
        raise NoQuestion(f"{name}={text!r:.40} came; expected a whole number from 1")
    return int(text)


@dataclass(frozen=True, slots=True)
class Question:
    """Whose CDRs, in which stretch of Gregorian seconds (both ends included), and which of them.

    `filters` are Crossbar's, by full name: `filter_hangup_cause="USER_BUSY"`. `says_from`, `says_to`: whether the
    client sends that end of the stretch, or leaves it to the default. `steps`: how it walks, where that matters;
    `is_ascending` matters without them too, for which of two legs that tie is shown. `version`: whose answer it is.
    """

    account_id: str
    created_from: int
    created_to: int
    owner_id: str | None = None
    are_interactions: bool = False
    filters: Mapping[str, Any] | None = None
    says_from: bool = True
    says_to: bool = True
    steps: Steps | None = None
    is_ascending: bool = False
    version: Version = KAZOO_4_3


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
    listing = _LISTING.fullmatch(path.strip("/"))
    if not listing:
        known = "/cdrs, /cdrs/interaction, /users/ID/cdrs, /users/ID/cdrs/interaction"
        raise NoQuestion(f"{path!r:.80} came; what to expect is known for {known}")
    filters = {name: value for name, value in query.items() if name.startswith("filter_")}
    unknown = query.keys() - filters.keys() - PARAMETERS - {"created_from", "created_to"}
    if unknown:
        known = ", ".join(["created_from", "created_to", "filter_KEY", "filter_not_KEY", *sorted(PARAMETERS)])
        raise NoQuestion(f"{', '.join(sorted(unknown))} came; what to expect is known for {known}")
    end = int(query.get("created_to", now))
    return Question(
        account_id,
        created_from=int(query.get("created_from", end - version.maximum_range(settings))),
        created_to=end,
        owner_id=listing[1],
        are_interactions=listing[2] is not None,
        filters=filters,
        says_from="created_from" in query,
        says_to="created_to" in query,
        steps=Steps.of(query, settings, quirks),
        is_ascending=_is_ascending(query, quirks),
        version=version,
    )
