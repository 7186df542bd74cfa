"""The console's pages and files as HTTP. They tell nothing of the state, so that they need no control token."""

import falcon
from falcon.routing import CompiledRouter

from mockcdrs.control import console
from mockcdrs.control.console import Asset


class _Page:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        _send(req, resp, console.page())


class _Docs:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        _send(req, resp, console.docs(), console.DOCS_HEADERS)


class _File:
    def on_get(self, req: falcon.Request, resp: falcon.Response, name: str) -> None:
        found = console.asset(name)
        if found is None:
            raise falcon.HTTPNotFound
        _send(req, resp, found)


class _Slash:
    """The page names its files relative to its own address, which ends in a slash."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.status = 301
        resp.location = f"{req.path}/{'?' + req.query_string if req.query_string else ''}"


def is_console(below: str) -> bool:
    """Whether a path below the control API's is a page or a file of one."""
    return below in {"", "/", "/docs"} or below.startswith("/assets/")


def add_console(router: CompiledRouter, base: str) -> None:
    """Route the pages at `base/` and `base/docs`, and their files below `base/assets/`."""
    router.add_route(base, _Slash())
    router.add_route(f"{base}/", _Page())
    router.add_route(f"{base}/docs", _Docs())
    router.add_route(f"{base}/assets/{{name}}", _File())


def _send(req: falcon.Request, resp: falcon.Response, found: Asset, headers: dict[str, str] = console.HEADERS) -> None:
    resp.set_headers(headers)
    resp.etag = found.etag.strip('"')
    if found.etag in (req.get_header("If-None-Match") or ""):
        resp.status = 304
        return
    resp.content_type = found.content_type
    resp.data = found.body
