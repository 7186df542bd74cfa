"""A client of the control API of a mock elsewhere."""

import json
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import ProxyHandler, Request, build_opener

from mockcdrs.arguments import ArgumentError
from mockcdrs.crossbar.settings import SettingError
from mockcdrs.dataset.call_builder import UnknownScenario
from mockcdrs.expected.query import UnsupportedQuery
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
    "no-such-webhook": KeyError,
    "unknown-scenario": UnknownScenario,
    "bad-rule": RuleError,
    "bad-setting": SettingError,
    "bad-value": ArgumentError,
}


class _Response(NamedTuple):
    """A response. `state` names the mock that sent it, and is `None` where it was something else."""

    status: int
    state: str | None
    body: bytes


class ControlClient:
    """A client of the control API beside a mock. It belongs to the mock that answers it first.

    Args:
        url: Where the mock is: any URL of its server.
        token: The server's `--control-token`, if it has one.

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
            response = self._send(Request(f"{self._base}/health"), _PROBE_SECONDS)  # noqa: S310 the person's own URL
        except (OSError, HTTPException, ValueError):
            return False
        return response.state is not None

    def ask(
        self, method: str, path: str, body: Any = None, *, below: str = "", query: Mapping[str, Any] | None = None
    ) -> Any:
        """Send a request, and return the JSON of the response.

        Args:
            method: HTTP method.
            path: Path below `/_mockcdrs`.
            body: What is sent as JSON.
            below: A last part of the path, which is percent-encoded.
            query: Parameters.

        Raises:
            ControlError: where nobody answers, or another mock than before.
            ArgumentError, KeyError: where the API refuses, the error that a mock in this process would raise.

        """
        whole = f"{path}/{quote(below, safe='')}" if below else path
        url = f"{self._base}{whole}{'?' + urlencode(query, errors='surrogateescape') if query else ''}"
        headers = {"Content-Type": "application/json"} | ({"X-Mockcdrs-Token": self._token} if self._token else {})
        data = None if method == "GET" else json.dumps(body).encode()
        try:
            response = self._send(Request(url, data, headers, method=method), _TIMEOUT_SECONDS)  # noqa: S310 as above
        except (OSError, HTTPException) as broken:
            raise ControlError(f"{url}: {broken}; does the server still run?") from broken
        self._recognize(url, response)
        content: Any = json.loads(response.body) if response.body else None
        if response.status >= 400:
            refusal = content["error"]
            raise _ERRORS.get(refusal["code"], ControlError)(refusal["message"])
        return content

    def _recognize(self, url: str, response: _Response) -> None:
        if response.state is None:
            raise ControlError(f"{url}: {response.status} came, and no answer of a control API: is this a mock?")
        if self._state not in {None, response.state}:
            raise ControlError(
                f"{url}: another mock answers than before; was the server started again? What was set up there and "
                "what came in is lost"
            )
        self._state = response.state

    def _send(self, request: Request, timeout_seconds: float) -> _Response:
        try:
            response = self._opener.open(request, timeout=timeout_seconds)
        except HTTPError as refusal:  # which is a response too
            response = refusal
        with response:
            return _Response(response.status, response.headers.get(_STATE), response.read())
