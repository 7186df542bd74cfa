"""What the tests of Crossbar's room share: a small office, its documents, and one way to ask it."""

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from mockcdrs.control.clock import Clock
from mockcdrs.control.state import State
from mockcdrs.crossbar import quirks
from mockcdrs.crossbar.context import Context, ParsedRequest, Query
from mockcdrs.crossbar.pipeline import HttpRequest, HttpResponse, respond
from mockcdrs.crossbar.settings import Settings
from mockcdrs.crossbar.versions import KAZOO_4_3, Version
from mockcdrs.dataset.accounts import Account, Token
from mockcdrs.dataset.store import LoadedStore

Document = dict[str, Any]

NOW = 63_936_129_600  # 2026-01-20T12:00:00Z
JANUARY = 63_934_444_800  # 2026-01-01T00:00:00Z
ACCOUNT, RESELLER, MASTER = "a" * 32, "b" * 32, "c" * 32
OWNER, OTHER_OWNER = "d" * 32, "e" * 32
ACCOUNT_TOKEN, RESELLER_TOKEN, MASTER_TOKEN = "token-a", "token-r", "token-m"


def leg(name: str = "call@host", end: int = NOW - 3600, without: Iterable[str] = (), **changes: Any) -> Document:
    """One leg of a minute that ended at `ended`; `variables` change its channel variables."""
    start = end - 60
    month = "202512" if start < JANUARY else "202601"
    variables = {"account_id": ACCOUNT, "owner_id": OWNER, "authorizing_id": "f" * 32, **changes.pop("variables", {})}
    document = {
        "_id": f"{month}-{name}",
        "_rev": "1-abc",
        "call_id": name,
        "call_direction": "inbound",
        "caller_id_number": "1001",
        "caller_id_name": "Alice",
        "duration_seconds": 60,
        "billing_seconds": 55,
        "channel_name": "sofia/sipinterface_1/1001@host",
        "custom_channel_vars": variables,
        "from": "1001@example.com",
        "to": "+12025550123@example.com",
        "request": "2001@example.com",
        "hangup_cause": "NORMAL_CLEARING",
        "interaction_id": f"{start}-{name}",
        "interaction_key": name,
        "interaction_time": start,
        "timestamp": end,
        "pvt_type": "cdr",
        "pvt_created": end,
        "pvt_modified": end,
        **changes,
    }
    return {key: value for key, value in document.items() if key not in set(without)}


def calls(count: int, last: int = NOW - 3600, apart: int = 60) -> list[Document]:
    """Calls of one leg each, the newest first."""
    return [leg(f"call{number:05}@host", last - number * apart) for number in range(count)]


def accounts(months: tuple[str, ...] = ("202512", "202601")) -> tuple[Account, ...]:
    """A master, its reseller, and the reseller's account, whose databases exist."""
    return (
        Account(MASTER, is_superduper_admin=True, is_reseller=True, tokens=(Token(MASTER_TOKEN),)),
        Account(RESELLER, tree=(MASTER,), is_reseller=True, tokens=(Token(RESELLER_TOKEN),)),
        Account(
            ACCOUNT,
            tree=(MASTER, RESELLER),
            months=months,
            users=({"id": OWNER}, {"id": OTHER_OWNER}),
            tokens=(Token(ACCOUNT_TOKEN, OWNER),),
        ),
    )


def state_of(
    documents: Iterable[Document] = (),
    *,
    fixed: Iterable[str] = (),
    added: Iterable[str] = (),
    months: tuple[str, ...] = ("202512", "202601"),
    version: Version = KAZOO_4_3,
    **settings: Any,
) -> State:
    """A mock whose account holds the documents; `fixed` quirks are not shown, `added` ones are."""
    by_month: dict[tuple[str, str], list[Document]] = {}
    for document in documents:
        by_month.setdefault((ACCOUNT, document["_id"][:6]), []).append(document)
    shown = quirks.enabled(version.quirks, fixed, added)
    held_settings = Settings(**settings)
    return State(LoadedStore(accounts(months), by_month), held_settings, Clock(NOW), shown, version=version)


def ask(
    state: State,
    path: str = "/cdrs",
    query: str | Mapping[str, Any] = "",
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    token: str | None = ACCOUNT_TOKEN,
) -> HttpResponse:
    """The answer to a request; a path that does not start with a version is one of the account's."""
    full = path if path.startswith("/v") else f"/v2/accounts/{ACCOUNT}{path}"
    sent = dict(headers or {}) | ({} if token is None else {"x-auth-token": token})
    raw = query if isinstance(query, str) else urlencode(query)
    return respond(HttpRequest(method, full, raw, sent, body), state.server_state(), "request-1")


def escaped(name: str) -> str:
    """A name as one part of a path."""
    return quote(name, safe="")


def body_of(response: HttpResponse) -> bytes:
    """The whole body, however it comes."""
    return response.body if isinstance(response.body, bytes) else b"".join(response.body)


def json_of(response: HttpResponse) -> Any:
    """The body as JSON."""
    return json.loads(body_of(response))


def data_of(response: HttpResponse) -> Any:
    """What the envelope holds."""
    return json_of(response)["data"]


def ids_of(response: HttpResponse) -> list[str]:
    """The ids of the rows."""
    return [row["id"] for row in data_of(response)]


def walked(state: State, path: str = "/cdrs", query: Mapping[str, Any] | None = None) -> list[Any]:
    """All rows, page by page, as a client gets them that follows `next_start_key`."""
    rows: list[Any] = []
    parameters = dict(query or {})
    for _ in range(200):
        page = json_of(ask(state, path, parameters))
        rows += page["data"]
        if "next_start_key" not in page:
            return rows
        parameters["start_key"] = page["next_start_key"]
    raise AssertionError("the walk does not end")


def context_of(state: State, query: Query = (), api_version: str = "v2", **fields: Any) -> Context:
    """What Crossbar knows of a request on its way."""
    request = ParsedRequest("GET", f"/v2/accounts/{ACCOUNT}/cdrs", query)
    context = Context(state.server_state(), request, "request-1", api_version)
    for name, value in fields.items():
        setattr(context, name, value)
    return context
