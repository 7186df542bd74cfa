"""In the long profile a million cases: each is answered in the shape of its kind or refused, and nothing grows.

Each test tries one block, so that the blocks can be shared between processes; `.ci/run --long` adds up the cases.
"""

import base64
import gc
import io
import json
import logging
import random
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPResponse
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import strategies as st

from mockcdrs.control.backend import MockBackend
from mockcdrs.control.state import State
from mockcdrs.crossbar import response_cache, start_key
from mockcdrs.crossbar.versions import KAZOO_4_3, KAZOO_MASTER
from mockcdrs.dataset import generated_store
from mockcdrs.dataset.files import DataError
from mockcdrs.faults import request_view
from mockcdrs.imports.importer import Importer
from mockcdrs.server import control_routes
from mockcdrs.server.app import CONTROL, create_app, longest_body
from mockcdrs.server.middleware import NOTES
from mockcdrs.server.waitress_server import Server
from tests.crossbar.builders import ACCOUNT, ACCOUNT_TOKEN, calls, leg, state_of
from tests.crossbar.test_start_key import PIECES, TERMS, mutated_terms
from tests.hostile import asking
from tests.hostile.asking import AnyRequest
from tests.hostile.recombining import (
    SEED,
    RequestBreeder,
    call_app,
    cross,
    draw_examples,
    make_environ,
    shown_if_it_fails,
)
from tests.hostile.shape import assert_is_crossbars
from tests.hostile.test_any_bytes import GARBAGE, OF_THE_SERVER, request_bytes
from tests.hostile.test_any_control_request import ANY as ANY_CONTROL_REQUEST
from tests.imports import builders
from tests.profile import examples

pytestmark = pytest.mark.slow
Count = Callable[[str], None]

BLOCKS = 5
REQUESTS, START_KEYS, BYTES, CONTROL_REQUESTS, IMPORTS = (
    examples(full, long) // BLOCKS
    for full, long in ((8_000, 420_000), (4_000, 200_000), (2_000, 120_000), (4_000, 160_000), (2_000, 120_000))
)
_CONTROL_REQUESTS_OF_A_MOCK = 40
MOST_GROWTH_KB = 24 * 1024
_LISTING = AnyRequest("GET", f"/v2/accounts/{ACCOUNT}/cdrs", "", {"X-Auth-Token": ACCOUNT_TOKEN}, b"")
_CALLS = [*calls(60), leg('Ünï/ode, "quoted"\r\n@host', caller_id_name="a,b\n"), leg("old@host", 63_934_400_000)]
_TERMS = PIECES | mutated_terms() | TERMS.map(start_key.encode_term) | st.binary(max_size=60)
_BYTES = GARBAGE | st.builds(request_bytes, asking.ANY, st.sampled_from(["1.1", "1.0"]))
_JUNK = st.binary(max_size=30) | asking.JSON_TEXTS.map(str.encode)
_KINDS = [(KAZOO_4_3, ["trailer-unescaped"]), (KAZOO_MASTER, ["trailer-unescaped"]), (KAZOO_4_3, ["all"])]


def _footprint() -> tuple[int, int, int]:
    """Kilobytes, open descriptors and threads of this process."""
    gc.collect()
    kilobytes = int(Path("/proc/self/status").read_text(encoding="ascii").partition("VmRSS:")[2].split()[0])
    return kilobytes, len([*Path("/proc/self/fd").iterdir()]), threading.active_count()


@contextmanager
def _no_growth(monkeypatch: pytest.MonkeyPatch, warm_up: Callable[[], None]) -> Iterator[None]:
    """Hold the process to its size of behind the warm-up; what may be kept is soon full."""
    monkeypatch.setattr(response_cache, "CACHE_BYTES", 500_000)
    monkeypatch.setattr(generated_store, "KEPT_DOCUMENTS", 1_000)
    monkeypatch.setattr(request_view, "KEPT_KEYS", 500)
    warm_up()
    kilobytes, descriptors, threads = _footprint()
    yield
    kilobytes_after, *others = _footprint()
    assert others == [descriptors, threads]
    assert kilobytes_after - kilobytes < MOST_GROWTH_KB


class _Notes(logging.Handler):
    """Keeps the log's records about one case."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self._records.append(record)

    def keep_alone(self, record: logging.LogRecord) -> bool:
        """Keep a record from pytest, which would hold all of a test's until its end."""
        self.emit(record)
        return False

    def take(self) -> list[str]:
        """Return what was said of the case, none of it an error, and begin with the next one."""
        records, self._records = self._records, []
        assert all(record.exc_info is None and record.levelno == logging.WARNING for record in records)
        return [record.getMessage() for record in records if record.name != "mockcdrs.journal"]


@pytest.fixture
def notes() -> Iterator[_Notes]:
    handler, of_answers = _Notes(), logging.getLogger(NOTES)
    logging.getLogger().addHandler(handler)
    of_answers.addFilter(handler.keep_alone)
    yield handler
    of_answers.removeFilter(handler.keep_alone)
    logging.getLogger().removeHandler(handler)


def _small_journal(state: State) -> State:
    state.journal.capacity = 100
    state.journal.clear()
    return state


@pytest.mark.parametrize("block", range(BLOCKS))
def test_requests_get_answers_in_crossbars_shape(
    block: int, notes: _Notes, count_case: Count, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance, breeder = random.Random(f"{SEED} requests {block}"), RequestBreeder(draw_examples(asking.ANY))
    states = [_small_journal(state_of(_CALLS, fixed=fixed, version=version)) for version, fixed in _KINDS]
    apps = [create_app(state) for state in states]

    def ask(number: int) -> None:
        for _ in range(number):
            request = breeder.make(chance)
            with shown_if_it_fails(request):
                status, headers, body = call_app(chance.choice(apps), make_environ(request))
                assert_is_crossbars(request.method, status, headers, body, notes.take())
            count_case("requests")

    with _no_growth(monkeypatch, lambda: ask(REQUESTS // 5)):
        ask(REQUESTS - REQUESTS // 5)


@pytest.mark.parametrize("block", range(BLOCKS))
def test_start_keys_are_refused_or_read_and_no_more(
    block: int, notes: _Notes, count_case: Count, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(f"{SEED} start keys {block}")
    terms = draw_examples(_TERMS)
    app = create_app(_small_journal(state_of(_CALLS, fixed=["trailer-unescaped"])))

    def ask(number: int) -> None:
        for _ in range(number):
            term = start_key.TERM_VERSION + cross(chance, terms)
            text = base64.urlsafe_b64encode(term).rstrip(b"=").decode()
            query = f"start_key={text}&is_chunked={chance.choice(('true', 'false'))}"
            path = chance.choice(("", "/interaction", "/summary"))
            request = AnyRequest("GET", _LISTING.path + path, query, _LISTING.headers, b"")
            with shown_if_it_fails(request):
                assert_is_crossbars("GET", *call_app(app, make_environ(request)), notes.take())
                try:
                    key = start_key.decode(text)
                    assert repr(start_key.decode(start_key.encode(key))) == repr(key)
                except start_key.NoStartKey:
                    pass
            count_case("start keys")

    with _no_growth(monkeypatch, lambda: ask(START_KEYS // 5)):
        ask(START_KEYS - START_KEYS // 5)


@pytest.mark.parametrize("block", range(BLOCKS))
def test_bytes_over_sockets_get_an_answer_or_an_end(
    block: int, notes: _Notes, count_case: Count, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(f"{SEED} bytes {block}")
    parents = draw_examples(_BYTES)
    state = _small_journal(state_of(calls(3), fixed=["trailer-unescaped"]))

    def send(server: Server, number: int) -> None:
        for _ in range(number):
            sent = cross(chance, parents)
            with shown_if_it_fails(sent):
                _assert_is_answer(sent, _exchange(server, sent))
            count_case("byte strings")
        assert _exchange(server, request_bytes(_LISTING, "1.0")).startswith(b"HTTP/1.0 200 ")

    with Server(create_app(state), longest_body=lambda: longest_body(state)) as server:
        with _no_growth(monkeypatch, lambda: send(server, BYTES // 5)):
            send(server, BYTES - BYTES // 5)
        notes.take()


def _exchange(server: Server, sent: bytes) -> bytes:
    """Return all that comes until the server ends the connection, as it does once a client has sent its last."""
    with socket.create_connection((server.host, server.port), timeout=60) as connection:
        try:
            with suppress(OSError):  # it has answered before it has read all, and left
                connection.sendall(sent)
                connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65_536), b""))
        except ConnectionResetError:
            return b""


class _Received:
    """What came over a connection, as `HTTPResponse` wants it."""

    def __init__(self, received: bytes) -> None:
        self._received = received

    def makefile(self, _mode: str) -> io.BytesIO:
        return io.BytesIO(self._received)


def _assert_is_answer(sent: bytes, received: bytes) -> None:
    """The first of the answers is of the server, or in Crossbar's shape; there is none where the client left first."""
    received = received.removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n")
    if not received:
        return
    method = sent.lstrip().split(maxsplit=1)[0].decode("latin-1") if sent.strip() else ""
    response = HTTPResponse(cast(Any, _Received(received)), method=method)
    response.begin()
    headers = {name.lower(): value for name, value in response.headers.items()}
    if headers.get("content-type") == "text/plain; charset=utf-8":
        assert response.status in OF_THE_SERVER
    else:
        assert_is_crossbars(method, response.status, headers, response.read(), None)


@pytest.mark.parametrize("block", range(BLOCKS))
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_the_control_api_answers_in_its_own_shape_and_crossbars_part_lives_on(
    block: int, notes: _Notes, count_case: Count, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control_routes, "HEARTBEAT_SECONDS", 0.0)
    chance, parents = random.Random(f"{SEED} control {block}"), draw_examples(ANY_CONTROL_REQUEST)
    methods, paths, queries, headers, bodies = (list(each) for each in zip(*parents, strict=True))

    def control(app: Any, request: AnyRequest) -> None:
        with shown_if_it_fails(request):
            status, sent, body = call_app(app, make_environ(request), 4)
            assert status < 500
            if status >= 400 and request.method != "HEAD":
                error = json.loads(body)["error"]
                assert error.keys() - {"field"} == {"code", "message"}
                assert isinstance(error["message"], str)
            assert sent["x-content-type-options"] == "nosniff"
        count_case("control requests")

    def ask(number: int) -> None:
        for _ in range(number // _CONTROL_REQUESTS_OF_A_MOCK):
            state = _small_journal(state_of(calls(3)))
            app = create_app(state, MockBackend(state, ACCOUNT))
            for _ in range(_CONTROL_REQUESTS_OF_A_MOCK):
                query = cross(chance, queries)
                body = cross(chance, bodies) if chance.random() < 0.3 else chance.choice(bodies)
                path = CONTROL + chance.choice(paths)
                control(app, AnyRequest(chance.choice(methods), path, query, chance.choice(headers), body))
            state.webhooks.clear()
            state.faults.clear()
            status, sent, body = call_app(app, make_environ(_LISTING))
            assert_is_crossbars("GET", status, sent, body, notes.take())

    with _no_growth(monkeypatch, lambda: ask(CONTROL_REQUESTS // 5)):
        ask(CONTROL_REQUESTS - CONTROL_REQUESTS // 5)


def _import_lines() -> list[bytes]:
    """Files of one line: rows of each release and form, documents, and what looks like one."""
    rows = [
        builders.row(names, times, caller_id_name=name)
        for names in (
            builders.OF_3_16,
            builders.OF_3_18,
            builders.OF_3_19,
            builders.OF_3_20,
            builders.OF_4_2,
            builders.OF_4_3,
        )
        for times in (builders.START, builders.END)
        for name in ("Ann", 'a "b", c', "=1+1", "\u2028\0")
    ]
    forms = (builders.answer, builders.lines, builders.cells, json.dumps)
    texts = [form(row) for row in rows for form in forms]
    texts += [json.dumps(each) for each in (builders.SMALL_ROW, builders.TRICKY)]
    texts += [json.dumps({"account_id": ACCOUNT, "month": "202601", "document": each}) for each in calls(3)]
    return [text.encode() for text in texts] + draw_examples(_JUNK)


@pytest.mark.parametrize("block", range(BLOCKS))
def test_imported_lines_are_refused_or_become_documents(
    block: int, tmp_path: Path, count_case: Count, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance, parents, file = random.Random(f"{SEED} imports {block}"), _import_lines(), tmp_path / "line"

    def read(number: int) -> None:
        for _ in range(number):
            line = cross(chance, parents)
            file.write_bytes(line)
            with shown_if_it_fails(line):
                try:
                    data = Importer().read([file])
                except DataError:
                    pass
                else:
                    documents = [each for months in data.documents.values() for each in months]
                    assert all(isinstance(each["_id"], str) for each in documents)
                    json.dumps(documents)
            count_case("imported lines")

    with _no_growth(monkeypatch, lambda: read(IMPORTS // 5)):
        read(IMPORTS - IMPORTS // 5)
