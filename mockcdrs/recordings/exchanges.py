"""Exchanges, each a request with the response of a server, and files of them: recordings.

A recording has a JSON object on each line:

- `name` of the exchange;
- `request`: `method`, `path`, `query` as sent, `headers` as pairs, `body`;
- `response`: `status`, `headers`, `body` as text, `chunks`, the sizes of its HTTP chunks;
- `config`: settings that were not at their defaults, by category;
- `server`: what is known of the server. Each line has it, so that lines can be moved between files.

All but `name` and `request` may be missing. A recording has no secrets: known tokens are `token-of-ACCOUNT_ID` in it,
other secrets a digest, so that it shows whose token was sent, and a replay sends that account's token again.
"""

import email.utils
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from mockcdrs.cdr import gregorian
from mockcdrs.contract.client import RawRequest, RawResponse
from mockcdrs.control import redaction
from mockcdrs.control.clock import parse_time
from mockcdrs.crossbar.settings import Settings
from mockcdrs.crossbar.versions import Version, version_named
from mockcdrs.dataset.files import DataError, Words, shortened
from mockcdrs.dataset.store import Origin

SettingsByCategory = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class RecordedServer:
    """What is known of the server that was recorded.

    `kazoo` names its version of Kazoo, and is empty if that is not known. All else is known of mocks only: `mockcdrs`
    is the version of mockcdrs, `fix` and `quirk` name the quirks that were disabled and enabled, `reseller` tells
    whether the account was a reseller's, `data` where its calls came from.
    """

    kazoo: str = ""
    mockcdrs: str = ""
    fix: tuple[str, ...] = ()
    quirk: tuple[str, ...] = ()
    reseller: bool = False
    data: Origin | None = None

    def to_json(self) -> dict[str, Any]:
        """The JSON object of what is known."""
        members = asdict(self)
        if self.data is not None:
            members["data"] = {name: value for name, value in self.data._asdict().items() if value is not None}
        return {name: value for name, value in members.items() if value}

    @classmethod
    def from_json(cls, members: Any) -> "RecordedServer":
        """Read the JSON object of `to_json`. Raises `TypeError` or `AttributeError` if a value has another type."""
        data = members.get("data")
        return cls(
            kazoo=_check(members.get("kazoo", ""), str),
            mockcdrs=_check(members.get("mockcdrs", ""), str),
            fix=tuple(_check(name, str) for name in members.get("fix", ())),
            quirk=tuple(_check(name, str) for name in members.get("quirk", ())),
            reseller=_check(members.get("reseller", False), bool),
            data=None if data is None else _origin(data),
        )


def _origin(members: Any) -> Origin:
    kinds = {"seed": int, "calls_per_day": int, "changed": bool}
    names = Origin._fields
    return Origin(**{name: _check(value, kinds.get(name, str)) for name, value in members.items() if name in names})


def _check(value: Any, kind: type) -> Any:
    if type(value) is not kind:
        raise TypeError(f"{value!r:.60} is no {kind.__name__}")
    return value


class MockReport(NamedTuple):
    """What a mock reports of itself, and its settings that are not at their defaults."""

    server: RecordedServer
    config: SettingsByCategory

    @classmethod
    def of_mock(cls, health: Mapping[str, Any], settings: Mapping[str, Any]) -> "MockReport":
        """Read the responses of the control API at `/health` and `/settings`.

        Raises `LookupError`, `TypeError` or `ValueError` for responses of another form, as other versions may give.
        """
        version = version_named(settings["kazoo"])
        enabled = {quirk["name"] for quirk in settings["quirks"] if quirk["shown"]}
        server = RecordedServer(
            kazoo=version.name,
            mockcdrs=_check(health["version"], str),
            fix=tuple(sorted(version.quirks - enabled)),
            quirk=tuple(sorted(enabled - version.quirks)),
            reseller=_check(settings["reseller"], bool),
            data=_known_origin({name: value for name, value in settings["data"].items() if value is not None}),
        )
        return cls(server, _changed_settings(settings["settings"], version))


def _known_origin(members: Mapping[str, Any]) -> Origin | None:
    """Where calls come from, or `None` if a program added them."""
    return _origin(members) if members.keys() & {"seed", "directory"} else None


def _changed_settings(settings: Mapping[str, Any], version: Version) -> SettingsByCategory:
    defaults = dict(Settings(kazoo_version=version.release).items())
    config: dict[str, dict[str, Any]] = {}
    for name, value in settings.items():
        if value != defaults.get(name):
            category, _, key = name.rpartition(".")
            config.setdefault(category, {})[key] = value
    return config


def describe_origin(origin: Origin) -> str:
    """Say in a few words where calls come from."""
    if origin.directory is not None:
        return f"the calls of the directory {origin.directory}"
    return f"calls generated from seed {origin.seed}, {origin.calls_per_day} a day, {origin.locale}"


@dataclass(frozen=True, slots=True)
class RecordedResponse:
    """A response as a recording has it: header names in lower case, the body without content encoding, as text."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    chunks: tuple[int, ...] | None = None

    @classmethod
    def of(cls, response: RawResponse) -> "RecordedResponse":
        """Make one of a response that came over the wire."""
        return cls(response.status, response.headers, response.text, response.chunks)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its response. `config` has settings as `{"crossbar.cdrs": {"maximum_bulk": 5}}`.

    An exchange that is still to be sent has a response of status 0.
    """

    name: str
    request: RawRequest
    response: RecordedResponse
    config: SettingsByCategory = field(default_factory=dict)
    server: RecordedServer = field(default_factory=RecordedServer)

    @property
    def time_gregorian(self) -> int | None:
        """The time of the response in Gregorian seconds, from the envelope or else the `Date` header, or `None`."""
        try:
            return parse_time(str(json.loads(self.response.body)["timestamp"]))
        except (ValueError, KeyError, TypeError):
            pass
        try:
            return gregorian.from_datetime(email.utils.parsedate_to_datetime(self.response.headers["date"]))
        except (ValueError, KeyError, TypeError):
            return None


def write_exchanges(file: Path, exchanges: Iterable[Exchange]) -> int:
    """Write a recording. Returns its number of exchanges."""
    lines = [json.dumps(_to_json(exchange), ensure_ascii=False) + "\n" for exchange in exchanges]
    file.write_text("".join(lines), encoding="utf-8", newline="\n")
    return len(lines)


def _to_json(exchange: Exchange) -> dict[str, Any]:
    request, response = asdict(exchange.request), asdict(exchange.response)
    if exchange.request.body is None:
        del request["body"]
    if exchange.response.chunks is None:
        del response["chunks"]
    optional = {"config": exchange.config, "server": exchange.server.to_json()}
    return {
        "name": exchange.name,
        "request": request,
        "response": response,
        **{name: value for name, value in optional.items() if value},
    }


def read_exchanges(file: Path) -> Iterator[Exchange]:
    """Yield the exchanges of a recording. Raises `DataError` for a line that is not an exchange."""
    with file.open(encoding="utf-8", errors="surrogateescape") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.isspace():
                yield _parse_exchange(file, number, line)


def _parse_exchange(file: Path, number: int, line: str) -> Exchange:
    try:
        exchange = json.loads(line)
        request, response = exchange["request"], exchange.get("response", {"status": 0})
        chunks = response.get("chunks")
        return Exchange(
            _check(exchange["name"], str),
            RawRequest(
                _check(request["method"], str),
                _check(request["path"], str),
                _check(request.get("query", ""), str),
                tuple((_check(name, str), _check(value, str)) for name, value in request.get("headers", ())),
                None if request.get("body") is None else _check(request["body"], str),
            ),
            RecordedResponse(
                int(response["status"]),
                {_check(name, str).lower(): _check(value, str) for name, value in response.get("headers", {}).items()},
                _check(response.get("body", ""), str),
                None if chunks is None else tuple(map(int, chunks)),
            ),
            {category: dict(values) for category, values in exchange.get("config", {}).items()},
            RecordedServer.from_json(exchange.get("server", {})),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        why = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        came = Words(f"is {shortened(line.strip())} ({why})")
        expected = 'an exchange, {"name", "request": {"method", "path", "query", "headers", "body"}, "response"}'
        raise DataError(file, number, "", came, expected, "correct it or take it out") from error


@dataclass(frozen=True, slots=True)
class TokenRedaction:
    """Redacts and restores tokens. `account_by_token` has the known tokens, each with the id of its account."""

    account_by_token: Mapping[str, str]

    def restore(self, request: RawRequest) -> RawRequest:
        """A recorded request with real tokens instead of their placeholders."""
        return _map_request(request, self._insert_tokens, lambda _name, value: self._insert_tokens(value))

    def redact(self, exchange: Exchange) -> Exchange:
        """An exchange without secrets. Known tokens that are redacted already become the same placeholders."""
        request = _map_request(
            exchange.request, lambda text: self._replace_tokens(redaction.redact_text(text)), self._redact_header
        )
        request = replace(request, path=self._replace_tokens(redaction.redact_path(request.path)))
        return replace(exchange, request=request, response=self._redact_response(exchange.response))

    def _redact_response(self, response: RecordedResponse) -> RecordedResponse:
        headers = {name: self._redact_header(name, value) for name, value in response.headers.items()}
        return replace(response, headers=headers, body=self._replace_tokens(redaction.redact_text(response.body)))

    def _redact_header(self, name: str, value: str) -> str:
        (shown,) = redaction.redact_headers({name.lower(): value}).values()
        return self._replace_tokens(redaction.redact_text(redaction.redact_path(shown)))

    def _replace_tokens(self, text: str) -> str:
        for token, account_id in self.account_by_token.items():
            placeholder = token_placeholder(account_id)
            for written in (token, redaction.redact(token), redaction.redact(placeholder)):
                text = text.replace(written, placeholder)
        return text

    def _insert_tokens(self, text: str) -> str:
        for token, account_id in self.account_by_token.items():
            text = text.replace(token_placeholder(account_id), token)
        return text


def token_placeholder(account_id: str) -> str:
    """The text that replaces an account's token in recordings."""
    return f"token-of-{account_id}"


def _map_request(request: RawRequest, text: Callable[[str], str], header: Callable[[str, str], str]) -> RawRequest:
    return replace(
        request,
        path=text(request.path),
        query=text(request.query),
        headers=tuple((name, header(name, value)) for name, value in request.headers),
        body=None if request.body is None else text(request.body),
    )
