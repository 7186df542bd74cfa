"""Replays recordings: sends the requests to mocks that are like the recorded server, and compares the responses."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from mockcdrs.contract.client import Client
from mockcdrs.contract.version_detection import Detection, detect_version
from mockcdrs.crossbar.quirks import ALL
from mockcdrs.dataset import fixtures
from mockcdrs.dataset.generated_store import OPENED
from mockcdrs.dataset.store import Origin
from mockcdrs.mock import Mock, serving
from mockcdrs.recordings.comparison import find_differences
from mockcdrs.recordings.exchanges import Exchange, RecordedServer, SettingsByCategory, describe_origin
from mockcdrs.recordings.recorder import Recorder
from mockcdrs.recordings.token_redaction import TokenRedaction

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
    recorded = list(exchanges)
    detection = detect_version(each.response.body for each in recorded if not each.server.kazoo)
    for (config, server), group in groupby(recorded, lambda exchange: (exchange.config, exchange.server)):
        kazoo, version_line = _choose_version(server, changes.get("kazoo"), detection)
        data, data_line = _choose_data(server.data, changes.get("data"))
        options = {**changes, **_choose_quirks(server, changes), **data, "kazoo": kazoo}
        options["settings"] = {**changes.get("settings", {}), **_flatten(config)}
        options["reseller"] = changes.get("reseller", server.reseller)
        with serving(**options) as mock:
            yield from _replay_group(mock, group, f"{version_line}; {data_line}")


def _choose_version(server: RecordedServer, requested: str | None, detection: Detection) -> tuple[str, str]:
    if requested:
        return requested, f"Kazoo {requested}, as asked for"
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
        return {}, f"{_COMMITTED_OFFICE}, as {describe_origin(origin)} since {origin.opened} cannot be made any more"
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
