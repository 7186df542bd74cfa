"""The mocks of a test session: each test gets new ones, made of data that is shared."""

import contextlib
from collections.abc import Iterator
from typing import Any

from mockcdrs.config import MockConfig
from mockcdrs.dataset.lru_cache import LruCache
from mockcdrs.mock import Mock, build

MAX_SHARED_MOCKS = 4


class MockSession:
    """Makes mocks that share their data with earlier ones of the same options, as far as these were used last."""

    def __init__(self) -> None:
        self._shared = LruCache[str, Mock](MAX_SHARED_MOCKS, lambda _: 1)
        self._server: Mock | None = None
        self._current: Mock | None = None
        self._past_ports: set[int] = set()

    def make(self, options: dict[str, Any]) -> Mock:
        """A new mock."""
        config = MockConfig(**options)
        mock = build(config, beside=self._shared.get(repr(sorted(options.items())), lambda: build(config)))
        mock.past_ports = self._past_ports
        return mock

    def server(self, options: dict[str, Any]) -> Mock:
        """The mock of the session itself, which has one address and answers between tests."""
        self._server = self.make(options)
        self._hand_over(self._current)
        return self._server

    @contextlib.contextmanager
    def current(self, mock: Mock) -> Iterator[None]:
        """Have a test's mock answer at the session's address as well, for a `with` block."""
        self._hand_over(mock)
        try:
            yield
        finally:
            self._hand_over(None)

    def close(self) -> None:
        """End the session's server."""
        if self._server is not None:
            self._server.close()

    def _hand_over(self, mock: Mock | None) -> None:
        self._current = mock
        if self._server is not None:
            has_account = mock is not None and mock.account_id == self._server.account_id
            self._server.stand_in = mock if has_account else None
