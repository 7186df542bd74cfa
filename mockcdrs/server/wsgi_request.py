"""From a WSGI environment to the request as the client wrote it."""

import functools
from typing import Any

import falcon

from mockcdrs.crossbar.answer import Incoming

_BARE = frozenset({"CONTENT_TYPE", "CONTENT_LENGTH"})


def read(req: falcon.Request, longest_body: int) -> Incoming:
    """The request with its path raw, where the server tells it, and at most one byte more than the longest body."""
    environ = req.env
    raw = environ.get("REQUEST_URI") or environ.get("RAW_URI") or _rebuilt(environ)
    path, _, _ = raw.partition("?")
    headers = {_name(key): _text(value) for key, value in environ.items() if key.startswith("HTTP_") or key in _BARE}
    return Incoming(req.method, path, environ.get("QUERY_STRING", ""), headers, _body(req, longest_body))


def _rebuilt(environ: dict[str, Any]) -> str:
    from urllib.parse import quote

    return quote(environ.get("PATH_INFO", "/").encode("latin-1"), safe="/%~!$&'()*+,;=:@")


@functools.lru_cache(maxsize=256)
def _name(key: str) -> str:
    return key.removeprefix("HTTP_").replace("_", "-").lower()


def _text(header: str) -> str:
    return header if header.isascii() else header.encode("latin-1").decode("utf-8", "surrogateescape")


def _body(req: falcon.Request, longest: int) -> bytes:
    if not req.content_length and req.get_header("Transfer-Encoding") is None:
        return b""
    return req.bounded_stream.read(longest + 1)
