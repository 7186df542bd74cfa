"""A real Kazoo, for tests that run against the mock and against it: URL, account and token."""

from typing import Any, NoReturn

from mockcdrs import arguments
from mockcdrs.control.account_interface import ApiAddress

_MADE_WITH_A_MOCK = ("config",)


class RealKazoo(ApiAddress):
    """URL, account and token of a server that is no mock. What only a mock can do skips the test and says so."""

    is_mock = False

    def __init__(self, url: str, account_id: str, auth_token: str) -> None:
        self._url = url.rstrip("/")
        self._account_id = account_id
        self._auth_token = auth_token

    @property
    def url(self) -> str:
        return self._url

    @property
    def account_id(self) -> str:
        return self._account_id

    @property
    def auth_token(self) -> str:
        return self._auth_token

    def __getattr__(self, name: str) -> Any:
        skip_for_want_of_a_mock(self, name)


def skip_for_want_of_a_mock(server: ApiAddress, name: str) -> NoReturn:
    """Skip the test that asks for an attribute which only a mock in the same process has.

    Raises `AttributeError` for a name that no mock has: to skip would hide that it is misspelt.
    """
    if name.startswith("_") or name == "state":
        raise AttributeError(name)
    from mockcdrs.mock import Mock

    known = [*_MADE_WITH_A_MOCK, *(each for each in dir(Mock) if not each.startswith("_"))]
    if name not in known:
        raise AttributeError(f"a mock has no {name}{arguments.nearest(name, known)}")
    skip_test(server, name)


def skip_test(server: ApiAddress, name: str) -> NoReturn:
    """Skip a test that uses what a server elsewhere does not have."""
    import pytest

    pytest.skip(f"only the mock can do that, and these tests run against {server.url}: {name}")
