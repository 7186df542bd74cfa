"""The requests to record where nobody says others: each only reads."""

import itertools
from collections.abc import Generator
from typing import Any
from urllib.parse import quote, urlencode

from mockcdrs.contract.client import HeaderPairs, RawRequest, RawResponse
from mockcdrs.exchanges.hiding import name_of
from mockcdrs.exchanges.recording import Plan

LONGEST_WALK = 5
"""Pages of a walk."""

_LISTINGS = ("cdrs", "cdrs/interaction")
_CSV = (("Accept", "text/csv"),)
_QUERIES = (
    "", "paginate=false&page_size=5", "is_chunked=false&page_size=3", "is_chunked=true&page_size=3", "page_size=0",
    "page_size=abc", "page_size=1.5", "chunk_size=2&page_size=5", "descending=false&page_size=3",
    "created_from=abc&page_size=2", "created_from=9&created_to=8", "created_from=1&created_to=63936000000",
    "created_from=1700000000&created_to=1700000001", "start_key=nokey", "utc_offset=3600&page_size=2", "utc_offset=abc",
    "filter_hangup_cause=NORMAL_CLEARING&page_size=3", "filter_not_hangup_cause=NORMAL_CLEARING&page_size=3",
    "filter_call_direction=%5B%22inbound%22%5D&page_size=3", "has_key=recording_url&page_size=2",
    "key_missing=recording_url&page_size=2",
    "has_value=callee_id_name&page_size=2", "value_missing=bridge_id&page_size=2",
    "filter_direction=inbound", "pretty_print=true&is_chunked=false&page_size=1",
    "jsonp=take&is_chunked=false&page_size=1",
)  # fmt: skip
_ELSEWHERE = (
    "cdrs/summary", "cdrs/nosuch", "cdrs/202601-nosuch", "cdrs/legs/nosuch", "cdrs/legs/63936000000-00000000",
    "cdrs/legs", "cdrs/a/b/c", "nosuch", "users/nosuch/cdrs",
)  # fmt: skip


class _Asker:
    """Makes requests of one account; names and request ids tell no id of a call or person."""

    def __init__(self, account_id: str) -> None:
        self._root = f"/v2/accounts/{account_id}"
        self._token = ("X-Auth-Token", name_of(account_id))
        self._count = itertools.count(1)

    def request(self, path: str, query: str = "", headers: HeaderPairs = (), name: str = "") -> tuple[str, RawRequest]:
        """A request with the token; the name is made of what it asks for, unless given."""
        number = next(self._count)
        shown = " ".join([name or f"{path}?{query}".rstrip("?"), *(value for _, value in headers)])
        sent = (self._token, ("X-Request-ID", f"recorded-{number}"), *headers)
        return f"{number:03} {shown}", RawRequest("GET", f"{self._root}/{path}", query, sent)

    def bare(self, method: str, path: str, *headers: tuple[str, str]) -> tuple[str, RawRequest]:
        """A request with these headers alone."""
        return f"{next(self._count):03} {method} {path}", RawRequest(method, f"{self._root}/{path}", "", headers)


def usual(account_id: str) -> Plan:
    """Every endpoint, walks in both directions, filters, CSV and errors, as far as the account has calls for them."""
    ask = _Asker(account_id)
    for path in _LISTINGS:
        for query in _QUERIES:
            yield ask.request(path, query)
        for direction in ("", "&ascending=true"):
            yield from _walk(ask, path, f"page_size=4{direction}")
        yield ask.request(path, "page_size=3", _CSV)
        yield ask.request(path, "page_size=3&accept=csv&file_name=calls.csv")
    for path in _ELSEWHERE:
        yield ask.request(path)
    yield from _of_a_call(ask)
    for wanted in ("image/png", "nonsense"):
        yield ask.request("cdrs", "", (("Accept", wanted),))
    yield ask.bare("GET", "cdrs", ("X-Auth-Token", "no-such-token"))
    yield ask.bare("GET", "cdrs")
    yield ask.bare("OPTIONS", "cdrs", ("Origin", "http://localhost"), ("Access-Control-Request-Method", "GET"))
    yield ask.bare("HEAD", "cdrs", ("X-Auth-Token", name_of(account_id)))


def _walk(ask: _Asker, path: str, query: str) -> Generator[tuple[str, RawRequest], RawResponse, None]:
    key: Any = None
    for page in range(LONGEST_WALK):
        start = f"&{urlencode({'start_key': key})}" if page else ""
        response = yield ask.request(path, query + start, name=f"{path}?{query} page {page + 1}")
        key = _json(response).get("next_start_key")
        if not isinstance(key, str):
            return


def _of_a_call(ask: _Asker) -> Plan:
    response = yield ask.request("cdrs", "page_size=1")
    rows = _json(response).get("data")
    call = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], dict) else {}
    for name, paths in {
        "id": ("cdrs/{}", "cdrs/legs/{}"),
        "interaction_id": ("cdrs/legs/{}",),
        "owner_id": ("users/{}/cdrs", "users/{}/cdrs/interaction"),
    }.items():
        if call.get(name):
            for path in paths:
                yield ask.request(path.format(quote(str(call[name]), safe="")), name=path.format(name))
    if call.get("id"):
        yield ask.request(f"cdrs/{quote(str(call['id']), safe='')}", "", _CSV, "cdrs/id")


def _json(response: RawResponse) -> dict[str, Any]:
    try:
        body = response.json()
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}
