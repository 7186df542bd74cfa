"""One CDR, and the listing row that is derived from it."""

from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import quote

from mockcdrs.cdr.documents import is_private
from mockcdrs.cdr.listing_columns import make_row
from mockcdrs.contract import sample
from mockcdrs.contract.answer import ABSENT, Answer, Form
from mockcdrs.contract.check import check
from mockcdrs.contract.checks.columns import as_shown, is_reseller
from mockcdrs.contract.finding import CannotCheck, Finding
from mockcdrs.contract.server import Server

_LOOKED_AT = 3


def derived(
    server: Server, answer: Answer, rows: list[sample.Row], documents: dict[str, sample.Row], interactions_of: str = ""
) -> Iterator[Finding]:
    """How rows of an answer differ from what their documents give; `interactions_of` as in `Version.row_columns`."""
    for index, row in enumerate(rows):
        columns = server.version.row_columns(is_reseller=is_reseller(row), interactions_of=interactions_of)
        expected = as_shown(make_row(documents[row["id"]], columns, is_lenient=True), row)
        yield from answer.differences(row, expected, f"data[{index}]")


@check("kzd_cdrs.erl")
def rows_of_documents(server: Server) -> Iterator[Finding]:
    """Each column of a listing row follows from the document: times, cost, rate, numbers, who owns and who called."""
    answer = sample.listing(server)
    yield from derived(server, answer, answer.rows, sample.documents(server))


def _details(server: Server) -> Iterator[tuple[Answer, str, dict[str, Any]]]:
    for cdr_id, document in islice(sample.documents(server).items(), _LOOKED_AT):
        yield sample.detail(server, cdr_id), cdr_id, document


@check("cb_cdrs.erl")
def detail(server: Server) -> Iterator[Finding]:
    """/cdrs/{ID} is the same document as among the legs of its interaction, in a plain envelope."""
    for answer, cdr_id, document in _details(server):
        expected = {"data": document, "status": "success", "page_size": ABSENT, "start_key": ABSENT}
        yield from Form(envelope=expected).differences(answer)
        yield from answer.differences(answer.envelope["data"].get("id"), cdr_id, "data.id")


@check("kz_doc.erl")
def public_fields(server: Server) -> Iterator[Finding]:
    """A document is shown without its private keys, its id as the last one."""
    for answer, _, _ in _details(server):
        names = list(answer.envelope["data"])
        yield from answer.differences([name for name in names if is_private(name)], [], "private names in data")
        yield from answer.differences(names[-1], "id", "last name in data")


@check("cb_cdrs.erl")
def whole_id_escaped(server: Server) -> Iterator[Finding]:
    """Every character of an id in the path may be escaped."""
    cdr_id = next(iter(sample.documents(server)), "")
    escaped = "".join(f"%{byte:02X}" for byte in cdr_id.encode())
    answer, expected = server.cdrs(f"/{escaped}"), sample.detail(server, cdr_id)
    yield from answer.differences(answer.envelope.get("data"), expected.envelope.get("data"), "data")


@check("cb_cdrs.erl")
def detail_under_a_user(server: Server) -> Iterator[Finding]:
    """Under /users/{U}, a CDR of anybody's is found: the user is not looked at."""
    owner = next((row["owner_id"] for row in sample.rows(server) if row.get("owner_id")), None)
    if owner is None or server.account(f"/users/{quote(owner, safe='')}/cdrs", {"page_size": 1}).status != 200:
        raise CannotCheck("no CDR around the last month's end names an owner that the account still has")
    row = next((row for row in sample.rows(server) if row.get("owner_id") != owner), sample.rows(server)[0])
    answer = server.account(f"/users/{quote(owner, safe='')}/cdrs/{quote(row['id'], safe='')}")
    document = sample.documents(server)[row["id"]]
    yield from Form(envelope={"data": document}).differences(answer)
