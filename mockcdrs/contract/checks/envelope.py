"""The envelope around every answer."""

import re
from collections.abc import Iterator
from typing import Any

from mockcdrs.contract import sample
from mockcdrs.contract.answer import ABSENT, Answer, Form, failure
from mockcdrs.contract.check import check
from mockcdrs.contract.detection import CHUNKED_KEYS, PAGING_KEYS
from mockcdrs.contract.finding import Difference, Finding, Shown
from mockcdrs.contract.server import Server

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_KEY = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_DIGITS = re.compile(r"\d+", re.ASCII)
_COMMON: dict[str, Any] = {"status": "success", "request_id": str, "node": str, "version": str, "timestamp": _MOMENT}


def _order(answer: Answer, expected: tuple[str, ...]) -> Iterator[Difference]:
    came = list(answer.envelope)
    return answer.differences(came, [name for name in expected if name in came], "names in the envelope")


def _plain_order(answer: Answer, keys: tuple[str, ...]) -> Iterator[Difference]:
    return _order(answer, PAGING_KEYS + keys)


def _tokens(server: Server) -> Any:
    """What an envelope says of the tokens that requests are paid from: nothing in some versions."""
    return {"consumed": int, "remaining": int} if "tokens" in server.version.success_keys else ABSENT


@check("api_util.erl", "integer-page-size")
def chunked_envelope(server: Server) -> Iterator[Finding]:
    """A listing comes in chunks: data first, then the trailer, in which every value is text."""
    sample.rows(server)
    answer = server.cdrs(page_size=1, **sample.window(server).query)
    size = answer.envelope.get("page_size")
    if type(size) is int:
        yield Shown("integer-page-size")
    expected = {**_COMMON, "data": list, "start_key": _KEY, "auth_token": server.auth_token, "tokens": ABSENT}
    yield from Form(envelope=expected | {"error": ABSENT, "message": ABSENT, "revision": ABSENT}).differences(answer)
    yield from answer.differences(size, size if type(size) is int else _DIGITS, "page_size")
    yield from answer.differences(str(size), str(len(answer.rows)), "page_size")
    yield from _order(answer, CHUNKED_KEYS)


@check("api_util.erl")
def plain_envelope(server: Server) -> Iterator[Finding]:
    """With is_chunked=false the envelope is whole: page_size an integer, a revision that is the ETag too."""
    sample.rows(server)
    answer = server.cdrs(page_size=1, is_chunked="false", **sample.window(server).query)
    etag = answer.headers.get("etag", "")
    expected = {**_COMMON, "data": list, "start_key": _KEY, "page_size": len(answer.rows)}
    expected |= {"auth_token": server.auth_token, "revision": etag.removeprefix("W/").strip('"')}
    yield from Form(headers={"etag": str}, envelope=expected | {"error": ABSENT}).differences(answer)
    yield from answer.differences(answer.envelope.get("tokens", ABSENT), _tokens(server), "tokens")
    yield from _plain_order(answer, server.version.success_keys)


@check("api_util.erl")
def empty_envelope(server: Server) -> Iterator[Finding]:
    """A listing without a row is a plain envelope without paging keys, even where chunks were wanted."""
    answer = server.cdrs(created_from=sample.LONG_AGO, created_to=sample.LONG_AGO)
    expected = {**_COMMON, "data": [], "tokens": _tokens(server), **dict.fromkeys(PAGING_KEYS, ABSENT)}
    yield from Form(envelope=expected).differences(answer)
    yield from _plain_order(answer, server.version.success_keys)


@check("api_util.erl")
def error_envelope(server: Server) -> Iterator[Finding]:
    """An error is a plain envelope whose `error` is the status as text, and says what is wrong in `message`."""
    answer = server.cdrs("/nosuch")
    yield from failure(404, str, {}, content_type="application/json").differences(answer)
    expected = {**_COMMON, "status": "error", "revision": ABSENT, "tokens": _tokens(server)}
    yield from Form(404, envelope=expected | {"auth_token": server.auth_token}).differences(answer)
    yield from _plain_order(answer, server.version.error_keys)


@check("crossbar_view.erl")
def no_paging_keys_without_pages(server: Server) -> Iterator[Finding]:
    """With paginate=false the three paging keys are gone, in chunks and plain."""
    for form in ("true", "false"):
        answer = server.cdrs(paginate="false", is_chunked=form, **sample.window(server).query)
        yield from Form(envelope=dict.fromkeys(PAGING_KEYS, ABSENT)).differences(answer)


@check("api_util.erl")
def pretty_print_and_jsonp(server: Server) -> Iterator[Finding]:
    """pretty_print indents a plain answer, jsonp wraps it in a call; what is said stays the same."""
    query: dict[str, Any] = {"is_chunked": "false", "created_from": sample.LONG_AGO, "created_to": sample.LONG_AGO}
    pretty = server.cdrs("", pretty_print="true", **query)
    yield from Form(envelope={"data": [], "status": "success"}).differences(pretty)
    yield from pretty.differences(pretty.text[:4], "{\n  ", "start of the body")
    wrapped = server.cdrs("", jsonp="callback", **query)
    yield from wrapped.differences(wrapped.text, re.compile(r"callback\(\{.*\}\);", re.DOTALL), "body")


@check("api_util.erl", "trailer-unescaped")
def request_id(server: Server) -> Iterator[Finding]:
    """X-Request-ID comes back in the envelope and in the header of that name; without one the server makes one."""
    made = server.cdrs(page_size=1)
    yield from Form(headers={"x-request-id": made.envelope["request_id"]}).differences(made)
    yield from made.differences(made.envelope["request_id"], re.compile(r"[0-9a-f]{32}"), "request_id")
    for path in ("", "/nosuch"):
        answer = server.cdrs(path, {"X-Request-ID": "contract-suite-1"}, page_size=1)
        expected = {"x-request-id": "contract-suite-1"}
        yield from Form(answer.status, expected, {"request_id": "contract-suite-1"}).differences(answer)
    sample.rows(server)
    odd = server.cdrs("", {"X-Request-ID": 'a"b'}, page_size=1, **sample.window(server).query)
    if b'"request_id":"a"b"' in odd.body:
        yield Shown("trailer-unescaped")
    else:
        yield from Form(envelope={"request_id": 'a"b'}).differences(odd)
