"""Gzip, as `cowboy_compress_h` does it: chunked answers always, whole ones of more than 300 bytes, files never."""

import gzip
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import replace

from mockcdrs.crossbar import negotiation
from mockcdrs.crossbar.pipeline import HttpResponse

THRESHOLD_BYTES = 300
_GZIP_WINDOW = 31


def compressed(answered: HttpResponse, accept_encoding: str, *, varies: bool) -> HttpResponse:
    """The answer, compressed where the client takes gzip and there is enough of it; `varies`: and says so in `vary`."""
    if not _takes_gzip(accept_encoding):
        return answered
    if answered.is_file or (isinstance(answered.body, bytes) and len(answered.body) <= THRESHOLD_BYTES):
        return answered
    headers = {**answered.headers, "content-encoding": "gzip"}
    if varies:
        headers["vary"] = ", ".join(filter(None, (headers.get("vary"), "accept-encoding")))
    if isinstance(answered.body, bytes):
        return replace(answered, headers=headers, body=gzip.compress(answered.body, mtime=0))
    return replace(answered, headers=headers, body=_stream(answered.body))


def _takes_gzip(accept_encoding: str) -> bool:
    try:
        return negotiation.accepts_gzip(accept_encoding)
    except ValueError:
        return False


def _stream(parts: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(wbits=_GZIP_WINDOW)
    for part in parts:
        yield packer.compress(part) + packer.flush(zlib.Z_SYNC_FLUSH)
    yield packer.flush()
