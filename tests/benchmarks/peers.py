"""The same page from other tools, as far as they are installed, and the mock in two processes of another server."""

import contextlib
import importlib.util
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from load import Load
from measuring import Bench, Budget, Line, alternate
from pages import CALLS_PER_DAY
from servers import HERE, NEW, Served, answers, free_port, mock, parts_of, running, until

_CONNECTIONS = 8


def workers(bench: Bench) -> Iterator[Line]:
    """`mockcdrs.wsgi:app` in two processes of Granian, and in one.

    Nobody asked for the pages before. Cached pages come so fast that wrk takes most of the second of two cores.
    """
    if importlib.util.find_spec("granian") is None:
        return
    with mock("--calls-per-day", CALLS_PER_DAY) as served, contextlib.ExitStack() as stack:
        two, one = (stack.enter_context(_granian(served, count)) for count in (2, 1))
        row, path = "a page nobody asked before: two processes of Granian, and one", f"/cdrs?created_to={NEW}"
        yield _compare(row, bench, two, one, path, path, 1.6)


@contextlib.contextmanager
def _granian(like: Served, workers: int) -> Iterator[Served]:
    port = free_port()
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", str(workers)]
    environment = {**os.environ, "MOCKCDRS_CALLS_PER_DAY": CALLS_PER_DAY, "MOCKCDRS_NO_CONTROL": "1"}
    with running([*granian, "--port", str(port), "mockcdrs.wsgi:app"], env=environment) as process:
        until(lambda: answers(port))
        yield Served(f"http://127.0.0.1:{port}", like.base, like.headers, process.pid)


def _compare(row: str, bench: Bench, a: Served, b: Served, path: str, path_of_b: str, least: float) -> Line:
    loads = [Load(server, [asked], bench.seconds, _CONNECTIONS) for server, asked in ((a, path), (b, path_of_b))]
    rates = alternate(bench.rounds, *loads)
    a_text, b_text = (f"{rate.median:,.0f}/s {load.cpu:,.0f} us" for rate, load in zip(rates, loads, strict=True))
    cpu = loads[1].cpu / loads[0].cpu
    return Line(
        row=row, a=a_text, b=b_text, value=rates[0].over(rates[1]), cpu=cpu, budget=Budget(least, is_least=True)
    )


@dataclass(frozen=True, slots=True)
class Peer:
    """Another tool, and how to run it in a folder on a port so that `/page` is the page."""

    name: str
    prepare: Callable[[Path, Any, int], Sequence[str]]


def peers(bench: Bench) -> Iterator[Line]:
    """The page of 50 rows as the mock gives it, and as each peer does that is installed, to 8 connections."""
    with mock("--calls-per-day", CALLS_PER_DAY) as served:
        page = json.loads(b"".join(parts_of(*served.get("/cdrs"))))
        for peer in PEERS:
            with contextlib.suppress(NotInstalled), tempfile.TemporaryDirectory() as folder:
                port = free_port()
                name, *arguments = peer.prepare(Path(folder), page, port)
                with running([_find(bench, name), *arguments], cwd=folder) as process:
                    other = Served(f"http://127.0.0.1:{port}", "", {}, process.pid)
                    until(lambda: _is_there(other))  # noqa: B023 called within the turn
                    yield _compare(f"the same page, and from {peer.name}", bench, served, other, "/cdrs", "/page", 1)


class NotInstalled(Exception):
    """A peer that is not there."""


def _find(bench: Bench, name: str) -> str:
    if name == sys.executable:
        return name
    folder = None if bench.peers is None else str(bench.peers / "node_modules" / ".bin")
    path = shutil.which(name, path=folder) or shutil.which(name)
    if path is None:
        raise NotInstalled(name)
    return path


def _is_there(server: Served) -> bool:
    try:
        return " 200 " in server.get("/page")[0]
    except OSError:
        return False


def _json_server(folder: Path, page: Any, port: int) -> Sequence[str]:
    (folder / "db.json").write_text(json.dumps({"page": page}))
    return ["json-server", "--quiet", "--port", str(port), "db.json"]


def _prism(folder: Path, page: Any, port: int) -> Sequence[str]:
    body = {"description": "A page", "content": {"application/json": {"example": page}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "One page", "version": "1"},
        "paths": {"/page": {"get": {"responses": {"200": body}}}},
    }
    (folder / "openapi.json").write_text(json.dumps(document))
    return ["prism", "mock", "--host", "127.0.0.1", "--port", str(port), "openapi.json"]


def _wiremock(folder: Path, page: Any, port: int) -> Sequence[str]:
    (folder / "mappings").mkdir()
    mapping = {"request": {"method": "GET", "url": "/page"}, "response": {"status": 200, "jsonBody": page}}
    (folder / "mappings" / "page.json").write_text(json.dumps(mapping))
    return ["wiremock", "--port", str(port), "--root-dir", str(folder), "--no-request-journal"]


def _mockoon(folder: Path, page: Any, port: int) -> Sequence[str]:
    response = {
        "uuid": "3", "body": json.dumps(page), "statusCode": 200, "default": True, "bodyType": "INLINE",
        "headers": [{"key": "Content-Type", "value": "application/json"}],
    }  # fmt: skip
    route = {"uuid": "2", "type": "http", "method": "get", "endpoint": "page", "responses": [response]}
    environment = {"uuid": "1", "name": "One page", "port": port, "routes": [route]}
    (folder / "page.json").write_text(json.dumps(environment))
    return ["mockoon-cli", "start", "--repair", "--data", "page.json", "--port", str(port), "--disable-log-to-file"]


def _pytest_httpserver(folder: Path, page: Any, port: int) -> Sequence[str]:
    if importlib.util.find_spec("pytest_httpserver") is None:
        raise NotInstalled("pytest-httpserver")
    (folder / "page.json").write_text(json.dumps(page))
    return [sys.executable, str(HERE / "httpserver.py"), str(port), "page.json"]


PEERS = (
    Peer("json-server", _json_server),
    Peer("Prism", _prism),
    Peer("WireMock", _wiremock),
    Peer("pytest-httpserver", _pytest_httpserver),
    Peer("Mockoon", _mockoon),
)
