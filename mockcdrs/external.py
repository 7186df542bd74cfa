"""A server elsewhere in a test's hands: the same tests run against a real Kazoo."""

from typing import Any, NoReturn

import pytest

_ONLY_THE_MOCK = "only the mock can do that, and these tests run against {url}: {name}"


class External:
    """URL, account and token of a server; what only the mock can do skips the test and says so."""

    is_mock = False

    def __init__(self, url: str, account_id: str, auth_token: str) -> None:
        self.url = url.rstrip("/")
        self.account_id = account_id
        self.auth_token = auth_token

    def url_for(self, path: str) -> str:
        """The URL of a path below the account."""
        return f"{self.url}/accounts/{self.account_id}/{path.lstrip('/')}"

    def __str__(self) -> str:
        return self.url

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "state":
            raise AttributeError(name)
        self._skip(name)

    def _skip(self, name: str) -> NoReturn:
        pytest.skip(_ONLY_THE_MOCK.format(url=self.url, name=name))
