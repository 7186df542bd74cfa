"""`mockcdrs serve --reload`: another mock answers in place of the first when files of the data directory change."""

import contextlib
import logging
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from mockcdrs.dataset.files import DataError

if TYPE_CHECKING:
    from mockcdrs.mock import Mock
    from mockcdrs.server.request_log import RequestLog

_Stamp = frozenset[tuple[str, int, int]]

logger = logging.getLogger("mockcdrs.reload")


class DataReload:
    """Looks after the files of a directory, and has a new mock answer when they change.

    The new mock begins as at a start: without journal, faults and changes of the clock. While the files cannot be read,
    which may be half written, the one before goes on.

    Args:
        directory: The data directory.
        build: Makes a mock that serves it.

    """

    def __init__(self, directory: Path, build: "Callable[[], Mock]") -> None:
        self._directory, self._build = directory, build
        self._stamp = self._read_stamp()

    def look(self, mock: "Mock", log: "RequestLog") -> None:
        """Have a new mock answer what comes to `mock`, and log its requests, if a file changed since the last look."""
        stamp = self._read_stamp()
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            fresh = self._build()
        except (DataError, OSError) as error:
            logger.warning("the changed data is not served yet: %s", error)
            return
        log.follow(fresh.state.journal)
        mock.stand_in = fresh
        logger.warning("the data changed: the server began anew with it")

    def _read_stamp(self) -> _Stamp:
        return frozenset(_read_stamps(self._directory.rglob("*")))


def _read_stamps(files: Iterable[Path]) -> Iterator[tuple[str, int, int]]:
    for file in files:
        with contextlib.suppress(FileNotFoundError):  # it has gone meanwhile
            status = file.stat()
            yield str(file), status.st_mtime_ns, status.st_size
