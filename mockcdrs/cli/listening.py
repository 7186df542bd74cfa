"""What `mockcdrs serve` does while it listens: banner, env file, log, new data, and the end by a signal."""

import contextlib
import gc
import logging
import os
import shlex
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import click

from mockcdrs.cdr import gregorian
from mockcdrs.cli import INTERRUPTED
from mockcdrs.control.state import end_of_data
from mockcdrs.server.request_log import JsonFormatter, LineFormatter, RequestLog, TextFormatter

if TYPE_CHECKING:
    from mockcdrs.mock import Mock

_Stamp = frozenset[tuple[str, int, int]]

logger = logging.getLogger("mockcdrs.reload")

_LABELS = {
    "Base URL": "URL",
    "Account id": "ACCOUNT_ID",
    "Token": "AUTH_TOKEN",
    "Username": "USERNAME",
    "Password": "PASSWORD",
    "Account": "ACCOUNT_NAME",
    "Realm": "REALM",
    "API key": "API_KEY",
    "CA file": "CA_FILE",
}
_NO_SECRETS = {"url": "URL", "account_id": "ACCOUNT_ID"}
_M_ARENA_MAX = -8  # of glibc's <malloc.h>


def run(
    mock: "Mock",
    env_file: Path | None,
    log_format: str,
    *,
    opens_console: bool = False,
    is_verbose: bool = False,
    reload: "DataReload | None" = None,
) -> None:
    """Serve until SIGINT or SIGTERM, and cut off what is still being answered then.

    Raises `OSError`, and `click.exceptions.Exit` after SIGINT.
    """
    _share_arena()
    with _signals() as ended, RequestLog(mock.state.journal, _formatter(log_format), _to_stdout) as log, mock:
        settings, kazoo = variables(mock), mock.state.version.name
        public = {name: settings[f"MOCKCDRS_{of}"] for name, of in _NO_SECRETS.items()}
        with _env_file(env_file, settings) if env_file else contextlib.nullcontext():
            log.listening(banner(settings, kazoo, clock_note(mock), is_verbose=is_verbose), {**public, "kazoo": kazoo})
            if opens_console:
                import webbrowser  # which few want

                webbrowser.open(settings["MOCKCDRS_CONSOLE"])
            while not ended.wait(1):  # without a limit, Windows would hold back the signal
                if reload is not None:
                    reload.look(mock, log)
    gc.freeze()  # Python's last collections, of what the process leaves anyway, would be most of the time to its end
    if ended.number == signal.SIGINT:
        raise click.exceptions.Exit(INTERRUPTED)


def _share_arena() -> None:
    """Have glibc use one arena for all threads, so that a thread can use the memory that another one freed.

    By default glibc gives each thread an arena of its own, against waits that Python's lock rules out.
    """
    import ctypes

    with contextlib.suppress(AttributeError, OSError, TypeError):  # another C library
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)


def _formatter(log_format: str) -> LineFormatter:
    return (
        JsonFormatter()
        if log_format == "json"
        else TextFormatter(is_coloured=sys.stdout.isatty() and not os.environ.get("NO_COLOR"))
    )


def _to_stdout(data: bytes) -> int:
    # past Python's buffer, whose lock a reader that has stopped reading would hold beyond the end
    return os.write(sys.stdout.fileno(), data)


class _End(threading.Event):
    """An event that a signal sets; `number` is the signal's."""

    number: int | None = None

    def set_by(self, number: int, _frame: object) -> None:
        """Handle a signal."""
        self.number = number
        self.set()


@contextlib.contextmanager
def _signals() -> Iterator[_End]:
    """An event that SIGINT and SIGTERM set, instead of raising wherever the program is."""
    ended = _End()
    before = {number: signal.signal(number, ended.set_by) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield ended
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _env_file(file: Path, variables: Mapping[str, str]) -> Iterator[None]:
    """Write variables for a shell, readable by the owner alone: there whole or not at all, and gone at the end."""
    text = "".join(f"{name}={shlex.quote(value)}\n" for name, value in variables.items())
    try:
        _write_private_file(file, text)
    except OSError as error:
        raise OSError(
            f"{file} cannot be written ({error.strerror}): expected a file in a folder that is there and may "
            "be written to; name another one with --env-file"
        ) from error
    try:
        yield
    finally:
        if file.exists() and file.read_text(encoding="utf-8") == text:  # else it is another server's by now
            file.unlink()


def _write_private_file(file: Path, text: str) -> None:
    import tempfile

    descriptor, half = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)  # its mode is 0600
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as writing:
            writing.write(text)
        Path(half).replace(file)
    except OSError:
        Path(half).unlink()
        raise


def variables(mock: "Mock") -> dict[str, str]:
    """What a client and a person are configured with, as environment variables; no console without a control API.

    Not the version of Kazoo: `MOCKCDRS_KAZOO` would force it on commands that look at other servers.
    """
    login, url = mock.credentials, mock.url
    values = {
        "MOCKCDRS_URL": url,
        "MOCKCDRS_ACCOUNT_ID": mock.account_id,
        "MOCKCDRS_AUTH_TOKEN": mock.auth_token,
        "MOCKCDRS_USER_ID": login.user_id,
        "MOCKCDRS_ACCOUNT_NAME": login.account_name,
        "MOCKCDRS_REALM": login.realm,
        "MOCKCDRS_USERNAME": login.username,
        "MOCKCDRS_PASSWORD": login.password,
        "MOCKCDRS_API_KEY": login.api_key,
    }
    if mock.ca_path is not None:
        values["MOCKCDRS_CA_FILE"] = str(mock.ca_path)
    if mock.server_config.has_control_api:
        token = mock.server_config.control_token
        query = f"?token={quote(token, safe='')}" if token else ""
        values["MOCKCDRS_CONSOLE"] = f"{url.removesuffix('/v2')}/_mockcdrs/{query}"
    return values


def clock_note(mock: "Mock") -> str:
    """What a person has to know of a clock that goes on while the data does not, or nothing."""
    end = end_of_data(mock.state.base)
    if end is None or mock.clock.is_frozen:
        return ""
    moment = gregorian.iso_8601(end)
    return f"live, and the data ends at {moment}; --now {moment} stops it there"


def banner(settings: Mapping[str, str], kazoo: str, clock: str, *, is_verbose: bool) -> list[str]:
    """The first lines for a person: where to look, how to begin, and if `is_verbose`, all that `settings` have.

    `clock` is what there is to know of the clock, or nothing.
    """
    url, account_id, token = (settings[f"MOCKCDRS_{name}"] for name in ("URL", "ACCOUNT_ID", "AUTH_TOKEN"))
    console, question, query = settings.get("MOCKCDRS_CONSOLE", "").partition("?")
    pages = {"Console": f"{console}{question}{query}", "API docs": f"{console}docs{question}{query}"} if console else {}
    details = {label: settings.get(f"MOCKCDRS_{name}", "") for label, name in _LABELS.items()} if is_verbose else {}
    lines = {**pages, **details, "Kazoo": kazoo if is_verbose else "", "Clock": clock}
    listing = f"{url}/accounts/{quote(account_id, safe='')}/cdrs?page_size=2"
    trusting = ["--cacert", settings["MOCKCDRS_CA_FILE"]] if "MOCKCDRS_CA_FILE" in settings else []
    return [
        *(f"{label:11} {value}" for label, value in lines.items() if value),
        "",
        f"Point a client at {url}, account {account_id}, token {token}, or paste:",
        shlex.join(["curl", "-sS", *trusting, "-H", f"X-Auth-Token: {token}", listing]),
        f"Press Ctrl-C to stop{'' if is_verbose else '; --verbose prints the whole configuration of a client'}.",
        "",
    ]


class DataReload:
    """Watches the files of a directory, and has a new mock answer when they change.

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
        from mockcdrs.dataset.files import DataError

        try:
            fresh = self._build()
        except (DataError, OSError) as error:
            logger.warning("the changed data is not served yet: %s", error)
            return
        log.follow(fresh.state.journal)
        mock.stand_in = fresh
        logger.warning("the data changed: the server was restarted with it")

    def _read_stamp(self) -> _Stamp:
        return frozenset(_read_stamps(self._directory.rglob("*")))


def _read_stamps(files: Iterable[Path]) -> Iterator[tuple[str, int, int]]:
    for file in files:
        with contextlib.suppress(FileNotFoundError):  # it has gone meanwhile
            status = file.stat()
            yield str(file), status.st_mtime_ns, status.st_size
