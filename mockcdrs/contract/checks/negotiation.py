"""Content negotiation."""

from collections.abc import Iterator
from urllib.parse import quote

from mockcdrs.contract import sample
from mockcdrs.contract.answer import ABSENT, Form, failure, good_or_quirk
from mockcdrs.contract.check import check
from mockcdrs.contract.finding import Finding
from mockcdrs.contract.server import Server

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
_NO_CDR = "could not find cdr with supplied id"
_VARY = "accept-language, accept"


@check("api_resource.erl")
def accept_header(server: Server) -> Iterator[Finding]:
    """Accept decides between JSON and CSV, by quality; the content type is bare, without a charset."""
    sample.rows(server)
    for accept, content_type in _BY_HEADER.items():
        answer = server.cdrs("", {"Accept": accept}, page_size=1, **sample.window(server).query)
        yield from Form(headers={"content-type": content_type}).differences(answer)
        yield from answer.differences(answer.body[:1] == b"{", content_type == _JSON, f"whether {accept} gives JSON")
    bare = server.cdrs(page_size=1, **sample.window(server).query)
    yield from Form(headers={"content-type": _JSON}).differences(bare)


@check("api_util.erl")
def accept_in_the_query(server: Server) -> Iterator[Finding]:
    """accept=csv or a CSV type in the query wins over the header, in some versions also text/*."""
    sample.rows(server)
    any_text = _CSV if server.version.knows_any_subtype else _JSON
    for accept, content_type in (*((accept, _CSV) for accept in _BY_QUERY), ("text/*", any_text)):
        query = {"accept": accept, "page_size": 1, **sample.window(server).query}
        answer = server.cdrs("", {"Accept": _JSON}, **query)
        yield from answer.differences(
            answer.body[:1] == b"{", content_type == _JSON, f"whether accept={accept} is JSON"
        )
        yield from Form(headers={"content-type": content_type}).differences(answer)


@check("cowboy_rest.erl")
def not_acceptable(server: Server) -> Iterator[Finding]:
    """An Accept that nothing fits is a 406, one that cannot be read a 400, both without a body or CORS headers."""
    for accept, status in (("image/png", 406), ("nonsense", 400)):
        answer = server.cdrs("", {"Accept": accept}, page_size=1)
        form = Form(status, {"access-control-allow-origin": ABSENT}, body=b"")
        yield from form.differences(answer)


@check("api_resource.erl")
def accept_with_parameters(server: Server) -> Iterator[Finding]:
    """A type with a parameter, as in application/json;charset=utf-8, is a 406 in some versions; a quality is none."""
    good = Form(headers={"content-type": _JSON})
    refused = Form(406, {"access-control-allow-origin": ABSENT}, body=b"")
    nothing = {"created_from": sample.LONG_AGO, "created_to": sample.LONG_AGO}
    with_charset = good if server.version.accepts_parameters else refused
    for accept, form in ((f"{_JSON};charset=utf-8", with_charset), (f"{_JSON};q=0.5", good)):
        yield from form.differences(server.cdrs("", {"Accept": accept}, **nothing))


@check("cowboy_rest.erl")
def language_and_vary(server: Server) -> Iterator[Finding]:
    """Answers are in English and say that they depend on language and Accept."""
    expected = {"content-language": "en", "vary": _VARY}
    for path in ("", "/nosuch"):
        answer = server.cdrs(path, page_size=1)
        yield from Form(answer.status, expected).differences(answer)


@check("cowboy_compress_h.erl")
def compression(server: Server) -> Iterator[Finding]:
    """What is sent compressed for Accept-Encoding: gzip is the same when unpacked; some versions name it in Vary."""
    query = {"is_chunked": "false", **sample.window(server).query}
    plain, packed = server.cdrs(**query), server.cdrs("", {"Accept-Encoding": "gzip"}, **query)
    yield from packed.differences(packed.envelope["data"], plain.envelope["data"], "data")
    if packed.headers.get("content-encoding") == "gzip":
        vary = f"{_VARY}, accept-encoding" if server.version.compression_varies else _VARY
        yield from Form(headers={"vary": vary}).differences(packed)
    yield from plain.differences(plain.headers.get("content-encoding", ABSENT), ABSENT, "header content-encoding")


@check("cowboy_compress_h.erl")
def unreadable_accept_encoding(server: Server) -> Iterator[Finding]:
    """An Accept-Encoding that cannot be read is ignored or, in some versions, a 500 without a body."""
    answer = server.cdrs("/nosuch", {"Accept-Encoding": "gzip;q=2"})
    form = failure(404, _NO_CDR, {}) if server.version.ignores_bad_encodings else Form(500, body=b"")
    yield from form.differences(answer)


@check("api_resource.erl", "pdf-500")
def pdf(server: Server) -> Iterator[Finding]:
    """accept=pdf is a 406 for what is no PDF."""
    row = sample.rows(server)[0]
    answer = server.cdrs(f"/{quote(row['id'], safe='')}", accept="pdf")
    yield from good_or_quirk(answer, Form(406), "pdf-500", Form(500, body=b""))
