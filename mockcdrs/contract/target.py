"""The server under check: sends it each request once, keeps the responses, and tells from them which Kazoo it runs.

The version is the one with the columns of a row and the keys of an envelope that the responses have. The text `version`
in an envelope is reported but not used: an operator or a build may put anything there.
"""

import json
import re
import shlex
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

from mockcdrs.contract.client import Client, ClientError, RawRequest, RequestPace
from mockcdrs.contract.response import CannotCheck, CheckedResponse, MalformedResponse
from mockcdrs.crossbar.versions import VERSIONS, Version, version_named

MAX_REQUESTS = 400
_SHELL_SPECIAL = re.compile(r'[\\"`]|\$(?!TOKEN)')
_NO_ACCESS = frozenset({401, 403})

PAGING_KEYS = ("next_start_key", "page_size", "start_key")
"""The paging keys, which come first in a plain envelope."""

CHUNKED_KEYS = ("data", *PAGING_KEYS, "status", "request_id", "node", "version", "timestamp", "auth_token")
"""The keys of the chunked envelope in order, the same in all versions."""

_ONLY_IN_LISTINGS = "unix_timestamp"
_IN_EVERY_ENVELOPE = {"status", "request_id", "node", "timestamp"}
_CLOCK_LENGTH = len("12:00:00")

Envelope = Mapping[str, Any]


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
    def detection(self) -> "Detection":
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

    @property
    def cdrs_path(self) -> str:
        """The raw path of the account's CDRs."""
        return f"/v2/accounts/{quote(self.account_id)}/cdrs"

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


@dataclass(frozen=True, slots=True)
class Detection:
    """A version of Kazoo and the reason for it. `is_assumed` if no response told versions apart."""

    version: Version
    reason: str
    is_assumed: bool = False

    def __str__(self) -> str:
        return f"Kazoo {self.version.name}, {self.reason}"


def detect_version(bodies: Iterable[str]) -> Detection:
    """The version that fits a server's responses best; of several that fit alike, the first in `VERSIONS`.

    `bodies` are the bodies of any responses; those that are no JSON object are ignored.
    """
    envelopes = list(_envelopes(bodies))
    misfits = _misfits(envelopes)
    best, *others = sorted(VERSIONS, key=lambda name: sum(misfits[name].values()))
    alike = [name for name in others if misfits[name] == misfits[best]]
    if alike == others:
        return Detection(VERSIONS[best], "assumed: no answer shows a listing row or a whole envelope", is_assumed=True)
    shown_by = [trait for trait in _TRAITS if any(misfits[name][trait] > misfits[best][trait] for name in others)]
    nearest = "the nearest " if any(misfits[best].values()) else ""
    or_else = f" ({', '.join(alike)} would answer alike)" if alike else ""
    return Detection(VERSIONS[best], f"{nearest}by {', '.join(shown_by)}{or_else}{_reported_version(envelopes)}")


def assume_version(name: str, bodies: Iterable[str]) -> Detection:
    """The version with a name, whatever the responses are; the reason says if they fit another version better.

    Raises `UnknownVersion`.
    """
    version, envelopes = version_named(name), list(_envelopes(bodies))
    totals = {known: sum(counts.values()) for known, counts in _misfits(envelopes).items()}
    nearest = min(totals, key=lambda known: totals[known])
    doubt = f", though its answers are nearer to {nearest}" if totals[nearest] < totals[version.name] else ""
    return Detection(version, f"as given{doubt}{_reported_version(envelopes)}")


def _envelopes(bodies: Iterable[str]) -> Iterable[Envelope]:
    for body in bodies:
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            yield value


def _reported_version(envelopes: Iterable[Envelope]) -> str:
    names = dict.fromkeys(text for each in envelopes if isinstance(text := each.get("version"), str))
    return f"; it calls itself {', '.join(names)}" if names else ""


def _misfits(envelopes: Iterable[Envelope]) -> dict[str, dict[str, int]]:
    """For each version and trait, how many things in the responses do not fit."""
    return {
        name: {trait: sum(count(version, each) for each in envelopes) for trait, count in _TRAITS.items()}
        for name, version in VERSIONS.items()
    }


def _row(envelope: Envelope) -> Mapping[str, Any]:
    """The first listing row of a response, empty without one."""
    data = envelope.get("data")
    rows = data if isinstance(data, list) else ()
    return next((row for row in rows if isinstance(row, dict) and _ONLY_IN_LISTINGS in row), {})


def _columns(version: Version, envelope: Envelope) -> int:
    row = _row(envelope)
    if not row:
        return 0
    is_reseller = any(name in row for name in version.reseller_columns)
    expected = version.row_columns(is_reseller=is_reseller)
    unknown = row.keys() - expected.keys() - set(version.interaction_columns)
    # if no column is empty, the server may be set to leave out empty ones
    missing = expected.keys() - row.keys() if "" in row.values() else set()
    return len(unknown) + len(missing)


def _datetime(version: Version, envelope: Envelope) -> int:
    text = _row(envelope).get("datetime")
    return isinstance(text, str) and not text[:-_CLOCK_LENGTH].endswith(version.datetime_separator)


def _keys(version: Version, envelope: Envelope) -> int:
    if not envelope.keys() >= _IN_EVERY_ENVELOPE or _are_in_order(envelope, CHUNKED_KEYS):
        return 0
    keys = version.error_keys if envelope["status"] == "error" else version.success_keys
    names = [name for name in envelope if name not in PAGING_KEYS]
    known = [name for name in names if name in keys]
    return len(names) - len(known) + (not _are_in_order(known, keys))


def _are_in_order(names: Iterable[str], expected: tuple[str, ...]) -> bool:
    came = list(names)
    return came == [name for name in expected if name in came]


_TRAITS: Mapping[str, Callable[[Version, Envelope], int]] = {
    "columns of a row": _columns,
    "datetime": _datetime,
    "keys of an envelope": _keys,
}
"""What differs between versions. Each function counts what does not fit in a response."""
