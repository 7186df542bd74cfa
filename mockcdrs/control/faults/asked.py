"""What a request asks for, as far as rules look at it."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from mockcdrs.control.faults.rule import Rule
from mockcdrs.crossbar.context import UnreadableQuery, parse_query
from mockcdrs.crossbar.pipeline import HttpRequest


@dataclass(frozen=True, slots=True)
class Asked:
    """A request taken apart: `path` decoded, without a slash at its end; `query` holds all values of each name."""

    method: str
    path: str
    query: Mapping[str, tuple[Any, ...]]
    token: str | None

    @classmethod
    def of(cls, incoming: HttpRequest) -> "Asked":
        """The request that came; a query that cannot be read counts as none."""
        try:
            pairs = parse_query(incoming.query)
        except UnreadableQuery:
            pairs = ()
        query: dict[str, tuple[Any, ...]] = {}
        for name, value in pairs:
            query[name] = (*query.get(name, ()), value)
        token = incoming.headers.get("x-auth-token") or query.get("auth_token", (None,))[0]
        path = _plain(incoming.path)
        return cls(incoming.method.upper(), path, query, token if isinstance(token, str) else None)

    @property
    def start_key(self) -> str | None:
        """The key that the page is to start at, as it was sent."""
        key = self.query.get("start_key", (None,))[0]
        return key if isinstance(key, str) else None


def matches(rule: Rule, asked: Asked, page: int | None) -> bool:
    """Whether a request, the `page`-th of its walk, is one of those that a rule is about."""
    return (
        _has_method(rule, asked)
        and (rule.path is None or asked.path.endswith("/" + _plain(rule.path).lstrip("/")))
        and all(_has(asked, name, wanted) for name, wanted in rule.query.items())
        and (rule.page is None or rule.page == page)
        and not (rule.stale_key and asked.start_key is None)
        and not (rule.token_expired and asked.token is None)
    )


@functools.lru_cache(maxsize=128)
def _plain(path: str) -> str:
    return unquote(path, errors="surrogateescape").rstrip("/")


def _has_method(rule: Rule, asked: Asked) -> bool:
    # a browser's preflight is no request of the client's: it must not use up a rule meant for the real one
    return asked.method != "OPTIONS" if rule.method is None else asked.method == rule.method.upper()


def _has(asked: Asked, name: str, wanted: Any) -> bool:
    values = asked.query.get(name, ())
    if isinstance(wanted, bool):
        return bool(values) is wanted
    if isinstance(wanted, list | tuple):
        return list(map(str, values)) == list(map(str, wanted))
    return str(wanted) in map(str, values)
