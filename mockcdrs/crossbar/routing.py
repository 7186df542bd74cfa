"""From a path to nouns, and which methods the last noun takes (`crossbar_init.erl`, `api_util.erl`)."""

import re
from collections.abc import Container
from urllib.parse import unquote

from mockcdrs.cdr import erlang
from mockcdrs.crossbar.context import HOOKS, Context, Noun
from mockcdrs.crossbar.errors import died
from mockcdrs.crossbar.resources.table import RESOURCES

_MODULES = frozenset(RESOURCES)
# where fewer than two characters follow, it stays as it is
_BROKEN_ESCAPE = re.compile(r"%(?=..)(?![0-9A-Fa-f]{2})", re.DOTALL)
_NOT_IN_A_PATH = re.compile(r"[^A-Za-z0-9\-._~!$&'()*+,;=:@/%]|%(?![0-9A-Fa-f]{2})")


def is_path(raw: str) -> bool:
    """Whether a raw path is one at all; else the server does not even look at it."""
    return raw.startswith("/") and not _NOT_IN_A_PATH.search(raw)


def api_version(raw: str) -> str:
    """The API version that a raw path asks for, as `v2`; empty for a path that is none of the API's.

    Anything goes that Erlang reads as a number behind the letter: `v02`, `v+2` and, rounded, `v2.0`. Without one it is
    `HOOKS`, a version for requests that other services make.
    """
    version = _unescaped(raw.split("/", 2)[1])
    if version == HOOKS:
        return version
    try:
        erlang.to_integer(version.removeprefix("v"))
    except erlang.BadArgument:
        return ""
    return version if version.startswith("v") else ""


def tokens(raw: str, *, decodes_twice: bool = False) -> list[str]:
    """The parts of a raw path behind the API version; slashes at the end say nothing.

    `decodes_twice`: whether escapes are undone a second time; `BareAnswer` where one is left over that cannot be.
    """
    once = map(_unescaped, raw.rstrip("/").split("/")[2:])
    return [*map(_unescaped_again, once)] if decodes_twice else [*once]


def _unescaped(token: str) -> str:
    return unquote(token, errors="surrogateescape")


def _unescaped_again(token: str) -> str:
    if _BROKEN_ESCAPE.search(token):
        raise died(f"an escape that is none: {token!a:.80}")
    return _unescaped(token)


def modules(context: Context) -> frozenset[str]:
    """Names of the modules that the API version asked for has."""
    if context.api_version in {"v1", "v2"}:
        return _MODULES
    return _MODULES - context.version.modules_of_v1_and_v2


def nouns(tokens: list[str], modules: Container[str] = RESOURCES) -> list[Noun]:
    """Each module with its parameters, the last one first; nothing where the path starts with no module."""
    found: list[Noun] = []
    for token in tokens:
        if token in modules:
            found.insert(0, (token, ()))
        elif not found:
            return []
        else:
            module, parameters = found[0]
            found[0] = (module, (*parameters, token))
    return found


def allowed_methods(noun: Noun) -> tuple[str, ...]:
    """What the last noun of a path takes; nothing where its module knows no such path."""
    module, parameters = noun
    return RESOURCES[module].methods(parameters)
