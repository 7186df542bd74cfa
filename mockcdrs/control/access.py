"""Who may use the control API: nobody whom a foreign page sends."""

import hmac
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass

from mockcdrs.control.refused import Refused

_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})  # a form sends only POST; a browser asks before it sends DELETE
_ANYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 named so as not to compare Host with these
_OWN_SITE = frozenset({"same-origin", "none"})


@dataclass(frozen=True, slots=True)
class Access:
    """`host` is the address listened on; `token` is needed of everybody where there is one."""

    host: str = "127.0.0.1"
    token: str | None = None


def is_loopback(host: str) -> bool:
    """Whether a name or address is this machine's own, for nobody else."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check(access: Access, method: str, headers: Mapping[str, str], token: str | None, is_open: bool) -> None:
    """Raise `Refused` for a request that a person at this machine, or a holder of the token, would not send.

    Header names are in small letters. `token` is the one that came, `is_open`: this path needs none.
    """
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


def _check_host(access: Access, sent: str) -> None:
    host = host_of(sent)
    # listening everywhere takes a token, which a rebound page does not have, so there any name is good
    if not (is_loopback(host) or host == access.host.lower() or (access.host in _ANYWHERE and access.token)):
        raise Refused(
            403,
            "foreign-host",
            f"Host: came {sent!r:.80}; expected localhost, a loopback address or {access.host}: ask under that name, "
            "or serve with --host and --control-token",
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
