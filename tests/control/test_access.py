"""Who may use the control API."""

import pytest

from mockcdrs.control.access import AccessPolicy, check_access, is_loopback
from mockcdrs.control.api_errors import ApiError

TOKEN = AccessPolicy("0.0.0.0", "secret")


def asked(
    access: AccessPolicy,
    method: str = "GET",
    token: str | None = None,
    *,
    peer: str = "127.0.0.1",
    is_open: bool = False,
    **more: str,
) -> None:
    headers = {"host": "localhost:8000"} | {name.replace("_", "-"): value for name, value in more.items()}
    check_access(access, peer, method, headers, token, is_open=is_open)


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_without_a_token_this_machine_is_let_in(peer: str) -> None:
    asked(AccessPolicy(), peer=peer)


@pytest.mark.parametrize("peer", ["10.0.0.1", "203.0.113.7", "::2", "::ffff:203.0.113.7", "fe80::1%eth0", "", "unix"])
@pytest.mark.parametrize("access", [AccessPolicy(), AccessPolicy("0.0.0.0")])
def test_without_a_token_nobody_else_is_whatever_host_it_names(access: AccessPolicy, peer: str) -> None:
    for is_open in (False, True):
        with pytest.raises(ApiError, match=r"the request came from '.*'; expected one from this machine"):
            asked(access, peer=peer, is_open=is_open)


def test_with_the_token_everybody_is_let_in_under_any_name() -> None:
    asked(AccessPolicy(token="secret"), token="secret", peer="203.0.113.7", host="mock.example")


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8000", "127.0.0.1:8000", "127.8.8.8", "[::1]:8000", "LOCALHOST"]
)
def test_this_machines_names_are_good(host: str) -> None:
    asked(AccessPolicy(), host=host)


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "10.0.0.1", "", "[::2]", "127.0.0.1.evil"])
def test_other_names_are_foreign(host: str) -> None:
    with pytest.raises(ApiError, match="Host: came"):
        asked(AccessPolicy(), host=host)


def test_the_address_listened_on_is_good_and_with_a_token_any_is() -> None:
    asked(AccessPolicy("dev.example"), host="dev.example:8000")
    asked(TOKEN, token="secret", host="anything.example")
    with pytest.raises(ApiError):
        asked(AccessPolicy("0.0.0.0"), host="anything.example")


def test_the_token_is_needed_but_where_nothing_is_told() -> None:
    asked(TOKEN, token="secret")
    asked(TOKEN, is_open=True)
    for token, words in ((None, "no control token"), ("sécret", "a wrong control token"), ("\udcff", "a wrong")):
        with pytest.raises(ApiError, match=words):
            asked(TOKEN, token=token)


def test_a_page_of_the_server_itself_may_and_a_link_to_it_may_be_followed() -> None:
    asked(AccessPolicy(), origin="http://localhost:8000", sec_fetch_site="same-origin")
    asked(AccessPolicy(), sec_fetch_site="cross-site", sec_fetch_mode="navigate", sec_fetch_dest="document")
    with pytest.raises(ApiError):
        asked(AccessPolicy(), sec_fetch_site="cross-site", sec_fetch_mode="navigate", sec_fetch_dest="iframe")
    with pytest.raises(ApiError):
        asked(AccessPolicy(), origin="http://localhost:3000")


@pytest.mark.parametrize(("host", "is_one"), [("localhost", True), ("::1", True), ("0.0.0.0", False), ("a.b", False)])
def test_loopback_is_told_from_the_rest(host: str, is_one: bool) -> None:
    assert is_loopback(host) is is_one
