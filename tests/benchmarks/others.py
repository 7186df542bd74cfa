"""The mock under another server, and the same page from other tools, as far as they are installed."""

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
from urllib.request import Request, urlopen

from measuring import Bench, Budget, Line
from pages import CALLS_PER_DAY, Measured, compared
from servers import HERE, Served, answers, free_port, mock, running, until


def workers(bench: Bench) -> Iterator[Line]:
    """`mockcdrs.wsgi:app` in two processes of Granian, beside `mockcdrs serve`."""
    if importlib.util.find_spec("granian") is None:
        return
    port = free_port()
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "2"]
    command = [*granian, "--port", str(port), "mockcdrs.wsgi:app"]
    environment = {**os.environ, "MOCKCDRS_CALLS_PER_DAY": CALLS_PER_DAY, "MOCKCDRS_NO_CONTROL": "1"}
    with mock("--calls-per-day", CALLS_PER_DAY) as served, running(command, env=environment):
        until(lambda: answers(port))
        theirs = served.address("/cdrs").replace(served.url, f"http://127.0.0.1:{port}/v2")
        a, b = (Measured(bench, url, served.headers, 0) for url in (theirs, served.address("/cdrs")))
        yield compared("mockcdrs.wsgi:app under Granian, 2 processes", bench, a, b, Budget(1.6, is_least=True))


@dataclass(frozen=True, slots=True)
class Peer:
    """Another tool: how to run it in a folder on a port, and the path of the page."""

    name: str
    prepare: Callable[[Path, Any, int], Sequence[str]]
    path: str = "/page"


def peers(bench: Bench) -> Iterator[Line]:
    """The page of 50 rows as the mock gives it and as each peer does that is installed."""
    with mock("--calls-per-day", CALLS_PER_DAY) as served:
        page = _page(served)
        for peer in PEERS:
            with contextlib.suppress(NotInstalled), tempfile.TemporaryDirectory() as folder:
                port = free_port()
                command = peer.prepare(Path(folder), page, port)
                yield _against(bench, served, peer, [_found(bench, command[0]), *command[1:]], Path(folder), port)


class NotInstalled(Exception):
    """A peer that is not there."""


def _found(bench: Bench, name: str) -> str:
    if name == sys.executable:
        return name
    folder = None if bench.peers is None else str(bench.peers / "node_modules" / ".bin")
    path = shutil.which(name, path=folder) or shutil.which(name)
    if path is None:
        raise NotInstalled(name)
    return path


def _against(bench: Bench, served: Served, peer: Peer, command: Sequence[str], folder: Path, port: int) -> Line:
    url = f"http://127.0.0.1:{port}{peer.path}"
    with running(command, cwd=folder) as process:
        until(lambda: answers(port))
        until(lambda: _is_there(url))
        ours = Measured(bench, served.address("/cdrs"), served.headers, served.pid)
        return compared(f"the same page from {peer.name}", bench, ours, Measured(bench, url, {}, process.pid), None)


def _is_there(url: str) -> bool:
    try:
        with urlopen(url, timeout=10) as answer:
            return bool(answer.read())
    except OSError:
        return False


def _page(served: Served) -> Any:
    with urlopen(Request(served.address("/cdrs"), headers=served.headers), timeout=30) as answer:
        return json.load(answer)


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
    answer = {"status": 200, "jsonBody": page}
    (folder / "mappings" / "page.json").write_text(
        json.dumps({"request": {"method": "GET", "url": "/page"}, "response": answer})
    )
    return ["wiremock", "--port", str(port), "--root-dir", str(folder), "--no-request-journal"]


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
)
