"""Checks of HTTP: content negotiation, errors for paths, methods and bodies, conditional requests, CORS."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from mockcdrs.contract import probe_data
from mockcdrs.contract.check import check_of
from mockcdrs.contract.response import (
    ABSENT,
    CannotCheck,
    CheckedResponse,
    Difference,
    ExpectedResponse,
    Finding,
    QuirkObserved,
    expected_error,
    expected_or_quirk,
    expected_system_error,
)
from mockcdrs.contract.target import PAGING_KEYS, TargetServer
from mockcdrs.crossbar.errors import merge_reversed

_JSON, _CSV = "application/json", "text/csv"
_BY_HEADER = {
    "application/json": _JSON,
    "*/*": _JSON,
    "application/json, text/csv;q=0.5": _JSON,
    "text/csv": _CSV,
    "text/comma-separated-values": _CSV,
    "application/octet-stream": _CSV,
    "text/*": _CSV,
    "text/csv, application/json;q=0.5": _CSV,
}
_BY_QUERY = ("csv", "text/csv")
_NO_SUCH_CDR = "could not find cdr with supplied id"
_UNKNOWN_CDR_ID = "200101-no-such-cdr"
_VARY = "accept-language, accept"
_OTHER_ETAG = '"0-0"'
_ORIGIN = {"Origin": "https://app.example.com"}
_REQUIRED_CORS_HEADERS = {
    "access-control-allow-headers": {"content-type", "x-auth-token"},
    "access-control-allow-methods": {"GET"},
}


@check_of("api_resource.erl")
def accept_header(server: TargetServer) -> Iterator[Finding]:
    """Accept decides between JSON and CSV, by quality; the content type is bare, without a charset."""
    probe_data.rows(server)
    for accept, content_type in _BY_HEADER.items():
        answer = server.get_cdrs("", {"Accept": accept}, page_size=1, **probe_data.window(server).query)
        yield from ExpectedResponse(headers={"content-type": content_type}).differences(answer)
        yield from answer.differences(answer.body[:1] == b"{", content_type == _JSON, f"whether {accept} gives JSON")
    bare = server.get_cdrs(page_size=1, **probe_data.window(server).query)
    yield from ExpectedResponse(headers={"content-type": _JSON}).differences(bare)


@check_of("api_util.erl")
def accept_in_the_query(server: TargetServer) -> Iterator[Finding]:
    """accept=csv or a CSV type in the query wins over the header, in some versions also text/*."""
    probe_data.rows(server)
    any_text = _CSV if server.version.knows_any_subtype else _JSON
    for accept, content_type in (*((accept, _CSV) for accept in _BY_QUERY), ("text/*", any_text)):
        query = {"accept": accept, "page_size": 1, **probe_data.window(server).query}
        answer = server.get_cdrs("", {"Accept": _JSON}, **query)
        yield from answer.differences(
            answer.body[:1] == b"{", content_type == _JSON, f"whether accept={accept} is JSON"
        )
        yield from ExpectedResponse(headers={"content-type": content_type}).differences(answer)


@check_of("cowboy_rest.erl")
def not_acceptable(server: TargetServer) -> Iterator[Finding]:
    """An Accept that nothing fits is a 406, one that cannot be read a 400, both without a body or CORS headers."""
    for accept, status in (("image/png", 406), ("nonsense", 400)):
        answer = server.get_cdrs("", {"Accept": accept}, page_size=1)
        form = ExpectedResponse(status, {"access-control-allow-origin": ABSENT}, body=b"")
        yield from form.differences(answer)


@check_of("api_resource.erl")
def accept_with_parameters(server: TargetServer) -> Iterator[Finding]:
    """A type with a parameter, as in application/json;charset=utf-8, is a 406 in some versions; a quality is none."""
    good = ExpectedResponse(headers={"content-type": _JSON})
    refused = ExpectedResponse(406, {"access-control-allow-origin": ABSENT}, body=b"")
    with_charset = good if server.version.accepts_parameters else refused
    for accept, form in ((f"{_JSON};charset=utf-8", with_charset), (f"{_JSON};q=0.5", good)):
        yield from form.differences(server.get_cdrs("", {"Accept": accept}, **probe_data.EMPTY_RANGE))


@check_of("cowboy_rest.erl")
def language_and_vary(server: TargetServer) -> Iterator[Finding]:
    """Answers are in English and say that they depend on language and Accept."""
    expected = {"content-language": "en", "vary": _VARY}
    for path in ("", "/nosuch"):
        answer = server.get_cdrs(path, page_size=1)
        yield from ExpectedResponse(answer.status, expected).differences(answer)


@check_of("cowboy_compress_h.erl")
def compression(server: TargetServer) -> Iterator[Finding]:
    """What is sent compressed for Accept-Encoding: gzip is the same when unpacked; some versions name it in Vary."""
    query = {"is_chunked": "false", **probe_data.window(server).query}
    plain, packed = server.get_cdrs(**query), server.get_cdrs("", {"Accept-Encoding": "gzip"}, **query)
    yield from packed.differences(packed.envelope["data"], plain.envelope["data"], "data")
    if packed.headers.get("content-encoding") == "gzip":
        vary = f"{_VARY}, accept-encoding" if server.version.compression_varies else _VARY
        yield from ExpectedResponse(headers={"vary": vary}).differences(packed)
    yield from plain.differences(plain.headers.get("content-encoding", ABSENT), ABSENT, "header content-encoding")


@check_of("cowboy_compress_h.erl")
def unreadable_accept_encoding(server: TargetServer) -> Iterator[Finding]:
    """An Accept-Encoding that cannot be read is ignored or, in some versions, a 500 without a body."""
    answer = server.get_cdrs("/nosuch", {"Accept-Encoding": "gzip;q=2"})
    form = (
        expected_error(404, _NO_SUCH_CDR, {})
        if server.version.ignores_bad_encodings
        else ExpectedResponse(500, body=b"")
    )
    yield from form.differences(answer)


@check_of("api_resource.erl", "pdf-500")
def pdf(server: TargetServer) -> Iterator[Finding]:
    """accept=pdf is a 406 for what is no PDF."""
    answer = probe_data.detail(server, probe_data.rows(server)[0]["id"], accept="pdf")
    yield from expected_or_quirk(answer, ExpectedResponse(406), "pdf-500", ExpectedResponse(500, body=b""))


@check_of("cb_cdrs.erl")
def unknown_cdr(server: TargetServer) -> Iterator[Finding]:
    """A CDR that is not there is a 404 that names it; an id that does not begin with a month says so."""
    yield from expected_system_error("bad_identifier", cause=_UNKNOWN_CDR_ID).differences(
        server.get_cdrs(f"/{_UNKNOWN_CDR_ID}")
    )
    yield from expected_error(404, _NO_SUCH_CDR, {}).differences(server.get_cdrs("/nosuch"))


@check_of("cb_cdrs.erl", "id-without-month-500")
def text_for_a_month(server: TargetServer) -> Iterator[Finding]:
    """An id with text where its month should be is a 404."""
    answer = server.get_cdrs("/abcdef-x")
    good = expected_system_error("bad_identifier", cause="abcdef-x")
    yield from expected_or_quirk(answer, good, "id-without-month-500", expected_error(500, "init failed"))


@check_of("api_util.erl")
def unknown_paths(server: TargetServer) -> Iterator[Finding]:
    """A path that no module knows is a 404, at any depth; what stands before /cdrs and is no module is passed over."""
    for path in ("/cdrs/a/b", "/cdrs/legs/a/b", "/nosuch"):
        yield from expected_system_error("not_found").differences(server.request_account(path))
    yield from ExpectedResponse(envelope={"status": "success"}).differences(
        server.request_account("/nosuch/cdrs", {"page_size": 1})
    )


@check_of("api_resource.erl")
def methods(server: TargetServer) -> Iterator[Finding]:
    """Only GET is allowed: any other method is a 405, said of a CDR that is not there so that nothing can happen."""
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = server.request_account(f"/cdrs/{_UNKNOWN_CDR_ID}", method=method)
        yield from expected_system_error("invalid_method").differences(answer)


@check_of("api_resource.erl", "post-as-get-empty")
def post_as_get(server: TargetServer) -> Iterator[Finding]:
    """POST with verb=GET does what GET does."""
    unknown = server.request_account(f"/cdrs/{_UNKNOWN_CDR_ID}", {"verb": "GET"}, method="POST")
    yield from expected_system_error("bad_identifier", cause=_UNKNOWN_CDR_ID).differences(unknown)
    ids = probe_data.listing(server).ids
    query = {"verb": "GET", "paginate": "false", **probe_data.window(server).query}
    answer = server.request_account("/cdrs", query, method="POST")
    if answer.ids == [] != ids:
        yield QuirkObserved("post-as-get-empty")
    else:
        yield from answer.differences(answer.ids, ids, "ids")


@check_of("api_util.erl")
def content_type_of_errors(server: TargetServer) -> Iterator[Finding]:
    """Errors are JSON, but some versions do not say so before types are negotiated, and say CSV where it is wanted."""
    early, csv = (_JSON, _JSON) if server.version.always_says_json else (ABSENT, _CSV)
    expected = (
        (401, server.request(server.cdrs_path), early),
        (404, server.request_account("/nosuch"), early),
        (405, server.request_account(f"/cdrs/{_UNKNOWN_CDR_ID}", method="PUT"), early),
        (404, server.get_cdrs(f"/legs/{_UNKNOWN_CDR_ID}", {"Accept": _CSV}), csv),
    )
    for status, answer, content_type in expected:
        yield from ExpectedResponse(status, {"content-type": content_type}, {"error": str(status)}).differences(answer)


@check_of("api_util.erl")
def body_that_is_no_object(server: TargetServer) -> Iterator[Finding]:
    """A body that is no JSON object is a 400 that says so, in some versions also what is wrong, and where."""
    refusal = "truncated_json around 8" if server.version.jiffy.throws else "decoder_exit around 0"
    for body, message in (("[]", "All JSON must be valid"), ('{"data"', refusal)):
        answer = server.request_account("/cdrs", None, {"Content-Type": _JSON}, body=body)
        reason = {"message": message, "target": "body"}
        yield from expected_error(400, "validation error", {"json": {"invalid": reason}}).differences(answer)
        order = list(answer.envelope["data"]["json"]["invalid"])
        names = list(merge_reversed(reason) if server.version.sorts_added_errors else reason)
        yield from answer.differences(order, names, "names in data.json.invalid")


@check_of("kz_json.erl")
def bytes_that_are_no_utf_8(server: TargetServer) -> Iterator[Finding]:
    """An id in Latin-1 is told in UTF-8 or, in some versions, cannot be told where it stands in a list."""
    if server.version.looks_into_values:
        form = expected_error(404, "bad identifier", ["\xe9"])
    else:
        form = ExpectedResponse(404, body=b"failure in request, contact support")
    yield from form.differences(server.get_cdrs("/legs/%E9"))


@check_of("cb_context.erl")
def escapes_in_a_path(server: TargetServer) -> Iterator[Finding]:
    """Escapes in a path are undone, in some versions twice: %2541 is %41 or A then."""
    cause = f"{_UNKNOWN_CDR_ID}{'A' if server.version.decodes_path_twice else '%41'}"
    yield from expected_system_error("bad_identifier", cause=cause).differences(
        server.get_cdrs(f"/{_UNKNOWN_CDR_ID}%2541")
    )


@check_of("api_util.erl")
def version_1(server: TargetServer) -> Iterator[Finding]:
    """/v1 is a 410 or, in some versions, served: without pages, and with a system error's words alone as its data."""
    unknown = _get_under_version(server, "v1", f"/cdrs/{_UNKNOWN_CDR_ID}")
    if not server.version.serves_v1:
        yield from ExpectedResponse(410, envelope={"error": "410", "status": "error"}).differences(unknown)
        return
    yield from expected_error(404, "bad_identifier", "bad identifier").differences(unknown)
    ids = probe_data.listing(server).ids
    answer = _get_under_version(server, "v1", "/cdrs", page_size=1, **probe_data.window(server).query)
    yield from ExpectedResponse(envelope=dict.fromkeys(PAGING_KEYS, ABSENT)).differences(answer)
    yield from answer.differences(answer.ids, ids, "ids")


@check_of("api_util.erl")
def later_versions(server: TargetServer) -> Iterator[Finding]:
    """/v3 answers as /v2, but in some versions users are not known there, which is a bare 500."""
    good = expected_system_error("bad_identifier", cause=_UNKNOWN_CDR_ID)
    yield from good.differences(_get_under_version(server, "v3", f"/cdrs/{_UNKNOWN_CDR_ID}"))
    is_unknown = "users" in server.version.modules_of_v1_and_v2
    answer = _get_under_version(server, "v3", f"/users/{_UNKNOWN_CDR_ID}/cdrs")
    yield from (ExpectedResponse(500, body=b"") if is_unknown else good).differences(answer)


def _get_under_version(server: TargetServer, version: str, path: str, **query: Any) -> CheckedResponse:
    token = {"X-Auth-Token": server.auth_token}
    return server.request(f"/{version}/accounts/{quote(server.account_id)}{path}", query, token)


@check_of("cb_cdrs.erl", "no-account-500")
def no_account(server: TargetServer) -> Iterator[Finding]:
    """A path without an account is a 404 with a token of the master account."""
    answer = server.request("/v2/accounts/cdrs", None, {"X-Auth-Token": server.auth_token})
    if answer.status == 403:
        raise CannotCheck("only the superduper account gets past 403 without naming an account")
    yield from expected_or_quirk(answer, ExpectedResponse(404), "no-account-500", expected_error(500, "init failed"))


def _newest_cdr(server: TargetServer, **headers: str) -> CheckedResponse:
    by_name = {name.replace("_", "-"): value for name, value in headers.items()}
    return probe_data.detail(server, probe_data.rows(server)[0]["id"], by_name)


@check_of("cb_cdrs.erl")
def etag_of_a_cdr(server: TargetServer) -> Iterator[Finding]:
    """A CDR's ETag is its revision, in quotes; it never expires later than 1999, so that a client asks again."""
    answer = _newest_cdr(server)
    expected = {"etag": f'"{answer.envelope.get("revision")}"', "expires": "Fri, 01 Jan 1999 00:00:00 GMT"}
    yield from ExpectedResponse(headers=expected, envelope={"revision": str}).differences(answer)


@check_of("cowboy_rest.erl")
def conditional_cdr(server: TargetServer) -> Iterator[Finding]:
    """If-None-Match with the ETag is a 304 without a body; If-Match with another one a 412."""
    etag = _newest_cdr(server).headers.get("etag", "")
    expected = (
        ({"If_None_Match": etag}, ExpectedResponse(304, {"etag": etag}, body=b"")),
        ({"If_None_Match": "*"}, ExpectedResponse(304, {"etag": etag}, body=b"")),
        ({"If_None_Match": _OTHER_ETAG}, ExpectedResponse(200, {"etag": etag})),
        ({"If_Match": etag}, ExpectedResponse(200, {"etag": etag})),
        ({"If_Match": _OTHER_ETAG}, ExpectedResponse(412, body=b"")),
    )
    for headers, form in expected:
        yield from form.differences(_newest_cdr(server, **headers))


@check_of("cowboy_rest.erl")
def conditional_listing(server: TargetServer) -> Iterator[Finding]:
    """A listing in chunks has no ETag, so If-None-Match is a 412 and so is If-Match."""
    probe_data.rows(server)
    query = {"page_size": 1, **probe_data.window(server).query}
    yield from ExpectedResponse(headers={"etag": ABSENT}).differences(server.get_cdrs(**query))
    for name in ("If-None-Match", "If-Match"):
        yield from ExpectedResponse(412, {"access-control-allow-origin": ABSENT}, body=b"").differences(
            server.get_cdrs("", {name: '"x"'}, **query)
        )


def _cors_differences(answer: CheckedResponse) -> Iterator[Difference]:
    yield from ExpectedResponse(
        answer.status, {"access-control-allow-origin": "*", "access-control-max-age": str}
    ).differences(answer)
    for name, needed in _REQUIRED_CORS_HEADERS.items():
        present = {each.strip() for each in answer.headers.get(name, "").split(",")}
        missing = sorted(needed - {each if name.endswith("methods") else each.lower() for each in present})
        yield from answer.differences(missing, [], f"missing from header {name}")


@check_of("api_resource.erl")
def preflight(server: TargetServer) -> Iterator[Finding]:
    """A preflight is a 200 without a token, and allows the method and the header of the token."""
    headers = {**_ORIGIN, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "x-auth-token"}
    for path in ("/cdrs", "/cdrs/interaction"):
        answer = server.request(f"/v2/accounts/{server.account_id}{path}", None, headers, "OPTIONS")
        yield from ExpectedResponse(200).differences(answer)
        yield from _cors_differences(answer)


@check_of("api_resource.erl")
def options_alone(server: TargetServer) -> Iterator[Finding]:
    """OPTIONS that is no preflight is a method like another: 405."""
    answer = server.request_account("/cdrs", method="OPTIONS")
    yield from ExpectedResponse(405, envelope={"error": "405", "message": "invalid_method"}).differences(answer)


@check_of("api_resource.erl")
def cors_on_answers(server: TargetServer) -> Iterator[Finding]:
    """An answer to an Origin allows it; one to none says nothing about CORS; an error always does."""
    query = {"page_size": 1, **probe_data.EMPTY_RANGE}
    yield from _cors_differences(server.get_cdrs("", _ORIGIN, **query))
    exposed = server.get_cdrs("", _ORIGIN, **query).headers.get("access-control-expose-headers", "")
    yield from server.get_cdrs("", _ORIGIN, **query).differences(
        "x-request-id" in exposed, True, "x-request-id exposed"
    )
    yield from ExpectedResponse(headers={"access-control-allow-origin": ABSENT}).differences(server.get_cdrs(**query))
    yield from _cors_differences(server.get_cdrs("/nosuch"))
