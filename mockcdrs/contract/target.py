"""The server under check: sends requests one after the other, each of them once, and keeps the responses."""

import re
import shlex
from collections.abc import Mapping
from functools import cached_property
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

from mockcdrs.contract.client import Client, ClientError, RawRequest, RequestPace
from mockcdrs.contract.response import CannotCheck, CheckedResponse, MalformedResponse
from mockcdrs.contract.version_detection import Detection, assume_version, detect_version
from mockcdrs.crossbar.versions import Version

MAX_REQUESTS = 400
_SHELL_SPECIAL = re.compile(r'[\\"`]|\$(?!TOKEN)')
_NO_ACCESS = frozenset({401, 403})


class TargetServer:
    """A Crossbar with a base URL that ends in `/v2`, one of its accounts, and a token.

    `rate` is the most requests a second; the default is `Client`'s. `kazoo` names the version of Kazoo that the server
    is checked for; by default it is detected. Raises `ClientError` if the URL is invalid or h11 is not installed.
    """

    def __init__(
        self, url: str, account_id: str, auth_token: str, rate: float | None = None, kazoo: str | None = None
    ) -> None:
        self._client = Client(url, RequestPace(rate) if rate else None)
        self._root = url.rstrip("/").removesuffix("/v2")
        self.account_id = account_id
        self.auth_token = auth_token
        self.request_count = 0
        self.last: CheckedResponse | None = None
        self._kazoo = kazoo
        self._responses: dict[RawRequest, CheckedResponse] = {}

    @cached_property
    def detection(self) -> Detection:
        """The version of Kazoo that the server is checked for, and why. Raises `UnknownVersion`."""
        try:
            bodies = [self.get_cdrs(page_size=1).text]
        except (MalformedResponse, CannotCheck):  # the checks report what is wrong
            bodies = []
        return assume_version(self._kazoo, bodies) if self._kazoo else detect_version(bodies)

    @property
    def version(self) -> Version:
        """The version of Kazoo that the server is checked for."""
        return self.detection.version

    def get_cdrs(self, path: str = "", /, headers: Mapping[str, str] | None = None, **query: Any) -> CheckedResponse:
        """The response to GET with the token for a path below the account's `/cdrs`. Raises as `request` does."""
        return self.request_account(f"/cdrs{path}", query, headers)

    def request_account(
        self,
        path: str,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        method: str = "GET",
        body: str | None = None,
    ) -> CheckedResponse:
        """The response to a request with the token for a path below the account. Raises as `request` does."""
        with_token = {"X-Auth-Token": self.auth_token, **(headers or {})}
        return self.request(f"/v2/accounts/{quote(self.account_id)}{path}", query, with_token, method, body)

    def request(
        self,
        path: str,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        method: str = "GET",
        body: str | None = None,
    ) -> CheckedResponse:
        """The response to a request exactly as given: without a token unless `headers` or `query` has one.

        Raises `MalformedResponse` if no response comes, and `CannotCheck` after `MAX_REQUESTS` requests.
        """
        if body is None and method in {"POST", "PUT"}:
            body = ""
        request = RawRequest(method, path, urlencode(query or {}), tuple((headers or {}).items()), body)
        if request not in self._responses:
            self._responses[request] = self._send(request)
        self.last = self._responses[request]
        return self.last

    def check_access(self) -> None:
        """Raise `ClientError` if no response comes or the token is not valid for the account."""
        try:
            answer = self.get_cdrs(page_size=1)
        except MalformedResponse as error:
            raise ClientError(self.redact(str(error))) from error
        if answer.status in _NO_ACCESS:
            raise ClientError(
                f"account {self.account_id} with this token got {answer.status}; expected one that the token opens: "
                "are --account and --token of the same login, and is it still good?"
            )

    def redact(self, text: str) -> str:
        """The text with `$TOKEN` in place of the token."""
        for secret in filter(None, (self.auth_token, quote_plus(self.auth_token))):
            text = text.replace(secret, "$TOKEN")
        return text

    def _send(self, request: RawRequest) -> CheckedResponse:
        if self.request_count >= MAX_REQUESTS:
            raise CannotCheck(f"{MAX_REQUESTS} requests are spent, more would not be gentle")
        self.request_count += 1
        curl = self._curl(request)
        try:
            response = self._client.send(request)
            return CheckedResponse(response.status, response.headers, response.content, curl)
        except ClientError as error:
            raise MalformedResponse(str(error), curl) from error

    def _curl(self, request: RawRequest) -> str:
        headers = [f"-H {_quote_for_shell(self.redact(f'{name}: {value}'))}" for name, value in request.headers]
        method = [] if request.method == "GET" and not request.body else [f"-X {request.method}"]
        sent = [f"-d {_quote_for_shell(self.redact(request.body))}"] if request.body else []
        target = request.path + (f"?{request.query}" if request.query else "")
        return " ".join(["curl -sS", *method, *headers, *sent, _quote_for_shell(self.redact(self._root + target))])


def _quote_for_shell(text: str) -> str:
    """Quote an argument for a shell so that the shell still replaces `$TOKEN`."""
    if "$TOKEN" not in text:
        return shlex.quote(text)
    escaped = _SHELL_SPECIAL.sub(r"\\\g<0>", text)
    return f'"{escaped}"'
