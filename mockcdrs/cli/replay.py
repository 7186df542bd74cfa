"""`mockcdrs replay`: send the requests of a recording to the mock, and print where its answers differ."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import click

from mockcdrs.cli import kazoo_of_server

_MAX_DIFFERENCES = 20


@click.command("replay", short_help="Compare a recording with the mock.")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The data directory with the CDRs of the recorded server.",
)
@click.option("--fix", multiple=True, metavar="NAME", help="A quirk of Crossbar to switch off, or all.")
@click.option("--quirk", multiple=True, metavar="NAME", help="A quirk to switch on that is off by default.")
@kazoo_of_server
def command(*, path: Path, data: Path | None, fix: tuple[str, ...], quirk: tuple[str, ...], kazoo: str | None) -> None:
    """Send the requests of a recording to the mock and print the differences between the answers.

    The mock stands in for the recorded version of Kazoo. If the recorded server was a mock, it has the same calls,
    settings and quirks. The first line describes it. The clock is frozen at the time of each recorded answer. The exit
    status is 1 if anything differs.

    PATH is a directory of `mockcdrs record`, with the CDRs to serve, or a file of exchanges.
    """
    from mockcdrs.contract.client import ClientError
    from mockcdrs.crossbar.quirks import UnknownQuirk
    from mockcdrs.crossbar.settings import SettingError
    from mockcdrs.crossbar.versions import UnknownVersion
    from mockcdrs.dataset.files import DataError
    from mockcdrs.dataset.locales import UnknownLocale
    from mockcdrs.recordings import exchanges
    from mockcdrs.recordings.recording_directory import recording_file
    from mockcdrs.recordings.replay import replay_exchanges

    file = recording_file(path)
    data = data or (path if path.is_dir() else None)
    total = different = 0
    against = ""
    try:
        with _without_warnings():
            for each in replay_exchanges(exchanges.read_exchanges(file), data=data, fix=fix, quirk=quirk, kazoo=kazoo):
                if each.against != against:
                    against = each.against
                    click.echo(against)
                total += 1
                different += bool(each.differences)
                for difference in _shorten(each.differences):
                    click.echo(f"{each.exchange.name}: {difference}")
    except (ClientError, DataError, SettingError, UnknownLocale, UnknownQuirk, UnknownVersion, OSError) as error:
        raise click.ClickException(str(error)) from error
    if not total:
        raise click.ClickException(f"{file} holds no exchange; expected one a line, as `mockcdrs record` writes them")
    click.echo(f"{total} exchanges, {different} differ")
    if different:
        raise click.exceptions.Exit(1)


@contextlib.contextmanager
def _without_warnings() -> Iterator[None]:
    """No word on requests at which Crossbar itself fails: the recording has these failures too."""
    import logging

    logger = logging.getLogger("mockcdrs")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


def _shorten(differences: tuple[str, ...]) -> list[str]:
    more = len(differences) - _MAX_DIFFERENCES
    return [*differences[:_MAX_DIFFERENCES], *([f"and {more} more"] if more > 0 else [])]
