"""From a path to nouns, and which methods the last noun takes (`api_util.erl`)."""

import re
from urllib.parse import unquote

from mockcdrs.crossbar.context import Noun
from mockcdrs.crossbar.resources.table import RESOURCES

_VERSION = re.compile(r"v[+-]?\d+", re.ASCII)
_NOT_IN_A_PATH = re.compile(r"[^A-Za-z0-9\-._~!$&'()*+,;=:@/%]|%(?![0-9A-Fa-f]{2})")


def is_path(raw: str) -> bool:
    """Whether a raw path is one at all; else the server does not even look at it."""
    return raw.startswith("/") and not _NOT_IN_A_PATH.search(raw)


def split(raw: str) -> tuple[str, list[str]]:
    """The API version and the tokens behind it; what is no version counts as `v1`. Slashes at the end say nothing."""
    tokens = [unquote(token, errors="surrogateescape") for token in raw.rstrip("/").split("/")[1:]]
    version, *rest = tokens or [""]
    return (version if _VERSION.fullmatch(version) else "v1"), rest


def nouns(tokens: list[str]) -> list[Noun]:
    """Each module with its parameters, the last one first; nothing where the path starts with no module."""
    found: list[Noun] = []
    for token in tokens:
        if token in RESOURCES:
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
