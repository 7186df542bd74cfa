"""A recorded exchange sent to the mock, and what it answers otherwise."""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mockcdrs.control.state import State
from mockcdrs.crossbar import authentication
from mockcdrs.crossbar.pipeline import HttpRequest, HttpResponse, respond
from mockcdrs.recordings.replay import COMPARED_HEADERS
from tests.recorded_logins.recorded_office import SEED, Exchange, Recording, state

_TOKEN = re.compile(r"(eyJ[\w-]+)\.(eyJ[\w-]+)\.([\w-]*)")
_DIGEST = re.compile(r'"[0-9a-f]{32}"')
_FILE = re.compile(r"json_[0-9a-f]{22}")
_SECRETS = r'(?<="identity_sig":)"[\w-]+"|(?<="cluster_id":)"\w+"|(?<="cluster_id" : )"\w+"'
_DIGEST_AS_REVISION = r'(?<="revision":)"[0-9a-f]{32}"'
_OF_ANOTHER_KEY = "cdrs-token-otherkey"
_KEY = authentication.signing_key(SEED)


RATE_LIMITED = "login-too-many"
LOGINS_BEFORE = 50  # each costs two of the 100 tokens in a bucket

# what is the server's own there, and so taken out of both bodies
_OWN = {
    "whitelabel-domain-noauth": r'"tokens":\{[^}]*\}',  # what is left in the bucket was refilled by then
}


def both_answers(recording: Recording, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The mock's answer to a recorded request, sent after what was sent before it then, and the recorded one."""
    holding, exchanges = state(recording), recording.exchanges()
    if name == RATE_LIMITED:
        holding.settings = replace(holding.settings, max_bucket_tokens=100)
        for _ in range(LOGINS_BEFORE):
            both(holding, exchanges["login-wrong-password"])
    return both(holding, exchanges[name], _OWN.get(name))


def both(holding: State, exchange: Exchange, own: str | None = None) -> tuple[dict[str, Any], dict[str, Any]]:
    """The mock's answer and the recorded one, as far as they can be alike; `own` is a pattern to leave out of both."""
    answer, recorded = _answer(holding, exchange), exchange["response"]
    body = answer.body if isinstance(answer.body, bytes) else b"".join(answer.body)
    sent = "" if exchange["request"]["method"] == "HEAD" else body.decode()
    return (
        _comparable(answer.status, answer.headers, sent, own),
        _comparable(recorded["status"], recorded["headers"], recorded["body"], own),
    )


def _comparable(status: int, headers: Mapping[str, str], body: str, own: str | None) -> dict[str, Any]:
    """What is left without that which only the server itself can make: signatures, digests, the cluster's name."""
    compared = [name for name in COMPARED_HEADERS if name in headers]
    values = {name: _FILE.sub("json_*", _DIGEST.sub('"*"', headers[name])) for name in compared}
    for pattern in filter(None, (_SECRETS, _DIGEST_AS_REVISION, own)):
        body = re.sub(pattern, r'"*"', body)
    return {"status": status, **values, "body": _TOKEN.sub(_readable, body)}


def _answer(holding: State, exchange: Exchange) -> HttpResponse:
    request = exchange["request"]

    def signed(text: str) -> str:
        return _TOKEN.sub(lambda match: _signed(match, exchange["name"]), text)

    headers = {name.lower(): signed(value) for name, value in request["headers"]}
    body = signed(request.get("body") or "").encode()
    incoming = HttpRequest(request["method"], signed(request["path"]), signed(request["query"]), headers, body)
    return respond(incoming, holding.server_state(), headers["x-request-id"])


def _signed(match: re.Match[str], name: str) -> str:
    """The mock's token for a recorded one: its signature was not shared, and the identity is the server's secret."""
    claims = _read(match[2])
    if not match[3]:
        return match[0]
    if name == _OF_ANOTHER_KEY:
        return authentication.sign_token(b"x" * 32, claims)
    if "identity_sig" in claims and "bad-identity" not in name:
        owner = claims.get("owner_id", "")
        own = _read(authentication.issue_token(_KEY, claims["account_id"], owner, "x", 0).split(".")[1])
        claims["identity_sig"] = own["identity_sig"]
    return authentication.sign_token(_KEY, claims)


def _readable(match: re.Match[str]) -> str:
    header, claims = _read(match[1]), _read(match[2])
    shown_claims = {name: value for name, value in claims.items() if name != "identity_sig"}
    return f"{list(header)} {list(claims)} {shown_claims}".replace('"', "'")


def _read(part: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return read
