"""Sending requests to a server and keeping what it answers."""

import contextlib
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from mockcdrs.contract.client import Client, ClientError, RawRequest, RawResponse, is_loopback
from mockcdrs.contract.version_detection import assume_version, detect_version
from mockcdrs.exchanges.exchange import Answer, Exchange
from mockcdrs.exchanges.hiding import Tokens
from mockcdrs.exchanges.server_info import ServerInfo, Told, described

Plan = Generator[tuple[str, RawRequest], RawResponse, None]

_READING = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Recorder:
    """Asks one server; `tokens` are put into the requests and kept out of what is recorded."""

    client: Client
    tokens: Tokens = field(default_factory=lambda: Tokens({}))

    def planned(self, plan: Plan) -> Iterator[Exchange]:
        """The exchanges of a plan, which sees each answer before it names the next request. Raises `ClientError`."""
        with contextlib.suppress(StopIteration):
            name, request = next(plan)
            while True:
                response = self.client.send(self.tokens.revealed(request))
                yield self._hidden(Exchange(name, request, Answer.of(response)))
                name, request = plan.send(response)

    def listed(self, exchanges: Iterable[Exchange]) -> Iterator[Exchange]:
        """The requests of exchanges, with this server's answers.

        Raises `ClientError`, and sends nothing then, where one may change something on a server elsewhere.
        """
        asked = list(exchanges)
        for exchange in asked:
            self._check(exchange)
        for exchange in asked:
            response = self.client.send(self.tokens.revealed(exchange.request))
            yield self._hidden(Exchange(exchange.name, exchange.request, Answer.of(response), exchange.config))

    def _hidden(self, exchange: Exchange) -> Exchange:
        return self.tokens.hidden(exchange)

    def _check(self, exchange: Exchange) -> None:
        method = exchange.request.method
        if method not in _READING and not is_loopback(self.client.host):
            raise ClientError(
                f"{exchange.name}: {method} came for {self.client.host}, which is not this machine; expected one of "
                f"{', '.join(sorted(_READING))}, which change nothing; take it out of the list"
            )


def labelled(
    exchanges: Sequence[Exchange], kazoo: str | None, told: Told | None, *, is_anonymous: bool = False
) -> tuple[list[Exchange], str]:
    """The exchanges with what is known of their server in each, and a line that says it.

    `kazoo` names the version where somebody knows it, `told` is what a mock says of itself; without these the answers
    tell. Anonymous exchanges do not say what their calls were made up from: these calls have the real names.
    """
    if told is None:
        bodies = [each.answer.body for each in exchanges]
        detection = assume_version(kazoo, bodies) if kazoo else detect_version(bodies)
        info = ServerInfo("" if detection.is_assumed else detection.version.name)
        return [replace(each, server=info) for each in exchanges], str(detection)
    info, config = told
    line = f"Kazoo {kazoo}, as asked for" if kazoo else f"Kazoo {info.kazoo}, as mockcdrs {info.mockcdrs} says"
    if info.data is not None:
        lost = ", but not what was added and removed since" if info.data.changed else ""
        line = f"{line}; {described(info.data)}{lost}"
    info = replace(info, kazoo=kazoo or info.kazoo, data=None if is_anonymous else info.data)
    return [replace(each, server=info, config=config) for each in exchanges], line
