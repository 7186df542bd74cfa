"""The curl command that repeats a recorded request, with the mock's own secrets in place of their digests."""

import re
import shlex
from collections.abc import Iterable, Mapping

from mockcdrs.control.journal import MAX_REQUEST_BODY_BYTES, Record
from mockcdrs.control.redaction import redact
from mockcdrs.dataset.accounts import Account, api_key, password_digest

_HEADERS = (
    *("accept", "accept-language", "content-type", "x-request-id", "origin"),
    *("authorization", "x-auth-account-id"),
)
_DIGEST = re.compile(r"redacted-[0-9a-f]{8}")
_UNAUTHORIZED = 401


def curl_command(record: Record, origin: str, secrets: Mapping[str, str], own_token: str) -> str:
    """Return the shell command that repeats a request.

    Arguments:
        record: the request.
        origin: the server's `http://host:port`.
        secrets: the mock's own secrets by their digests, as of `own_secrets`. Any other stays a digest.
        own_token: stands in for a token that was let in and that a login gave: nobody keeps those.

    """
    headers = [f"{name}: {record.headers[name]}" for name in _HEADERS if record.headers.get(name, "*/*") != "*/*"]
    token = record.headers.get("x-auth-token")
    if token is not None:
        is_of_login = token not in secrets and record.status != _UNAUTHORIZED
        headers.append(f"X-Auth-Token: {own_token if is_of_login else token}")
    words = ["curl", "-sS"] + ([] if record.method == "GET" else ["-X", record.method])
    for header in headers:
        words += ["-H", header]
    is_whole = record.received_bytes <= MAX_REQUEST_BODY_BYTES
    if record.received_bytes and is_whole:
        words += ["--data-raw", record.body]
    words.append(f"{origin}{record.target}")
    line = _DIGEST.sub(lambda digest: secrets.get(digest[0], digest[0]), shlex.join(words))
    return line if is_whole else f'{line} --data-raw "$BODY"'


def own_secrets(accounts: Iterable[Account]) -> dict[str, str]:
    """Return the tokens, keys and credentials of accounts by the digests that stand for them in the journal."""
    secrets: list[str | None] = []
    for account in accounts:
        secrets.append(api_key(account))
        for token in account.tokens:
            secrets += [token.value, f"Bearer {token.value}", f"Basic {token.value}"]
        for user in account.users:
            secrets += [password_digest(user, "md5"), password_digest(user, "sha")]
    return {redact(secret): secret for secret in secrets if secret is not None}
