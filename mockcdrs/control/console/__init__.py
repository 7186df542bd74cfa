"""The console: a page that does everything through the control API, and one that shows Crossbar's.

The files are served as they lie here.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

_TYPES = {
    "css": "text/css; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}

# what a page may do in which names and headers of strangers are shown: nothing but its own files and server
HEADERS = {
    "cache-control": "no-cache",
    "content-security-policy": "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "object-src 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of a page, and what its answer says about it; `etag` is quoted."""

    body: bytes
    content_type: str
    etag: str


@cache
def _files() -> Mapping[str, Traversable]:
    console = resources.files(__name__)
    files = [console / "index.html", console / "docs.html", *(console / "assets").iterdir()]
    return {file.name: file for file in files if file.name.rpartition(".")[2] in _TYPES}


@cache
def _asset(name: str) -> Asset:
    body = _files()[name].read_bytes()
    return Asset(body, _TYPES[name.rpartition(".")[2]], f'"{hashlib.sha256(body).hexdigest()[:32]}"')


def page() -> Asset:
    """The page itself; it names its files below `assets/`, relative to its own address."""
    return _asset("index.html")


def docs() -> Asset:
    """The page of Crossbar's API, which reads `openapi.json`; its files lie with those of the console."""
    return _asset("docs.html")


def asset(name: str) -> Asset | None:
    """One of the pages' files by its bare name; `None` where there is none."""
    return _asset(name) if name in _files() else None
