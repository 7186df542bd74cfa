"""What is not there or not allowed."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from mockcdrs.contract import sample
from mockcdrs.contract.answer import ABSENT, Answer, Form, failure, good_or_quirk, system_failure
from mockcdrs.contract.check import check
from mockcdrs.contract.detection import PAGING_KEYS
from mockcdrs.contract.finding import CannotCheck, Finding, Shown
from mockcdrs.contract.server import Server
from mockcdrs.crossbar.errors import merge_reversed

_UNKNOWN = "200101-no-such-cdr"
_JSON, _CSV = "application/json", "text/csv"


@check("cb_cdrs.erl")
def unknown_cdr(server: Server) -> Iterator[Finding]:
    """A CDR that is not there is a 404 that names it; an id that does not begin with a month says so."""
    yield from system_failure("bad_identifier", cause=_UNKNOWN).differences(server.cdrs(f"/{_UNKNOWN}"))
    yield from failure(404, "could not find cdr with supplied id", {}).differences(server.cdrs("/nosuch"))


@check("cb_cdrs.erl", "id-without-month-500")
def text_for_a_month(server: Server) -> Iterator[Finding]:
    """An id with text where its month should be is a 404."""
    answer = server.cdrs("/abcdef-x")
    good = system_failure("bad_identifier", cause="abcdef-x")
    yield from good_or_quirk(answer, good, "id-without-month-500", failure(500, "init failed"))


@check("api_util.erl")
def unknown_paths(server: Server) -> Iterator[Finding]:
    """A path that no module knows is a 404, at any depth; what stands before /cdrs and is no module is passed over."""
    for path in ("/cdrs/a/b", "/cdrs/legs/a/b", "/nosuch"):
        yield from system_failure("not_found").differences(server.account(path))
    yield from Form(envelope={"status": "success"}).differences(server.account("/nosuch/cdrs", {"page_size": 1}))


@check("api_resource.erl")
def methods(server: Server) -> Iterator[Finding]:
    """Only GET is allowed: any other method is a 405, said of a CDR that is not there so that nothing can happen."""
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = server.account(f"/cdrs/{_UNKNOWN}", method=method)
        yield from system_failure("invalid_method").differences(answer)


@check("api_resource.erl", "post-as-get-empty")
def post_as_get(server: Server) -> Iterator[Finding]:
    """POST with verb=GET does what GET does."""
    unknown = server.account(f"/cdrs/{_UNKNOWN}", {"verb": "GET"}, method="POST")
    yield from system_failure("bad_identifier", cause=_UNKNOWN).differences(unknown)
    ids = sample.listing(server).ids
    query = {"verb": "GET", "paginate": "false", **sample.window(server).query}
    answer = server.account("/cdrs", query, method="POST")
    if answer.ids == [] != ids:
        yield Shown("post-as-get-empty")
    else:
        yield from answer.differences(answer.ids, ids, "ids")


@check("api_util.erl")
def content_type_of_errors(server: Server) -> Iterator[Finding]:
    """Errors are JSON, but some versions do not say so before types are negotiated, and say CSV where it is wanted."""
    early, csv = (_JSON, _JSON) if server.version.always_says_json else (ABSENT, _CSV)
    asked = (
        (401, server.ask(f"/v2/accounts/{quote(server.account_id)}/cdrs"), early),
        (404, server.account("/nosuch"), early),
        (405, server.account(f"/cdrs/{_UNKNOWN}", method="PUT"), early),
        (404, server.cdrs(f"/legs/{_UNKNOWN}", {"Accept": _CSV}), csv),
    )
    for status, answer, content_type in asked:
        yield from Form(status, {"content-type": content_type}, {"error": str(status)}).differences(answer)


@check("api_util.erl")
def body_that_is_no_object(server: Server) -> Iterator[Finding]:
    """A body that is no JSON object is a 400 that says so, in some versions also what is wrong, and where."""
    refusal = "truncated_json around 8" if server.version.jiffy.throws else "decoder_exit around 0"
    for body, message in (("[]", "All JSON must be valid"), ('{"data"', refusal)):
        answer = server.account("/cdrs", None, {"Content-Type": _JSON}, body=body)
        told = {"message": message, "target": "body"}
        yield from failure(400, "validation error", {"json": {"invalid": told}}).differences(answer)
        order = list(answer.envelope["data"]["json"]["invalid"])
        names = list(merge_reversed(told) if server.version.sorts_added_errors else told)
        yield from answer.differences(order, names, "names in data.json.invalid")


@check("kz_json.erl")
def bytes_that_are_no_utf_8(server: Server) -> Iterator[Finding]:
    """An id in Latin-1 is told in UTF-8 or, in some versions, cannot be told where it stands in a list."""
    if server.version.looks_into_values:
        form = failure(404, "bad identifier", ["\xe9"])
    else:
        form = Form(404, body=b"failure in request, contact support")
    yield from form.differences(server.cdrs("/legs/%E9"))


@check("cb_context.erl")
def escapes_in_a_path(server: Server) -> Iterator[Finding]:
    """Escapes in a path are undone, in some versions twice: %2541 is %41 or A then."""
    cause = f"{_UNKNOWN}{'A' if server.version.decodes_path_twice else '%41'}"
    yield from system_failure("bad_identifier", cause=cause).differences(server.cdrs(f"/{_UNKNOWN}%2541"))


@check("api_util.erl")
def version_1(server: Server) -> Iterator[Finding]:
    """/v1 is a 410 or, in some versions, served: without pages, and with a system error's words alone as its data."""
    unknown = _of_version(server, "v1", f"/cdrs/{_UNKNOWN}")
    if not server.version.serves_v1:
        yield from Form(410, envelope={"error": "410", "status": "error"}).differences(unknown)
        return
    yield from failure(404, "bad_identifier", "bad identifier").differences(unknown)
    ids = sample.listing(server).ids
    answer = _of_version(server, "v1", "/cdrs", page_size=1, **sample.window(server).query)
    yield from Form(envelope=dict.fromkeys(PAGING_KEYS, ABSENT)).differences(answer)
    yield from answer.differences(answer.ids, ids, "ids")


@check("api_util.erl")
def later_versions(server: Server) -> Iterator[Finding]:
    """/v3 answers as /v2, but in some versions users are not known there, which is a bare 500."""
    good = system_failure("bad_identifier", cause=_UNKNOWN)
    yield from good.differences(_of_version(server, "v3", f"/cdrs/{_UNKNOWN}"))
    is_unknown = "users" in server.version.modules_of_v1_and_v2
    answer = _of_version(server, "v3", f"/users/{_UNKNOWN}/cdrs")
    yield from (Form(500, body=b"") if is_unknown else good).differences(answer)


def _of_version(server: Server, version: str, path: str, **query: Any) -> Answer:
    token = {"X-Auth-Token": server.auth_token}
    return server.ask(f"/{version}/accounts/{quote(server.account_id)}{path}", query, token)


@check("cb_cdrs.erl", "no-account-500")
def no_account(server: Server) -> Iterator[Finding]:
    """A path without an account is a 404 with a token of the master account."""
    answer = server.ask("/v2/accounts/cdrs", None, {"X-Auth-Token": server.auth_token})
    if answer.status == 403:
        raise CannotCheck("only the superduper account gets past 403 without naming an account")
    yield from good_or_quirk(answer, Form(404), "no-account-500", failure(500, "init failed"))
