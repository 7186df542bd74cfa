"""Access to the control API."""

from typing import Any

import pytest

from mockcdrs.config import ServerConfig, is_loopback
from mockcdrs.control_api.access import ApiError, check_access, panel_headers

TOKEN = ServerConfig(host="0.0.0.0", control_token="secret")


def request(
    policy: ServerConfig,
    method: str = "GET",
    token: str | None = None,
    *,
    peer: str = "127.0.0.1",
    is_open: bool = False,
    **more: str,
) -> None:
    headers = {"host": "localhost:8000"} | {name.replace("_", "-"): value for name, value in more.items()}
    check_access(policy, peer, method, headers, token, is_open=is_open)


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_without_a_token_this_machine_is_let_in(peer: str) -> None:
    request(ServerConfig(), peer=peer)


@pytest.mark.parametrize("peer", ["10.0.0.1", "203.0.113.7", "::2", "::ffff:203.0.113.7", "fe80::1%eth0", "", "unix"])
@pytest.mark.parametrize("policy", [ServerConfig(), ServerConfig(host="0.0.0.0")])
def test_without_a_token_another_machine_is_refused_whatever_host_it_names(policy: ServerConfig, peer: str) -> None:
    for is_open in (False, True):
        with pytest.raises(ApiError, match=r"the request came from '.*'; expected one from this machine"):
            request(policy, peer=peer, is_open=is_open)


def test_with_the_token_any_machine_is_let_in_under_any_name() -> None:
    request(ServerConfig(control_token="secret"), token="secret", peer="203.0.113.7", host="mock.example")


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8000", "127.0.0.1:8000", "127.8.8.8", "[::1]:8000", "LOCALHOST"]
)
def test_names_of_this_machine_are_accepted(host: str) -> None:
    request(ServerConfig(), host=host)


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "localhost.evil.example", "10.0.0.1", "", "[::2]", "127.0.0.1.evil", "127.1", "localhost."),
        *("localhost:80@evil.example", "localhost@evil.example", "[::1].evil.example", "[::1", "[::1]x", "[localhost"),
        *("localhost:8000, evil.example", "localhost, evil.example", "localhost:8000:1", "[::1%eth0.evil.example]"),
    ],
)
def test_other_names_are_refused(host: str) -> None:
    with pytest.raises(ApiError, match="Host: came"):
        request(ServerConfig(), host=host)


def test_the_address_listened_on_is_accepted_and_with_a_token_any_name() -> None:
    request(ServerConfig(host="dev.example"), host="dev.example:8000")
    request(TOKEN, token="secret", host="anything.example")
    with pytest.raises(ApiError):
        request(ServerConfig(host="0.0.0.0"), host="anything.example")


def test_the_token_is_needed_except_on_open_paths() -> None:
    request(TOKEN, token="secret")
    request(TOKEN, is_open=True)
    for token, words in ((None, "no control token"), ("sécret", "a wrong control token"), ("\udcff", "a wrong")):
        with pytest.raises(ApiError, match=words):
            request(TOKEN, token=token)


def test_the_token_is_compared_in_a_time_that_tells_nothing_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[bytes, bytes]] = []

    def compare_digest(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return one == other

    monkeypatch.setattr("mockcdrs.control_api.access.hmac.compare_digest", compare_digest)
    request(TOKEN, token="secret")
    assert compared == [(b"secret", b"secret")]


def test_a_page_of_the_server_itself_is_let_in_and_so_is_a_link_to_it() -> None:
    request(ServerConfig(), origin="http://localhost:8000", sec_fetch_site="same-origin")
    request(ServerConfig(), sec_fetch_site="cross-site", sec_fetch_mode="navigate", sec_fetch_dest="document")
    with pytest.raises(ApiError):
        request(ServerConfig(), sec_fetch_site="cross-site", sec_fetch_mode="navigate", sec_fetch_dest="iframe")
    with pytest.raises(ApiError):
        request(ServerConfig(), origin="http://localhost:3000")


@pytest.mark.parametrize(("host", "is_one"), [("localhost", True), ("::1", True), ("0.0.0.0", False), ("a.b", False)])
def test_loopback_addresses_are_recognized(host: str, is_one: bool) -> None:
    assert is_loopback(host) is is_one


def test_a_change_without_body_and_content_type_needs_no_content_type_where_no_page_sends_it() -> None:
    request(ServerConfig(), "POST")
    request(ServerConfig(), "POST", content_length="0")
    own: dict[str, Any] = {"origin": "http://localhost:8000", "sec_fetch_site": "same-origin"}
    others: list[dict[str, Any]] = [
        {"content_length": "2"},
        {"transfer_encoding": "chunked"},
        {"content_type": "text/plain"},
    ]
    for headers in [*others, own]:
        with pytest.raises(ApiError, match="expected application/json"):
            request(ServerConfig(), "POST", **headers)


PANEL = ServerConfig(allow_origin=("http://localhost:3000",))


def test_a_page_of_an_allowed_origin_is_let_in_and_no_other() -> None:
    page: dict[str, Any] = {"origin": "http://localhost:3000", "sec_fetch_site": "same-site"}
    request(PANEL, **page)
    request(PANEL, "POST", content_type="application/json", **page)
    for origin in ("http://localhost:3001", "https://localhost:3000", "null", "http://localhost:3000.evil.example"):
        with pytest.raises(ApiError, match="unless the server is started with --allow-origin"):
            request(PANEL, origin=origin, sec_fetch_site="cross-site")


def test_a_page_of_an_allowed_origin_still_needs_the_token_but_its_preflight_does_not() -> None:
    policy = ServerConfig(control_token="secret", allow_origin=("http://dev.example",))
    request(policy, "OPTIONS", origin="http://dev.example")
    request(policy, token="secret", origin="http://dev.example")
    with pytest.raises(ApiError, match="no control token"):
        request(policy, origin="http://dev.example")
    with pytest.raises(ApiError, match="no control token"):
        request(policy, "OPTIONS")


def test_only_an_allowed_origin_is_told_that_it_may_read() -> None:
    headers = panel_headers(PANEL, "http://localhost:3000")
    assert headers["Access-Control-Allow-Origin"] == "http://localhost:3000"
    assert panel_headers(PANEL, "http://localhost:3001") == panel_headers(PANEL, None) == {}
