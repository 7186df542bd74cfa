"""Asking the control API of a mock elsewhere."""

import json
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import ProxyHandler, Request, build_opener

from mockcdrs.arguments import ArgumentError
from mockcdrs.control.faults import RuleError
from mockcdrs.control.question import NoQuestion
from mockcdrs.crossbar.settings import SettingError
from mockcdrs.dataset.call_builder import UnknownScenario

_TIMEOUT_SECONDS = 30.0
_PROBE_SECONDS = 5.0
_ERRORS: dict[str, type[Exception]] = {
    "no-question": NoQuestion,
    "no-such-cdr": KeyError,
    "unknown-scenario": UnknownScenario,
    "bad-rule": RuleError,
    "bad-setting": SettingError,
    "bad-value": ArgumentError,
}


class ControlError(OSError):
    """A control API that cannot be asked, or does not let in. The text says what came and what to do."""


class RemoteControl:
    """The control API beside a Crossbar at `url`; `token` is the server's `--control-token`, where it has one."""

    def __init__(self, url: str, token: str | None = None) -> None:
        parts = urlsplit(url)
        self._base = f"{parts.scheme}://{parts.netloc}/_mockcdrs"
        self._token = token
        # a mock is next door: no proxy knows the way to it
        self._opener = build_opener(ProxyHandler({}))

    def is_there(self) -> bool:
        """Whether a mock answers; a real Kazoo has no such path."""
        try:
            told = self._sent(Request(f"{self._base}/health"), _PROBE_SECONDS)  # noqa: S310 the person's own URL
        except (OSError, HTTPException, ValueError):
            return False
        return isinstance(told, dict) and told.get("status") == "ready"

    def ask(
        self, method: str, path: str, body: Any = None, *, below: str = "", query: Mapping[str, Any] | None = None
    ) -> Any:
        """What the API answers; what it refuses is the error that the mock in this process would raise."""
        whole = f"{path}/{quote(below, safe='')}" if below else path
        url = f"{self._base}{whole}{'?' + urlencode(query) if query else ''}"
        headers = {"Content-Type": "application/json"} | ({"X-Mockcdrs-Token": self._token} if self._token else {})
        data = None if method == "GET" else json.dumps(body).encode()
        try:
            return self._sent(Request(url, data, headers, method=method), _TIMEOUT_SECONDS)  # noqa: S310 as above
        except HTTPError as refused:
            with refused:
                raise _error(refused) from None
        except (OSError, HTTPException) as broken:
            raise ControlError(f"{url}: {broken}; does the server still run?") from broken

    def _sent(self, request: Request, timeout_seconds: float) -> Any:
        with self._opener.open(request, timeout=timeout_seconds) as answer:
            raw = answer.read()
        return json.loads(raw) if raw else None


def _error(refused: HTTPError) -> Exception:
    try:
        told = json.loads(refused.read())["error"]
    except (ValueError, TypeError, KeyError):
        return ControlError(f"{refused.url}: {refused.code} came, and no error of a control API: is this a mock?")
    return _ERRORS.get(told["code"], ControlError)(told["message"])
