"""Access to the control API, and its errors: another machine needs the token, pages of other sites are refused."""

import hmac
import re
from collections.abc import Mapping
from typing import Any

from mockcdrs.config import ServerConfig, is_loopback

_METHODS_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})  # no DELETE: a browser asks by preflight before it sends one
_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]*)\]|([^:\[\]]*))(?::[0-9]*)?", re.ASCII)
_OWN_SITE = frozenset({"same-origin", "none"})


class ApiError(Exception):
    """A request that the control API refuses.

    Arguments:
        status: the HTTP status of the answer.
        code: a stable name of the error.
        message: what came, what was expected, and what to do.
        field: the member or parameter that is wrong.

    """

    def __init__(self, status: int, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.field = field

    def to_dict(self) -> dict[str, Any]:
        """Return the body of the answer."""
        return error_body(self.code, self.message, self.field)


def error_body(code: str, message: str, field: str | None = None) -> dict[str, Any]:
    """Return the body of an answer that is an error."""
    named = {} if field is None else {"field": field}
    return {"error": {"code": code, "message": message, **named}}


def check_access(
    server: ServerConfig, peer: str, method: str, headers: Mapping[str, str], token: str | None, *, is_open: bool
) -> None:
    """Raise `ApiError` unless a user of this machine, or somebody who has the token, sends the request.

    Arguments:
        server: where it listens. With a control token every request needs that, without one only this machine is let
            in.
        peer: the address that the request comes from, as the socket has it: headers can be forged.
        method: the HTTP method.
        headers: the request's, by names in lower case.
        token: the control token that the request has.
        is_open: whether the path needs no token.

    """
    if server.control_token is None:
        _check_peer(peer)
        _check_host(server, headers.get("host", ""))
    origin = headers.get("origin")
    if origin not in server.allow_origin:
        _check_site(headers, method)
    if method == "OPTIONS" and origin in server.allow_origin:
        return  # a preflight, which never has a token
    if method in _METHODS_WITH_BODY and not (_is_json(headers) or _is_bare(headers)):
        came = headers.get("content-type", "none")
        raise ApiError(
            415, "not-json", f"content-type: came {came!r:.80}; expected application/json: send it with every change"
        )
    if server.control_token is not None and not is_open and not _is_equal(server.control_token, token or ""):
        raise ApiError(
            403,
            "control-token",
            f"{'a wrong' if token else 'no'} control token came; expected that of --control-token: "
            "send it as X-Mockcdrs-Token",
        )


def _check_peer(peer: str) -> None:
    if not is_loopback(peer):
        raise ApiError(
            403,
            "foreign-peer",
            f"the request came from {peer!r:.80}; expected one from this machine: serve with --control-token and send "
            "the token",
        )


def _check_host(server: ServerConfig, sent: str) -> None:
    # against DNS rebinding: such a page's requests come from a loopback address too, but name the page's own host
    host = parse_host(sent)
    if not (is_loopback(host) or host == server.host.lower()):
        raise ApiError(
            403,
            "foreign-host",
            f"Host: came {sent!r:.80}; expected localhost, a loopback address or {server.host}: ask under that name, "
            "or serve with --control-token and send the token",
        )


def parse_host(sent: str) -> str:
    """Return the name or address in a `Host` header, without port and brackets; empty if anything else is in it."""
    host = _HOST.fullmatch(sent)
    return "" if host is None else (host[1] or host[2] or "").lower()


def _check_site(headers: Mapping[str, str], method: str) -> None:
    origin, site = headers.get("origin"), headers.get("sec-fetch-site", "none")
    host = headers.get("host", "").lower()
    is_navigation = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    is_link = method == "GET" and is_navigation
    if (origin is not None and origin.lower().partition("://")[2] != host) or not (site in _OWN_SITE or is_link):
        raise ApiError(
            403,
            "foreign-origin",
            f"Origin: came {origin or site!r:.80}; expected a page of this server itself: other pages may use "
            "Crossbar's part only, unless the server is started with --allow-origin and their origin",
        )


def panel_headers(server: ServerConfig, origin: str | None) -> dict[str, str]:
    """Return the headers that let a page of an allowed origin read an answer, and send the request at all."""
    if origin is None or origin not in server.allow_origin:
        return {}
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE",
        "Access-Control-Allow-Headers": "Content-Type, X-Mockcdrs-Token",
        "Access-Control-Expose-Headers": "X-Mockcdrs-State",
        "Access-Control-Max-Age": "600",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }


def _is_bare(headers: Mapping[str, str]) -> bool:
    """Whether a request has neither body nor content type, and no page sent it: each POST of a page has an origin."""
    length = headers.get("content-length") or "0"
    return not {"content-type", "origin", "transfer-encoding"} & headers.keys() and length == "0"


def _is_json(headers: Mapping[str, str]) -> bool:
    return headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"


def _is_equal(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "surrogateescape"), other.encode("utf-8", "surrogateescape"))
