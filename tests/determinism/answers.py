"""The digests of the answers to 200 fixed requests, as JSON, one for each version of Kazoo; under any Python.

    python tests/determinism/answers.py [ORDER]

`ORDER` is the seed by which the requests are shuffled. What is digested does not depend on it: each answer's status,
headers and body, by the requests' names. Compressed answers are left out, they depend on the machine's zlib.
"""

import hashlib
import itertools
import json
import platform
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from falcon.testing import TestClient

from mockcdrs.crossbar.versions import VERSIONS
from mockcdrs.mock import Mock

COUNT = 200
_MOCKS: dict[str, dict[str, Any]] = {"office": {}, "made up": {"seed": 7, "calls_per_day": 40, "reseller": True}}
_KEY = "g2wAAAACbgUApTbj4g5tAAAAJzIwMjYwMS03OTFiMTNiYjM2YjVjM2M5YzE5YjViMWFlZTAyNWVkM2o"
_PATHS = (
    "/cdrs", "/cdrs/interaction", "/cdrs/summary", "/cdrs/{leg}", "/cdrs/legs/{leg}", "/cdrs/legs/{interaction}",
    "/users/{user}/cdrs", "/users/{user}/cdrs/interaction",
)  # fmt: skip
_QUERIES = (
    "", "page_size=7", "ascending=true&page_size=5", "is_chunked=false", "is_chunked=true&chunk_size=3",
    "paginate=false",
    f"start_key={_KEY}", "created_from=63935000000&created_to=63935600000", "created_from=63930000000", "chunk_size=0",
    "filter_call_direction=inbound", "filter_not_hangup_cause=NORMAL_CLEARING&has_key=to", "value_missing=owner_id",
    "utc_offset=-3600", "pretty_print=true&is_chunked=false", "jsonp=take&is_chunked=false", "accept=csv",
    "accept=csv&file_name=calls.csv", "accept=csv&paginate=false", "start_key=garbage", "accept=pdf",
)  # fmt: skip
_ODD: tuple[dict[str, Any], ...] = (
    {"path": "/v2/nosuch"}, {"path": "/v1/accounts"}, {"path": "/v2/accounts/{account}"}, {"path": "/v2/%zz"},
    {"path": "/v2/accounts/{account}/cdrs/nosuch"}, {"path": "/v2/accounts/{account}/cdrs/legs/garbage"},
    {"path": "/v2/accounts/{account}/nosuch/cdrs"}, {"path": "/v2/account/cdrs"}, {"path": "/v2/accounts/cdrs"},
    {"method": "PUT", "path": "/v2/user_auth", "body": '{"data": {}}'}, {"path": "/v2/accounts/{account}/users"},
    {"method": "PUT", "path": "/v2/api_auth", "body": '{"data": {"api_key": "{api_key}"}}'}, {"path": "/v2/user_auth"},
    {"path": "/v2/accounts/{account}/devices"}, {"path": "/v2/accounts/{account}/users/{user}"},
    {"path": "/v2/accounts/{account}/descendants"}, {"path": "/v2/accounts/{account}/apps_store"},
    {"headers": {"X-Auth-Token": "nobody"}}, {"headers": {"Accept": "text/csv"}}, {"headers": {"Accept": "a/b"}},
    {"headers": {"Accept-Language": "fr"}}, {"headers": {"Origin": "http://a"}}, {"headers": {"If-None-Match": "*"}},
    {"method": "OPTIONS", "headers": {"Origin": "http://a"}}, {"method": "OPTIONS"}, {"method": "POST"},
    {"method": "HEAD"}, {"method": "TRACE"}, {"method": "DELETE"}, {"method": "PUT", "body": '{"data": {}}'},
    {"body": '{"data": {"page_size": 3}}'}, {"body": "no JSON"}, {"body": "{}"}, {"query": "%"}, {"query": "a=1&a=2"},
    {"query": "created_from=1768000000&created_to=1768900000"}, {"query": "utc_offset=x"}, {"query": "page_size=0"},
    {"query": "created_from=63936100000&created_to=63936000000"}, {"query": "filter_caller_id_name=Zoë"},
    {"path": "/v1/accounts/{account}/cdrs", "query": "page_size=2"}, {"path": "/v1/accounts/{account}/cdrs/nosuch"},
    {"headers": {"Accept": "text/csv;charset=utf-8"}}, {"path": "/v3/accounts/{account}/users/{user}/cdrs"},
    {"path": "/v2/accounts/{account}/%2563drs"}, {"path": "/accounts/{account}/cdrs"},
)  # fmt: skip


@dataclass(frozen=True)
class NumberedRequest:
    """One request; `name` is its X-Request-ID."""

    name: str
    method: str = "GET"
    path: str = "/v2/accounts/{account}/cdrs"
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""


def requests() -> list[NumberedRequest]:
    """The requests, always the same."""
    usual = ({"path": f"/v2/accounts/{{account}}{path}", "query": query} for path in _PATHS for query in _QUERIES)
    numbered = enumerate(itertools.chain(_ODD, usual))
    return [NumberedRequest(f"request-{number:03}", **fields) for number, fields in itertools.islice(numbered, COUNT)]


def _places(mock: Mock) -> dict[str, str]:
    listing = mock.client().simulate_get(f"/v2/accounts/{mock.account_id}/cdrs", query_string="page_size=1")
    row = listing.json["data"][0]
    return {
        "account": mock.account_id, "user": mock.user_id, "leg": row["id"], "interaction": row["interaction_id"],
        "api_key": mock.credentials.api_key,
    }  # fmt: skip


def _answer(client: TestClient, places: dict[str, str], request: NumberedRequest) -> list[Any]:
    headers = {"X-Request-ID": request.name, **request.headers}
    raw = {"RAW_URI": request.path.format(**places), "QUERY_STRING": request.query.encode().decode("latin-1")}
    body = request.body.replace("{api_key}", places["api_key"])
    response = client.simulate_request(request.method, "/", headers=headers, body=body, extras=raw)
    return [request.name, response.status, sorted(response.headers.items()), response.content.decode("latin-1")]


def _answers(kazoo: str, order: int) -> Iterator[list[Any]]:
    for name, options in _MOCKS.items():
        mock, in_order = Mock(kazoo=kazoo, **options), requests()
        client, places = mock.client(), _places(mock)
        random.Random(order).shuffle(in_order)
        yield from ([name, *_answer(client, places, each)] for each in in_order)


def digest(kazoo: str, order: int) -> str:
    """SHA-256 over all answers of a version."""
    lines = sorted(map(json.dumps, _answers(kazoo, order)))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


if __name__ == "__main__":
    digests = {kazoo: digest(kazoo, int(*sys.argv[1:] or ["0"])) for kazoo in VERSIONS}
    sys.stdout.write(json.dumps({"python": platform.python_version(), "sha256": digests}, indent=1) + "\n")
