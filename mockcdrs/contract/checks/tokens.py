"""Checks of tokens: where one is taken from, and which accounts it opens."""

import json
from collections.abc import Iterator
from typing import Any

from mockcdrs.contract import probe_data
from mockcdrs.contract.check import check_of
from mockcdrs.contract.response import (
    ABSENT,
    CannotCheck,
    ExpectedResponse,
    Finding,
    expected_error,
    expected_system_error,
)
from mockcdrs.contract.target import TargetServer

_UNKNOWN_ID = "0" * 32
_JSON_BODY = {"Content-Type": "application/json"}
_UNAUTHORIZED = expected_system_error("invalid_credentials")


@check_of("cb_token_auth.erl")
def token_in_header_or_query(server: TargetServer) -> Iterator[Finding]:
    """The token is taken from X-Auth-Token, else from auth_token in the query, and is echoed in the envelope."""
    answers = (
        server.request(server.cdrs_path, {"auth_token": server.auth_token, **probe_data.EMPTY_RANGE}),
        server.request_account("/cdrs", probe_data.EMPTY_RANGE),
        server.request_account("/cdrs", {"auth_token": _UNKNOWN_ID, **probe_data.EMPTY_RANGE}),
    )
    for answer in answers:
        yield from ExpectedResponse(envelope={"status": "success", "auth_token": server.auth_token}).differences(answer)


@check_of("cb_token_auth.erl")
def token_in_body(server: TargetServer) -> Iterator[Finding]:
    """A body's auth_token is taken too; a number there opens nothing, and is echoed as it came or as text."""
    as_number: Any = "1" if server.version.tells_token_as_text else 1
    for token, form in (
        (server.auth_token, ExpectedResponse(envelope={"status": "success", "auth_token": server.auth_token})),
        (1, ExpectedResponse(401, envelope={"status": "error", "auth_token": as_number})),
    ):
        body = json.dumps({"data": {}, "auth_token": token})
        yield from form.differences(server.request(server.cdrs_path, probe_data.EMPTY_RANGE, _JSON_BODY, body=body))


@check_of("cb_token_auth.erl")
def without_a_good_token(server: TargetServer) -> Iterator[Finding]:
    """Without a token, with a wrong one, or with a wrong header beside a good query it is a 401, which echoes it."""
    good, version = {"auth_token": server.auth_token}, server.version
    expected = (
        (server.request(server.cdrs_path), "undefined" if version.tells_token_as_text else ABSENT),
        (server.request(server.cdrs_path, None, {"X-Auth-Token": _UNKNOWN_ID}), _UNKNOWN_ID),
        (server.request(server.cdrs_path, {"auth_token": _UNKNOWN_ID}), _UNKNOWN_ID),
        (server.request(server.cdrs_path, good, {"X-Auth-Token": _UNKNOWN_ID}), _UNKNOWN_ID),
    )
    for answer, token in expected:
        yield from _UNAUTHORIZED.differences(answer)
        envelope = {"version": str if version.tells_everybody_its_version else ABSENT, "auth_token": token}
        yield from ExpectedResponse(401, {"x-request-id": str}, envelope).differences(answer)


@check_of("cb_token_auth.erl")
def bearer_refused(server: TargetServer) -> Iterator[Finding]:
    """A token behind Authorization opens nothing."""
    for value in (f"Bearer {server.auth_token}", server.auth_token):
        yield from _UNAUTHORIZED.differences(server.request(server.cdrs_path, None, {"Authorization": value}))


@check_of("cb_accounts.erl")
def unknown_account(server: TargetServer) -> Iterator[Finding]:
    """An account that is not there is a 404, with a token or without: accounts are looked up first."""
    path = f"/v2/accounts/{_UNKNOWN_ID}/cdrs"
    for answer in (server.request(path), server.request(path, None, {"X-Auth-Token": server.auth_token})):
        yield from expected_system_error("bad_identifier", cause=_UNKNOWN_ID).differences(answer)
    short = server.request("/v2/accounts/short/cdrs", None, {"X-Auth-Token": server.auth_token})
    yield from expected_error(404, "bad identifier", {"message": "invalid account_id 'short'"}).differences(short)


@check_of("cb_simple_authz.erl")
def other_account(server: TargetServer) -> Iterator[Finding]:
    """An account that is not the token's, nor below it, is a 403."""
    for document in probe_data.documents(server).values():
        variables = document.get("custom_channel_vars") or {}
        other = variables.get("reseller_id", server.account_id)
        if other != server.account_id:
            break
    else:
        raise CannotCheck("no CDR around the last month's end names another account, such as a reseller's")
    answer = server.request(f"/v2/accounts/{other}/cdrs", {"page_size": 1}, {"X-Auth-Token": server.auth_token})
    if answer.status in {200, 404}:
        raise CannotCheck("the only other account that is named may be seen with this token, or is not there")
    yield from expected_system_error("forbidden").differences(answer)
