"""From a WSGI environment to the request as the client wrote it."""

from typing import Any

import falcon

from mockcdrs.crossbar.answer import Incoming


def read(req: falcon.Request, longest_body: int) -> Incoming:
    """The request with its path raw, where the server tells it, and without a body longer than the longest."""
    environ = req.env
    raw = environ.get("REQUEST_URI") or environ.get("RAW_URI") or _rebuilt(environ)
    path, _, _ = raw.partition("?")
    headers = {name.lower(): _text(value) for name, value in req.headers.items()}
    return Incoming(req.method, path, environ.get("QUERY_STRING", ""), headers, _body(req, longest_body))


def _rebuilt(environ: dict[str, Any]) -> str:
    from urllib.parse import quote

    return quote(environ.get("PATH_INFO", "/").encode("latin-1"), safe="/~!$&'()*+,;=:@")


def _text(header: str) -> str:
    return header.encode("latin-1").decode("utf-8", "surrogateescape")


def _body(req: falcon.Request, longest: int) -> bytes:
    return req.bounded_stream.read() if 0 < (req.content_length or 0) <= longest else b""
