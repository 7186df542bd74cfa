"""`mockcdrs record`: ask a server, and write requests and answers into a file."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mockcdrs.cli.shared_options import (
    account_of_server,
    anonymizing,
    check_anonymizing,
    check_overwriting,
    kazoo_of_server,
    make_anonymizer,
)

if TYPE_CHECKING:
    from mockcdrs.recordings.exchanges import Exchange, MockReport


@click.command("record", short_help="Record what a Crossbar answers.")
@click.argument("url")
@account_of_server(is_required=True)
@click.option("--token", required=True, envvar="MOCKCDRS_AUTH_TOKEN", show_envvar=True, help="Of that account.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), metavar="FILE")
@click.option("--force", is_flag=True, help="Overwrite the file where it is there already.")
@click.option(
    "--requests",
    "asked",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Send these, exchanges as they are recorded, instead of the usual ones.",
)
@kazoo_of_server
@click.option(
    "--control-token", envvar="MOCKCDRS_CONTROL_TOKEN", metavar="TOKEN", help="Of a mock that was started with one."
)
@anonymizing
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="The CDRs that the server has, not anonymized: with them pseudonyms are those of import.",
)
def command(
    *, url: str, account_id: str, token: str, out: Path, force: bool, asked: Path | None, kazoo: str | None,
    control_token: str | None, anonymize: bool, secret: str | None, data: Path | None,
) -> None:  # fmt: skip
    """Ask the Crossbar at URL, which ends in /v2, and write requests and answers into a file.

    It only reads, and asks a server elsewhere at most four times a second. Tokens and other secrets are left out: a
    recording says token-of-ACCOUNT where the token was, and so may a request to send. The calls themselves are in it,
    unless --anonymize puts pseudonyms for all that names somebody, in requests and answers alike.

    Each line keeps which version of Kazoo answered, as far as its answers tell; of a mock also its settings, quirks and
    what its calls were made up from, so that a replay finds nothing changed.

    A replay with data of `import --anonymize` with the same secret finds nothing changed if the recording was given
    that data, too, with --data. But rows of the same second come in another order, as their ids are others.
    """
    check_overwriting(out, force=force)
    check_anonymizing("secret", "data", anonymize=anonymize)
    from mockcdrs.contract.client import Client, ClientError
    from mockcdrs.contract.target import TargetServer
    from mockcdrs.dataset.files import DataError
    from mockcdrs.recordings import exchanges
    from mockcdrs.recordings.exchanges import TokenRedaction
    from mockcdrs.recordings.recorder import Recorder, label_exchanges, plan_requests

    try:
        TargetServer(url, account_id, token).check_access()
        told = _told_by_mock(url, control_token)
        recorder = Recorder(Client(url), TokenRedaction({token: account_id}))
        made = (
            recorder.record_again(exchanges.read_exchanges(asked))
            if asked
            else recorder.record_plan(plan_requests(account_id))
        )
        found, line = label_exchanges(list(made), kazoo, told, is_anonymous=anonymize)
        count = exchanges.write_exchanges(out, _anonymized(found, secret, data) if anonymize else found)
    except (ClientError, DataError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(line)
    click.echo(f"{count} exchanges in {out}")


def _told_by_mock(url: str, control_token: str | None) -> "MockReport | None":
    """What a mock at a URL tells of itself; nothing where none answers, or where it does not tell."""
    from mockcdrs.control_client import ControlClient, ControlError
    from mockcdrs.recordings.exchanges import MockReport

    control = ControlClient(url, control_token)
    if not control.is_there():
        return None
    try:
        return MockReport.of_mock(control.ask("GET", "/health"), control.ask("GET", "/settings"))
    except (ControlError, LookupError, TypeError, ValueError) as error:
        why = (
            str(error) if isinstance(error, ControlError) else "it tells its settings in another form than this version"
        )
        click.echo(f"A mock answers, but what it was made with will not be recorded: {why}", err=True)
        return None


def _anonymized(found: "list[Exchange]", secret: str | None, data: Path | None) -> "list[Exchange]":
    from mockcdrs.dataset import files
    from mockcdrs.recordings.exchange_anonymizer import ExchangeAnonymizer

    anonymizer = make_anonymizer(secret)
    if data is not None:
        anonymizer.anonymize_data(files.load(data))
    return ExchangeAnonymizer(anonymizer).anonymize(found)
