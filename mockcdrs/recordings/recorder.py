"""Records a server: its responses to the usual requests, or to those of another recording, and what is behind them.

Behind them are the documents of calls, the account, its users and devices.
"""

import contextlib
import itertools
import json
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from mockcdrs.config import is_loopback
from mockcdrs.contract.client import Client, ClientError, HeaderPairs, RawRequest, RawResponse
from mockcdrs.contract.target import assume_version, detect_version
from mockcdrs.dataset.accounts import Account
from mockcdrs.dataset.store import Document
from mockcdrs.imports.importer import complete_document, describe_account
from mockcdrs.recordings.exchanges import (
    Exchange,
    MockReport,
    RecordedResponse,
    RecordedServer,
    TokenRedaction,
    describe_origin,
    token_placeholder,
)

RequestPlan = Generator[tuple[str, RawRequest], RawResponse, None]
"""Yields the name and request of each exchange, and is sent each response before it yields the next request."""

# A token may open the calls of an account, but not its users.
_NOT_FOR_US = frozenset({403, 404})

_READ_ONLY_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Recorder:
    """Records exchanges with one server. Redacted tokens of requests are restored before they are sent."""

    client: Client
    redaction: TokenRedaction = field(default_factory=lambda: TokenRedaction({}))

    def record_plan(self, plan: RequestPlan) -> Iterator[Exchange]:
        """Send the requests of a plan. Yields redacted exchanges. Raises `ClientError` if no response comes."""
        with contextlib.suppress(StopIteration):
            name, request = next(plan)
            while True:
                response = self.client.send(self.redaction.restore(request))
                yield self.redaction.redact(Exchange(name, request, RecordedResponse.of(response)))
                name, request = plan.send(response)

    def record_again(self, exchanges: Iterable[Exchange]) -> Iterator[Exchange]:
        """Send the requests of exchanges again. Yields redacted exchanges with this server's responses.

        Raises `ClientError` if no response comes; also, before anything is sent, if a request could change something
        on a server that is not on this machine.
        """
        originals = list(exchanges)
        for exchange in originals:
            self._check_method(exchange)
        for exchange in originals:
            response = self.client.send(self.redaction.restore(exchange.request))
            yield self.redaction.redact(
                Exchange(exchange.name, exchange.request, RecordedResponse.of(response), exchange.config)
            )

    def _check_method(self, exchange: Exchange) -> None:
        method = exchange.request.method
        if method not in _READ_ONLY_METHODS and not is_loopback(self.client.host):
            raise ClientError(
                f"{exchange.name}: {method} came for {self.client.host}, which is not this machine; expected one of "
                f"{', '.join(sorted(_READ_ONLY_METHODS))}, which change nothing; take it out of the list"
            )


def label_exchanges(
    exchanges: Iterable[Exchange], kazoo: str | None, report: MockReport | None, *, is_anonymous: bool = False
) -> tuple[list[Exchange], str]:
    """Note what is known of the server in each exchange. Returns the exchanges, and a line that says what is known.

    `kazoo` names the version of Kazoo if the user gave it, `report` is what a mock reported of itself. Without these
    the version is detected from the responses. Anonymous exchanges do not note which generated calls the mock served,
    as those have the real names.
    """
    exchanges = list(exchanges)
    if report is None:
        bodies = [each.response.body for each in exchanges]
        detection = assume_version(kazoo, bodies) if kazoo else detect_version(bodies)
        server = RecordedServer("" if detection.is_assumed else detection.version.name)
        return [replace(each, server=server) for each in exchanges], str(detection)
    server, config = report
    line = f"Kazoo {kazoo}, as given" if kazoo else f"Kazoo {server.kazoo}, reported by mockcdrs {server.mockcdrs}"
    if server.data is not None:
        lost = ", but not what was added and removed since" if server.data.changed else ""
        line = f"{line}; {describe_origin(server.data)}{lost}"
    server = replace(server, kazoo=kazoo or server.kazoo, data=None if is_anonymous else server.data)
    return [replace(each, server=server, config=config) for each in exchanges], line


MAX_WALK_PAGES = 5
"""The number of pages after which a walk of `plan_requests` ends."""

MOST_REQUESTS = 100
"""About as many requests as `plan_requests` sends at the most: short walks and missing calls make it fewer."""

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
_OTHER_PATHS = (
    "cdrs/summary", "cdrs/nosuch", "cdrs/202601-nosuch", "cdrs/legs/nosuch", "cdrs/legs/63936000000-00000000",
    "cdrs/legs", "cdrs/a/b/c", "nosuch", "users/nosuch/cdrs",
)  # fmt: skip


class _RequestBuilder:
    """Builds requests of one account, with names and request ids that contain no id of a call or person."""

    def __init__(self, account_id: str) -> None:
        self._root = f"/v2/accounts/{account_id}"
        self._token = ("X-Auth-Token", token_placeholder(account_id))
        self._count = itertools.count(1)

    def request(self, path: str, query: str = "", headers: HeaderPairs = (), name: str = "") -> tuple[str, RawRequest]:
        """A request with the account's token. Its name is made of path, query and headers unless given."""
        number = next(self._count)
        words = " ".join([name or f"{path}?{query}".rstrip("?"), *(value for _, value in headers)])
        sent = (self._token, ("X-Request-ID", f"recorded-{number}"), *headers)
        return f"{number:03} {words}", RawRequest("GET", f"{self._root}/{path}", query, sent)

    def request_with_headers(self, method: str, path: str, *headers: tuple[str, str]) -> tuple[str, RawRequest]:
        """A request with no other headers than these."""
        return f"{next(self._count):03} {method} {path}", RawRequest(method, f"{self._root}/{path}", "", headers)


def plan_requests(account_id: str) -> RequestPlan:
    """The usual requests, which only read: each endpoint, walks in both directions, filters, CSV and errors.

    Requests about one call are left out if the account has none.
    """
    builder = _RequestBuilder(account_id)
    for path in _LISTINGS:
        for query in _QUERIES:
            yield builder.request(path, query)
        for direction in ("", "&ascending=true"):
            yield from _walk(builder, path, f"page_size=4{direction}")
        yield builder.request(path, "page_size=3", _CSV)
        yield builder.request(path, "page_size=3&accept=csv&file_name=calls.csv")
    for path in _OTHER_PATHS:
        yield builder.request(path)
    yield from _call_requests(builder)
    for accepted in ("image/png", "nonsense"):
        yield builder.request("cdrs", "", (("Accept", accepted),))
    yield builder.request_with_headers("GET", "cdrs", ("X-Auth-Token", "no-such-token"))
    yield builder.request_with_headers("GET", "cdrs")
    yield builder.request_with_headers(
        "OPTIONS", "cdrs", ("Origin", "http://localhost"), ("Access-Control-Request-Method", "GET")
    )
    yield builder.request_with_headers("HEAD", "cdrs", ("X-Auth-Token", token_placeholder(account_id)))


def _walk(builder: _RequestBuilder, path: str, query: str) -> Generator[tuple[str, RawRequest], RawResponse, None]:
    key: Any = None
    for page in range(MAX_WALK_PAGES):
        start = f"&{urlencode({'start_key': key})}" if page else ""
        response = yield builder.request(path, query + start, name=f"{path}?{query} page {page + 1}")
        key = _json_object(response).get("next_start_key")
        if not isinstance(key, str):
            return


def _call_requests(builder: _RequestBuilder) -> RequestPlan:
    response = yield builder.request("cdrs", "page_size=1")
    rows = _json_object(response).get("data")
    call = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], dict) else {}
    for name, paths in {
        "id": ("cdrs/{}", "cdrs/legs/{}"),
        "interaction_id": ("cdrs/legs/{}",),
        "owner_id": ("users/{}/cdrs", "users/{}/cdrs/interaction"),
    }.items():
        if call.get(name):
            for path in paths:
                yield builder.request(path.format(quote(str(call[name]), safe="")), name=path.format(name))
    if call.get("id"):
        yield builder.request(f"cdrs/{quote(str(call['id']), safe='')}", "", _CSV, "cdrs/id")


def _json_object(response: RawResponse) -> dict[str, Any]:
    try:
        body = response.json()
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


class AccountReader:
    """Reads one account of a server, a request at a time, at the pace of the client. It only reads.

    Its methods raise `ClientError` for a response that is neither what was asked for nor 403 or 404.
    """

    def __init__(self, client: Client, account_id: str, auth_token: str) -> None:
        self._client = client
        self._account_id = account_id
        self._headers = (("X-Auth-Token", auth_token),)

    def list_cdr_ids(self, exchanges: Iterable[Exchange]) -> list[str]:
        """The ids of all CDRs in the ranges that the requests of `exchanges` are about, the first ones first."""
        names = ("created_from", "created_to")
        ranges = {
            tuple((name, value) for name, value in parse_qsl(each.request.query) if name in names)
            for each in exchanges
            if each.response.status == 200
        }
        listings = (self._get("cdrs", [("paginate", "false"), *range_]) for range_ in sorted(ranges))
        return list(dict.fromkeys(row["id"] for listing in listings for row in _rows(listing)))

    def read_cdr(self, cdr_id: str) -> Document | None:
        """A CDR as its database has it, as far as an answer tells; `None` if there is none of that id."""
        answer = self._get(f"cdrs/{quote(cdr_id, safe='')}")
        if answer is None:
            return None
        public = {name: value for name, value in answer["data"].items() if name != "id"}
        return complete_document(
            {"_id": cdr_id, **_revision(answer), **public}, self._account_id, cdr_id.partition("-")[0]
        )

    def read_account(self) -> Account:
        """The account with its users and devices."""
        answer = self._get("") or {"data": {}}
        data = {**_revision(answer), **answer["data"]}
        return describe_account(Account(self._account_id), data, self._read_each("users"), self._read_each("devices"))

    def _read_each(self, path: str) -> Iterator[Document]:
        for row in _rows(self._get(path, [("paginate", "false")])):
            answer = self._get(f"{path}/{quote(row['id'], safe='')}")
            if answer is not None:
                yield {**answer["data"], **_revision(answer)}

    def _get(self, path: str, query: Iterable[tuple[str, str]] = ()) -> dict[str, Any] | None:
        target = f"/v2/accounts/{self._account_id}/{path}".rstrip("/")
        response = self._client.send(RawRequest("GET", target, urlencode(list(query)), self._headers))
        try:
            answer = json.loads(response.text)
            is_answer = response.status == 200 and isinstance(answer["data"], dict | list)
        except (ValueError, RecursionError, KeyError, TypeError):
            is_answer = False
        if not is_answer and response.status not in _NOT_FOR_US:
            raise ClientError(
                f"{target} got {response.status}; expected 200 with data; is the server well, and the token still good?"
            )
        return answer if is_answer else None


def _rows(answer: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    rows = answer["data"] if answer else []
    return [row for row in rows if isinstance(row, dict) and isinstance(row.get("id"), str)]


def _revision(answer: Mapping[str, Any]) -> dict[str, str]:
    return {"_rev": answer["revision"]} if isinstance(answer.get("revision"), str) else {}
