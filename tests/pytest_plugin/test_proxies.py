"""Where nothing came, a proxy that the environment names may be why: it is said wherever somebody wonders."""

from collections.abc import Callable
from typing import Any

import pytest

from mockcdrs.control import journal
from mockcdrs.control_client import ControlClient
from mockcdrs.mock import Mock, serving
from mockcdrs.remote_mock import RemoteMock
from tests.pytest_plugin.running import run_pytest

NAMES = ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY")
HINT = "is set, so a client may ask that proxy instead of 127.0.0.1: name 127.0.0.1 in NO_PROXY."


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"])
def test_a_proxy_is_named_by_its_variable_alone(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    assert journal.proxy_hint("127.0.0.1") == ""
    monkeypatch.setenv(name, "http://user:secret@proxy.example:3128")
    assert journal.proxy_hint("127.0.0.1") == f" {name} {HINT}"


@pytest.mark.parametrize("name", ["no_proxy", "NO_PROXY"])
def test_a_host_that_goes_past_the_proxy_is_not_the_reason(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv(name, "localhost,127.0.0.1")
    assert journal.proxy_hint("127.0.0.1") == ""
    assert "instead of mock.example" in journal.proxy_hint("mock.example")


@pytest.mark.parametrize("place", ["in this process", "elsewhere"])
@pytest.mark.parametrize(
    "wonders", [lambda mock: mock.wait_for(1, timeout=0), lambda mock: mock.assert_requested("/cdrs", times=2)]
)
def test_whoever_wonders_is_told(
    monkeypatch: pytest.MonkeyPatch, place: str, wonders: Callable[[Mock | RemoteMock], Any]
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    with serving() as plain:
        mock = plain if place == "in this process" else RemoteMock(ControlClient(plain.url))
        with pytest.raises((TimeoutError, AssertionError), match=f"HTTP_PROXY {HINT}"):
            wonders(mock)
        plain.client().simulate_get("/v2")
        plain.wait_for(1)
        with pytest.raises((TimeoutError, AssertionError)) as error:
            mock.assert_requested("/cdrs")
        assert "HTTP_PROXY" not in str(error.value)


def test_a_failing_tests_report_tells_it(monkeypatch: pytest.MonkeyPatch, pytester: pytest.Pytester) -> None:
    test = "\ndef test_it(mockcdrs):\n    mockcdrs.requests[0]\n"
    assert "no request came." in run_pytest(pytester, test).outlines
    monkeypatch.setenv("ALL_PROXY", "socks5://proxy.example:1080")
    assert f"no request came. ALL_PROXY {HINT}" in run_pytest(pytester, test).outlines
