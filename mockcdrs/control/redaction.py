"""Redaction of secrets: a digest replaces each token and password before it gets into a journal, report or page.

Equal secrets have equal digests and different ones different digests, wherever they were sent. `escape` makes a
client's text harmless for a terminal.
"""

import functools
import hashlib
import itertools
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, unquote_plus

SECRET_HEADERS = frozenset({"x-auth-token", "authorization", "proxy-authorization", "cookie", "set-cookie"})
"""Cookies, too: a browser sends those of one server on this machine to all others there, whatever their ports."""
SECRET_NAMES = ("auth_token", "authorization", "password", "api_key", "credentials", "token")
_LOGINS = frozenset({"user_auth", "api_auth"})
_NOT_TOKENS = frozenset({"", "recovery"})

_NAME = "|".join(SECRET_NAMES)
# `re` compiles these when the first body comes
_IN_JSON = rf'(?s)("(?:{_NAME})"\s*:\s*)("(?:[^"\\]|\\.)*"?|[^\s"\[\]{{}},]+)'
_IN_FORM = rf"(?<![^\s&?\"'])((?:{_NAME})=)([^&\s\"']+)"
# Kazoo's word for no token, and what `redact` returns
_NO_SECRET = re.compile(r"undefined|redacted-[0-9a-f]{8}")
# a token as Kazoo signs it: a JSON Web Token's three parts, after the letters before it in its word. Nothing is given
# back once it is matched, so that the time that a text takes grows with its length alone, however often it says eyJ
_JWT = re.compile(r"(?<![\w-])(?>([\w-]*?)(eyJ[\w-]++))(\.[\w-]++\.[\w-]++)", re.ASCII)
# without any of these a query string names no secret, and holds no such token
_SIGNS_OF_SECRETS = ("%", "+", "eyJ", *SECRET_NAMES)


@functools.lru_cache(maxsize=256)
def redact(secret: str) -> str:
    """Return `redacted-` and a digest in place of a secret; what is redacted already stays."""
    if _NO_SECRET.fullmatch(secret):
        return secret
    try:
        sent = secret.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # JSON can name half of a surrogate pair, which no byte stands for
        sent = secret.encode("utf-8", "surrogatepass")
    return f"redacted-{hashlib.sha256(sent).hexdigest()[:8]}"


def redact_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Redact headers, given by their names in lower case."""
    return {name: redact(value) if name in SECRET_HEADERS else value for name, value in headers.items()}


def redact_value(name: str, value: Any) -> Any:
    """Redact the value of a parameter or member, or within it those of its members. Only text can be a secret."""
    if isinstance(value, str):
        return redact(value) if name in SECRET_NAMES else value
    if isinstance(value, Mapping):
        return {member: redact_value(member, each) for member, each in value.items()}
    return [redact_value(name, each) for each in value] if isinstance(value, list) else value


@functools.lru_cache(maxsize=256)
def redact_path(raw: str) -> str:
    """Redact a path as it came: the token behind `/user_auth/` or `/api_auth/`, and signed tokens anywhere."""
    segments = raw.split("/")
    redacted = segments[:1]
    for login, segment in itertools.pairwise(segments):
        is_token = unquote(login) in _LOGINS and segment not in _NOT_TOKENS
        redacted.append(redact(unquote(segment)) if is_token else segment)
    return _redact_signed("/".join(redacted))


def redact_query(raw: str) -> str:
    """Redact a query string as it came."""
    if not any(map(raw.__contains__, _SIGNS_OF_SECRETS)):
        return raw
    return _redact_signed("&".join(map(_redact_pair, raw.split("&"))))


def _redact_pair(raw: str) -> str:
    name, equals, value = raw.partition("=")
    if not equals or unquote_plus(name) not in SECRET_NAMES:
        return raw
    return f"{name}={redact(unquote_plus(value, errors='surrogateescape'))}"


def redact_text(raw: str) -> str:
    """Redact a body, whole or cut off: JSON, a form, or anything else that names secrets as these do."""
    raw = re.sub(_IN_JSON, lambda match: f'{match[1]}"{redact(_parse_literal(match[2]))}"', raw)
    raw = re.sub(_IN_FORM, lambda match: match[1] + redact(unquote_plus(match[2])), raw)
    return _redact_signed(raw)


def _parse_literal(literal: str) -> str:
    try:
        return str(json.loads(literal))
    except ValueError:
        return literal.strip('"')


def _redact_signed(text: str) -> str:
    return _JWT.sub(lambda found: found[1] + redact(found[2] + found[3]), text)


def escape(text: str) -> str:
    """Escape text of a client's into printable ASCII, so that it neither ends a log's line nor commands a terminal."""
    return text if text.isascii() and text.isprintable() else text.encode("unicode_escape").decode("ascii")
