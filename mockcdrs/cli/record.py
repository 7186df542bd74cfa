"""`mockcdrs record`: ask a server, and write requests, answers and the data behind them into a folder."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from mockcdrs.cli import (
    account_of_server,
    anonymizing,
    check_anonymizing,
    kazoo_of_server,
    make_anonymizer,
    report_dropped,
)

if TYPE_CHECKING:
    from mockcdrs.recordings.exchanges import MockReport

_T = TypeVar("_T")


@click.command(
    "record",
    short_help="Record the answers of a server.",
    epilog="""\b
Examples:
  mockcdrs record http://kazoo:8000/v2 --account ID --token TOKEN --out kazoo
  mockcdrs record http://kazoo:8000/v2 --out bug --anonymize --secret TEXT
  mockcdrs replay kazoo
  mockcdrs serve --data kazoo
""",
)
@click.argument("url")
@account_of_server(is_required=True)
@click.option(
    "--token", required=True, envvar="MOCKCDRS_AUTH_TOKEN", show_envvar=True, help="A token for that account."
)
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), metavar="DIR", help="The new directory to write."
)
@click.option("--force", is_flag=True, help="Overwrite an existing recording.")
@click.option("--resume", is_flag=True, help="Continue an interrupted run.")
@click.option(
    "--requests",
    "requests_file",
    type=click.Path(exists=True, path_type=Path),
    metavar="PATH",
    help="Send the requests of another recording.",
)
@kazoo_of_server
@click.option(
    "--control-token",
    envvar="MOCKCDRS_CONTROL_TOKEN",
    metavar="TOKEN",
    help="The control token, if the server is a mock that has one.",
)
@anonymizing
def command(
    *, url: str, account_id: str, token: str, out: Path, force: bool, resume: bool, requests_file: Path | None,
    kazoo: str | None, control_token: str | None, anonymize: bool, secret: str | None, keep: tuple[str, ...],
) -> None:  # fmt: skip
    """Send requests to the Crossbar at URL, which ends in /v2, and write the answers into a directory.

    The directory has the requests with their answers, for `mockcdrs replay`, and the account's CDRs, users and devices,
    for `mockcdrs serve --data`: all CDRs of the ranges of the requests, each read by its own request.

    The command only reads, and sends at most four requests a second to a server on another machine. The results of an
    interrupted run are in DIR.unfinished, and --resume continues there. Tokens and other secrets are not stored: a
    recording has token-of-ACCOUNT in place of a token, which the requests of --requests can use, too.

    --anonymize replaces all personal data before anything is written: see `mockcdrs import`.

    Each exchange has the version of Kazoo, detected from the answers; for a mock also its settings, quirks and the
    origin of its calls.
    """
    check_anonymizing(anonymize=anonymize)
    if resume and anonymize and not secret:
        raise click.UsageError("--resume with --anonymize came without --secret: give the one of the run before")
    from mockcdrs.contract.client import Client, ClientError
    from mockcdrs.contract.target import TargetServer
    from mockcdrs.dataset.files import DataError
    from mockcdrs.recordings import exchanges
    from mockcdrs.recordings.recorder import MOST_REQUESTS, AccountReader, Recorder, label_exchanges, plan_requests
    from mockcdrs.recordings.recording_directory import RecordingDirectory, recording_file

    try:
        TargetServer(url, account_id, token).check_access()
        report = _report_of_mock(url, control_token)
        client, redaction = Client(url), exchanges.TokenRedaction({token: account_id})
        anonymizer = make_anonymizer(secret, keep) if anonymize else None
        earlier = list(exchanges.read_exchanges(recording_file(requests_file))) if requests_file else None
        directory = RecordingDirectory(out, resume=resume, force=force, anonymizer=anonymizer)
    except (ClientError, DataError, OSError) as error:
        raise click.ClickException(str(error)) from error
    recorder, reader = Recorder(client, redaction), AccountReader(client, account_id, token)
    plan = recorder.record_plan(plan_requests(account_id)) if earlier is None else recorder.record_again(earlier)
    try:
        recording = _watch("Requests", plan, MOST_REQUESTS if earlier is None else len(earlier))
        labelled, line = label_exchanges(recording, kazoo, report, is_anonymous=anonymize)
        click.echo(line)
        count = directory.write_exchanges(labelled)
        cdr_ids = [cdr_id for cdr_id in reader.list_cdr_ids(labelled) if cdr_id not in directory]
        for document in filter(None, _watch("CDRs", map(reader.read_cdr, cdr_ids), len(cdr_ids))):
            directory.add_document(document)
        account = reader.read_account()
        directory.finish(account)
    except (ClientError, OSError, KeyboardInterrupt) as error:
        left = f"{len(directory)} CDRs are in {directory.unfinished}; go on with --resume"
        raise click.ClickException(f"{str(error) or 'interrupted'}; {left}") from error
    click.echo(
        f"{count} exchanges, {len(directory)} CDRs, {len(account.users)} users, {len(account.devices)} devices in {out}"
    )
    if anonymizer:
        report_dropped(anonymizer)


def _watch(label: str, steps: Iterable[_T], length: int) -> Iterator[_T]:
    """The steps, with a bar on standard error that estimates when they will be done."""
    with click.progressbar(steps, length, label, file=sys.stderr, show_pos=True) as bar:
        yield from bar


def _report_of_mock(url: str, control_token: str | None) -> "MockReport | None":
    """What a mock at a URL reports of itself; `None` if none answers, or if it does not tell."""
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
