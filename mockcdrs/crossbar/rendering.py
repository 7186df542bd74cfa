"""The forms of a good answer: envelope, chunks, an empty PDF; CSV is next door (`api_resource.erl`, `api_util.erl`)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mockcdrs.crossbar import csv_rendering, envelope, json_text, negotiation
from mockcdrs.crossbar.content import Content, note_paging
from mockcdrs.crossbar.context import Context
from mockcdrs.crossbar.database import ListingRow
from mockcdrs.crossbar.errors import BareAnswer, Failure, between_chunks, died
from mockcdrs.crossbar.listing_row import json_rows
from mockcdrs.crossbar.paging import ChunkedWalk
from mockcdrs.crossbar.walks import Walk

_PLAIN = {"content-type": envelope.JSON}


@dataclass(frozen=True, slots=True)
class Rendered:
    """Headers and body of an answer; with a failure only its headers count. `is_file`: never compressed."""

    headers: Mapping[str, str | None]
    body: bytes | Iterable[bytes] = b""
    failure: Failure | None = None
    is_file: bool = False


def render(context: Context, found: Content, etag: str | None) -> Rendered:
    """The content in the form that was negotiated; raises `BareAnswer`."""
    wanted = context.request.value("accept")
    form = negotiation.overridden(context.content_type, wanted, context.version.knows_any_subtype)
    if form == "pdf":
        return _pdf(context, found)
    if form == "csv":
        return _csv(context, found)
    if found.walk is not None:
        return _chunks(context, found, found.walk)
    try:
        data = found.rows(context, json_rows(context))
    except Failure as failure:
        return Rendered(_PLAIN, failure=failure)
    return Rendered(_PLAIN, envelope.render(context, envelope.success(context, data, etag))[0])


def _pdf(context: Context, found: Content) -> Rendered:
    if found.walk is not None or found.data == []:
        return Rendered({"content-disposition": 'attachment; filename="file.pdf"', "content-type": None})
    raise died("accept=pdf for something that is no PDF") if context.shows("pdf-500") else BareAnswer(406)


def _csv(context: Context, found: Content) -> Rendered:
    has_lines = found.are_interactions and context.shows("csv-interaction-unquoted")
    form = csv_rendering.lines if has_lines else csv_rendering.file
    try:
        body = form(context, found)
    except Failure as failure:
        return _failed_csv(context, failure if found.walk is None else between_chunks(failure))
    csv_rendering.check_name(context, found)
    is_lines = not isinstance(body, bytes)
    headers = csv_rendering.line_headers(context) if is_lines else csv_rendering.file_headers(context)
    return Rendered(headers, body, is_file=not is_lines)


def _failed_csv(context: Context, failure: Failure) -> Rendered:
    """A failure's data would have become the file, if there is any."""
    headers = csv_rendering.file_headers(context) if failure.data else csv_rendering.CSV
    return Rendered(headers, failure=failure)


def _chunks(context: Context, found: Content, walk: Walk) -> Rendered:
    walked = ChunkedWalk(walk.plan)
    chunks = _written(context, found.chunks(context, walked, json_rows(context)))
    try:
        first = next(chunks, None)
    except Failure as failure:
        return Rendered(_PLAIN, failure=between_chunks(failure))
    if first is None:
        return Rendered(_PLAIN, envelope.render(context, envelope.success(context, []))[0])
    return Rendered({}, _streamed(context, walk, walked, first, chunks))


def _streamed(
    context: Context, walk: Walk, walked: ChunkedWalk, first: bytes, chunks: Iterator[bytes]
) -> Iterator[bytes]:
    yield envelope.CHUNKS_OPENING + first
    for chunk in until_failure(chunks):
        yield b"," + chunk
    note_paging(context, walk, walked)
    yield envelope.trailer(context)


def _written(context: Context, chunks: Iterator[list[Any]]) -> Iterator[bytes]:
    """Chunks as they are sent, without those whose text cannot be made or, in pieces, not sent."""
    loses_pieces = context.shows("big-integer-chunk-lost")
    for items in chunks:
        try:
            texts = [item.json if isinstance(item, ListingRow) else json_text.encode(item) for item in items]
        except UnicodeEncodeError:
            texts = []
        if texts and not (loses_pieces and json_text.InPieces in map(type, texts)):
            yield b",".join(texts)
        else:
            context.outcome.lost += len(items)


def until_failure(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Chunks as far as they come: behind the first it is too late for an error, so Crossbar ends as if all was well."""
    try:
        yield from chunks
    except Failure:
        return
