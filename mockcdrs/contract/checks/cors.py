"""Cross-origin requests: what a browser needs."""

from collections.abc import Iterator
from typing import Any

from mockcdrs.contract import sample
from mockcdrs.contract.answer import ABSENT, Answer, Form
from mockcdrs.contract.check import check
from mockcdrs.contract.finding import Difference, Finding
from mockcdrs.contract.server import Server

_ORIGIN = {"Origin": "https://app.example.com"}
_NEEDED = {"access-control-allow-headers": {"content-type", "x-auth-token"}, "access-control-allow-methods": {"GET"}}


def _allows(answer: Answer) -> Iterator[Difference]:
    yield from Form(answer.status, {"access-control-allow-origin": "*", "access-control-max-age": str}).differences(
        answer
    )
    for name, needed in _NEEDED.items():
        named = {each.strip() for each in answer.headers.get(name, "").split(",")}
        missing = sorted(needed - {each if name.endswith("methods") else each.lower() for each in named})
        yield from answer.differences(missing, [], f"missing from header {name}")


@check("api_resource.erl")
def preflight(server: Server) -> Iterator[Finding]:
    """A preflight is a 200 without a token, and allows the method and the header of the token."""
    headers = {**_ORIGIN, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "x-auth-token"}
    for path in ("/cdrs", "/cdrs/interaction"):
        answer = server.ask(f"/v2/accounts/{server.account_id}{path}", None, headers, "OPTIONS")
        yield from Form(200).differences(answer)
        yield from _allows(answer)


@check("api_resource.erl")
def options_alone(server: Server) -> Iterator[Finding]:
    """OPTIONS that is no preflight is a method like another: 405."""
    answer = server.account("/cdrs", method="OPTIONS")
    yield from Form(405, envelope={"error": "405", "message": "invalid_method"}).differences(answer)


@check("api_resource.erl")
def cors_on_answers(server: Server) -> Iterator[Finding]:
    """An answer to an Origin allows it; one to none says nothing about CORS; an error always does."""
    query: dict[str, Any] = {"page_size": 1, "created_from": sample.LONG_AGO, "created_to": sample.LONG_AGO}
    yield from _allows(server.cdrs("", _ORIGIN, **query))
    exposed = server.cdrs("", _ORIGIN, **query).headers.get("access-control-expose-headers", "")
    yield from server.cdrs("", _ORIGIN, **query).differences("x-request-id" in exposed, True, "x-request-id exposed")
    yield from Form(headers={"access-control-allow-origin": ABSENT}).differences(server.cdrs(**query))
    yield from _allows(server.cdrs("/nosuch"))
