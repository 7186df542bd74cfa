"""All headers of an answer, and its note for the log: each kind of answer has these and no others."""

from collections.abc import Mapping
from typing import Any

import pytest

from mockcdrs.crossbar import start_key
from mockcdrs.crossbar.pipeline import HttpResponse
from mockcdrs.crossbar.versions import KAZOO_MASTER, Version
from tests.crossbar.builders import (
    ACCOUNT,
    MASTER_TOKEN,
    OWNER,
    ask,
    body_of,
    calls,
    json_of,
    leg,
    state_of,
)

ONE = "/cdrs/202601-call00000%40host"
ORIGIN = {"origin": "http://ui.example.com"}
ID = {"x-request-id": "request-1"}
NEGOTIATED = {**ID, "content-language": "en", "vary": "accept-language, accept"}
JSON = {"content-type": "application/json"}
EXPIRES = {"expires": "Fri, 01 Jan 1999 00:00:00 GMT"}
PDF = {"content-disposition": 'attachment; filename="file.pdf"'}
TAG = {"etag": '"1-abc"'}


def cors(methods: str) -> dict[str, str]:
    return {
        "access-control-allow-headers": (
            "content-type, depth, user-agent, x-http-method-override, x-file-size, x-requested-with, "
            "if-modified-since, x-file-name, cache-control, x-auth-token, x-kazoo-cluster-id, if-match"
        ),
        "access-control-allow-methods": methods,
        "access-control-allow-origin": "*",
        "access-control-expose-headers": (
            "content-type, x-auth-token, x-request-id, x-kazoo-cluster-id, location, etag, etag"
        ),
        "access-control-max-age": "86400",
    }


GET_ALONE = cors("OPTIONS, GET")
ALL_METHODS = cors("OPTIONS, GET, POST, PUT, DELETE, HEAD, PATCH, OPTIONS")


def answer(path: str, version: Version | None = None, **request: Any) -> HttpResponse:
    path, _, query = path.partition("?")
    state = state_of(calls(3)) if version is None else state_of(calls(3), version=version)
    return ask(state, path, query, **request)


@pytest.mark.parametrize(
    ("path", "request_headers", "status", "headers"),
    [
        ("/cdrs", {}, 200, {**NEGOTIATED, **JSON, **EXPIRES}),
        (ONE, {}, 200, {**NEGOTIATED, **JSON, **EXPIRES, **TAG}),
        (ONE, ORIGIN, 200, {**NEGOTIATED, **JSON, **EXPIRES, **TAG, **GET_ALONE}),
        (ONE, {"if-none-match": '"1-abc"'}, 304, {**NEGOTIATED, **EXPIRES, **TAG}),
        (ONE, {"if-none-match": '"1-abc"', **ORIGIN}, 304, {**NEGOTIATED, **EXPIRES, **TAG, **GET_ALONE}),
        (ONE, {"if-match": '"2-abc"'}, 412, NEGOTIATED),
        ("/cdrs?accept=pdf", {}, 200, {**NEGOTIATED, **EXPIRES, **PDF}),
        # errors let every page of another origin read them
        ("/cdrs/nosuch", {}, 404, {**NEGOTIATED, **JSON, **GET_ALONE}),
        ("/v2/cdrs", {}, 403, {**ID, **JSON, **GET_ALONE}),
        ("/v2/nosuch", {}, 404, {**ID, **JSON, **ALL_METHODS}),
        ("/cdrs", {"accept": "text/html"}, 406, ID),
        ("/cdrs", {"accept": "text/html", **ORIGIN}, 406, {**ID, **GET_ALONE}),
    ],
)
def test_a_get_has_these_headers(
    path: str, request_headers: Mapping[str, str], status: int, headers: Mapping[str, str]
) -> None:
    response = answer(path, headers=request_headers)
    assert (response.status, dict(response.headers), response.note) == (status, headers, "")


@pytest.mark.parametrize(
    ("method", "path", "request_headers", "status", "headers"),
    [
        ("OPTIONS", "/cdrs", ORIGIN, 200, {**ID, **GET_ALONE}),
        ("OPTIONS", f"/users/{OWNER}", ORIGIN, 200, {**ID, **cors("OPTIONS, PATCH, POST, GET, DELETE")}),
        ("OPTIONS", "/cdrs", {}, 405, {**ID, **JSON, **GET_ALONE}),
        ("OPTIONS", "/v2/nosuch", ORIGIN, 404, {**ID, **JSON, **ALL_METHODS}),
        ("POST", f"/users/{OWNER}", ORIGIN, 400, {**NEGOTIATED, **JSON, **cors("OPTIONS, PATCH, POST, GET, DELETE")}),
        ("POST", "/cdrs?verb=GET", ORIGIN, 200, {**NEGOTIATED, **JSON, **cors("OPTIONS, POST, GET")}),
        ("PUT", f"/users/{OWNER}?verb=GET", {}, 405, {**ID, "allow": "PATCH, POST, GET, DELETE"}),
        ("PUT", "/cdrs?verb=GET", ORIGIN, 405, {**ID, "allow": "GET", **GET_ALONE}),
        ("TRACE", "/cdrs", {}, 501, {}),
        ("FOO", "/cdrs", {}, 501, ID),
    ],
)
def test_any_other_method_has_these(
    method: str, path: str, request_headers: Mapping[str, str], status: int, headers: Mapping[str, str]
) -> None:
    body = b'{"data":{}}' if method == "POST" and "verb" not in path else b""
    response = answer(path, method=method, headers=request_headers, body=body)
    assert (response.status, dict(response.headers), response.note) == (status, headers, "")


def test_a_preflight_of_no_module_asks_for_a_token_as_a_get_does() -> None:
    for method in ("OPTIONS", "GET"):
        refused = answer("/v2/nosuch", method=method, headers=ORIGIN, token=None)
        assert (refused.status, json_of(refused)["data"]) == (401, {"message": "invalid credentials"})


def test_a_version_without_the_first_api_tells_so_in_its_data() -> None:
    gone = json_of(answer(f"/v1/accounts/{ACCOUNT}/cdrs", KAZOO_MASTER))
    words = "API version 1 is not supported. Please upgrade your code to use version 2."
    assert [gone[name] for name in ("data", "error", "message", "status")] == [words, "410", "gone", "error"]


@pytest.mark.parametrize(
    ("path", "request_of", "words"),
    [
        ("/v2/nosuch", {"method": "POST"}, "a write to no module"),
        ("/cdrs", {"body": b'{"data":{},"verb":[1000]}'}, "a verb that has no text"),
        ("/cdrs/%25zz", {}, "an escape that is none: '%zz'"),
        ("/cdrs/nosuch?jsonp", {}, "a jsonp that is no text"),
        ("/x/y/cdrs", {}, "more behind an account than cb_accounts can look at"),
        ("/cdrs/nosuch", {"body": b'{"data":{},"auth_token":[1000]}', "token": None}, "a token that has no text"),
        ("/cdrs", {"headers": {"content-type": "json"}}, "a content type that is none: 'json'"),
        (
            "/cdrs",
            {"headers": {"content-type": "multipart/mixed; boundary=x"}, "body": b"x"},
            "a multipart body without parts or without an end",
        ),
        (
            "/cdrs",
            {"headers": {"content-type": "multipart/mixed; boundary=x"}, "body": b"--x\r\n--x--"},
            "a part of a multipart body that has no head",
        ),
    ],
)
def test_the_log_tells_what_a_bare_500_is_about(path: str, request_of: dict[str, Any], words: str) -> None:
    response = answer(path, **{"token": MASTER_TOKEN, **request_of})
    assert (response.status, response.note) == (500, f"this is Crossbar's own behaviour: it crashes on {words}")


def test_only_slashes_are_dropped_from_the_end_of_a_path() -> None:
    state = state_of([leg("X")])
    assert json_of(ask(state, "/cdrs/202601-X/"))["data"]["id"] == "202601-X"


@pytest.mark.parametrize("name", ["\udcff", "é", "a\udce9b"])
def test_an_id_of_any_bytes_is_looked_for(name: str) -> None:
    """`cb_cdrs:load_cdr/2` goes by bytes, whether they are text or not."""
    path = "".join(f"%{byte:02X}" for byte in f"202601-{name}".encode("utf-8", "surrogateescape"))
    assert ask(state_of([leg(name)]), f"/cdrs/{path}").status == 200
    assert ask(state_of([leg("other")]), f"/cdrs/{path}").status == 404
    assert ask(state_of(fixed=["id-without-month-500"]), "/cdrs/%FF%FF%FF%FF01-x").status == 404


@pytest.mark.parametrize(
    ("key", "words"),
    [(start_key.ImproperList(([1], 2)), "an improper list"), ([(1,)], "an object of no list")],
)
def test_master_dies_of_a_start_key_that_is_nearly_json(key: Any, words: str) -> None:
    response = answer(f"/cdrs?start_key={start_key.encode(key)}", KAZOO_MASTER)
    assert (response.status, body_of(response)) == (500, b"")
    assert response.note.endswith(f": it crashes on a start_key with {words} in it")
