"""What Crossbar answers to requests that few clients make: `api_resource.erl`, `api_util.erl`, `cowboy_rest.erl`."""

from collections.abc import Mapping

import pytest

from mockcdrs.control.state import State
from mockcdrs.crossbar.answer import VARY
from mockcdrs.crossbar.versions import KAZOO_MASTER
from tests.crossbar.builders import ACCOUNT_TOKEN, MASTER_TOKEN, ask, body_of, calls, data_of, json_of, state_of

_NO_MONTH = "/cdrs/legs/69999999999-x"


@pytest.fixture
def state() -> State:
    return state_of(calls(3))


@pytest.mark.parametrize("path", ["/v2/nosuch", "/v2/nosuch/cdrs", "/v2", "/v2/"])
def test_a_path_without_a_module_is_not_found_rather_than_forbidden(state: State, path: str) -> None:
    """`api_util:is_permitted_nouns/4`."""
    answered = ask(state, path, token=ACCOUNT_TOKEN)
    assert (answered.status, json_of(answered)["message"]) == (404, "not_found")
    assert ask(state, path, token=None).status == 401


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [("GET", {}, 404), ("DELETE", {}, 404), ("GET", {"if-match": "*"}, 412), ("GET", {"accept": "text/html"}, 406)],
)
def test_who_may_do_everything_is_told_nothing_of_a_path_without_a_module(
    state: State, method: str, headers: Mapping[str, str], status: int
) -> None:
    answered = ask(state, "/v2/nosuch", method=method, headers={**headers, "origin": "x"}, token=MASTER_TOKEN)
    spoken = {} if status == 406 else {"content-language": "en", "vary": VARY}
    assert (answered.status, body_of(answered)) == (status, b"")
    assert dict(answered.headers) == {"x-request-id": "request-1", **spoken}


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_who_may_do_everything_kills_what_would_write_to_no_module(state: State, method: str) -> None:
    answered = ask(state, "/v2/nosuch", method=method, token=MASTER_TOKEN)
    assert (answered.status, json_of(answered)["message"]) == (500, "init failed")


@pytest.mark.parametrize(
    ("query", "headers", "status", "what"),
    [
        ("x=" + "y" * 7_900, {}, 200, ""),
        ("x=" + "y" * 8_000, {}, 414, "a request line of more than 8000 bytes"),
        ("", {"x-any": "y" * 4_096}, 200, ""),
        ("", {"x-any": "y" * 4_097}, 431, "more than 4096 bytes in the header x-any"),
        ("", {f"x-{number}": "" for number in range(100)}, 431, "more than 100 headers"),
    ],
)
def test_the_head_of_a_request_has_a_limit(
    state: State, query: str, headers: Mapping[str, str], status: int, what: str
) -> None:
    answered = ask(state, "/cdrs", query, headers=headers)
    assert answered.status == status
    if what:
        assert (body_of(answered), dict(answered.headers)) == (b"", {})
        assert answered.note == f"this is Crossbar's own behaviour, it takes no request with {what}"


def test_slashes_at_the_end_of_a_path_say_nothing(state: State) -> None:
    """`cb_context:path_tokens/1`."""
    assert len(data_of(ask(state, "/cdrs//"))) == 3


@pytest.mark.parametrize("path", ["/v1/accounts", "/cdrs"])
def test_what_ends_before_the_body_is_read_is_neither_pretty_nor_wrapped(path: str) -> None:
    asked = {"pretty_print": "true", "jsonp": "f"}
    state = state_of(version=KAZOO_MASTER)
    answered = ask(state, path, asked, headers={"x-pretty-print": "true"}, body=b"{")
    assert body_of(answered).startswith(b'{"timestamp":')
    assert "content-type" not in answered.headers


def test_a_body_that_is_too_long_ends_a_request_before_it_is_read() -> None:
    answered = ask(state_of(max_upload_size=10), "/cdrs", {"pretty_print": "true"}, body=b"x" * 8_000_001)
    assert answered.status == 413
    assert body_of(answered).startswith(b'{"data":{"file":{"maxSize":')


def test_a_query_that_cannot_be_read_kills_once_the_version_is_known(state: State) -> None:
    """`api_resource:init/2` dies, and so does `terminate/3`, which hides from Cowboy that the client is at fault."""
    answered = ask(state, "/cdrs", "a=%zz")
    assert (answered.status, body_of(answered), dict(answered.headers)) == (500, b"", {})
    assert ask(state, "/v1/accounts", "a=%zz").status == 500
    assert ask(state_of(version=KAZOO_MASTER), "/v1/accounts", "a=%zz").status == 410


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/json;charset=utf-8", 200),
        ("application/x-json", 200),
        ("text/csv", 200),
        ("multipart/mixed; boundary=cut", 200),
        ("text/plain", 415),
        ("image/png", 415),
    ],
)
def test_a_get_in_a_post_has_to_have_a_body_of_a_kind_that_is_taken(state: State, kind: str, status: int) -> None:
    """`api_resource:content_types_accepted/2`."""
    body = b"--cut\r\nContent-Type: text/csv\r\n\r\na,b\r\n--cut--" if kind.startswith("multipart") else b""
    answered = ask(state, "/cdrs", "verb=GET", method="POST", headers={"content-type": kind}, body=body)
    assert answered.status == status
    assert answered.headers["content-language"] == "en"


def test_a_utc_offset_is_looked_at_before_the_path(state: State) -> None:
    """`cb_cdrs:validate_utc_offset/2`."""
    assert json_of(ask(state, "/users/cdrs"))["message"] == "faulty_request"
    assert json_of(ask(state, "/users/cdrs", "utc_offset=abc"))["message"] == "utc_offset must be a number"


@pytest.mark.parametrize(("asked", "data"), [("is_chunked=false", {}), ("is_chunked=true", [])])
def test_a_failure_of_the_first_chunk_keeps_no_data_but_a_message(state: State, asked: str, data: object) -> None:
    """`api_resource:reset_context_between_chunks/3`."""
    answered = ask(state, _NO_MONTH, asked)
    assert (answered.status, data_of(answered)) == (503, data)
    faulty = ask(state, "/cdrs", "start_key=garbage")
    assert data_of(faulty) == {"cause": "Bad Request", "message": "unknown failure"}


def test_a_failure_without_data_leaves_a_csv_file_without_a_name(state: State) -> None:
    csv = {"accept": "text/csv"}
    assert "content-disposition" in ask(state, "/cdrs", "start_key=garbage", headers=csv).headers
    answered = ask(state_of(version=KAZOO_MASTER), _NO_MONTH, "is_chunked=true", headers=csv)
    assert answered.headers["content-type"] == "text/csv"
    assert "content-disposition" not in answered.headers
