"""Access to the control API: another machine needs the token, and pages of other sites are refused."""

import hmac
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass

from mockcdrs.control.api_errors import ApiError

_METHODS_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})  # no DELETE: a browser asks by preflight before it sends one
_OWN_SITE = frozenset({"same-origin", "none"})


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """Who may use the control API.

    Arguments:
        host: the address that the server listens on.
        token: the control token; with one every request needs it, without one only this machine is let in.

    """

    host: str = "127.0.0.1"
    token: str | None = None


def is_loopback(host: str) -> bool:
    """Whether a name or address is a loopback one, which only this machine reaches."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    mapped = address.ipv4_mapped if address.version == 6 else None  # a socket for both families gives these
    return (mapped or address).is_loopback


def check_access(
    policy: AccessPolicy, peer: str, method: str, headers: Mapping[str, str], token: str | None, *, is_open: bool
) -> None:
    """Raise `ApiError` unless a user of this machine, or somebody who has the token, sends the request.

    Arguments:
        policy: who may use the API.
        peer: the address that the request comes from, as the socket has it: headers can be forged.
        method: the HTTP method.
        headers: the request's, by names in lower case.
        token: the control token that the request has.
        is_open: whether the path needs no token.

    """
    if policy.token is None:
        _check_peer(peer)
        _check_host(policy, headers.get("host", ""))
    _check_site(headers, method)
    if method in _METHODS_WITH_BODY and not _is_json(headers):
        came = headers.get("content-type", "none")
        raise ApiError(
            415, "not-json", f"content-type: came {came!r:.80}; expected application/json: send it with every change"
        )
    if policy.token is not None and not is_open and not _is_equal(policy.token, token or ""):
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


def _check_host(policy: AccessPolicy, sent: str) -> None:
    # against DNS rebinding: such a page's requests come from a loopback address too, but name the page's own host
    host = parse_host(sent)
    if not (is_loopback(host) or host == policy.host.lower()):
        raise ApiError(
            403,
            "foreign-host",
            f"Host: came {sent!r:.80}; expected localhost, a loopback address or {policy.host}: ask under that name, "
            "or serve with --control-token and send the token",
        )


def parse_host(sent: str) -> str:
    """Return the name or address in a `Host` header, without port and brackets."""
    if sent.startswith("["):
        return sent[1:].partition("]")[0]
    return sent.partition(":")[0].lower()


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
            "Crossbar's part only",
        )


def _is_json(headers: Mapping[str, str]) -> bool:
    return headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"


def _is_equal(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "surrogateescape"), other.encode("utf-8", "surrogateescape"))
