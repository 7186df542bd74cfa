"""Replays recordings: sends the requests to mocks that are like the recorded server, and compares the responses.

Each place where a response differs from the recorded one is a line, such as `data[3].cost: "0" instead of 0`.
`IGNORED_MEMBERS` and `IGNORED_HEADERS` are not compared, as no two servers have the same values there; of the headers
only `COMPARED_HEADERS` are.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby, zip_longest
from pathlib import Path
from typing import Any

from mockcdrs.contract.client import Client
from mockcdrs.contract.target import Detection, detect_version
from mockcdrs.crossbar.quirks import ALL
from mockcdrs.dataset import fixtures
from mockcdrs.dataset.generated_store import OPENED
from mockcdrs.dataset.store import Origin
from mockcdrs.mock import Mock, serving
from mockcdrs.recordings.exchanges import (
    Exchange,
    RecordedResponse,
    RecordedServer,
    SettingsByCategory,
    TokenRedaction,
    describe_origin,
)
from mockcdrs.recordings.recorder import Recorder

_COMMITTED_OFFICE = "the calls of the committed office"


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """An exchange with a line for each difference of the mock's response.

    `against` is a line that says which version of Kazoo and which data the mock had, and why.
    """

    exchange: Exchange
    differences: tuple[str, ...]
    against: str


def replay_exchanges(exchanges: Iterable[Exchange], **changes: Any) -> Iterator[ReplayResult]:
    """Replay exchanges against mocks that are like the recorded server, as far as that is known.

    `changes` are options of `Mock`, which win over what is recorded. The clock is frozen at the time of each recorded
    response. Raises what `Mock` raises.
    """
    exchanges = list(exchanges)
    detection = detect_version(each.response.body for each in exchanges if not each.server.kazoo)
    for (config, server), group in groupby(exchanges, lambda exchange: (exchange.config, exchange.server)):
        kazoo, version_line = _choose_version(server, changes.get("kazoo"), detection)
        data, data_line = _choose_data(server.data, changes.get("data"))
        options = {**changes, **_choose_quirks(server, changes), **data, "kazoo": kazoo}
        options["settings"] = {**changes.get("settings", {}), **_flatten(config)}
        options["reseller"] = changes.get("reseller", server.reseller)
        with serving(**options) as mock:
            yield from _replay_group(mock, group, f"{version_line}; {data_line}")


def _choose_version(server: RecordedServer, requested: str | None, detection: Detection) -> tuple[str, str]:
    if requested:
        return requested, f"Kazoo {requested}, as given"
    if server.kazoo:
        return server.kazoo, f"Kazoo {server.kazoo}, as recorded"
    return detection.version.name, str(detection)


def _choose_data(origin: Origin | None, requested: Path | str | None) -> tuple[Mapping[str, Any], str]:
    """Options that give a mock the recorded server's data or a substitute, and a line that says which."""
    if requested is not None:
        return {"data": requested}, f"the calls of the directory {requested}"
    if origin is None:
        return {}, f"{_COMMITTED_OFFICE}, as no others are recorded: --data takes the server's"
    if origin.directory is not None:
        return {}, f"{_COMMITTED_OFFICE}, not those of the directory {origin.directory}: --data takes it"
    options = _generated_data(origin)
    if options is None:
        calls = f"{describe_origin(origin)} since {origin.opened}"
        return {}, f"{_COMMITTED_OFFICE}, as {calls} cannot be generated any more"
    lost = ", without what was added and removed" if origin.changed else ""
    return options, f"{describe_origin(origin)}{lost}"


def _generated_data(origin: Origin) -> Mapping[str, Any] | None:
    """Options of a mock that generates the same calls, or `None` if none does any more."""
    parts = {"seed": origin.seed, "calls_per_day": origin.calls_per_day, "locale": origin.locale}
    if origin.opened == OPENED.isoformat():
        return parts
    office = fixtures.manifest()
    of_office = {"seed": office.seed, "calls_per_day": office.calls_per_day, "locale": office.locale}
    return {} if parts == of_office and origin.opened == office.first_day.isoformat() else None


def _choose_quirks(server: RecordedServer, changes: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The options `fix` and `quirk`: those that were asked for, which win, and the recorded ones."""
    fix, quirk = tuple(changes.get("fix", ())), tuple(changes.get("quirk", ()))
    return {
        "fix": (*fix, *(name for name in server.fix if name not in quirk)),
        "quirk": (*quirk, *(name for name in server.quirk if name not in fix and ALL not in fix)),
    }


def _flatten(config: SettingsByCategory) -> dict[str, Any]:
    return {f"{category}.{name}": value for category, settings in config.items() for name, value in settings.items()}


def _replay_group(mock: Mock, exchanges: Iterable[Exchange], against: str) -> Iterator[ReplayResult]:
    accounts = mock.state.data.accounts.values()
    redaction = TokenRedaction({account.tokens[0].value: account.id for account in accounts if account.tokens})
    recorder = Recorder(Client(mock.url), redaction)
    for exchange in exchanges:
        if exchange.time_gregorian is not None:
            mock.clock.freeze(exchange.time_gregorian)
        (replayed,) = recorder.record_again([exchange])
        yield ReplayResult(exchange, tuple(find_differences(redaction.redact(exchange), replayed.response)), against)


COMPARED_HEADERS = (
    "content-type", "content-disposition", "content-language", "content-encoding", "allow", "etag", "expires", "vary",
    "location", "x-request-id", "access-control-allow-origin", "access-control-allow-methods",
    "access-control-allow-headers", "access-control-expose-headers", "access-control-max-age",
)  # fmt: skip
"""The headers that a client can rely on."""

_IGNORED = "(not compared)"


def _always(_exchange: Exchange) -> bool:
    return True


def _sent_no_request_id(exchange: Exchange) -> bool:
    return all(name.lower() != "x-request-id" for name, _ in exchange.request.headers)


@dataclass(frozen=True, slots=True)
class IgnoredField:
    """A field that is not compared, and why.

    It is ignored where its value matches `pattern`, in exchanges for which `applies` is true.
    """

    reason: str
    pattern: str = ".*"
    applies: Callable[[Exchange], bool] = _always

    def comparable(self, exchange: Exchange, value: Any) -> Any:
        """The value to compare: a constant where `value` is ignored."""
        matches = re.fullmatch(self.pattern, str(value), re.DOTALL)
        return _IGNORED if matches and self.applies(exchange) else value


_DIGEST = "[0-9a-f]{32}"

IGNORED_MEMBERS: Mapping[str, IgnoredField] = {
    "node": IgnoredField("the server's own name"),
    "version": IgnoredField("the server's own version"),
    "request_id": IgnoredField("drawn where the client sent none", applies=_sent_no_request_id),
    "tokens": IgnoredField("how many requests are left depends on those before"),
    "revision": IgnoredField("a digest over all of these", _DIGEST),
}
"""Members of the envelope that are not compared."""

IGNORED_HEADERS: Mapping[str, IgnoredField] = {
    "x-request-id": IgnoredField("drawn where the client sent none", applies=_sent_no_request_id),
    "etag": IgnoredField("a digest over the whole envelope", f'"{_DIGEST}"'),
    "content-disposition": IgnoredField(
        "the name of a CSV file is drawn", r'attachment; filename="json_[0-9a-f]{22}\.csv"'
    ),
}
"""Headers that are not compared."""

_MEMBER_IN_TEXT = re.compile(r'"(\w+)"( ?: ?)("(?:[^"\\]|\\.)*"|\{[^{}]*\})')

_MAX_VALUE_CHARACTERS = 90


class _Absent:
    """The value of what only the other response has."""


_ABSENT = _Absent()


def find_differences(exchange: Exchange, response: RecordedResponse) -> Iterator[str]:
    """Yield a line for each difference of `response` to the recorded response of an exchange."""
    original = exchange.response
    if response.status != original.status:
        yield f"status: {response.status} instead of {original.status}"
    before, now = (_comparable_headers(exchange, each.headers) for each in (original, response))
    for name in sorted(before.keys() | now.keys()):
        yield from _compare_values(f"header {name}", before.get(name, _ABSENT), now.get(name, _ABSENT))
    if bool(response.chunks) != bool(original.chunks):
        yield f"body: {_framing(response)} instead of {_framing(original)}"
    yield from _compare_bodies(exchange, response)


def _framing(response: RecordedResponse) -> str:
    return "in chunks" if response.chunks else "whole"


def _compare_bodies(exchange: Exchange, response: RecordedResponse) -> Iterator[str]:
    try:
        before, now = json.loads(exchange.response.body), json.loads(response.body)
    except (ValueError, RecursionError):
        texts = (
            _comparable_text(exchange, text).splitlines(keepends=True)
            for text in (exchange.response.body, response.body)
        )
        for number, (old, new) in enumerate(zip_longest(*texts, fillvalue=_ABSENT), start=1):
            yield from _compare_values(f"body, line {number}", old, new)
        return
    yield from _compare_values("", _comparable_envelope(exchange, before), _comparable_envelope(exchange, now))


def _compare_values(path: str, before: Any, now: Any) -> Iterator[str]:
    """Compare JSON values. 1, 1.0, true and "1" differ from each other; the order of an object's keys counts."""
    match before, now:
        case dict(), dict():
            for name in before | now:
                step = f"{path}.{name}" if path else name
                yield from _compare_values(step, before.get(name, _ABSENT), now.get(name, _ABSENT))
            if before.keys() == now.keys() and [*before] != [*now]:
                keys, recorded_keys = _describe_value([*now]), _describe_value([*before])
                yield f"{path or 'body'}: keys in the order {keys} instead of {recorded_keys}"
        case list(), list():
            for index, pair in enumerate(zip_longest(before, now, fillvalue=_ABSENT)):
                yield from _compare_values(f"{path}[{index}]", *pair)
        case _ if type(before) is not type(now) or before != now:
            yield f"{path or 'body'}: {_describe_value(now)} instead of {_describe_value(before)}"


def _describe_value(value: Any) -> str:
    if value is _ABSENT:
        return "nothing"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _MAX_VALUE_CHARACTERS else f"{text[: _MAX_VALUE_CHARACTERS - 3]}..."


def _comparable_headers(exchange: Exchange, headers: Mapping[str, str]) -> dict[str, str]:
    compared = {name: headers[name] for name in COMPARED_HEADERS if name in headers}
    return compared | {
        name: ignored.comparable(exchange, compared[name])
        for name, ignored in IGNORED_HEADERS.items()
        if name in compared
    }


def _comparable_envelope(exchange: Exchange, body: Any) -> Any:
    if not isinstance(body, dict) or "status" not in body:
        return body
    return body | {
        name: ignored.comparable(exchange, body[name]) for name, ignored in IGNORED_MEMBERS.items() if name in body
    }


def _comparable_text(exchange: Exchange, text: str) -> str:
    """A body that is not JSON but may contain an envelope: JSONP, or JSON broken by a quote that a client sent."""

    def replace_ignored(found: re.Match[str]) -> str:
        ignored = IGNORED_MEMBERS.get(found[1])
        return f'"{found[1]}"{found[2]}{ignored.comparable(exchange, found[3].strip(chr(34))) if ignored else found[3]}'

    return _MEMBER_IN_TEXT.sub(replace_ignored, text)
