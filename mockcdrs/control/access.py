"""Who may use the control API: nobody at another machine without the token, and nobody whom a foreign page sends."""

import hmac
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass

from mockcdrs.control.refused import Refused

_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})  # a form sends only POST; a browser asks before it sends DELETE
_OWN_SITE = frozenset({"same-origin", "none"})


@dataclass(frozen=True, slots=True)
class Access:
    """`host` is the address listened on; `token` is needed of everybody where there is one."""

    host: str = "127.0.0.1"
    token: str | None = None


def is_loopback(host: str) -> bool:
    """Whether a name or address is this machine's own, for nobody else."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    mapped = address.ipv4_mapped if address.version == 6 else None  # what a socket for both families tells
    return (mapped or address).is_loopback


def check(
    access: Access, peer: str, method: str, headers: Mapping[str, str], token: str | None, *, is_open: bool
) -> None:
    """Raise `Refused` for a request that a person at this machine, or a holder of the token, would not send.

    `peer` is the address that the request came from: what it says of itself can be made up. Header names are in small
    letters. `token` is the one that came, `is_open`: this path needs none.
    """
    if access.token is None:
        _check_peer(peer)
        _check_host(access, headers.get("host", ""))
    _check_site(headers, method)
    if method in _WITH_BODY and not _is_json(headers):
        came = headers.get("content-type", "none")
        raise Refused(
            415, "not-json", f"content-type: came {came!r:.80}; expected application/json: send it with every change"
        )
    if access.token is not None and not is_open and not _is_equal(access.token, token or ""):
        raise Refused(
            403,
            "control-token",
            f"{'a wrong' if token else 'no'} control token came; expected that of --control-token: "
            "send it as X-Mockcdrs-Token",
        )


def _check_peer(peer: str) -> None:
    if not is_loopback(peer):
        raise Refused(
            403,
            "foreign-peer",
            f"the request came from {peer!r:.80}; expected one from this machine: serve with --control-token and send "
            "the token",
        )


def _check_host(access: Access, sent: str) -> None:
    # a page whose name was bound anew to this machine comes from a loopback address as well, but not under that name
    host = host_of(sent)
    if not (is_loopback(host) or host == access.host.lower()):
        raise Refused(
            403,
            "foreign-host",
            f"Host: came {sent!r:.80}; expected localhost, a loopback address or {access.host}: ask under that name, "
            "or serve with --control-token and send the token",
        )


def host_of(sent: str) -> str:
    """The name or address in a `Host` header, without port and brackets."""
    if sent.startswith("["):
        return sent[1:].partition("]")[0]
    return sent.partition(":")[0].lower()


def _check_site(headers: Mapping[str, str], method: str) -> None:
    origin, site = headers.get("origin"), headers.get("sec-fetch-site", "none")
    own = headers.get("host", "").lower()
    is_navigation = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    is_link = method == "GET" and is_navigation
    if (origin is not None and origin.lower().partition("://")[2] != own) or not (site in _OWN_SITE or is_link):
        raise Refused(
            403,
            "foreign-origin",
            f"Origin: came {origin or site!r:.80}; expected a page of this server itself: other pages may use "
            "Crossbar's part only",
        )


def _is_json(headers: Mapping[str, str]) -> bool:
    return headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"


def _is_equal(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "surrogateescape"), other.encode("utf-8", "surrogateescape"))
