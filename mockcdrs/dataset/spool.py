"""Documents set aside in a file, so that memory holds no more of each than where it lies."""

import io
import json
import tempfile
import weakref

from mockcdrs.dataset.store import Document


class Spool:
    """A file without a name, gone with the last that reads from it."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the spool is
        weakref.finalize(self, self._file.close)

    def keep(self, document: Document) -> int:
        """Set a document aside; where it lies."""
        place = self._file.seek(0, io.SEEK_END)
        self._file.write(json.dumps(document).encode() + b"\n")
        return place

    def read(self, place: int) -> Document:
        """The document that lies at a place, a new one each time."""
        self._file.seek(place)
        document: Document = json.loads(self._file.readline())
        return document
