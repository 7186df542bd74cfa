"""The suite names what is wrong with a server that was broken on purpose."""

import io
import re
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from mockcdrs.mock import serving
from mockcdrs.server.waitress_server import Server as Listener
from tests.contract.running import run_check

Environ = dict[str, Any]
Answer = tuple[str, list[tuple[str, str]], bytes]


class Mutation:
    """A way to break a server: what it does to a request, and to the answer. `kazoo` is the version of the server."""

    def __init__(
        self,
        change_request: Callable[[Environ], None] = lambda _environ: None,
        change_answer: Callable[[Answer], Answer] = lambda answer: answer,
        kazoo: str = "4.3",
    ) -> None:
        self.change_request = change_request
        self.change_answer = change_answer
        self.kazoo = kazoo

    def of(self, kazoo: str) -> "Mutation":
        return Mutation(self.change_request, self.change_answer, kazoo)

    def around(self, app: Any) -> Any:
        def broken(environ: Environ, start_response: Any) -> Iterable[bytes]:
            self.change_request(environ)
            head: list[Any] = []
            parts = app(environ, lambda status, headers, _error=None: head.extend((status, headers)))
            status, headers, body = self.change_answer((head[0], head[1], b"".join(parts)) if head else ("", [], b""))
            other_headers = [pair for pair in headers if pair[0].lower() not in {"content-length", "transfer-encoding"}]
            start_response(status, [*other_headers, ("Content-Length", str(len(body)))])
            return [body]

        return broken


def query(pattern: str, new: str | Callable[[re.Match[str]], str]) -> Mutation:
    def change_request(environ: Environ) -> None:
        environ["QUERY_STRING"] = re.sub(pattern, new, environ["QUERY_STRING"])

    return Mutation(change_request)


def header_lost(name: str) -> Mutation:
    return Mutation(lambda environ: environ.pop(name, None) and None)


def path(pattern: str, new: str) -> Mutation:
    def change_request(environ: Environ) -> None:
        environ["REQUEST_URI"] = re.sub(pattern, new, environ["REQUEST_URI"])

    return Mutation(change_request)


def body(pattern: bytes, new: bytes) -> Mutation:
    return Mutation(change_answer=lambda answer: (answer[0], answer[1], re.sub(pattern, new, answer[2])))


def header(name: str, value: str | None) -> Mutation:
    def change_answer(answer: Answer) -> Answer:
        status, headers, content = answer
        pairs = [(key, value if key.lower() == name else text) for key, text in headers]
        return status, [(key, text) for key, text in pairs if text is not None], content

    return Mutation(change_answer=change_answer)


def status(before: str, after: str) -> Mutation:
    return Mutation(change_answer=lambda answer: (after if answer[0].startswith(before) else answer[0], *answer[1:]))


def accept(pattern: str, new: str) -> Mutation:
    def change_request(environ: Environ) -> None:
        environ["HTTP_ACCEPT"] = re.sub(pattern, new, environ.get("HTTP_ACCEPT", "*/*"))

    return Mutation(change_request)


def body_lost(environ: Environ) -> None:
    environ |= {"wsgi.input": io.BytesIO(), "CONTENT_LENGTH": "0"}


def bearer_taken(environ: Environ) -> None:
    kind, _, token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    if kind == "Bearer":
        environ["HTTP_X_AUTH_TOKEN"] = token


def plus(number: int) -> Callable[[re.Match[str]], str]:
    return lambda match: f"{match[1]}{int(match[2]) + number}"


MUTATIONS: dict[str, tuple[Mutation, str, str]] = {
    "seconds as text": (body(rb'"duration_seconds":(\d+)', rb'"duration_seconds":"\1"'), "column-formats", "integer"),
    "cost as a number": (body(rb'"cost":"(\d+)"', rb'"cost":\1'), "column-formats", "cost"),
    "a column lost": (body(rb'"rate_name":"[^"]*",', b""), "column-names", "rate_name"),
    "a column renamed": (body(rb'"iso_8601":', b'"iso8601":'), "column-names", "iso8601"),
    "another start": (body(rb'"datetime":"\d{4}', b'"datetime":"1999'), "times-of-a-row", "datetime"),
    "a dearer call": (body(rb'"cost":"(\d+)"', rb'"cost":"1\1"'), "rows-of-documents", "cost"),
    "null for no next page": (body(rb'\], "page_size"', b'], "next_start_key":null, "page_size"'), "walk-down", "null"),
    "the same page for ever": (query(r"&start_key=[^&]*", ""), "walk-down", "next_start_key"),
    "longer pages": (query(r"page_size=3\b", "page_size=4"), "walk-down", "rows of a page"),
    "a next key that is none": (body(rb'"next_start_key":"', b'"next_start_key":"!'), "walk-down", "next_start_key"),
    "the other direction": (query("ascending=true", "descending=true"), "walk-up", "newest"),
    "a plain page_size as text": (body(rb'"page_size":(\d+)', rb'"page_size":"\1"'), "plain-envelope", "page_size"),
    "no node": (body(rb'"node":"[^"]*", ?', b""), "chunked-envelope", "node"),
    "an error as a number": (body(rb'"error":"(\d+)"', rb'"error":\1'), "envelope-of-an-error", "error"),
    "an error that says success": (body(rb'"status":"error"', b'"status":"success"'), "envelope-of-an-error", "status"),
    "no JSON": (body(rb"(?s).+", b"<html>"), "chunked-envelope", "JSON"),
    "another request id": (header_lost("HTTP_X_REQUEST_ID"), "request-id", "request-id"),
    "no time of the server's": (body(rb'"timestamp":"[^"]*Z"', b'"timestamp":"today"'), "default-range", "timestamp"),
    "outbound legs not listed": (
        query(r"^paginate=false&(?=created_from)", "paginate=false&filter_call_direction=inbound&"),
        "every-leg-is-listed",
        "no row for",
    ),
    "nothing but 500": (status("200", "500 Internal Server Error"), "broken-documents", "status: 500 instead of 200"),
    "the last second left out": (query(r"(created_to=)(\d+)", plus(-1)), "range-ends", "listed"),
    "the first second left out": (query(r"(created_from=)(\d+)", plus(1)), "range-ends", "listed"),
    "a refusal as success": (body(b'"validation error"', b'"fine"'), "refused-ranges", "message"),
    "a filter ignored": (query(r"filter_[\w.]+=[^&]*&?", ""), "filter-equal", "ids"),
    "a filter on keys ignored": (query(r"(has_key|key_missing)=[^&]*&?", ""), "filters-on-presence", "ids"),
    "private keys": (body(rb'"data":\{', b'"data":{"pvt_vsn":"1",'), "private-keys", "private"),
    "another interaction's legs": (
        body(rb'"interaction_id":"\d', b'"interaction_id":"9'),
        "legs-of-an-interaction",
        "id",
    ),
    "a longer summary": (body(rb'"total":(\d+)', rb'"total":1\1'), "summary", "total"),
    "everybody's calls": (path(r"/users/[^/]+/cdrs", "/cdrs"), "cdrs-of-a-user", "data"),
    "LF for CRLF": (body(rb"\r\n", b"\n"), "csv-of-interactions", "CRLF"),
    "CRLF for LF": (body(rb"\n", b"\r\n"), "csv-of-a-listing", "LF"),
    "another file name": (header("content-disposition", "inline"), "csv-of-a-listing", "content-disposition"),
    "a charset": (header("content-type", "application/json; charset=utf-8"), "accept-header", "content-type"),
    "any Accept taken": (header_lost("HTTP_ACCEPT"), "not-acceptable", "status"),
    "no CORS": (header("access-control-allow-origin", None), "cors-on-answers", "access-control-allow-origin"),
    "no preflight": (status("200", "405 Method Not Allowed"), "preflight", "status"),
    "Bearer taken": (Mutation(bearer_taken), "bearer-refused", "status"),
    "401 as 403": (status("401", "403 Forbidden"), "without-a-good-token", "status"),
    "405 as 404": (status("405", "404 Not Found"), "methods", "status"),
    "an ETag not honoured": (header_lost("HTTP_IF_NONE_MATCH"), "conditional-cdr", "304"),
    "no ETag": (header("etag", None), "etag-of-a-cdr", "etag"),
    "a body not read": (Mutation(body_lost), "token-in-body", "status: 401 instead of 200"),
    "a number as a number": (body(rb'"auth_token":"1"', b'"auth_token":1'), "token-in-body", "auth_token"),
    "a number as text": (body(rb'"auth_token":1', b'"auth_token":"1"').of("master"), "token-in-body", "auth_token"),
    "strangers not told": (body(rb'"version":"[^"]*",', b""), "without-a-good-token", "version"),
    "strangers told": (
        body(rb'"timestamp":', b'"version":"4.3.0","timestamp":').of("master"),
        "without-a-good-token",
        "version",
    ),
    "no token told as nothing": (body(rb',"auth_token":"undefined"', b""), "without-a-good-token", "undefined"),
    "tokens told": (body(rb'"status":"success"', b'"tokens":{},"status":"success"'), "plain-envelope", "tokens"),
    "tokens told of nothing": (
        body(rb'"status":"success"', b'"tokens":{},"status":"success"'),
        "empty-envelope",
        "tok",
    ),
    "tokens not told": (body(rb'"tokens":\{[^}]*\},', b"").of("master"), "plain-envelope", "tokens"),
    "another order of keys": (
        body(rb'("data":\[\]),("timestamp":"[^"]*")', rb"\2,\1"),
        "empty-envelope",
        "names in the envelope",
    ),
    "another order of an error": (
        body(rb'("error":"404"),("message":"[^"]*")', rb"\2,\1"),
        "envelope-of-an-error",
        "names in the envelope",
    ),
    "a column of another version": (
        body(rb'"rfc_1036":', b'"unix_timestamp_micro":"1.0","rfc_1036":'),
        "column-names",
        "unix_timestamp_micro",
    ),
    "a date as another version has it": (
        body(rb'("datetime":"[^ "]+) ', rb"\1_"),
        "column-formats",
        "datetime",
    ),
    "a column of interactions lost": (
        body(rb',"inception_direction":"\w+"', b""),
        "column-names-of-interactions",
        "inception_direction",
    ),
    "another inception": (body(rb'"origination"', b'"termination"'), "interaction-rows", "inception_direction"),
    "another inception of a user": (
        body(rb'(_direction":")\w+', rb"\1sideways"),
        "interactions-of-a-user",
        "inception_direction",
    ),
    "a column of interactions in CSV": (
        body(rb",interaction_id\r\n", b",interaction_id,inception_direction\r\n"),
        "csv-of-interactions",
        "lines",
    ),
    "a view row that is none": (body(rb'"unix_timestamp"', b'"unix"'), "ids-without-months", "no listing rows"),
    "another leg of interactions": (
        body(rb'"channel_created_time":(\d)', rb'"channel_created_time":-\1'),
        "interaction-rows",
        "is the first leg",
    ),
    "a parameter taken": (accept(";charset.*", ""), "accept-with-parameters", "status: 200 instead of 406"),
    "a parameter refused": (
        accept(".*;charset.*", "image/png").of("master"),
        "accept-with-parameters",
        "status: 406 instead of 200",
    ),
    "a quality refused": (accept(".*;q=.*", "image/png"), "accept-with-parameters", "status: 406 instead of 200"),
    "no Vary for gzip": (header("vary", "accept-language, accept"), "compression", "accept-encoding"),
    "another Vary for gzip": (
        header("vary", "accept-language, accept, accept-encoding").of("master"),
        "compression",
        "header vary",
    ),
    "no type of an error": (header("content-type", None), "content-type-of-errors", "content-type"),
    "JSON for CSV's error": (
        header("content-type", "application/json").of("master"),
        "content-type-of-errors",
        "text/csv",
    ),
    "another order of what is wrong": (
        body(rb'("target":"body"),("message":"[^"]*")', rb"\2,\1"),
        "body-that-is-no-object",
        "names in data.json.invalid",
    ),
    "another word for what is wrong": (
        body(rb"truncated_json around \d+", b"decoder_exit around 0"),
        "body-that-is-no-object",
        "truncated_json around 8",
    ),
    "no look at a body": (Mutation(body_lost), "body-that-is-no-object", "status: 200 instead of 400"),
    "an escape left": (path("%2541", "%252541"), "escapes-in-a-path", "data.cause"),
    "an escape undone": (path("%2541", "%41").of("master"), "escapes-in-a-path", "data.cause"),
    "/v1 as /v2": (path("^/v1/", "/v2/"), "version-1", "data"),
    "pages in /v1": (path(r"^/v1/(.*/cdrs)\?", r"/v2/\1?"), "version-1", "page_size"),
    "/v1 served": (path("^/v1/", "/v2/").of("master"), "version-1", "status: 404 instead of 410"),
    "users in /v3": (path("^/v3/", "/v2/"), "later-versions", "status: 404 instead of 500"),
    "no users in /v3": (status("404", "500 Error").of("master"), "later-versions", "status: 500 instead of 404"),
    "null for no offset": (Mutation(body_lost), "utc-offset", "status: 200 instead of 404"),
    "a reversed range as before": (
        body(rb'"cause":"Bad Request",', b""),
        "bad-start-key",
        "status: 500 instead of 200",
    ),
    "verb not heeded": (query("verb=GET&?", ""), "post-as-get", "status: 405 instead of 404"),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_server_broken_on_purpose_is_found_out_by_name(name: str) -> None:
    mutation, check_name, words = MUTATIONS[name]
    with serving(kazoo=mutation.kazoo) as mock, Listener(mutation.around(mock.wsgi_app)) as listener:
        result = run_check(check_name, mock, f"{listener.url}/v2")
        assert result.outcome == "differs"
        texts = [f"{each.text} {each.request}" for each in result.differences]
        assert any(words in each for each in texts), texts
        assert all(mock.auth_token not in each and "curl" in each for each in texts)
