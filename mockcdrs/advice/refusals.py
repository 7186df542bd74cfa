"""Why a request was refused, in words that Crossbar's answer does not have: which token, which account, which field."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs

from mockcdrs.advice.advice_rule import quote
from mockcdrs.cdr import gregorian
from mockcdrs.control.redaction import redact_text
from mockcdrs.crossbar import authentication, pipeline
from mockcdrs.crossbar.authentication import TokenError
from mockcdrs.crossbar.context import Noun, ServerState
from mockcdrs.crossbar.pipeline import RESOURCES, HttpRequest, HttpResponse
from mockcdrs.dataset.accounts import Account, password_digest

_DIGEST_LENGTHS = {"md5": 32, "sha": 40}
_HEX = re.compile(r"[0-9a-f]+", re.ASCII)
_MAX_BODY_BYTES = 65_536
_TOKEN_FAULTS = {
    "invalid_jwt": "the token was never issued here: it is none of the data's, and no login gave it",
    "invalid_jwt_signature": (
        "the token was never issued here: another server signed it, or a mock with another seed; log in here"
    ),
    "invalid_identity_signature": "the token was changed after it was issued: log in again",
}


def explain_refusal(request: HttpRequest, response: HttpResponse, state: ServerState) -> str:
    """Return why Crossbar refused a request, as a sentence without a full stop; empty where nothing more is known.

    Arguments:
        request: as it came, its secrets in place; none of them gets into the sentence.
        response: the answer, with a status of 400 or more.
        state: the server's state as the request found it.

    """
    explain = _BY_STATUS.get(response.status)
    text = (explain(request, response, state) if explain else "") or _explain_fields(response) or response.note
    return redact_text(text)


def _explain_401(request: HttpRequest, _response: HttpResponse, state: ServerState) -> str:
    nouns = _nouns(request)
    if nouns and nouns[0][0] == "user_auth" and request.method in {"PUT", "POST"}:
        return _explain_login(request, state)
    token = _token(request)
    if token is None:
        if request.headers.get("authorization"):
            return "wrong credential form: Authorization opens nothing in Crossbar; send the token as X-Auth-Token"
        return "no token came: send it as X-Auth-Token"
    try:
        claims = state.claims(token)
    except TokenError as error:
        if error.reason == "token_expired":
            return _explain_expired(token, state)
        return _TOKEN_FAULTS.get(error.reason, f"the token is refused: {error.reason}")
    account_id, named = claims["account_id"], request.headers.get("x-auth-account-id")
    if account_id not in state.store.accounts:
        return f"the token belongs to account {quote(account_id)}, which is not there"
    if named not in {None, account_id}:
        return f"the token belongs to account {account_id}, but X-Auth-Account-ID names {quote(named)}"
    return "the token itself is good: a fault rule has it refused; log in again, or remove the rule"


def _explain_expired(token: str, state: ServerState) -> str:
    always = gregorian.UNIX_EPOCH_GREGORIAN
    expires = authentication.read_token(state.token_key, token, always)["exp"]
    expired_at = gregorian.from_unix(int(expires))
    return (
        f"the token expired at {gregorian.iso_8601(expired_at)}, and the mock's clock says "
        f"{gregorian.iso_8601(state.now)}: log in again"
    )


def _explain_login(request: HttpRequest, state: ServerState) -> str:
    data = _login_data(request)
    accounts = list(_named_accounts(data, state))
    if not accounts:
        names = ", ".join(quote(account.name) for account in list(state.store.accounts.values())[:5])
        return f"no account has the name, realm or number that came; the accounts here are {names}"
    credentials, method = data.get("credentials"), data.get("method", "md5")
    for account in accounts:
        for user in account.users:
            other = next((each for each in _DIGEST_LENGTHS if password_digest(user, each) == credentials), None)
            if other is not None:
                is_off = f"user {quote(user['id'])} is disabled"
                return is_off if other == method else f"wrong credential form: these need method {other!r} beside them"
    length = _DIGEST_LENGTHS.get(str(method), 0)
    if not isinstance(credentials, str) or len(credentials) != length or not _HEX.fullmatch(credentials):
        return (
            f"wrong credential form: expected the {method} digest of USERNAME:PASSWORD, {length} hexadecimal digits in "
            "small letters"
        )
    return (
        f"no such user, or another password: no user of account {quote(accounts[0].name)} has this {method} digest of "
        "USERNAME:PASSWORD"
    )


def _login_data(request: HttpRequest) -> Mapping[str, Any]:
    try:
        envelope = json.loads(request.body)
    except (ValueError, RecursionError):
        return {}
    data = envelope.get("data") if isinstance(envelope, dict) else None
    return data if isinstance(data, dict) else {}


def _named_accounts(data: Mapping[str, Any], state: ServerState) -> Iterator[Account]:
    name, realm = (_plain(data.get(each)) for each in ("account_name", "account_realm"))
    for account in state.store.accounts.values():
        is_named = {name, realm} & {_plain(account.name), _plain(account.realm)} - {""}
        if is_named or data.get("phone_number") in account.numbers:
            yield account


def _plain(name: object) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower()) if isinstance(name, str) else ""


def _explain_403(request: HttpRequest, _response: HttpResponse, state: ServerState) -> str:
    asked = dict(_nouns(request)).get("accounts", ())
    owner = _owner(request, state)
    if owner is None or not asked or owner.id == asked[0]:
        return ""
    return (
        f"the token belongs to account {owner.id} ({quote(owner.name)}); account {quote(asked[0])} is neither it nor "
        "one below it"
    )


def _explain_404(request: HttpRequest, _response: HttpResponse, state: ServerState) -> str:
    nouns = _nouns(request)
    if not nouns:
        return "no module of Crossbar's serves this path: the base URL ends in /v2"
    module, parameters = nouns[0]
    if module == "accounts" and len(parameters) > 1:
        return f"the mock does not serve {quote(parameters[1])} below an account"
    if module == "api_auth":
        return "no account has the API key that came"
    named = dict(nouns)
    account_id = next(iter(named.get("accounts", ())), None)
    account = _owner(request, state) if account_id is None else state.store.accounts.get(account_id)
    if account is None:
        return f"there is no account {quote(account_id)}" if account_id else ""
    for module, documents in (("users", account.users), ("devices", account.devices)):
        wanted = next(iter(named.get(module, ())), None)
        if wanted is not None and all(each["id"] != wanted for each in documents):
            return f"no such {module.removesuffix('s')}: account {account.id} has no {quote(wanted)}"
    cdr = named.get("cdrs", ())
    return f"account {account.id} has no CDR {quote(cdr[-1])}" if cdr else ""


def _explain_405(request: HttpRequest, _response: HttpResponse, _state: ServerState) -> str:
    nouns = _nouns(request)
    allowed = ", ".join(RESOURCES[nouns[0][0]].methods(nouns[0][1])) if nouns else ""
    return f"{quote(request.method)} is not served at this path; it takes {allowed}" if allowed else ""


def _explain_406(request: HttpRequest, _response: HttpResponse, _state: ServerState) -> str:
    return f"Accept: {quote(request.headers.get('accept', ''))} names no type that this path has"


def _explain_429(_request: HttpRequest, _response: HttpResponse, state: ServerState) -> str:
    limit, rate = state.settings.max_bucket_tokens, state.settings.tokens_fill_rate
    if limit is None:
        return ""
    back = f"{rate} come back" if rate else "none comes back"
    return (
        f"the client's bucket of {limit} tokens (token_buckets.max_bucket_tokens) has too few left to pay for it; "
        f"{back} each second of the mock's clock (token_buckets.tokens_fill_rate)"
    )


_BY_STATUS: dict[int, Callable[[HttpRequest, HttpResponse, ServerState], str]] = {
    401: _explain_401,
    403: _explain_403,
    404: _explain_404,
    405: _explain_405,
    406: _explain_406,
    429: _explain_429,
}


def _explain_fields(response: HttpResponse) -> str:
    """Return the fields that a validation error names, each with its message."""
    if not isinstance(response.body, bytes) or len(response.body) > _MAX_BODY_BYTES:
        return ""
    try:
        data = json.loads(response.body)["data"]
        return "; ".join(
            f"{quote(field)}: {rule['message'].replace(chr(10), ' '):.200}"
            for field, rules in data.items()
            for rule in rules.values()
        )
    except (ValueError, RecursionError, AttributeError, KeyError, TypeError):
        return ""


def _nouns(request: HttpRequest) -> list[Noun]:
    return pipeline.parse_nouns(pipeline.split_path(request.path))


def _token(request: HttpRequest) -> str | None:
    sent = request.headers.get("x-auth-token")
    return sent if sent is not None else next(iter(parse_qs(request.query).get("auth_token", ())), None)


def _owner(request: HttpRequest, state: ServerState) -> Account | None:
    """Return the account that a request's token belongs to."""
    token = _token(request)
    try:
        return None if token is None else state.store.accounts.get(state.claims(token)["account_id"])
    except TokenError:
        return None
