"""A mock that serves https: what a client feels, and what it has to trust."""

import socket
import ssl
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from click.testing import CliRunner

from mockcdrs.cli import main
from mockcdrs.config import OptionError
from mockcdrs.control_client import ControlClient
from mockcdrs.faults.reply import Reply
from mockcdrs.mock import Mock, serving
from mockcdrs.remote_mock import RemoteMock
from mockcdrs.server import tls
from tests.programs import program

FIRST_ROWS = {"page_size": 50, "created_from": 63_934_444_800}


@pytest.fixture
def mock() -> Mock:
    return Mock(tls=True)


@pytest.fixture
def client(mock: Mock) -> httpx.Client:
    headers = {"X-Auth-Token": mock.auth_token}
    return httpx.Client(verify=ssl.create_default_context(cafile=mock.ca_path), headers=headers, timeout=20)


def test_a_client_that_trusts_the_certificate_is_served(mock: Mock, client: httpx.Client) -> None:
    with mock, client:
        assert mock.url.startswith("https://127.0.0.1:")
        plain = Mock().client().simulate_get(urlsplit(mock.url_for("/cdrs")).path, params=FIRST_ROWS)
        answers = [client.get(mock.url_for("/cdrs"), params=FIRST_ROWS) for _ in range(3)]
        assert [answer.json()["data"] for answer in answers] == [plain.json["data"]] * 3
        by_name = mock.url_for("/cdrs").replace("127.0.0.1", "localhost")
        assert client.get(by_name).status_code == 200


def test_a_client_that_does_not_trust_it_gets_no_byte(mock: Mock) -> None:
    with mock, pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(mock.url)
    assert mock.requests == []


def test_what_is_no_tls_is_hung_up_on_and_others_are_served(mock: Mock, client: httpx.Client) -> None:
    with mock, client:
        with pytest.raises(httpx.HTTPError):
            httpx.get(mock.url.replace("https", "http"))
        with closing(socket.create_connection(("127.0.0.1", urlsplit(mock.url).port or 0), 10)) as half:
            half.sendall(b"\x16\x03\x01")  # the beginning of a handshake, and never more
            assert client.get(mock.url_for("/cdrs")).status_code == 200


def test_many_clients_get_long_bodies_whole(mock: Mock, client: httpx.Client) -> None:
    query: dict[str, Any] = {**FIRST_ROWS, "paginate": "false", "is_chunked": "false"}
    with mock, client, ThreadPoolExecutor(4) as pool:
        bodies = list(pool.map(lambda _: client.get(mock.url_for("/cdrs"), params=query).json()["data"], range(8)))
    assert len(bodies[0]) == mock.expected(created_from=FIRST_ROWS["created_from"]).count
    assert bodies == [bodies[0]] * 8


def test_a_long_request_is_read_whole(mock: Mock, client: httpx.Client) -> None:
    with mock, client:
        mock.respond("/notes", lambda request: Reply(text=str(len(request.body))), method="PUT")
        assert client.put(mock.url_for("/notes"), content=b"x" * 300_000).text == "300000"


def test_each_fault_on_the_wire_is_felt(mock: Mock) -> None:
    steps = [{"close": True}, {"reset": True}, {"cut_after": 50}, {"cut_in_chunk": True}, {"drip": 300_000}, 200]
    with mock:
        mock.script("/cdrs", steps)  # type: ignore[arg-type]
        context, target = ssl.create_default_context(cafile=mock.ca_path), urlsplit(mock.url_for("/cdrs"))
        results: list[bool | str] = []
        for _ in steps:
            with closing(HTTPSConnection(str(target.netloc), context=context, timeout=20)) as connection:
                try:
                    connection.request("GET", target.path, headers={"X-Auth-Token": mock.auth_token})
                    results.append(bool(connection.getresponse().read()))
                except (OSError, HTTPException) as error:
                    results.append(type(error).__name__)
    assert results[2:] == ["IncompleteRead", "IncompleteRead", True, True]
    assert results[0] == "RemoteDisconnected"
    assert results[1] in {"ConnectionResetError", "RemoteDisconnected"}


def test_the_server_is_down_and_up_again(mock: Mock, client: httpx.Client) -> None:
    with mock, client:
        with mock.down(), pytest.raises(httpx.ConnectError):
            client.get(mock.url_for("/cdrs"))
        assert client.get(mock.url_for("/cdrs")).status_code == 200


def test_a_mock_elsewhere_says_what_its_clients_trust(mock: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(mock.ca_path))
    with mock:
        elsewhere = RemoteMock(ControlClient(mock.url))
        assert (elsewhere.url, elsewhere.ca_path) == (mock.url, mock.ca_path)
    with serving() as plain:
        assert (RemoteMock(ControlClient(plain.url)).ca_path, plain.ca_path) == (None, None)


def test_curl_trusts_it_by_file(mock: Mock) -> None:
    with mock:
        command = [program("curl"), "-sS", "--noproxy", "*", "--cacert", str(mock.ca_path), mock.url_for("/cdrs")]
        process = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert '"error":"401"' in process.stdout, process.stderr


def test_the_certificate_is_gone_with_its_process() -> None:
    code = "import mockcdrs; print(mockcdrs.Mock(tls=True).ca_path, mockcdrs.Mock(tls=True).ca_path)"
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    first, second = process.stdout.split()
    assert first == second
    assert not Path(first).exists()


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "trustme", None)
    tls._authority.cache_clear()
    try:
        with pytest.raises(OptionError, match=r"pip install 'mockcdrs\[tls\]'"):
            Mock(tls=True)
        result = CliRunner().invoke(main, ["serve", "--tls", "--port", "0"])
        assert (result.exit_code, "pip install 'mockcdrs[tls]'" in result.output) == (1, True)
    finally:
        tls._authority.cache_clear()
        tls.ca_path.cache_clear()
