"""A server elsewhere in a test's hands: the same tests run against a real Kazoo."""

from typing import Any, NoReturn

import pytest

from mockcdrs import arguments
from mockcdrs.control.request_assertions import BELOW_ACCOUNT

_ONLY_THE_MOCK = "only the mock can do that, and these tests run against {url}: {name}"
_MADE_WITH_A_MOCK = ("account", "options")


class External:
    """URL, account and token of a server; what only the mock can do skips the test and says so."""

    is_mock = False

    def __init__(self, url: str, account_id: str, auth_token: str) -> None:
        self.url = url.rstrip("/")
        self.account_id = account_id
        self.auth_token = auth_token

    @arguments.checked
    def url_for(self, path: str) -> str:
        """The URL of a path below the account."""
        arguments.check_value("path", path, BELOW_ACCOUNT)
        return f"{self.url}/accounts/{self.account_id}/{path.lstrip('/')}"

    def __str__(self) -> str:
        return self.url

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "state":
            raise AttributeError(name)
        from mockcdrs.handle import Mock

        known = [*_MADE_WITH_A_MOCK, *(each for each in dir(Mock) if not each.startswith("_"))]
        if name not in known:  # skipping would hide that it is misspelt
            raise AttributeError(f"a mock has no {name}{arguments.nearest(name, known)}")
        self._skip(name)

    def _skip(self, name: str) -> NoReturn:
        pytest.skip(_ONLY_THE_MOCK.format(url=self.url, name=name))
