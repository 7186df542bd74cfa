"""Conditional requests."""

from collections.abc import Iterator
from urllib.parse import quote

from mockcdrs.contract import sample
from mockcdrs.contract.answer import ABSENT, Answer, Form
from mockcdrs.contract.check import check
from mockcdrs.contract.finding import Finding
from mockcdrs.contract.server import Server

_OTHER = '"0-0"'


def _one(server: Server, **headers: str) -> Answer:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return server.cdrs(f"/{quote(sample.rows(server)[0]['id'], safe='')}", given)


@check("cb_cdrs.erl")
def etag_of_a_cdr(server: Server) -> Iterator[Finding]:
    """A CDR's ETag is its revision, in quotes; it never expires later than 1999, so that a client asks again."""
    answer = _one(server)
    expected = {"etag": f'"{answer.envelope.get("revision")}"', "expires": "Fri, 01 Jan 1999 00:00:00 GMT"}
    yield from Form(headers=expected, envelope={"revision": str}).differences(answer)


@check("cowboy_rest.erl")
def conditional_cdr(server: Server) -> Iterator[Finding]:
    """If-None-Match with the ETag is a 304 without a body; If-Match with another one a 412."""
    etag = _one(server).headers.get("etag", "")
    expected = (
        ({"If_None_Match": etag}, Form(304, {"etag": etag}, body=b"")),
        ({"If_None_Match": "*"}, Form(304, {"etag": etag}, body=b"")),
        ({"If_None_Match": _OTHER}, Form(200, {"etag": etag})),
        ({"If_Match": etag}, Form(200, {"etag": etag})),
        ({"If_Match": _OTHER}, Form(412, body=b"")),
    )
    for headers, form in expected:
        yield from form.differences(_one(server, **headers))


@check("cowboy_rest.erl")
def conditional_listing(server: Server) -> Iterator[Finding]:
    """A listing in chunks has no ETag, so If-None-Match is a 412 and so is If-Match."""
    sample.rows(server)
    query = {"page_size": 1, **sample.window(server).query}
    yield from Form(headers={"etag": ABSENT}).differences(server.cdrs(**query))
    for name in ("If-None-Match", "If-Match"):
        yield from Form(412, {"access-control-allow-origin": ABSENT}, body=b"").differences(
            server.cdrs("", {name: '"x"'}, **query)
        )
