"""No test sees another: neither what it did to its mock, nor the clients that it left running."""

import pytest

from mockcdrs import mock as mock_module
from mockcdrs.mock import Mock
from mockcdrs.pytest_plugin import MAX_SHARED_MOCKS
from tests.pytest_plugin.running import run_pytest

UNUSED = "-W", "ignore::mockcdrs.UnusedFault"


def test_each_test_has_a_mock_that_nothing_was_done_to(pytester: pytest.Pytester) -> None:
    result = run_pytest(
        pytester,
        """
from dataclasses import replace

mocks = []

def seen(mock):
    answer = ask(mock)
    return answer["request_id"], len(answer["data"]), answer["timestamp"], mock.expected()

def test_one(mockcdrs):
    mocks.append((mockcdrs, mockcdrs.url, seen(mockcdrs)))
    mockcdrs.clear()
    mockcdrs.clock.advance(days=400)
    mockcdrs.add_call()
    mockcdrs.fail(status=503, times=1, path="/nowhere")
    mockcdrs.state.settings = replace(mockcdrs.state.settings, pagination_page_size=1)
    mockcdrs.state.quirks = frozenset()
    mockcdrs.state.seed = 7
    mockcdrs.add_user()
    assert seen(mockcdrs) != mocks[0][2]

def test_two(mockcdrs):
    other, url, initial = mocks[0]
    assert mockcdrs is not other and mockcdrs.state is not other.state and mockcdrs.url != url
    assert mockcdrs.url.endswith("/v2")
    assert seen(mockcdrs) == initial
    assert [record.number for record in mockcdrs.requests] == [1] and not mockcdrs.requests[0].fault
    assert mockcdrs.add_cdr({})["_id"] == "202601-added-1"
""",
        *UNUSED,
    )
    result.assert_outcomes(passed=2)


LEFT_OVER = """
import http.client, threading
from collections import Counter
from urllib.parse import urlsplit

tried, tries = Counter(), threading.Condition()
ended = threading.Event()

def poll(name, ask_once):
    while not ended.wait(0.01):
        try:
            ask_once()
        except (OSError, http.client.HTTPException):
            pass
        with tries:
            tried[name] += 1
            tries.notify_all()

def fetch(url, method="GET", headers={}, body=None):
    request = urllib.request.Request(url, body, headers, method=method)
    with urllib.request.urlopen(request, timeout=10) as answer:
        answer.read()

def test_that_leaves_its_clients_running(mockcdrs):
    mock, url, listing = mockcdrs, mockcdrs.url, mockcdrs.url_for("/cdrs")
    token = {"X-Auth-Token": mock.auth_token}
    key = json.dumps({"data": {"api_key": mock.credentials.api_key}}).encode()
    kept, where = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10), urlsplit(listing).path

    def on_a_kept_connection():
        kept.request("GET", where, headers=token)
        kept.getresponse().read()

    app = mock.wsgi_app
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": where, "QUERY_STRING": "", "HTTP_X_AUTH_TOKEN": mock.auth_token}
    environ |= {"wsgi.input": None, "wsgi.errors": None}
    clients = {
        "a url": lambda: fetch(listing, headers=token),
        "the mock": lambda: ask(mock),
        "no token": lambda: fetch(listing),
        "a login": lambda: fetch(url + "/api_auth", "PUT", {"Content-Type": "application/json"}, key),
        "a preflight": lambda: fetch(listing, "OPTIONS", {"Origin": "http://a"}),
        "a kept connection": on_a_kept_connection,
        "the app": lambda: list(app(dict(environ), lambda *_: None)),
    }
    for name, client in clients.items():
        threading.Thread(target=poll, args=(name, client), daemon=True).start()
    with tries:
        assert tries.wait_for(lambda: len(tried) == len(clients), timeout=20)
    assert len(mock.requests) >= len(clients)

def test_that_finds_them(mockcdrs):
    mockcdrs.fail(times=1, status=503)
    mockcdrs.url
    with tries:
        before = Counter(tried)
        assert tries.wait_for(lambda: all(tried[name] >= before[name] + 3 for name in before), timeout=20)
    assert mockcdrs.requests == [] and len(mockcdrs.never_fired()) == 1
    try:
        ask(mockcdrs)
    except urllib.error.HTTPError as refused:
        assert refused.code == 503
        refused.close()
    assert [record.status for record in mockcdrs.requests] == [503]
    ended.set()
"""


def test_clients_that_a_test_left_running_do_not_reach_the_next_one(pytester: pytest.Pytester) -> None:
    result = run_pytest(pytester, LEFT_OVER)
    result.assert_outcomes(passed=2)


def test_a_client_that_is_configured_once_asks_each_tests_own_mock(pytester: pytest.Pytester) -> None:
    result = run_pytest(
        pytester,
        """
import pytest

@pytest.fixture(scope="session")
def app(mockcdrs_server):
    before = len(ask(mockcdrs_server)["data"])
    url = mockcdrs_server.url

    def fetch():
        assert mockcdrs_server.url == url
        return len(ask(mockcdrs_server)["data"])

    yield fetch
    assert fetch() == before
    assert [record.number for record in mockcdrs_server.requests] == list(range(1, len(mockcdrs_server.requests) + 1))

def test_steers(app, mockcdrs):
    mockcdrs.clear()
    assert app() == 0
    mockcdrs.add_call()
    assert app() == mockcdrs.expected().count
    assert len(mockcdrs.requests) == 2

def test_finds_it_as_new(mockcdrs, app):
    assert app() == 50
    assert len(mockcdrs.requests) == 1

@pytest.mark.mockcdrs(settings={"crossbar.pagination_page_size": 7})
def test_has_settings_of_its_own(app, mockcdrs):
    assert app() == 7

@pytest.mark.mockcdrs(seed=5)
def test_of_another_account(app, mockcdrs):
    assert app() == 50
    assert mockcdrs.requests == []

def test_without_a_mock_of_its_own(app, mockcdrs_server):
    mockcdrs_server.clear()
    assert app() == 0
    mockcdrs_server.reset()

def test_that_asks_for_it_late(request, mockcdrs):
    mockcdrs.clear()
    late = request.getfixturevalue("mockcdrs_server")
    assert ask(late)["data"] == []
    path = f"/v2/accounts/{late.account_id}/cdrs"
    assert late.client().simulate_get(path).json["data"] == []
    assert len(mockcdrs.requests) == 2
""",
    )
    result.assert_outcomes(passed=6)


def test_what_a_session_keeps_does_not_grow_with_its_markers(pytester: pytest.Pytester) -> None:
    result = run_pytest(
        pytester,
        f"""
import gc, os, threading
import pytest
from mockcdrs.dataset.generated_store import GeneratedStore

def held():
    return threading.active_count(), len(os.listdir("/dev/fd"))

@pytest.fixture(scope="session")
def before(_mockcdrs_session):
    return held()

@pytest.mark.parametrize("seed", [pytest.param(n, marks=pytest.mark.mockcdrs(seed=n)) for n in range(40)])
def test_it(before, mockcdrs, seed):
    assert ask(mockcdrs)["data"]

def test_then(before):
    assert held() == before
    gc.collect()
    assert sum(isinstance(each, GeneratedStore) for each in gc.get_objects()) == {MAX_SHARED_MOCKS}
""",
    )
    result.assert_outcomes(passed=41)


def test_data_that_was_used_last_is_kept(pytester: pytest.Pytester) -> None:
    result = run_pytest(
        pytester,
        f"""
import pytest
from mockcdrs.dataset import files

loaded, usual = [], files.load

@pytest.fixture(autouse=True)
def counted(monkeypatch):
    monkeypatch.setattr(files, "load", lambda directory: loaded.append(directory.name) or usual(directory))

@pytest.fixture(scope="session")
def directories(tmp_path_factory):
    made = [tmp_path_factory.mktemp(str(n)) for n in range({MAX_SHARED_MOCKS} + 1)]
    for directory in made:
        line = {{"_id": "202601-a", "pvt_account_id": "a" * 32, "pvt_type": "cdr", "timestamp": 63935956800}}
        directory.joinpath("one.jsonl").write_text(json.dumps(line))
    return made

def test_it(make_mockcdrs, directories):
    for directory in directories[:-1]:
        assert make_mockcdrs(data=directory).expected().count == 0
    assert loaded == [directory.name for directory in directories[:-1]]
    make_mockcdrs(data=directories[0])
    assert len(loaded) == {MAX_SHARED_MOCKS}
    make_mockcdrs(data=directories[-1])
    make_mockcdrs(data=directories[0])
    assert loaded[{MAX_SHARED_MOCKS}:] == [directories[-1].name]
    make_mockcdrs(data=directories[1])
    assert loaded[-1] == directories[1].name
""",
    )
    result.assert_outcomes(passed=1)


def test_a_test_leaves_no_thread_behind_not_even_the_first_one(pytester: pytest.Pytester) -> None:
    result = run_pytest(
        pytester,
        """
import threading
import pytest

@pytest.fixture(autouse=True)
def threads():
    before = threading.enumerate()
    yield
    assert threading.enumerate() == before

@pytest.mark.parametrize("number", range(3))
def test_it(mockcdrs, make_mockcdrs, number):
    assert ask(mockcdrs)["data"] and ask(make_mockcdrs())["data"]
""",
    )
    result.assert_outcomes(passed=3)


class FakeServer:
    """One whose port is the next of a list."""

    ports: list[int]
    running: list[int]

    def __init__(self, *_arguments: object) -> None:
        self.port = 0

    def start(self, _guard: object = None) -> "FakeServer":
        if not self.port:
            self.port = self.ports.pop(0)
            self.running.append(self.port)
        return self

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        self.running.remove(self.port)


@pytest.mark.parametrize(
    ("ports", "expected_port"), [([1, 2], 1), ([7, 8, 1, 2], 1), ([7, 7, 8, 1], 1), ([7] * 20 + [8, 1], 8)]
)
def test_a_port_that_earlier_clients_know_is_not_used_again_if_there_is_another(
    monkeypatch: pytest.MonkeyPatch, ports: list[int], expected_port: int
) -> None:
    monkeypatch.setattr(mock_module, "Server", FakeServer)
    FakeServer.ports, FakeServer.running = ports, []
    mock = Mock()
    mock.past_ports |= {7, 8}
    assert mock.url == mock.url == f"http://127.0.0.1:{expected_port}/v2"
    assert FakeServer.running == [expected_port]
    mock.close()
    assert (FakeServer.running, mock.past_ports) == ([], {7, 8, expected_port})


def test_nobody_answers_for_a_closed_mock() -> None:
    mock, never_asked = Mock(), Mock()
    url = mock.url
    for each in (mock, never_asked):
        each.close()
        each.close()
    assert mock.url == url
    assert never_asked.url == "http://127.0.0.1:0/v2"


def test_each_test_has_a_token_and_what_comes_with_anothers_is_told_apart(pytester: pytest.Pytester) -> None:
    result = run_pytest(
        pytester,
        """
import pytest, urllib.error, urllib.request

kept = {}

def ask(mock, token):
    request = urllib.request.Request(mock.url_for("/cdrs"), headers={"X-Auth-Token": token})
    try:
        return urllib.request.urlopen(request, timeout=10).status
    except urllib.error.HTTPError as refused:
        return refused.code

def test_one(mockcdrs, make_mockcdrs):
    kept["token"] = mockcdrs.auth_token
    assert make_mockcdrs().auth_token != mockcdrs.auth_token
    assert ask(mockcdrs, mockcdrs.auth_token) == 200

@pytest.mark.mockcdrs(strict=True, allow=["unfollowed-pages"])
def test_two(mockcdrs):
    assert mockcdrs.auth_token != kept["token"]
    mockcdrs.fail(status=503, path="/cdrs", times=1)
    for _ in range(2):
        assert ask(mockcdrs, kept["token"]) == 401
    mockcdrs.assert_not_requested()
    assert mockcdrs.advice() == []
    assert ask(mockcdrs, mockcdrs.auth_token) == 503
    mockcdrs.reset()
    assert ask(mockcdrs, kept["token"]) == 401
    assert ask(mockcdrs, mockcdrs.auth_token) == 200
    assert ask(mockcdrs, mockcdrs.state.data.accounts[mockcdrs.account_id].tokens[0].value) == 200
    assert len(mockcdrs.wait_for(2)) == 2

def test_three(mockcdrs):
    ask(mockcdrs, kept["token"])
    assert mockcdrs.requests
""",
    )
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["no request came.*", "besides, 1 requests came with the token of *::test_one"])
