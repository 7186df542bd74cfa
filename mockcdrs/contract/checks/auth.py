"""Who may ask."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from mockcdrs.contract import sample
from mockcdrs.contract.answer import ABSENT, Form, failure, system_failure
from mockcdrs.contract.check import check
from mockcdrs.contract.finding import CannotCheck, Finding
from mockcdrs.contract.server import Server

_WRONG = "0" * 32
_JSON_BODY = {"Content-Type": "application/json"}
_REFUSED = system_failure("invalid_credentials")


def _path(server: Server) -> str:
    return f"/v2/accounts/{quote(server.account_id)}/cdrs"


@check("cb_token_auth.erl")
def token_in_header_or_query(server: Server) -> Iterator[Finding]:
    """The token is taken from X-Auth-Token, else from auth_token in the query, and is echoed in the envelope."""
    nothing = {"created_from": sample.LONG_AGO, "created_to": sample.LONG_AGO}
    asked = (
        server.ask(_path(server), {"auth_token": server.auth_token, **nothing}),
        server.account("/cdrs", nothing),
        server.account("/cdrs", {"auth_token": _WRONG, **nothing}),
    )
    for answer in asked:
        yield from Form(envelope={"status": "success", "auth_token": server.auth_token}).differences(answer)


@check("cb_token_auth.erl")
def token_in_body(server: Server) -> Iterator[Finding]:
    """A body's auth_token is taken too; a number there opens nothing, and is echoed as it came or as text."""
    nothing = {"created_from": sample.LONG_AGO, "created_to": sample.LONG_AGO}
    as_number: Any = "1" if server.version.tells_token_as_text else 1
    for token, form in (
        (server.auth_token, Form(envelope={"status": "success", "auth_token": server.auth_token})),
        (1, Form(401, envelope={"status": "error", "auth_token": as_number})),
    ):
        body = json.dumps({"data": {}, "auth_token": token})
        yield from form.differences(server.ask(_path(server), nothing, _JSON_BODY, body=body))


@check("cb_token_auth.erl")
def without_a_good_token(server: Server) -> Iterator[Finding]:
    """Without a token, with a wrong one, or with a wrong header beside a good query it is a 401, which echoes it."""
    good, version = {"auth_token": server.auth_token}, server.version
    asked = (
        (server.ask(_path(server)), "undefined" if version.tells_token_as_text else ABSENT),
        (server.ask(_path(server), None, {"X-Auth-Token": _WRONG}), _WRONG),
        (server.ask(_path(server), {"auth_token": _WRONG}), _WRONG),
        (server.ask(_path(server), good, {"X-Auth-Token": _WRONG}), _WRONG),
    )
    for answer, echoed in asked:
        yield from _REFUSED.differences(answer)
        told = {"version": str if version.tells_everybody_its_version else ABSENT, "auth_token": echoed}
        yield from Form(401, {"x-request-id": str}, told).differences(answer)


@check("cb_token_auth.erl")
def bearer_refused(server: Server) -> Iterator[Finding]:
    """A token behind Authorization opens nothing."""
    for value in (f"Bearer {server.auth_token}", server.auth_token):
        yield from _REFUSED.differences(server.ask(_path(server), None, {"Authorization": value}))


@check("cb_accounts.erl")
def unknown_account(server: Server) -> Iterator[Finding]:
    """An account that is not there is a 404, with a token or without: accounts are looked up first."""
    path = f"/v2/accounts/{_WRONG}/cdrs"
    for answer in (server.ask(path), server.ask(path, None, {"X-Auth-Token": server.auth_token})):
        yield from system_failure("bad_identifier", cause=_WRONG).differences(answer)
    short = server.ask("/v2/accounts/short/cdrs", None, {"X-Auth-Token": server.auth_token})
    yield from failure(404, "bad identifier", {"message": "invalid account_id 'short'"}).differences(short)


@check("cb_simple_authz.erl")
def other_account(server: Server) -> Iterator[Finding]:
    """An account that is not the token's, nor below it, is a 403."""
    for document in sample.documents(server).values():
        variables = document.get("custom_channel_vars") or {}
        other = variables.get("reseller_id", server.account_id)
        if other != server.account_id:
            break
    else:
        raise CannotCheck("no CDR around the last month's end names another account, such as a reseller's")
    answer = server.ask(f"/v2/accounts/{other}/cdrs", {"page_size": 1}, {"X-Auth-Token": server.auth_token})
    if answer.status in {200, 404}:
        raise CannotCheck("the only other account that is named may be seen with this token, or is not there")
    yield from system_failure("forbidden").differences(answer)
