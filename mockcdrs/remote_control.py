"""Asking the control API of a mock elsewhere."""

import json
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import ProxyHandler, Request, build_opener

from mockcdrs.arguments import ArgumentError
from mockcdrs.control.expected_query import UnsupportedQuery
from mockcdrs.crossbar.settings import SettingError
from mockcdrs.dataset.call_builder import UnknownScenario
from mockcdrs.faults import RuleError

_STATE = "X-Mockcdrs-State"
_TIMEOUT_SECONDS = 30.0
_PROBE_SECONDS = 5.0


class ControlError(OSError):
    """A control API that cannot be asked, or does not let in. The text says what came and what to do."""


class ControlTokenError(ControlError):
    """A control API that wants its token, which did not come."""


_ERRORS: dict[str, type[Exception]] = {
    "control-token": ControlTokenError,
    "no-question": UnsupportedQuery,
    "no-such-cdr": KeyError,
    "unknown-scenario": UnknownScenario,
    "bad-rule": RuleError,
    "bad-setting": SettingError,
    "bad-value": ArgumentError,
}


class _Answer(NamedTuple):
    """What came. `state` names the mock that answered, and is `None` where it was something else."""

    status: int
    state: str | None
    body: bytes


class RemoteControl:
    """The control API beside a Crossbar at `url`; `token` is the server's `--control-token`, where it has one.

    It belongs to the mock that answers `ask` first: another one in its place is a `ControlError`.
    """

    def __init__(self, url: str, token: str | None = None) -> None:
        parts = urlsplit(url)
        self._base = f"{parts.scheme}://{parts.netloc}/_mockcdrs"
        self._token = token
        self._state: str | None = None
        # a mock is next door: no proxy knows the way to it
        self._opener = build_opener(ProxyHandler({}))

    def is_there(self) -> bool:
        """Whether a mock answers; a real Kazoo has no such path."""
        try:
            answer = self._sent(Request(f"{self._base}/health"), _PROBE_SECONDS)  # noqa: S310 the person's own URL
        except (OSError, HTTPException, ValueError):
            return False
        return answer.state is not None

    def ask(
        self, method: str, path: str, body: Any = None, *, below: str = "", query: Mapping[str, Any] | None = None
    ) -> Any:
        """What the API answers; what it refuses is the error that the mock in this process would raise.

        Raises `ControlError` where nobody answers, or somebody else.
        """
        whole = f"{path}/{quote(below, safe='')}" if below else path
        url = f"{self._base}{whole}{'?' + urlencode(query, errors='surrogateescape') if query else ''}"
        headers = {"Content-Type": "application/json"} | ({"X-Mockcdrs-Token": self._token} if self._token else {})
        data = None if method == "GET" else json.dumps(body).encode()
        try:
            answer = self._sent(Request(url, data, headers, method=method), _TIMEOUT_SECONDS)  # noqa: S310 as above
        except (OSError, HTTPException) as broken:
            raise ControlError(f"{url}: {broken}; does the server still run?") from broken
        self._recognize(url, answer)
        told: Any = json.loads(answer.body) if answer.body else None
        if answer.status >= 400:
            refused = told["error"]
            raise _ERRORS.get(refused["code"], ControlError)(refused["message"])
        return told

    def _recognize(self, url: str, answer: _Answer) -> None:
        if answer.state is None:
            raise ControlError(f"{url}: {answer.status} came, and no answer of a control API: is this a mock?")
        if self._state not in {None, answer.state}:
            raise ControlError(
                f"{url}: another mock answers than before; was the server started again? What was set up there and "
                "what came in is lost"
            )
        self._state = answer.state

    def _sent(self, request: Request, timeout_seconds: float) -> _Answer:
        try:
            answer = self._opener.open(request, timeout=timeout_seconds)
        except HTTPError as refused:  # which is an answer too
            answer = refused
        with answer:
            return _Answer(answer.status, answer.headers.get(_STATE), answer.read())
