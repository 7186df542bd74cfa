"""`mockcdrs serve`: its options, from the table in `config.py`, and the mock that they ask for."""

import contextlib
import gc
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from mockcdrs.cli import CONTEXT_SETTINGS, kazoo_of_mock, sentence
from mockcdrs.config import OPTIONS, SPEED, MockConfig, Option, OptionError, OptionKind, ServerConfig, is_loopback

if TYPE_CHECKING:
    from mockcdrs.mock import Mock

OPTIONS_OF_COMMAND = frozenset({"env_file", "log_format", "opens_console", "reload", "verbose"})
"""The options that say how the command serves: `build_mock` takes the others."""

_DEFAULTS = {known.name: known.default for known in fields(MockConfig)}
_MULTIPLE = OptionKind.NAMES, OptionKind.ASSIGNMENTS


def _check_settings(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    from mockcdrs.crossbar.settings import SettingError, Settings

    try:
        Settings.parse(values)
    except SettingError as error:
        raise click.BadParameter(str(error)) from error
    return dict(_split_assignment(text) for text in values)


def _split_assignment(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name, value


def _check_moment(_context: click.Context, _option: click.Parameter, moment: str) -> str:
    from mockcdrs.control.clock import ISO_8601, parse_time

    try:
        if moment != "live":
            parse_time(moment, "", f"{ISO_8601}, or live")
    except ValueError as error:
        raise click.BadParameter(str(error)) from error
    return moment


def _check_speed(_context: click.Context, _option: click.Parameter, speed: float | None) -> float | None:
    if speed is not None and not SPEED.fits(speed):
        raise click.BadParameter(f"came {speed:g}, expected {SPEED.expected}")
    return speed


def _check_quirks(_context: click.Context, _option: click.Parameter, names: tuple[str, ...]) -> tuple[str, ...]:
    from mockcdrs.crossbar import quirks

    try:
        quirks.enabled((), names)
    except quirks.UnknownQuirk as error:
        raise click.BadParameter(str(error)) from error
    return names


def _check_origins(_context: click.Context, _option: click.Parameter, urls: tuple[str, ...]) -> tuple[str, ...]:
    """Origins as browsers send them, from the addresses of pages."""
    return tuple(_origin_of(url) for url in urls)


def _origin_of(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"} or parts.query:
        raise click.BadParameter(f"came {url!r}, expected an origin, as in http://localhost:3000")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _host_of(origin: str) -> str:
    return urlsplit(origin).hostname or ""


_FORMS: dict[OptionKind, dict[str, Any]] = {
    OptionKind.NUMBER: {"type": int},
    OptionKind.COUNT: {"type": click.IntRange(0, 1_000_000)},
    OptionKind.SPEED: {"type": float, "callback": _check_speed},
    OptionKind.FOLDER: {"type": click.Path(path_type=Path)},
    OptionKind.MOMENT: {"callback": _check_moment},
    OptionKind.SWITCH: {"is_flag": True},
    OptionKind.NAMES: {"multiple": True, "callback": _check_quirks},
    OptionKind.ASSIGNMENTS: {"multiple": True, "callback": _check_settings},
}


def _options_of_mock(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command each option of the table, in its order."""
    for option in reversed(OPTIONS.values()):
        command = kazoo_of_mock(command) if option.kind is OptionKind.VERSION else _option_of_mock(option)(command)
    return command


def _option_of_mock(option: Option) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    flag = option.serve_flag or option.name.replace("_", "-")
    default = _DEFAULTS[option.name] if option.serve_default is None else option.serve_default
    form = {"default": None if option.kind in _MULTIPLE else default, **_FORMS.get(option.kind, {})}
    return click.option(
        f"--{flag}",
        option.name,
        envvar=f"MOCKCDRS_{flag.replace('-', '_').upper()}",
        metavar=option.metavar,
        help=sentence(option.help),
        show_default=option.serve_default is not None,
        **form,
    )


@click.command(
    "serve",
    short_help="Serve CDRs until interrupted.",
    context_settings=CONTEXT_SETTINGS,  # those of all commands: tests and `mockcdrs.wsgi` parse its options alone
    epilog="""Options may come from the environment: --calls-per-day from MOCKCDRS_CALLS_PER_DAY.

\b
Examples:
  mockcdrs serve --data calls --now 2026-01-20T12:00:00Z
  mockcdrs serve -p 0 --env-file mock.env --log-format json
  mockcdrs serve --set crossbar.pagination_page_size=10 --fix summary-doubling
""",
)
@_options_of_mock
@click.option(
    "--env-file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the configuration of a client to this file.",
)
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="The format of the log.",
)
@click.option("--host", default="127.0.0.1", show_default=True, metavar="HOST", help="The address to listen on.")
@click.option(
    "-p",
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65_535),
    metavar="PORT",
    help="The port to listen on; 0 takes any free one.",
)
@click.option("--control-token", metavar="TOKEN", help="The token for /_mockcdrs/; needed beyond loopback.")
@click.option("--no-control", is_flag=True, help="Disable /_mockcdrs/.")
@click.option(
    "--allow-origin",
    multiple=True,
    callback=_check_origins,
    metavar="URL",
    help="Let pages of this origin use /_mockcdrs/.",
)
@click.option("--open", "opens_console", is_flag=True, envvar="MOCKCDRS_OPEN", help="Open the console in a browser.")
@click.option("--reload", is_flag=True, help="Restart when files of --data change.")
@click.option("--verbose", is_flag=True, help="Print the whole configuration of a client.")
def command(
    *, env_file: Path | None, log_format: str, opens_console: bool, reload: bool, verbose: bool, **options: Any
) -> None:
    """Serve CDRs until interrupted.

    Without --data, calls are generated; today's appear as they end.
    """
    if reload and not options["data"]:
        raise click.UsageError("--reload came without --data: expected the folder to watch")
    if opens_console and options["no_control"]:
        raise click.UsageError("--open opens the console, which --no-control leaves out: expected one of them")
    with _mistakes_as_messages():
        with _no_garbage():
            from mockcdrs.cli import listening

            watch = listening.DataReload(options["data"], lambda: build_mock(**options)) if reload else None
            mock = build_mock(**options)
        listening.run(mock, env_file, log_format, opens_console=opens_console, is_verbose=verbose, reload=watch)


@contextlib.contextmanager
def _no_garbage() -> Iterator[None]:
    """Look for no garbage during the start: all that it makes stays, and the search would be a twentieth of it."""
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        gc.enable()


def build_mock(
    *,
    host: str,
    port: int,
    control_token: str | None,
    no_control: bool,
    allow_origin: tuple[str, ...] = (),
    is_one_of_many: bool = False,
    **options: Any,
) -> "Mock":
    """The mock that the options of the command ask for, but not one that others could change.

    Raises `click.UsageError`, and what `mockcdrs.mock.build` raises.
    """
    from mockcdrs.mock import build

    if not (is_loopback(host) or control_token or no_control):
        raise click.UsageError(
            f"--host {host} lets others reach /_mockcdrs/, with which they could change everything: "
            "expected --control-token TOKEN with it, or --no-control"
        )
    if foreign := [origin for origin in allow_origin if not (is_loopback(_host_of(origin)) or control_token)]:
        raise click.UsageError(
            f"--allow-origin {foreign[0]} lets a page from elsewhere change everything: "
            "expected --control-token TOKEN with it, which the page sends as X-Mockcdrs-Token"
        )
    server = ServerConfig(
        host=host,
        port=port,
        control_token=control_token,
        has_control_api=not no_control,
        allow_origin=allow_origin,
        is_one_of_many=is_one_of_many,
    )
    return build(MockConfig(**options), server)


@contextlib.contextmanager
def _mistakes_as_messages() -> Iterator[None]:
    """End the command with a message instead of a traceback for what a person can put right."""
    try:
        yield
    except (OptionError, OSError) as error:
        raise click.ClickException(str(error)) from error
    except ValueError as error:
        from mockcdrs.dataset.files import DataError  # which a start without mistakes can do without
        from mockcdrs.dataset.locales import UnknownLocale

        if isinstance(error, DataError | UnknownLocale):
            raise click.ClickException(str(error)) from error
        raise
