"""The console's pages and files as HTTP. They tell nothing of the state, so that they need no control token."""

from typing import Any

import falcon

from mockcdrs.control import console
from mockcdrs.control.console import Asset


class _Page:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        _send(req, resp, console.page())


class _Docs:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        _send(req, resp, console.docs())


class _File:
    def on_get(self, req: falcon.Request, resp: falcon.Response, name: str) -> None:
        found = console.asset(name)
        if found is None:
            raise falcon.HTTPNotFound
        _send(req, resp, found)


class _Slash:
    """The page names its files relative to its own address, which ends in a slash."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        del resp
        raise falcon.HTTPMovedPermanently(f"{req.path}/{'?' + req.query_string if req.query_string else ''}")


def is_console(below: str) -> bool:
    """Whether a path below the control API's is a page or a file of one."""
    return below in {"", "/", "/docs"} or below.startswith("/assets/")


def add_console(app: "falcon.App[Any, Any]", base: str) -> None:
    """Route the pages at `base/` and `base/docs`, and their files below `base/assets/`."""
    app.add_route(base, _Slash())
    app.add_route(f"{base}/", _Page())
    app.add_route(f"{base}/docs", _Docs())
    app.add_route(f"{base}/assets/{{name}}", _File())


def _send(req: falcon.Request, resp: falcon.Response, found: Asset) -> None:
    resp.set_headers(console.HEADERS)
    resp.etag = found.etag.strip('"')
    if found.etag in (req.get_header("If-None-Match") or ""):
        resp.status = 304
        return
    resp.content_type = found.content_type
    resp.data = found.body
