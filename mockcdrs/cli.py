"""The command line. What only one command needs is imported inside it, so that help and errors come at once."""

import contextlib
import os
import shlex
import signal
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mockcdrs import cli_contract, cli_data, cli_exchanges

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from mockcdrs.control.clock import Clock
    from mockcdrs.control.state import State
    from mockcdrs.crossbar.settings import Settings
    from mockcdrs.dataset.accounts import Account
    from mockcdrs.server.runner import Server

DEFAULT_SEED = 1


@click.group()
@click.version_option(package_name="mockcdrs")
def main() -> None:
    """A stand-in for the call detail record part of Kazoo's Crossbar API."""


def _settings(_context: click.Context, _option: click.Parameter, assignments: tuple[str, ...]) -> "Settings":
    from mockcdrs.crossbar.settings import SettingError, Settings

    try:
        return Settings.parse(assignments)
    except SettingError as error:
        raise click.BadParameter(str(error)) from error


def _clock(_context: click.Context, _option: click.Parameter, moment: str | None) -> "Clock | None":
    from mockcdrs.control.clock import Clock, seconds_of

    if moment is None or moment == "live":
        return Clock() if moment else None
    try:
        return Clock.frozen(seconds_of(moment))
    except ValueError as error:
        raise click.BadParameter(
            f"{moment!r} is no moment: expected ISO 8601 in UTC, as in 2026-01-20T12:00:00Z, or live"
        ) from error


def _quirks(_context: click.Context, _option: click.Parameter, names: tuple[str, ...]) -> tuple[str, ...]:
    from mockcdrs.crossbar import quirks

    try:
        quirks.shown(names)
    except quirks.UnknownQuirk as error:
        raise click.BadParameter(str(error)) from error
    return names


@main.command(
    context_settings={"auto_envvar_prefix": "MOCKCDRS"},
    epilog="Each option may come from the environment: --calls-per-day from MOCKCDRS_CALLS_PER_DAY, and so on.",
)
@click.option("--data", type=click.Path(path_type=Path), metavar="DIR", help="Serve the CDRs of this directory.")
@click.option("--seed", default=DEFAULT_SEED, show_default=True, help="Whose calls are made up without --data.")
@click.option(
    "--calls-per-day", default=25, show_default=True, type=click.IntRange(0, 1_000_000), help="How many are made up."
)
@click.option("--locale", default="en_US", show_default=True, help="Where the made-up people live.")
@click.option(
    "--now",
    "clock",
    envvar="MOCKCDRS_NOW",
    callback=_clock,
    metavar="MOMENT",
    help="Stop the clock then (ISO 8601, UTC); it is live without.",
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
@click.option("--reseller", is_flag=True, help="Let the account see a reseller's columns.")
@click.option("--env-file", type=click.Path(path_type=Path), metavar="FILE", help="Write what a client needs here.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65_535), help="0 takes any free one.")
@click.option("--control-token", metavar="TOKEN", help="Needed for /_mockcdrs/ from then on; a must with --host.")
@click.option("--no-control", is_flag=True, help="Do without /_mockcdrs/.")
def serve(*, env_file: Path | None, host: str, port: int, **asked: Any) -> None:
    """Serve CDRs until interrupted.

    Without --data the calls are made up, the same for the same seed: today's appear as they end.
    """
    import logging

    from mockcdrs.control.access import is_loopback
    from mockcdrs.server.app import longest_body
    from mockcdrs.server.runner import Server

    if not (is_loopback(host) or asked["control_token"] or asked["no_control"]):
        raise click.UsageError(
            f"--host {host} lets others reach /_mockcdrs/, with which they could change everything: "
            "expected --control-token TOKEN with it, or --no-control"
        )
    logging.basicConfig(format="%(message)s")
    with _faults_as_messages():
        app, state, account = made(host=host, **asked)
        _run(Server(app, host, port, longest_body=longest_body(state)), account, env_file)


def made(
    *,
    data: Path | None,
    seed: int,
    calls_per_day: int,
    locale: str,
    clock: "Clock | None",
    settings: "Settings",
    fixed: tuple[str, ...],
    added: tuple[str, ...],
    reseller: bool,
    host: str,
    control_token: str | None,
    no_control: bool,
) -> "tuple[WSGIApplication, State, Account]":
    """The app that the options of `serve` ask for, its state, and the account to show. Raises `DataError`."""
    from dataclasses import replace

    from mockcdrs.control import stores
    from mockcdrs.control.access import Access
    from mockcdrs.control.clock import Clock
    from mockcdrs.control.powers import Powers
    from mockcdrs.control.state import State
    from mockcdrs.crossbar import quirks
    from mockcdrs.server.app import create_app

    clock = clock or Clock()
    store = stores.made_up(seed, calls_per_day, locale, clock) if data is None else stores.loaded(data)
    account = stores.shown_account(store)
    if reseller:
        account = store.accounts[account.id] = replace(account, is_reseller=True)
    state = State(store, settings, clock, quirks.shown(fixed, added), seed)
    powers = None if no_control else Powers(state, account)
    return create_app(state, powers, Access(host, control_token)), state, account


@contextlib.contextmanager
def _faults_as_messages() -> Iterator[None]:
    """What a person can put right ends the command with a message, not with a traceback."""
    from mockcdrs.dataset.files import DataError

    try:
        yield
    except (DataError, OSError) as error:
        raise click.ClickException(str(error)) from error


def _run(server: "Server", account: "Account", env_file: Path | None) -> None:
    with _signals() as ended, server:
        variables = _variables(server.url, account)
        with _written(env_file, variables) if env_file else contextlib.nullcontext():
            click.echo(_banner(variables))
            while not ended.wait(1):  # without a limit, Windows would hold back the signal
                pass


@contextlib.contextmanager
def _signals() -> Iterator[threading.Event]:
    """An event that an interrupt or a request to terminate sets, instead of tearing down what is under way."""
    ended = threading.Event()
    before = {number: signal.signal(number, lambda *_: ended.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield ended
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _written(file: Path, variables: Mapping[str, str]) -> Iterator[None]:
    """A file for a shell to read, there whole or not at all, and gone at the end."""
    half = file.with_name(f"{file.name}.{os.getpid()}")
    half.write_text("".join(f"{name}={shlex.quote(value)}\n" for name, value in variables.items()))
    half.replace(file)
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def _variables(root: str, account: "Account") -> dict[str, str]:
    from mockcdrs.dataset.credentials import credentials

    login = credentials(account)
    return {
        "MOCKCDRS_URL": f"{root}/v2",
        "MOCKCDRS_ACCOUNT_ID": account.id,
        "MOCKCDRS_AUTH_TOKEN": account.tokens[0].value,
        "MOCKCDRS_USER_ID": login.user_id,
        "MOCKCDRS_ACCOUNT_NAME": login.account_name,
        "MOCKCDRS_REALM": login.realm,
        "MOCKCDRS_USERNAME": login.username,
        "MOCKCDRS_PASSWORD": login.password,
        "MOCKCDRS_API_KEY": login.api_key,
        "MOCKCDRS_CONSOLE": f"{root}/_mockcdrs/",
    }


def _banner(variables: Mapping[str, str]) -> str:
    url, account_id, token = (variables[f"MOCKCDRS_{name}"] for name in ("URL", "ACCOUNT_ID", "AUTH_TOKEN"))
    listing = f"{url}/accounts/{account_id}/cdrs?page_size=2"
    lines = [
        f"Base URL    {url}",
        f"Account id  {account_id}",
        f"Token       {token}",
        f"Console     {variables['MOCKCDRS_CONSOLE']}",
        "",
        shlex.join(["curl", "-sS", "-H", f"X-Auth-Token: {token}", listing]),
        "",
        "Ctrl-C ends it.",
    ]
    return "\n".join(lines)


main.add_command(cli_data.generate)
main.add_command(cli_data.import_)
main.add_command(cli_exchanges.record)
main.add_command(cli_exchanges.replay)
main.add_command(cli_contract.verify)
