"""Recorded requests sent to the mock, each at its own moment, and what is answered otherwise."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from mockcdrs.contract.client import Client
from mockcdrs.contract.detection import Detection, detect
from mockcdrs.crossbar.quirks import ALL
from mockcdrs.dataset import fixtures
from mockcdrs.dataset.origin import Origin
from mockcdrs.dataset.universe import OPENED
from mockcdrs.exchanges.differences import differences
from mockcdrs.exchanges.exchange import Exchange
from mockcdrs.exchanges.hiding import Tokens
from mockcdrs.exchanges.recording import Recorder
from mockcdrs.exchanges.server_info import Config, ServerInfo, described
from mockcdrs.mock import Mock, serving

_THE_OFFICE = "the calls of the committed office"


@dataclass(frozen=True, slots=True)
class Replayed:
    """An exchange and a line for each difference of the mock's answer; none where it is the same.

    `against` says in a line what the mock was: its version of Kazoo and its data, and why these.
    """

    exchange: Exchange
    differences: tuple[str, ...]
    against: str


def replay(exchanges: Iterable[Exchange], **changes: Any) -> Iterator[Replayed]:
    """Hold recorded exchanges against mocks that are like the recorded server, as far as it is known.

    `changes` are those of `Options`, and go before what is recorded. The clock stands at the moment of each recorded
    answer. Raises what `Mock` does.
    """
    held = list(exchanges)
    detection = detect(each.answer.body for each in held if not each.server.kazoo)
    for (config, info), group in groupby(held, lambda exchange: (exchange.config, exchange.server)):
        kazoo, version_line = _version(info, changes.get("kazoo"), detection)
        data, data_line = _data(info.data, changes.get("data"))
        options = {**changes, **_quirks(info, changes), **data, "kazoo": kazoo}
        options["settings"] = {**changes.get("settings", {}), **_settings(config)}
        options["reseller"] = changes.get("reseller", info.reseller)
        with serving(**options) as mock:
            yield from _held(mock, group, f"{version_line}; {data_line}")


def _version(info: ServerInfo, asked: str | None, detection: Detection) -> tuple[str, str]:
    if asked:
        return asked, f"Kazoo {asked}, as asked for"
    if info.kazoo:
        return info.kazoo, f"Kazoo {info.kazoo}, as recorded"
    return detection.version.name, str(detection)


def _data(origin: Origin | None, asked: Path | str | None) -> tuple[Mapping[str, Any], str]:
    """The options that give a mock the recorded server's data, or what has to do instead; and a line on it."""
    if asked is not None:
        return {"data": asked}, f"the calls of the directory {asked}"
    if origin is None:
        return {}, f"{_THE_OFFICE}, as no others are recorded: --data takes the server's"
    if origin.directory is not None:
        return {}, f"{_THE_OFFICE}, not those of the directory {origin.directory}: --data takes it"
    made = _made_up(origin)
    if made is None:
        return {}, f"{_THE_OFFICE}, as {described(origin)} since {origin.opened} cannot be made any more"
    lost = ", without what was added and removed" if origin.changed else ""
    return made, f"{described(origin)}{lost}"


def _made_up(origin: Origin) -> Mapping[str, Any] | None:
    """The options of a mock with the same made-up calls, `None` where there is none."""
    parts = {"seed": origin.seed, "calls_per_day": origin.calls_per_day, "locale": origin.locale}
    if origin.opened == OPENED.isoformat():
        return parts
    office = fixtures.manifest()
    of_office = {"seed": office.seed, "calls_per_day": office.calls_per_day, "locale": office.locale}
    return {} if parts == of_office and origin.opened == office.first_day.isoformat() else None


def _quirks(info: ServerInfo, changes: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The recorded fixes and quirks with those asked for, which win."""
    fix, quirk = tuple(changes.get("fix", ())), tuple(changes.get("quirk", ()))
    return {
        "fix": (*fix, *(name for name in info.fix if name not in quirk)),
        "quirk": (*quirk, *(name for name in info.quirk if name not in fix and ALL not in fix)),
    }


def _settings(config: Config) -> dict[str, Any]:
    return {f"{category}.{name}": value for category, held in config.items() for name, value in held.items()}


def _held(mock: Mock, exchanges: Iterable[Exchange], against: str) -> Iterator[Replayed]:
    accounts = mock.state.data.accounts.values()
    tokens = Tokens({account.tokens[0].value: account.id for account in accounts if account.tokens})
    recorder = Recorder(Client(mock.url), tokens)
    for exchange in exchanges:
        if exchange.moment is not None:
            mock.clock.freeze(exchange.moment)
        (answered,) = recorder.listed([exchange])
        yield Replayed(exchange, tuple(differences(tokens.hidden(exchange), answered.answer)), against)
