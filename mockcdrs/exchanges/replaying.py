"""Recorded requests sent to the mock, each at its own moment, and what is answered otherwise."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from mockcdrs.contract.client import Client
from mockcdrs.exchanges.differences import differences
from mockcdrs.exchanges.exchange import Exchange
from mockcdrs.exchanges.hiding import Tokens
from mockcdrs.exchanges.recording import Recorder
from mockcdrs.handle import Mock, serving


@dataclass(frozen=True, slots=True)
class Replayed:
    """An exchange and a line for each difference of the mock's answer; none where it is the same."""

    exchange: Exchange
    differences: tuple[str, ...]


def replay(exchanges: Iterable[Exchange], **changes: Any) -> Iterator[Replayed]:
    """Hold recorded exchanges against mocks with the same settings; `changes` are those of `Options`.

    The clock stands at the moment of each recorded answer. Raises what `Mock` does.
    """
    settings = changes.pop("settings", {})
    for config, group in groupby(exchanges, lambda exchange: exchange.config):
        flat = {f"{category}.{name}": value for category, held in config.items() for name, value in held.items()}
        with serving(**changes, settings={**settings, **flat}) as mock:
            yield from _held(mock, group)


def _held(mock: Mock, exchanges: Iterable[Exchange]) -> Iterator[Replayed]:
    accounts = mock.state.data.accounts.values()
    tokens = Tokens({account.tokens[0].value: account.id for account in accounts if account.tokens})
    recorder = Recorder(Client(mock.url), tokens)
    for exchange in exchanges:
        if exchange.moment is not None:
            mock.clock.freeze(exchange.moment)
        (answered,) = recorder.listed([exchange])
        yield Replayed(exchange, tuple(differences(tokens.hidden(exchange), answered.answer)))
