"""Many clients, while the thread that watches the sockets changes as often as it can: all bytes come, in order."""

import random
import socket
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import IO, TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl

import pytest

from mockcdrs.server import waitress_server
from mockcdrs.server.waitress_server import Server
from mockcdrs.server.wire_faults import ClientConnection
from tests.profile import many

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

pytestmark = pytest.mark.slow
CLIENTS = 12
ROUNDS = many(4, 100)
_SIZES = (0, 1, 100, 5_000, 70_000, 2_500_000)  # none, little, more than is gathered, more than is made ahead
_BYTES = random.Random(17).randbytes(max(_SIZES) + 256)


class Order(NamedTuple):
    """An answer to ask for: a body, in how many parts (0 for one with a length), and what happens between them."""

    start: int
    size: int
    parts: int
    pause: str

    def body(self) -> bytes:
        return _BYTES[self.start : self.start + self.size]

    def request(self) -> bytes:
        query = "&".join(f"{name}={value}" for name, value in self._asdict().items())
        return f"GET /?{query} HTTP/1.1\r\nHost: test\r\n\r\n".encode()


def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    query = dict(parse_qsl(environ["QUERY_STRING"]))
    order = Order(int(query["start"]), int(query["size"]), int(query["parts"]), query["pause"])
    _pause(order, environ)
    if not order.parts:
        start_response("200 OK", [("Content-Length", str(order.size))])
        return [order.body()]
    start_response("200 OK", [])
    return _in_parts(order, environ)


def _in_parts(order: Order, environ: "WSGIEnvironment") -> Iterator[bytes]:
    body, step = order.body(), order.size // order.parts + 1
    for at in range(0, order.size, step):
        _pause(order, environ)
        yield body[at : at + step]


def _pause(order: Order, environ: "WSGIEnvironment") -> None:
    match order.pause:
        case "sleep":
            time.sleep(0.002)
        case "wait":
            ClientConnection(environ).wait(0.002)
        case "work":
            sum(range(20_000))


def _read(answer: IO[bytes]) -> bytes:
    assert answer.readline() == b"HTTP/1.1 200 OK\r\n"
    headers = dict(line.rstrip().lower().split(b": ") for line in iter(answer.readline, b"\r\n"))
    if b"content-length" in headers:
        return answer.read(int(headers[b"content-length"]))
    chunks = list[bytes]()
    while size := int(answer.readline(), 16):
        chunks.append(answer.read(size))
        answer.readline()
    answer.readline()
    return b"".join(chunks)


def _ask(server: Server, seed: int) -> int:
    chance, count = random.Random(seed), 0
    for _ in range(ROUNDS):
        with (
            socket.create_connection((server.host, server.port), timeout=60) as client,
            client.makefile("rb") as answer,
        ):
            for _ in range(chance.randrange(1, 9)):
                batch = [_any(chance) for _ in range(chance.choice((1, 1, 2, 3)))]
                client.sendall(b"".join(order.request() for order in batch))
                if chance.random() < 0.05:
                    break  # leaves without reading
                for order in batch:
                    assert _read(answer) == order.body(), order
                    count += 1
    return count


def _any(chance: random.Random) -> Order:
    size = chance.choices(_SIZES, (1, 2, 4, 4, 4, 1))[0]
    return Order(
        chance.randrange(256),
        size,
        chance.choice((0, 0, 1, 3, 20)),
        chance.choice(("none", "none", "sleep", "wait", "work")),
    )


@pytest.mark.parametrize("patience", [0.0002, 0.002, 60])
def test_whichever_thread_watches_each_client_gets_its_answers_in_turn(
    monkeypatch: pytest.MonkeyPatch, patience: float
) -> None:
    monkeypatch.setattr(waitress_server, "_PATIENCE_SECONDS", patience)
    with Server(app) as server, ThreadPoolExecutor(CLIENTS) as clients:
        counts = [asking.result(300) for asking in [clients.submit(_ask, server, seed) for seed in range(CLIENTS)]]
    assert sum(counts) > 2.5 * ROUNDS * CLIENTS
