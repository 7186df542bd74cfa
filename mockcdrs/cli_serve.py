"""`mockcdrs serve`: its options, and the app that they ask for."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mockcdrs import cli_kazoo

if TYPE_CHECKING:
    from mockcdrs.control.clock import Clock
    from mockcdrs.standalone import Standalone

DEFAULT_SEED = 1


def _settings(_context: click.Context, _option: click.Parameter, assignments: tuple[str, ...]) -> tuple[str, ...]:
    from mockcdrs.crossbar.settings import SettingError, Settings

    try:
        Settings.parse(assignments)
    except SettingError as error:
        raise click.BadParameter(str(error)) from error
    return assignments


def _clock(_context: click.Context, _option: click.Parameter, moment: str | None) -> "Clock | None":
    from mockcdrs.control.clock import ISO_8601, Clock, parse_time

    if moment is None or moment == "live":
        return Clock() if moment else None
    try:
        return Clock.frozen(parse_time(moment, "", f"{ISO_8601}, or live"))
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def _quirks(_context: click.Context, _option: click.Parameter, names: tuple[str, ...]) -> tuple[str, ...]:
    from mockcdrs.crossbar import quirks

    try:
        quirks.enabled((), names)
    except quirks.UnknownQuirk as error:
        raise click.BadParameter(str(error)) from error
    return names


@click.command(
    context_settings={"auto_envvar_prefix": "MOCKCDRS"},
    epilog="""Each option may come from the environment: --calls-per-day from MOCKCDRS_CALLS_PER_DAY, and so on.

\b
Examples:
  mockcdrs serve
  mockcdrs serve --data calls --now 2026-01-20T12:00:00Z
  mockcdrs serve --port 0 --env-file mock.env --log-format json
  mockcdrs serve --set crossbar.pagination_page_size=10 --fix summary-doubling
""",
)
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Serve the CDRs of this directory; the clock stays live.",
)
@click.option(
    "--seed", default=DEFAULT_SEED, show_default=True, metavar="N", help="Whose calls are made up without --data."
)
@click.option(
    "--calls-per-day",
    default=25,
    show_default=True,
    type=click.IntRange(0, 1_000_000),
    metavar="N",
    help="How many are made up.",
)
@click.option("--locale", default="en_US", show_default=True, metavar="NAME", help="Where the made-up people live.")
@click.option(
    "--now",
    "clock",
    envvar="MOCKCDRS_NOW",
    callback=_clock,
    metavar="MOMENT",
    help="Stop the clock then (ISO 8601, UTC); else it is live.",
)
@click.option(
    "--set",
    "settings",
    envvar="MOCKCDRS_SET",
    callback=_settings,
    multiple=True,
    metavar="NAME=VALUE",
    help="A setting of Kazoo's.",
)
@click.option(
    "--fix",
    "fixed",
    envvar="MOCKCDRS_FIX",
    callback=_quirks,
    multiple=True,
    metavar="NAME",
    help="A quirk of Crossbar's to leave out, or all.",
)
@click.option(
    "--quirk",
    "added",
    envvar="MOCKCDRS_QUIRK",
    callback=_quirks,
    multiple=True,
    metavar="NAME",
    help="A quirk to show that is off by default.",
)
@cli_kazoo.option
@click.option("--reseller", is_flag=True, help="Let the account see a reseller's columns.")
@click.option(
    "--journal",
    default=1_000,
    show_default=True,
    type=click.IntRange(0, 1_000_000),
    metavar="N",
    help="How many requests are kept to be looked at.",
)
@click.option("--env-file", type=click.Path(path_type=Path), metavar="FILE", help="Write what a client needs here.")
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="A line for each request.",
)
@click.option("--host", default="127.0.0.1", show_default=True, metavar="HOST", help="The address to listen on.")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65_535),
    metavar="PORT",
    help="0 takes any free one.",
)
@click.option("--control-token", metavar="TOKEN", help="Needed for /_mockcdrs/ then; a must with --host.")
@click.option("--no-control", is_flag=True, help="Do without /_mockcdrs/.")
def serve(*, env_file: Path | None, log_format: str, port: int, **asked: Any) -> None:
    """Serve CDRs until interrupted.

    Without --data the calls are made up, the same for the same seed: today's appear as they end.
    """
    from mockcdrs import cli_listening
    from mockcdrs.server.app import longest_body
    from mockcdrs.server.waitress_server import Server

    with _faults_as_messages():
        mock = made(**asked)
        server = Server(mock.app, asked["host"], port, longest_body=longest_body(mock.state))
        cli_listening.run(server, mock, env_file, log_format)


def made(*, is_one_of_many: bool = False, **asked: Any) -> "Standalone":
    """The mock that options ask for, but not one that others could change. Raises `click.UsageError`, `DataError`."""
    from mockcdrs import standalone
    from mockcdrs.control.access import is_loopback

    host = asked["host"]
    if not (is_loopback(host) or asked["control_token"] or asked["no_control"]):
        raise click.UsageError(
            f"--host {host} lets others reach /_mockcdrs/, with which they could change everything: "
            "expected --control-token TOKEN with it, or --no-control"
        )
    return standalone.make(**asked, is_one_of_many=is_one_of_many)


@contextlib.contextmanager
def _faults_as_messages() -> Iterator[None]:
    """What a person can put right ends the command with a message, not with a traceback."""
    try:
        yield
    except _put_right() as error:
        raise click.ClickException(str(error)) from error


def _put_right() -> tuple[type[Exception], ...]:
    from mockcdrs.dataset.files import DataError
    from mockcdrs.dataset.locales import UnknownLocale

    return DataError, UnknownLocale, OSError
