"""From a path to Crossbar's modules: the API version, the nouns, and the methods of the last one.

Sources followed: `crossbar_init.erl`, `api_util.erl`.
"""

import re
from collections.abc import Container
from urllib.parse import unquote

from mockcdrs.cdr import erlang
from mockcdrs.crossbar.context import HOOKS, Context, Noun
from mockcdrs.crossbar.errors import handler_crash
from mockcdrs.crossbar.resources import AccessLevel, Resource
from mockcdrs.crossbar.resources.cdrs import CDRS
from mockcdrs.crossbar.resources.directory import ACCOUNTS, APPS_STORE, DEVICES, USERS, WHITELABEL
from mockcdrs.crossbar.resources.logins import API_AUTH, AUTH, USER_AUTH
from mockcdrs.crossbar.resources.plain import PLAIN

RESOURCES: dict[str, Resource] = {
    **PLAIN,
    "accounts": ACCOUNTS,
    "api_auth": API_AUTH,
    "apps_store": APPS_STORE,
    "auth": AUTH,
    "cdrs": CDRS,
    "devices": DEVICES,
    "user_auth": USER_AUTH,
    "users": USERS,
    "whitelabel": WHITELABEL,
}
"""Every module of Crossbar that is served, by its name in a path."""

_MODULES = frozenset(RESOURCES)

# where fewer than two characters follow, it stays as it is
_BROKEN_ESCAPE = re.compile(r"%(?=..)(?![0-9A-Fa-f]{2})", re.DOTALL)
_INVALID_PATH = re.compile(r"[^A-Za-z0-9\-._~!$&'()*+,;=:@/%]|%(?![0-9A-Fa-f]{2})")


def is_path(raw: str) -> bool:
    """Whether a raw path is one at all; else the server does not even look at it."""
    return raw.startswith("/") and not _INVALID_PATH.search(raw)


def parse_api_version(raw: str) -> str:
    """The API version that a raw path asks for, as `v2`; empty for a path that is none of the API's.

    Anything goes that Erlang reads as a number behind the letter: `v02`, `v+2` and, rounded, `v2.0`. Without one it is
    `HOOKS`, a version for requests that other services make.
    """
    version = _unescape(raw.split("/", 2)[1])
    if version == HOOKS:
        return version
    try:
        erlang.to_integer(version.removeprefix("v"))
    except erlang.BadArgument:
        return ""
    return version if version.startswith("v") else ""


def split_path(raw: str, *, decodes_twice: bool = False) -> list[str]:
    """The parts of a raw path behind the API version; slashes at the end are ignored.

    `decodes_twice`: whether escapes are undone a second time; `EmptyResponse` where one is left over that cannot be.
    """
    once = map(_unescape, raw.rstrip("/").split("/")[2:])
    return [*map(_unescape_again, once)] if decodes_twice else [*once]


def _unescape(token: str) -> str:
    return unquote(token, errors="surrogateescape")


def _unescape_again(token: str) -> str:
    if _BROKEN_ESCAPE.search(token):
        raise handler_crash(f"an escape that is none: {token!a:.80}")
    return _unescape(token)


def known_modules(context: Context) -> frozenset[str]:
    """Names of the modules that the API version asked for has."""
    if context.api_version in {"v1", "v2"}:
        return _MODULES
    return _MODULES - context.version.modules_of_v1_and_v2


def parse_nouns(tokens: list[str], modules: Container[str] = _MODULES) -> list[Noun]:
    """Each module with its parameters, the last one first; nothing where the path starts with no module."""
    nouns: list[Noun] = []
    for token in tokens:
        if token in modules:
            nouns.insert(0, (token, ()))
        elif not nouns:
            return []
        else:
            module, parameters = nouns[0]
            nouns[0] = (module, (*parameters, token))
    return nouns


def allowed_methods(noun: Noun) -> tuple[str, ...]:
    """The methods of a path's last noun; none where its module knows no such path."""
    module, parameters = noun
    return RESOURCES[module].methods(parameters)


def required_access(context: Context) -> AccessLevel:
    """Whom the path of a request lets in."""
    return AccessLevel.ACCOUNT if len(context.nouns) != 1 else RESOURCES[context.nouns[0][0]].access(context)
