"""Gzip, as Cowboy's stream handler does it: chunked answers always, whole ones from 300 bytes on, files never."""

import gzip
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import replace

from mockcdrs.crossbar.answer import Answer

LEAST_BYTES = 300
_GZIP_WINDOW = 31


def compressed(answered: Answer, accept_encoding: str) -> Answer:
    """The answer, compressed where the client takes gzip and there is enough of it."""
    if "gzip" not in (wanted := accept_encoding.lower()):
        return answered
    takes = any(part.partition(";")[0].strip() == "gzip" for part in wanted.split(","))
    if not takes or answered.is_file or (isinstance(answered.body, bytes) and len(answered.body) < LEAST_BYTES):
        return answered
    headers = {**answered.headers, "content-encoding": "gzip"}
    if isinstance(answered.body, bytes):
        return replace(answered, headers=headers, body=gzip.compress(answered.body, mtime=0))
    return replace(answered, headers=headers, body=_stream(answered.body))


def _stream(parts: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(wbits=_GZIP_WINDOW)
    for part in parts:
        yield packer.compress(part) + packer.flush(zlib.Z_SYNC_FLUSH)
    yield packer.flush()
