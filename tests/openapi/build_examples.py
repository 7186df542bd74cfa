"""Makes the examples of the OpenAPI documents of the committed data: `python tests/openapi/build_examples.py`."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mockcdrs import openapi
from mockcdrs.crossbar.settings import Settings
from mockcdrs.crossbar.versions import KAZOO_4_3, VERSIONS, Version
from mockcdrs.mock import Mock, serving
from mockcdrs.openapi import can_respond

FOLDER = Path(__file__).parents[2] / "mockcdrs" / "openapi"
JSON, CSV = "application/json", "text/csv"
LITTLE_MEMORY = {"crossbar.request_memory_limit": 1000}
LONG_BODY = " " * (Settings().max_upload_size + 1)
FORMS = {"chunked": "is_chunked=true&", "plain": "is_chunked=false&"}


@dataclass(frozen=True)
class ExampleRequest:
    """`of` is the operation or answer that it is an example of; `{...}` in a path stand for ids of the data."""

    of: str
    path: str
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    before: Callable[[Mock], object] = lambda _mock: None
    method: str = "GET"
    body: str = ""
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def status(self) -> str:
        """The status of an error."""
        return self.of.removeprefix("Error")


def good() -> Iterator[tuple[str, ExampleRequest]]:
    """Each operation in each of its forms."""
    for whose, below in {"": "/accounts/{account_id}", "OfUser": "/accounts/{account_id}/users/{user_id}"}.items():
        for name, path in {
            "listCdrs": "/cdrs",
            "listInteractions": "/cdrs/interaction",
            "listLegs": "/cdrs/legs/{interaction_id}",
            "summarizeCdrs": "/cdrs/summary",
        }.items():
            where = f"{below}{path}"
            for form, query in FORMS.items():
                yield f"{name}{whose}-{form}", ExampleRequest(f"{name}{whose}", where, f"{query}page_size=1")
            yield f"{name}{whose}-csv", ExampleRequest(f"{name}{whose}", where, "page_size=2", {"Accept": CSV})
        yield f"getCdr{whose}", ExampleRequest(f"getCdr{whose}", f"{below}/cdrs/{{cdr_id}}")
        yield f"getCdr{whose}-csv", ExampleRequest(f"getCdr{whose}", f"{below}/cdrs/{{cdr_id}}", "", {"Accept": CSV})


def around() -> Iterator[tuple[str, ExampleRequest]]:
    """Each operation around the CDRs."""
    login, key = (
        '{{"data":{{"credentials":"{digest}","account_name":"{name}"}}}}',
        '{{"data":{{"api_key":"{api_key}"}}}}',
    )
    yield "logInUser", ExampleRequest("logInUser", "/user_auth", method="PUT", body=login)
    yield "logInApi", ExampleRequest("logInApi", "/api_auth", method="PUT", body=key)
    yield "getTokenInfo", ExampleRequest("getTokenInfo", "/auth/tokeninfo", "token={token}")
    yield (
        "postTokenInfo",
        ExampleRequest("postTokenInfo", "/auth/tokeninfo", method="POST", body='{{"data":{{"token":"{token}"}}}}'),
    )
    for name, below in {
        "getLogin": "/user_auth/{token}",
        "getAccount": "",
        "getApiKey": "/api_key",
        "listChildren": "/children",
        "listDescendants": "/descendants",
        "listParents": "/parents",
        "getTree": "/tree",
        "listUsers": "/users",
        "getUser": "/users/{user_id}",
        "listDevicesOfUser": "/users/{user_id}/devices",
        "listDevices": "/devices",
        "getDevice": "/devices/{device_id}",
        "listApps": "/apps_store",
        "getApp": "/apps_store/{app_id}",
    }.items():
        query = "page_size=1" if name.startswith("list") else ""
        yield name, ExampleRequest(name, f"/accounts/{{account_id}}{below}", query)
    yield "listUsers-csv", ExampleRequest("listUsers", "/accounts/{account_id}/users", "page_size=1", {"Accept": CSV})


def broken(mock: Mock) -> None:
    """Nothing but a document of which no row can be made."""
    mock.clear()
    mock.edge("no-direction")


def bad() -> Iterator[tuple[str, ExampleRequest]]:
    """Each error."""
    cdrs = "/accounts/{account_id}/cdrs"
    yield "reversed-range", ExampleRequest("Error400", cdrs, "created_from=63936000001&created_to=63936000000")
    yield "range-too-wide", ExampleRequest("Error400", cdrs, "created_from=63900000000&created_to=63936000000")
    yield "not-a-good-token", ExampleRequest("Error401", cdrs, "", {"X-Auth-Token": "no-such-token"})
    yield "not-the-tokens-account", ExampleRequest("Error403", "/accounts/cdrs")
    yield "page-size-of-0", ExampleRequest("Error404", cdrs, "page_size=0")
    yield "unknown-cdr", ExampleRequest("Error404", f"{cdrs}/202601-nosuch")
    yield "id-without-month", ExampleRequest("Error404", f"{cdrs}/nosuch")
    yield "unknown-user", ExampleRequest("Error404", "/accounts/{account_id}/users/nosuch/cdrs")
    yield "unknown-account", ExampleRequest("Error404", "/accounts/00000000000000000000000000000000/cdrs")
    yield "error-as-csv", ExampleRequest("Error404", cdrs, "page_size=0", {"Accept": CSV})
    yield "another-verb", ExampleRequest("Error405", cdrs, "verb=DELETE")
    yield "old-version", ExampleRequest("Error410", "/../v1/accounts/{account_id}/cdrs")
    yield "long-body", ExampleRequest("Error413", cdrs, body=LONG_BODY)
    yield "too-much-at-once", ExampleRequest("Error416", cdrs, "is_chunked=false", settings=LITTLE_MEMORY)
    yield "too-many-requests", ExampleRequest("Error429", cdrs, before=lambda mock: mock.fail(status=429))
    yield "unix-seconds", ExampleRequest("Error500", cdrs, "created_from=1768863393&created_to=1768863394")
    yield "broken-document", ExampleRequest("Error503", cdrs, before=broken)


def ids(mock: Mock) -> dict[str, str]:
    """Ids of the newest interaction of several legs whose owner is known."""
    rows = mock.client().simulate_get(f"/v2/accounts/{mock.account_id}/cdrs", query_string="paginate=false")
    row = next(row for row in rows.json["data"] if row["owner_id"] and row["other_leg_call_id"])
    login, user = mock.credentials, row["owner_id"]
    devices, apps = (
        mock.client().simulate_get(f"/v2/accounts/{mock.account_id}/{path}").json["data"]
        for path in (f"users/{user}/devices", "apps_store")
    )
    return {
        "account_id": mock.account_id,
        "name": mock.state.data.accounts[mock.account_id].name,
        "digest": hashlib.md5(f"{login.username}:{login.password}".encode()).hexdigest(),
        "api_key": login.api_key,
        "token": mock.auth_token,
        "device_id": devices[0]["id"],
        "app_id": apps[0]["id"],
        "user_id": user,
        "cdr_id": row["id"],
        "interaction_id": row["interaction_id"],
    }


def examples_of(version: Version) -> dict[str, dict[str, Any]]:
    """All examples by name, as the file of a version holds them."""
    with serving(kazoo=version.name) as mock:
        ids_by_name = ids(mock)
    requests = {name: query for name, query in (*good(), *around(), *bad()) if can_respond(version, query.status)}
    return {name: _example(version, query, ids_by_name) for name, query in requests.items()}


def texts(examples: dict[str, dict[str, Any]]) -> dict[str, str]:
    """Examples as JSON: the order of keys, which comparing objects leaves out, is what versions differ in too."""
    return {name: json.dumps(example) for name, example in examples.items()}


def _example(version: Version, request: ExampleRequest, ids_by_name: dict[str, str]) -> dict[str, Any]:
    where, query = request.path.format(**ids_by_name), request.query.format(**ids_by_name)
    with serving(kazoo=version.name, settings=request.settings) as mock:
        request.before(mock)
        path = f"/v2{where}".replace("/v2/..", "")
        request_headers = {
            "X-Auth-Token": mock.auth_token,
            "X-Request-ID": "an-example",
            "Content-Type": JSON,
            **request.headers,
        }
        response = mock.client().simulate_request(
            request.method, path, query_string=query, headers=request_headers, body=request.body.format(**ids_by_name)
        )
    kind = response.headers.get("content-type") or JSON
    words = [f"{name}: {value}" for name, value in request.headers.items()]
    summary = "; ".join([f"{request.method} {path}" + (f"?{query}" if query else ""), *words])
    value = json.loads(response.content) if kind == JSON else response.text
    return {"of": request.of, "kind": kind, "status": response.status_code, "summary": summary, "value": value}


if __name__ == "__main__":
    for each in VERSIONS.values():
        common = {} if each == KAZOO_4_3 else texts(examples_of(KAZOO_4_3))
        own = {name: example for name, example in examples_of(each).items() if common.get(name) != json.dumps(example)}
        if own:
            text = json.dumps(own, indent=1, ensure_ascii=False) + "\n"
            (FOLDER / openapi.example_file_name(each)).write_text(text, encoding="utf-8", newline="\n")
