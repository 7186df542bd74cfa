"""What Crossbar answers to requests that few clients make: `api_resource.erl`, `api_util.erl`, `cowboy_rest.erl`."""

from collections.abc import Mapping
from typing import Any

import pytest

from mockcdrs.cdr.erlang import to_text
from mockcdrs.control.state import State
from mockcdrs.crossbar.pipeline import VARY
from mockcdrs.crossbar.versions import KAZOO_MASTER
from tests.crossbar.builders import (
    ACCOUNT_TOKEN,
    MASTER_TOKEN,
    ask,
    body_of,
    calls,
    data_of,
    ids_of,
    json_of,
    leg,
    state_of,
)

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
        ("", {"x-any": "ä" * 2_048}, 200, ""),
        ("", {"x-longer": "y" * 2_100, "x-any": "ä" * 2_049}, 431, "more than 4096 bytes in the header x-any"),
        ("", {"x-any": "\udcff" * 4_096}, 200, ""),
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


@pytest.mark.parametrize(("value", "count"), [("Zo%C3%AB", 1), ("Zo%EB", 1), ("Zo%EB%99", 0)])
def test_latin_1_in_a_query_is_taken_for_what_it_means(value: str, count: int) -> None:
    """`kz_json:from_list/1` makes UTF-8 of a value, if all of it can be printed."""
    state = state_of([leg(caller_id_name="Zoë"), *calls(1)])
    assert len(data_of(ask(state, "/cdrs", f"filter_caller_id_name={value}"))) == count


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


ORIGIN = {"origin": "https://console.example.com"}


@pytest.mark.parametrize(
    ("asked", "status", "has_cors"),
    [
        ({"path": "/cdrs/202601-call00000@host", "headers": {"if-none-match": "*"}}, 304, True),
        ({"headers": {"accept": "x"}}, 400, True),
        ({"headers": {"accept": "text/html"}}, 406, True),
        ({"headers": {"if-match": '"x"'}}, 412, True),
        ({"query": "verb=GET", "method": "POST", "headers": {"content-type": "image/png"}}, 415, True),
        ({"headers": {"accept-language": "en_GB"}}, 400, False),
        ({"headers": {"if-none-match": "x"}}, 400, False),
        ({"query": "=x"}, 500, False),
        ({"query": "created_from=1&created_to=2"}, 500, True),
        ({"query": {"filter_call_id": "nobody"}, "headers": {"accept": "text/csv"}}, 204, False),
    ],
)
def test_an_answer_without_a_body_has_cors_headers_where_crossbar_makes_it(
    state: State, asked: Mapping[str, Any], status: int, has_cors: bool
) -> None:
    """`api_resource:maybe_add_cors_headers/2`: where Cowboy answers alone there are none."""
    headers = asked.get("headers", {})
    answered = ask(state, **{"path": "/cdrs", **asked, "headers": {**headers, **ORIGIN}})
    assert answered.status == status
    assert ("access-control-allow-origin" in answered.headers) is has_cors
    if status < 500:
        without = ask(state, **{"path": "/cdrs", **asked, "headers": headers})
        assert (without.status, "access-control-allow-origin" in without.headers) == (status, False)


@pytest.mark.parametrize("interaction_id", ["", [], [[]]])
def test_legs_of_a_call_whose_interaction_id_is_empty_kill(interaction_id: object) -> None:
    """`kzd_cdrs:interaction_id/1` finds nothing then, and `cb_cdrs:load_legs/2` knows no such id."""
    documents = [leg("x", interaction_id=interaction_id)]
    assert json_of(ask(state_of(documents), "/cdrs/legs/202601-x"))["message"] == "init failed"
    assert ask(state_of(documents, fixed=["id-without-month-500"]), "/cdrs/legs/202601-x").status == 404


@pytest.mark.parametrize("interaction_id", [None, 0, False, {}, "x"])
def test_legs_of_a_call_with_another_interaction_id_are_looked_for_by_its_text(interaction_id: object) -> None:
    answered = ask(state_of([leg("x", interaction_id=interaction_id)]), "/cdrs/legs/202601-x")
    assert (answered.status, json_of(answered)["message"]) == (404, "bad identifier")
    assert data_of(answered) == [to_text(interaction_id)]


@pytest.mark.parametrize(
    "path",
    [
        "/cdrs/000000-x", "/cdrs/099912-x", "/cdrs/legs/099912-x", "/cdrs/legs/00000000000-x",
        "/cdrs/legs/31500000000-x", "/cdrs/2026%C3%A9-x", "/cdrs/legs/639359567%C3%A9-x",
    ],
)  # fmt: skip
def test_an_id_of_a_year_with_too_few_digits_kills(state: State, path: str) -> None:
    """`kz_util:format_account_mod_id/3`."""
    answered = ask(state, path)
    assert (answered.status, json_of(answered)["message"]) == (500, "init failed")


@pytest.mark.parametrize("path", ["/cdrs/100001-x", "/cdrs/-20261-x", "/cdrs/2026+1-x", "/cdrs/20260%C3%A9-x"])
def test_an_id_of_another_year_is_only_unknown(state: State, path: str) -> None:
    assert ask(state, path).status == 404


@pytest.mark.parametrize(
    "query",
    ["created_from=315569520000&created_to=315569520001", "created_from=999999999999999&created_to=999999999999999"],
)
def test_a_range_in_years_of_five_digits_has_no_calls(state: State, query: str) -> None:
    assert data_of(ask(state, "/cdrs", query)) == []


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/cdrs", "", 200),
        ("/cdrs", "is_chunked=false&filter_call_id=nobody", 200),
        ("/cdrs", "is_chunked=false", 500),
        ("/cdrs/summary", "", 500),
        ("/cdrs/summary", "created_from=63935603901&created_to=63935603902", 500),
        ("/cdrs/legs/69999999999-x", "", 503),
        ("/cdrs/202601-call00000@host", "", 500),
    ],
)
def test_nothing_makes_a_pdf_so_only_an_empty_list_can_pass_for_one(
    state: State, path: str, query: str, status: int
) -> None:
    answered = ask(state, path, f"accept=pdf&{query}")
    assert answered.status == status
    if status == 200:
        assert (body_of(answered), answered.headers.get("content-type")) == (b"", None)


@pytest.mark.parametrize(
    ("key", "cause"), [("g2gA", "timeout"), ("g2wAAAABaABq", "timeout"), ("garbage", "Bad Request")]
)
def test_a_start_key_that_no_query_can_be_made_with_is_told_with_its_cause(state: State, key: str, cause: str) -> None:
    """`kz_couch_util:format_error/1`."""
    for chunked in ("true", "false"):
        answered = ask(state, "/cdrs", {"start_key": key, "is_chunked": chunked})
        assert (answered.status, data_of(answered)) == (500, {"cause": cause, "message": "unknown failure"})


@pytest.mark.parametrize("ascending", ["true", "false"])
def test_an_encoded_start_key_of_null_is_none(state: State, ascending: str) -> None:
    asked = {"start_key": "g2QABG51bGw", "ascending": ascending}
    assert ids_of(ask(state, "/cdrs", asked)) == ids_of(ask(state, "/cdrs", {"ascending": ascending}))


@pytest.mark.parametrize(
    ("kind", "shown"),
    [("cdr", True), (["cdr"], True), ([["cdr"]], True), (["cdr", "x"], False), ("CDR", False), (None, False)],
)
def test_a_type_in_a_list_is_the_same_to_javascript(kind: object, shown: bool) -> None:
    state = state_of([leg("x", pvt_type=kind)])
    assert ids_of(ask(state, "/cdrs")) == (["202601-x"] if shown else [])
    assert ask(state, "/cdrs/202601-x").status == (200 if shown else 404)
