"""A client of a state with rules, without a server."""

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from mockcdrs.control.state import State
from mockcdrs.crossbar.context import ServerState
from mockcdrs.crossbar.pipeline import HttpRequest, HttpResponse, respond
from mockcdrs.faults.wire_effect import WireEffect
from tests.crossbar.builders import ACCOUNT, ACCOUNT_TOKEN, body_of

COUNT = 25
FIRST_PAGE = "page_size=10"


def ask(
    state: State,
    query: str = "",
    path: str = "/cdrs",
    method: str = "GET",
    token: str | None = ACCOUNT_TOKEN,
    headers: dict[str, str] | None = None,
) -> tuple[HttpResponse, WireEffect]:
    """An answer with its body made, and how it is sent."""

    def produce(incoming: HttpRequest, server_state: ServerState) -> HttpResponse:
        return respond(incoming, server_state, "request-1")

    sent = {**(headers or {}), **({} if token is None else {"x-auth-token": token})}
    full = path if path.startswith("/v") else f"/v2/accounts/{ACCOUNT}{path}"
    response, effect = state.faults.apply(HttpRequest(method, full, query, sent), state.server_state(), produce)
    return replace(response, body=body_of(response)), effect


def envelope(response: HttpResponse) -> dict[str, Any]:
    decoded: dict[str, Any] = json.loads(body_of(response))
    return decoded


def statuses(state: State, queries: Iterable[str] = ("",) * 5, path: str = "/cdrs") -> list[int]:
    return [ask(state, query, path)[0].status for query in queries]


def next_query(response: HttpResponse, query: str = FIRST_PAGE) -> str:
    return f"{query}&start_key={envelope(response)['next_start_key']}"


def walk(state: State, query: str = FIRST_PAGE, most: int = 9) -> list[int]:
    """The statuses of a walk's pages, until it ends or fails."""
    page_statuses, page_query = list[int](), query
    while len(page_statuses) < most:
        response, _ = ask(state, page_query)
        page_statuses.append(response.status)
        if response.status != 200 or "next_start_key" not in envelope(response):
            break
        page_query = next_query(response, query)
    return page_statuses
