"""From a WSGI environment to the request as the client wrote it."""

import functools
from typing import Any

from mockcdrs.crossbar.answer import Incoming
from mockcdrs.crossbar.buckets import LOCAL_ADDRESS

_BARE = frozenset({"CONTENT_TYPE", "CONTENT_LENGTH"})


def read(environ: dict[str, Any], longest_body: int) -> Incoming:
    """The request with its path raw, where the server tells it, and without a body longer than the longest."""
    raw = environ.get("REQUEST_URI") or environ.get("RAW_URI") or _rebuilt(environ)
    path, _, _ = raw.partition("?")
    headers = {
        name: value if value.isascii() else _text(value)
        for key, value in environ.items()
        if (name := _header_name(key)) is not None
    }
    if not headers.get("content-type") and "waitress.client_disconnected" not in environ:
        headers.pop("content-type", None)  # other servers may say "" where there is none
    method, query = environ["REQUEST_METHOD"], environ.get("QUERY_STRING", "")
    peer = environ.get("REMOTE_ADDR") or LOCAL_ADDRESS
    return Incoming(method, path, query, headers, _body(environ, longest_body), peer)


def _rebuilt(environ: dict[str, Any]) -> str:
    from urllib.parse import quote

    return quote(environ.get("PATH_INFO", "/").encode("latin-1"), safe="/~!$&'()*+,;=:@")


@functools.lru_cache(maxsize=256)
def _header_name(key: str) -> str | None:
    """The header that a key of the environment holds, in small letters; `None` for what is no header."""
    if key.startswith("HTTP_") or key in _BARE:
        return key.removeprefix("HTTP_").replace("_", "-").lower()
    return None


def _text(header: str) -> str:
    return header.encode("latin-1").decode("utf-8", "surrogateescape")


def _body(environ: dict[str, Any], longest: int) -> bytes:
    length = environ.get("CONTENT_LENGTH") or ""
    # Python reads no number of thousands of digits, and one of twenty is too large already
    count = int(length[:20]) if length.isascii() and length.isdecimal() else 0
    return bytes(environ["wsgi.input"].read(count)) if 0 < count <= longest else b""
