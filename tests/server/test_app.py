"""The app: Crossbar's answers as HTTP."""

import gzip
import logging
import socket
from collections.abc import Iterator

import falcon.testing
import httpx
import pytest

from mockcdrs.crossbar.pipeline import HttpResponse
from mockcdrs.faults.reply import Reply
from mockcdrs.faults.rule import Rule
from mockcdrs.server.app import (
    CdrResource,
    InteractionsResource,
    LegsResource,
    ListingResource,
    SummaryResource,
    create_app,
    router,
)
from mockcdrs.server.middleware import compress
from mockcdrs.server.waitress_server import Server
from tests.crossbar.builders import ACCOUNT, ACCOUNT_TOKEN, OWNER, calls, leg, state_of

LISTING = {
    "content-language": "en",
    "content-type": "application/json",
    "date": "Tue, 20 Jan 2026 12:00:00 GMT",
    "expires": "Fri, 01 Jan 1999 00:00:00 GMT",
    "server": "Cowboy",
    "vary": "accept-language, accept",
}
OF_THE_TRANSPORT = {"connection", "transfer-encoding", "content-length"}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    slashed = leg("Call/ID/1", caller_id_name="Sla\\sh")
    with Server(create_app(state_of([*calls(3), slashed]))) as running:
        yield running


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    url = f"{server.url}/v2/accounts/{ACCOUNT}"
    with httpx.Client(base_url=url, headers={"X-Auth-Token": ACCOUNT_TOKEN, "Accept-Encoding": "identity"}) as asking:
        yield asking


def _ask(client: httpx.Client, path: str, method: str = "GET", **headers: str) -> httpx.Response:
    return client.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})


def _headers(response: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name not in OF_THE_TRANSPORT}


def test_a_listing_has_crossbars_headers_and_no_others(client: httpx.Client) -> None:
    result = _ask(client, "/cdrs", X_Request_ID="mine")
    assert result.status_code == 200
    assert _headers(result) == {**LISTING, "x-request-id": "mine"}
    assert result.json()["request_id"] == "mine"


def test_a_request_id_is_made_where_none_is_sent(client: httpx.Client) -> None:
    first, second = (_ask(client, "/cdrs").headers["x-request-id"] for _ in range(2))
    assert len(first) == len(second) == 32
    assert first != second


def test_an_error_carries_cors_headers(client: httpx.Client) -> None:
    result = _ask(client, "/cdrs/nosuch")
    assert result.status_code == 404
    assert result.headers["access-control-allow-methods"] == "OPTIONS, GET"
    assert result.headers["content-type"] == "application/json"
    assert result.json()["message"] == "could not find cdr with supplied id"


def test_nothing_found_as_csv_is_a_bare_204(client: httpx.Client) -> None:
    result = _ask(client, "/cdrs?filter_call_id=nosuch", Accept="text/csv")
    assert (result.status_code, result.content) == (204, b"")
    assert set(_headers(result)) == {"date", "server"}


def test_a_bare_500_is_bare_and_the_log_says_why(client: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="mockcdrs"):
        result = _ask(client, "/cdrs/202601-call00000@host?accept=pdf")
    assert (result.status_code, result.content) == (500, b"")
    assert set(_headers(result)) == {"date", "server"}
    assert len(caplog.records) == 1
    assert "Crossbar's own behaviour" in caplog.text
    assert "accept=pdf" in caplog.text


def test_a_500_that_names_itself_is_explained_too(client: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="mockcdrs"):
        result = _ask(client, "/cdrs/abcdef-x")
    assert result.json()["message"] == "init failed"
    assert "the month 'abcdef' of a CDR id" in caplog.text


def test_a_note_in_the_log_cannot_be_broken_by_the_bytes_that_came(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    path = f"/v2/accounts/{ACCOUNT}/cdrs/abcdef-y?x=\x1bc".encode()
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        head = f"Host: x\r\nConnection: close\r\nX-Auth-Token: {ACCOUNT_TOKEN}\r\n\r\n".encode()
        connection.sendall(b"GET " + path + b" HTTP/1.1\r\n" + head)
        assert b"".join(iter(lambda: connection.recv(65_536), b"")).startswith(b"HTTP/1.1 500 ")
    (message,) = caplog.messages
    assert "cdrs/abcdef-y?x=\\x1bc: this is" in message
    assert message.isprintable()


def test_an_encoded_slash_stays_in_its_id(client: httpx.Client) -> None:
    result = _ask(client, "/cdrs/202601-Call%2FID%2F1")
    assert result.json()["data"]["call_id"] == "Call/ID/1"
    assert _ask(client, "/cdrs/202601-Call/ID/1").json()["message"] == "not_found"


@pytest.mark.parametrize(
    ("method", "status"),
    [("TRACE", 501), ("POST", 405), ("DELETE", 405), ("HEAD", 405), ("FOO", 501), ("WEBSOCKET", 501)],
)
def test_methods_get_crossbars_answers_and_not_falcons(client: httpx.Client, method: str, status: int) -> None:
    assert _ask(client, "/cdrs", method).status_code == status


def test_gzip_is_for_those_who_take_it_and_for_what_is_worth_it(client: httpx.Client) -> None:
    listing = _ask(client, "/cdrs", Accept_Encoding="gzip, deflate")
    assert listing.headers["content-encoding"] == "gzip"
    assert listing.json()["status"] == "success"
    assert "content-encoding" not in _ask(client, "/cdrs").headers
    assert "content-encoding" not in _ask(client, "/cdrs", Accept_Encoding="gzip", Accept="text/csv").headers


def test_a_file_name_cannot_end_its_header(client: httpx.Client) -> None:
    result = _ask(client, "/cdrs?file_name=a%0D%0AX-Evil:%201.csv", Accept="text/csv")
    assert result.headers["content-disposition"] == 'attachment; filename="aX-Evil: 1.csv"'
    assert "x-evil" not in result.headers


def test_a_path_that_is_no_path_is_a_bare_400(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(b"GET /v2/accounts/[x]/cdrs HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        received = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert received.startswith(b"HTTP/1.1 400 ")
    assert received.endswith(b"\r\n\r\n")
    assert b"x-request-id" not in received.lower()


def test_a_request_is_charged_to_the_address_that_it_came_from() -> None:
    state = state_of(max_bucket_tokens=1, tokens_fill_rate=0)

    def status_of(address: str) -> int:
        transport = httpx.WSGITransport(create_app(state), remote_addr=address)
        with httpx.Client(transport=transport, base_url=f"http://mock/v2/accounts/{ACCOUNT}") as asking:
            return asking.get("/cdrs", headers={"X-Auth-Token": ACCOUNT_TOKEN}).status_code

    assert [status_of(address) for address in ("10.0.0.1", "10.0.0.2", "10.0.0.1", "127.0.0.1", "")] == [
        *(200, 200, 429),
        *(200, 429),  # a server that does not tell is one beside the client
    ]


@pytest.mark.parametrize(
    ("value", "status"),
    [("é".encode() * 2_048, 200), ("é".encode() * 2_049, 431), (b"\xe9" * 4_096, 200), (b"\xe9" * 4_097, 431)],
    ids=["UTF-8", "too much UTF-8", "Latin-1", "too much Latin-1"],
)
def test_a_header_is_as_long_as_its_bytes(client: httpx.Client, value: bytes, status: int) -> None:
    assert client.get("/cdrs", headers={b"X-Any": value}).status_code == status


@pytest.mark.parametrize(
    ("path", "resource"),
    [
        ("", ListingResource),
        ("/", ListingResource),
        ("/202601-x@host", CdrResource),
        ("/summary", SummaryResource),
        ("/interaction", InteractionsResource),
        ("/legs/63936129600-x", LegsResource),
        ("/legs", CdrResource),
        ("/legs/x/y", None),
    ],
)
@pytest.mark.parametrize("owner", ["", f"/users/{OWNER}"])
def test_a_path_has_its_resource(path: str, resource: type | None, owner: str) -> None:
    route = router().find(f"/v2/accounts/{ACCOUNT}{owner}/cdrs{path}")
    assert (None if route is None else type(route[0])) is resource


def test_a_cookie_of_a_reply_arrives() -> None:
    state = state_of()
    state.faults.add(Rule(reply=Reply({}, 200, {"Set-Cookie": "a=b"})))
    assert falcon.testing.TestClient(create_app(state)).simulate_get("/v2").cookies["a"].value == "b"


def test_a_fault_of_the_mocks_own_is_left_to_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    state = state_of()
    monkeypatch.setattr(state.faults, "apply", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        falcon.testing.TestClient(create_app(state)).simulate_get("/v2")


@pytest.mark.parametrize(
    ("encoding", "is_gzip"),
    [
        ("gzip", True),
        ("deflate, GZIP;q=0.5", True),
        ("gzip ; q=1.0", True),
        ("gzip;q=0, gzip", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000, identity", False),
        ("x-gzip, *", False),
        ("", False),
        ("gzip;q=abc", False),
        ("gzip br", False),
    ],
)
def test_gzip_comes_to_who_takes_it_and_says_no_weight_of_nought(encoding: str, is_gzip: bool) -> None:
    response = compress(HttpResponse(200, {}, b"x" * 301), encoding, varies=False)
    assert ("content-encoding" in response.headers) is is_gzip
    assert isinstance(response.body, bytes)
    assert (gzip.decompress(response.body) if is_gzip else response.body) == b"x" * 301


def test_a_whole_answer_of_300_bytes_is_still_short() -> None:
    assert compress(HttpResponse(200, {}, b"x" * 300), "gzip", varies=True).headers == {}


@pytest.mark.parametrize(("before", "after"), [(None, "accept-encoding"), ("accept", "accept, accept-encoding")])
def test_what_is_compressed_says_so_in_vary_where_the_version_does(before: str | None, after: str) -> None:
    headers = {} if before is None else {"vary": before}
    assert compress(HttpResponse(200, headers, b"x" * 301), "gzip", varies=True).headers["vary"] == after
    assert compress(HttpResponse(200, headers, b"x" * 301), "gzip", varies=False).headers.get("vary") == before
