"""The server under check: requests one after the other, each made once and its answer remembered."""

import re
import shlex
from collections.abc import Mapping
from functools import cached_property
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

from mockcdrs.contract.answer import Answer, Unusable
from mockcdrs.contract.client import Client, ClientError, Request
from mockcdrs.contract.detection import Detection, detect, forced
from mockcdrs.contract.finding import CannotCheck
from mockcdrs.contract.pace import Pace
from mockcdrs.crossbar.versions import Version

MOST_REQUESTS = 400
_TO_ESCAPE = re.compile(r'[\\"`]|\$(?!TOKEN)')
_CLOSED = frozenset({401, 403})


class Server:
    """A Crossbar at a base URL that ends in `/v2`, one of its accounts, and a token.

    `rate` is in requests a second; without one it is gentle with servers elsewhere. `kazoo` names the version that the
    server is to be; without one its answers tell. Raises `ClientError` for a URL that is none.
    """

    def __init__(
        self, url: str, account_id: str, auth_token: str, rate: float | None = None, kazoo: str | None = None
    ) -> None:
        self._client = Client(url, Pace(rate) if rate else None)
        self._root = url.rstrip("/").removesuffix("/v2")
        self.account_id = account_id
        self.auth_token = auth_token
        self.request_count = 0
        self.last: Answer | None = None
        self._kazoo = kazoo
        self._answers: dict[Request, Answer] = {}

    @cached_property
    def detection(self) -> Detection:
        """Which version of Kazoo the server is, and why it is taken for that. Raises `UnknownVersion`."""
        try:
            bodies = [self.cdrs(page_size=1).text]
        except (Unusable, CannotCheck):  # the checks say what is wrong
            bodies = []
        return forced(self._kazoo, bodies) if self._kazoo else detect(bodies)

    @property
    def version(self) -> Version:
        """The version of Kazoo whose rules hold for the server."""
        return self.detection.version

    def cdrs(self, path: str = "", /, headers: Mapping[str, str] | None = None, **query: Any) -> Answer:
        """The answer to GET, with the token, of a path below the account's `/cdrs`."""
        return self.account(f"/cdrs{path}", query, headers)

    def account(
        self,
        path: str,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        method: str = "GET",
        body: str | None = None,
    ) -> Answer:
        """The answer to a request, with the token, for a path below the account."""
        with_token = {"X-Auth-Token": self.auth_token, **(headers or {})}
        return self.ask(f"/v2/accounts/{quote(self.account_id)}{path}", query, with_token, method, body)

    def ask(
        self,
        path: str,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        method: str = "GET",
        body: str | None = None,
    ) -> Answer:
        """The answer to a request just as it is said, with no token unless it is in `headers`.

        Raises `Unusable` where none comes, and `CannotCheck` after `MOST_REQUESTS`.
        """
        if body is None and method in {"POST", "PUT"}:
            body = ""
        request = Request(method, path, urlencode(query or {}), tuple((headers or {}).items()), body)
        if request not in self._answers:
            self._answers[request] = self._sent(request)
        self.last = self._answers[request]
        return self.last

    def check(self) -> None:
        """Raise `ClientError` where no answer comes or the token does not open the account: nothing can be learned."""
        try:
            answer = self.cdrs(page_size=1)
        except Unusable as error:
            raise ClientError(self.redacted(str(error))) from error
        if answer.status in _CLOSED:
            raise ClientError(
                f"account {self.account_id} with this token got {answer.status}; expected one that the token opens: "
                "are --account and --token of the same login, and is it still good?"
            )

    def redacted(self, text: str) -> str:
        """A text without the token."""
        for secret in filter(None, (self.auth_token, quote_plus(self.auth_token))):
            text = text.replace(secret, "$TOKEN")
        return text

    def _sent(self, request: Request) -> Answer:
        if self.request_count >= MOST_REQUESTS:
            raise CannotCheck(f"{MOST_REQUESTS} requests are spent, more would not be gentle")
        self.request_count += 1
        curl = self._curl(request)
        try:
            response = self._client.send(request)
            return Answer(response.status, response.headers, response.content, curl)
        except ClientError as error:
            raise Unusable(str(error), curl) from error

    def _curl(self, request: Request) -> str:
        headers = [f"-H {_quoted(self.redacted(f'{name}: {value}'))}" for name, value in request.headers]
        way = [] if request.method == "GET" and not request.body else [f"-X {request.method}"]
        sent = [f"-d {_quoted(self.redacted(request.body))}"] if request.body else []
        target = request.path + (f"?{request.query}" if request.query else "")
        return " ".join(["curl -sS", *way, *headers, *sent, _quoted(self.redacted(self._root + target))])


def _quoted(text: str) -> str:
    """For a shell, which is to fill in the token."""
    if "$TOKEN" not in text:
        return shlex.quote(text)
    escaped = _TO_ESCAPE.sub(r"\\\g<0>", text)
    return f'"{escaped}"'
