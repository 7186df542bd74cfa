"""What is not there or not allowed."""

from collections.abc import Iterator
from urllib.parse import quote

from mockcdrs.contract.answer import Form, failure, good_or_quirk, system_failure
from mockcdrs.contract.check import check
from mockcdrs.contract.finding import CannotCheck, Finding
from mockcdrs.contract.server import Server

_UNKNOWN = "200101-no-such-cdr"


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
    """POST with verb=GET does what GET does, or is refused."""
    answer = server.account(f"/cdrs/{_UNKNOWN}", {"verb": "GET"}, method="POST")
    odd = Form(envelope={"data": [], "status": "success"})
    yield from good_or_quirk(answer, system_failure("bad_identifier", cause=_UNKNOWN), "post-as-get-empty", odd)


@check("api_util.erl")
def versions(server: Server) -> Iterator[Finding]:
    """Version 1 is a 410; a later version answers as version 2."""
    account, token = quote(server.account_id), {"X-Auth-Token": server.auth_token}
    old = server.ask(f"/v1/accounts/{account}/cdrs/{_UNKNOWN}", None, token)
    yield from Form(410, envelope={"error": "410", "status": "error"}).differences(old)
    new = server.ask(f"/v3/accounts/{account}/cdrs/{_UNKNOWN}", None, token)
    yield from system_failure("bad_identifier", cause=_UNKNOWN).differences(new)


@check("cb_cdrs.erl", "no-account-500")
def no_account(server: Server) -> Iterator[Finding]:
    """A path without an account is a 404 for the master's token."""
    answer = server.ask("/v2/accounts/cdrs", None, {"X-Auth-Token": server.auth_token})
    if answer.status == 403:
        raise CannotCheck("only the superduper account gets past 403 without naming an account")
    yield from good_or_quirk(answer, Form(404), "no-account-500", failure(500, "init failed"))
