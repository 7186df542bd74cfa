"""What gives an account away does not get into a journal, a report or a page: a digest stands in its place.

Equal secrets stay equal and different ones different, wherever they were sent.
"""

import functools
import hashlib
import itertools
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, unquote_plus

HEADERS = frozenset({"x-auth-token", "authorization"})
NAMES = ("auth_token", "authorization", "password", "api_key", "credentials", "token")
_LOGINS = frozenset({"user_auth", "api_auth"})
_NO_TOKENS = frozenset({"", "recovery"})

_NAME = "|".join(NAMES)
_IN_JSON = re.compile(rf'("(?:{_NAME})"\s*:\s*)("(?:[^"\\]|\\.)*"?|[^\s"\[\]{{}},]+)', re.DOTALL)
_IN_FORM = re.compile(rf"(?<![^\s&?\"'])((?:{_NAME})=)([^&\s\"']+)")
# Kazoo's word for no token, and what this module has made
_NO_SECRET = re.compile(r"undefined|redacted-[0-9a-f]{8}")
# a token as Kazoo signs it: a JSON Web Token's three parts
_SIGNED = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)


@functools.lru_cache(maxsize=256)
def redacted(secret: str) -> str:
    """A short form of a secret that tells two of them apart and gives neither away. What is one already stays."""
    if _NO_SECRET.fullmatch(secret):
        return secret
    digest = hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()
    return f"redacted-{digest[:8]}"


def headers(sent: Mapping[str, str]) -> dict[str, str]:
    """Headers by their names in small letters."""
    return {name: redacted(value) if name in HEADERS else value for name, value in sent.items()}


def value(name: str, given: Any) -> Any:
    """A parameter's or member's value; of an object or a list its members'. What is no text cannot be a secret."""
    if isinstance(given, Mapping):
        return {member: value(member, held) for member, held in given.items()}
    if isinstance(given, list):
        return [value(name, held) for held in given]
    return redacted(given) if name in NAMES and isinstance(given, str) else given


@functools.lru_cache(maxsize=256)
def path(raw: str) -> str:
    """A path as it came, with the token behind `/user_auth/` or `/api_auth/` redacted, and signed ones anywhere."""
    segments = raw.split("/")
    shown = segments[:1]
    for login, segment in itertools.pairwise(segments):
        is_token = unquote(login) in _LOGINS and segment not in _NO_TOKENS
        shown.append(redacted(unquote(segment)) if is_token else segment)
    return _SIGNED.sub(lambda token: redacted(token[0]), "/".join(shown))


def query(raw: str) -> str:
    """A query string as it came, without its secrets."""
    return _SIGNED.sub(lambda token: redacted(token[0]), "&".join(map(_pair, raw.split("&"))))


def _pair(raw: str) -> str:
    name, equals, held = raw.partition("=")
    if not equals or unquote_plus(name) not in NAMES:
        return raw
    return f"{name}={redacted(unquote_plus(held, errors='surrogateescape'))}"


def text(raw: str) -> str:
    """A body, whole or cut off: JSON, a form, or anything else that names secrets as these do."""
    raw = _IN_JSON.sub(lambda found: f'{found[1]}"{redacted(_read(found[2]))}"', raw)
    raw = _IN_FORM.sub(lambda found: found[1] + redacted(unquote_plus(found[2])), raw)
    return _SIGNED.sub(lambda token: redacted(token[0]), raw)


def _read(literal: str) -> str:
    try:
        return str(json.loads(literal))
    except ValueError:
        return literal.strip('"')
