"""The client shows what is on the wire, and says what is wrong there."""

import contextlib
import gzip
import socket
import ssl
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from click.testing import CliRunner

from mockcdrs.cli import main
from mockcdrs.contract.client import (
    GENTLE_REQUESTS_PER_SECOND,
    Client,
    ClientError,
    RawRequest,
    RawResponse,
    RequestPace,
)
from mockcdrs.mock import Mock, serving
from mockcdrs.recordings import exchanges
from mockcdrs.recordings.exchanges import Exchange, RecordedResponse

SENT: list[bytes] = []


@contextlib.contextmanager
def answering(*answers: bytes, secured_by: ssl.SSLContext | None = None) -> Iterator[str]:
    """A server that takes one connection for each answer, and keeps what came in `SENT`."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)
        SENT.clear()

        def serve() -> None:
            for answer in answers:
                line, _ = listener.accept()
                with secured_by.wrap_socket(line, server_side=True) if secured_by else line as line:
                    SENT.append(line.recv(65_536))
                    line.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http{'s' if secured_by else ''}://127.0.0.1:{listener.getsockname()[1]}/v2"
        thread.join(10)


def ask(answer: bytes, request: RawRequest | None = None) -> RawResponse:
    with answering(answer) as url:
        return Client(url).send(request or RawRequest("GET", "/v2/x"))


@pytest.fixture
def mock() -> Iterator[Mock]:
    with serving() as mock:
        yield mock


def test_a_request_goes_out_as_it_is_written() -> None:
    request = RawRequest("FOO", "/v2/a%2Fb", "x=%zz&y", (("X-Auth-Token", "tökén"),), '{"é":1}')
    with answering(b"HTTP/1.1 204 No Content\r\n\r\n") as url:
        Client(url).send(request)
        host = url.removeprefix("http://").removesuffix("/v2")
    head, _, body = SENT[0].partition(b"\r\n\r\n")
    assert head.decode().split("\r\n") == [
        "FOO /v2/a%2Fb?x=%zz&y HTTP/1.1",
        f"Host: {host}",
        "Connection: close",
        "X-Auth-Token: tökén",
        "Content-Length: 8",
    ]
    assert body.decode() == '{"é":1}'


def test_headers_come_in_order_with_their_letters_and_repetitions() -> None:
    response = ask(b"HTTP/1.1 200 OK\r\nX-B: 1\r\nx-a: 2\r\nX-b: 3\r\ncontent-length: 0\r\n\r\n")
    assert response.raw_headers[:3] == (("X-B", "1"), ("x-a", "2"), ("X-b", "3"))
    assert response.headers == {"x-b": "1, 3", "x-a": "2", "content-length": "0"}


def test_the_sizes_of_chunks_are_told() -> None:
    response = ask(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n5;x=y\r\ndefgh\r\n0\r\n\r\n")
    assert (response.body, response.chunks) == (b"abcdefgh", (3, 5))


def test_a_body_of_a_known_length_has_no_chunks() -> None:
    assert ask(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]").chunks is None


def test_interim_answers_are_passed_over() -> None:
    response = ask(b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")
    assert (response.status, response.json()) == (200, {})


def test_a_compressed_body_stays_as_it_came_and_can_be_read() -> None:
    packed = gzip.compress(b"[1]")
    head = f"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {len(packed)}\r\n\r\n"
    response = ask(head.encode() + packed)
    assert (response.body, response.text, response.json()) == (packed, "[1]", [1])


def test_a_body_that_only_says_it_is_compressed_is_told() -> None:
    response = RawResponse(200, (("Content-Encoding", "gzip"),), b"nothing packed")
    with pytest.raises(ClientError, match="a body came as gzip that is none"):
        response.json()


def test_a_body_beyond_all_measure_is_refused_packed_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockcdrs.contract.client.LONGEST_BODY", 1000)
    with pytest.raises(ClientError, match="a body of more than 1000 bytes came"):
        ask(b"HTTP/1.1 200 OK\r\ncontent-length: 2000\r\n\r\n" + b"x" * 2000)
    bomb = RawResponse(200, (("Content-Encoding", "gzip"),), gzip.compress(b"x" * 100_000))
    with pytest.raises(ClientError, match="a body of more than 1000 bytes came"):
        bomb.content  # noqa: B018 reading it is what fails


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"what?\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nabc",
    ],
    ids=["nothing", "no HTTP", "a short body", "half a chunk"],
)
def test_what_is_no_whole_answer_is_an_error_with_what_to_look_at(answer: bytes) -> None:
    with pytest.raises(ClientError, match=r"GET /v2/x at http://127.0.0.1:\d+/v2 got .+; expected an HTTP answer"):
        ask(answer)


def test_nobody_listening_is_an_error_with_what_to_look_at() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/v2"
    with pytest.raises(ClientError, match="is the server there, and is the URL right"):
        Client(url).send(RawRequest("GET", "/v2/x"))


def test_a_server_that_says_nothing_is_not_waited_for_without_end() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/v2"
        with pytest.raises(ClientError, match=r"within 0\.05 s"):
            Client(url, timeout_seconds=0.05).send(RawRequest("GET", "/v2/x"))


@pytest.mark.parametrize("url", ["kazoo:8000", "ftp://kazoo/v2", "http:///v2", "http://h:x/v2", "http://h/v2?a=b"])
def test_a_url_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ClientError, match="is no URL of a Crossbar; expected one as in http://kazoo:8000/v2"):
        Client(url)


def test_a_request_that_is_none_is_refused_before_it_is_sent() -> None:
    with pytest.raises(ClientError, match="is no HTTP request"):
        Client("http://127.0.0.1:9/v2").send(RawRequest("GET", "/v2/a b"))


def test_a_server_below_a_path_is_asked_there() -> None:
    with answering(b"HTTP/1.1 204 No Content\r\n\r\n") as url:
        Client(url.replace("/v2", "/api/v2/")).send(RawRequest("GET", "/v2/x"))
    assert SENT[0].startswith(b"GET /api/v2/x HTTP/1.1\r\n")


def test_an_answer_over_tls_is_taken_from_whom_the_machine_trusts(monkeypatch: pytest.MonkeyPatch) -> None:
    authority, ours, theirs = trustme.CA(), ssl.create_default_context(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(theirs)
    authority.configure_trust(ours)
    monkeypatch.setattr(ssl, "create_default_context", lambda: ours)
    with answering(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", secured_by=theirs) as url:
        assert Client(url).send(RawRequest("GET", "/v2/x")).json() == {}


def test_tls_with_a_server_that_has_none_is_an_error_with_what_to_look_at() -> None:
    with answering(b"HTTP/1.1 400 Bad Request\r\n\r\n") as url, pytest.raises(ClientError, match="SSL"):
        Client(url.replace("http:", "https:")).send(RawRequest("GET", "/v2/x"))


def test_the_usual_port_is_not_said_and_an_address_is_bracketed() -> None:
    assert Client("https://[::1]/v2")._host_header() == "[::1]"
    assert Client("http://kazoo:8000/v2")._host_header() == "kazoo:8000"


def test_a_listing_of_the_mock_comes_in_chunks_and_an_error_whole(mock: Mock) -> None:
    path, token = f"/v2/accounts/{mock.account_id}/cdrs", ("X-Auth-Token", mock.auth_token)
    listing = Client(mock.url).send(RawRequest("GET", path, "page_size=2", (token,)))
    refusal = Client(mock.url).send(RawRequest("GET", path))
    assert listing.chunks is not None
    assert sum(listing.chunks) == len(listing.body)
    assert len(listing.json()["data"]) == 2
    assert (refusal.status, refusal.chunks) == (401, None)


class Time:
    """A clock that only sleeping and the test move."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def test_requests_keep_their_distance_and_the_first_does_not_wait() -> None:
    time = Time()
    pace = RequestPace(4, lambda: time.now, time.sleep)
    for _ in range(4):
        pace.wait()
    assert time.slept == [0.25, 0.25, 0.25]


def test_time_that_passes_anyway_is_not_waited_for_and_not_saved_up() -> None:
    time = Time()
    pace = RequestPace(4, lambda: time.now, time.sleep)
    pace.wait()
    time.now += 10
    pace.wait()
    pace.wait()
    assert time.slept == [0.25]


def test_without_a_limit_nothing_is_waited_for() -> None:
    time = Time()
    pace = RequestPace(None, lambda: time.now, time.sleep)
    for _ in range(100):
        pace.wait()
    assert time.slept == []


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_this_machine_is_asked_as_fast_as_it_goes(host: str) -> None:
    assert RequestPace.for_host(host)._gap_seconds == 0


@pytest.mark.parametrize("host", ["kazoo", "10.0.0.1", "192.168.1.2", "localhost.example.com", "::"])
def test_any_other_is_asked_four_times_a_second(host: str) -> None:
    assert RequestPace.for_host(host)._gap_seconds == 1 / GENTLE_REQUESTS_PER_SECOND == 0.25


@pytest.fixture
def without_h11(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python finds no h11, as where the extra is not installed."""
    monkeypatch.setitem(sys.modules, "h11", None)


@pytest.mark.usefixtures("without_h11")
def test_without_h11_a_client_says_what_to_install() -> None:
    with pytest.raises(ClientError, match=r"h11, which .* is not installed: pip install 'mockcdrs\[contract\]'"):
        Client("http://127.0.0.1:9/v2")


@pytest.mark.usefixtures("without_h11")
@pytest.mark.parametrize(
    "arguments",
    [
        ["verify"],
        ["verify", "http://127.0.0.1:9/v2", "--account", "a", "--token", "t"],
        ["record", "http://127.0.0.1:9/v2", "--account", "a", "--token", "t", "--out", "OUT"],
        ["replay", "RECORDING"],
    ],
    ids=["verify", "verify-url", "record", "replay"],
)
def test_without_h11_a_command_says_what_to_install(arguments: list[str], tmp_path: Path) -> None:
    recording = tmp_path / "recording.jsonl"
    exchanges.write_exchanges(
        recording, [Exchange("one", RawRequest("GET", "/v2/accounts/a/cdrs"), RecordedResponse(200))]
    )
    files = {"OUT": str(tmp_path / "out.jsonl"), "RECORDING": str(recording)}
    result = CliRunner().invoke(main, [files.get(word, word) for word in arguments])
    assert result.exit_code == 1
    assert "Error: h11, which" in result.output
    assert "pip install 'mockcdrs[contract]'" in result.output


def test_without_h11_the_suite_under_pytest_says_what_to_install(pytester: pytest.Pytester) -> None:
    pytester.makeconftest("import sys\nsys.modules['h11'] = None\n")
    result = pytester.runpytest_subprocess(
        "--pyargs", "mockcdrs.contract", "-k", "envelope-of-an-error", "-p", "conftest", "-p", "no:cacheprovider"
    )
    result.stdout.fnmatch_lines(["*is not installed: pip install 'mockcdrs[[]contract[]]'*"])
    result.stdout.no_fnmatch_line("*Traceback*")
    result.assert_outcomes(errors=1)
