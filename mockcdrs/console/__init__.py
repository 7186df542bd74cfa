"""The console's pages and their files over HTTP: the console itself, and the page of the CDR API.

They tell nothing of the mock's state, so that they need no control token.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Any

import falcon

if TYPE_CHECKING:
    from falcon.routing import CompiledRouter

_TYPES = {
    "css": "text/css; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}

# What a page may do in which names and headers of strangers are shown: use its own files and server, and nothing else.
# Trusted types refuse whatever would make markup or code of a text.
_HEADERS = {
    "cache-control": "no-cache",
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


def add_routes(app: "falcon.App[Any, Any] | CompiledRouter", base: str) -> None:
    """Route the pages at `base/` and `base/docs`, and their files below `base/assets/`."""
    app.add_route(base, _Slash())
    app.add_route(f"{base}/", _Page("index.html"))
    app.add_route(f"{base}/docs", _Page("docs.html"))
    app.add_route(f"{base}/assets/{{name}}", _File())


def is_page(path: str) -> bool:
    """Whether a path below the base is a page or a file of one."""
    return path in {"", "/", "/docs"} or path.startswith("/assets/")


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of a page; `etag` is quoted."""

    body: bytes
    content_type: str
    etag: str


def find_asset(name: str) -> Asset | None:
    """Return one of the pages' files by its bare name; `None` where there is none."""
    return _read_asset(name) if name in _files() else None


@cache
def _files() -> Mapping[str, Traversable]:
    console = resources.files("mockcdrs.console")
    files = [console / "index.html", console / "docs.html", *(console / "assets").iterdir()]
    return {file.name: file for file in files if file.name.rpartition(".")[2] in _TYPES}


@cache
def _read_asset(name: str) -> Asset:
    body = _files()[name].read_bytes()
    return Asset(body, _TYPES[name.rpartition(".")[2]], f'"{hashlib.sha256(body).hexdigest()[:32]}"')


class _Slash:
    """A page names its files relative to its own address, which ends in a slash."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.status = 301
        resp.location = f"{req.path}/{'?' + req.query_string if req.query_string else ''}"


class _Page:
    def __init__(self, name: str) -> None:
        self._name = name

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        _send(req, resp, _read_asset(self._name))


class _File:
    def on_get(self, req: falcon.Request, resp: falcon.Response, name: str) -> None:
        asset = find_asset(name)
        if asset is None:
            raise falcon.HTTPNotFound
        _send(req, resp, asset)


def _send(req: falcon.Request, resp: falcon.Response, asset: Asset) -> None:
    resp.set_headers(_HEADERS)
    resp.etag = asset.etag.strip('"')
    if asset.etag in (req.get_header("If-None-Match") or ""):
        resp.status = 304
        return
    resp.content_type = asset.content_type
    resp.data = asset.body
