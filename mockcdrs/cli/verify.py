"""`mockcdrs verify`: check that a server answers as Crossbar does."""

import contextlib
import json
from typing import TYPE_CHECKING

import click

from mockcdrs.cli import account_of_server, kazoo_of_server

if TYPE_CHECKING:
    from mockcdrs.contract.target import TargetServer


@click.command("verify", short_help="Check that a server answers as Crossbar does.")
@click.argument("url", required=False)
@account_of_server(is_required=False)
@click.option(
    "--token", envvar="MOCKCDRS_AUTH_TOKEN", show_envvar=True, metavar="TEXT", help="A token for that account."
)
@click.option(
    "--rate",
    type=click.FloatRange(min=0, min_open=True),
    metavar="N",
    help="The most requests a second; 4 unless the server is on this machine.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@kazoo_of_server
def command(
    *,
    url: str | None,
    account_id: str | None,
    token: str | None,
    rate: float | None,
    as_json: bool,
    kazoo: str | None,
) -> None:
    """Check that the server at URL, which ends in /v2, answers as Crossbar does; without a URL, the mock.

    The first line gives the version of Kazoo, and how it was detected; the checks are those for this version. The
    command only reads, needs no particular data, and sends at most 400 requests. The exit status is 1 if anything
    differs.
    """
    from mockcdrs.contract.check import describe_results, render_check_result, render_summary
    from mockcdrs.contract.checks import CHECKS
    from mockcdrs.contract.client import ClientError, require_h11

    try:
        require_h11()
    except ClientError as error:
        raise click.ClickException(str(error)) from error

    def echo(text: str) -> None:
        if not as_json:  # a machine reads the object at the end
            click.echo(text)

    with contextlib.ExitStack() as stack:
        server = _server(url, account_id, token, rate, kazoo) if url else _mock(stack, kazoo)
        try:
            server.check_access()
        except ClientError as error:
            raise click.ClickException(str(error)) from error
        echo(f"{server.detection}\n")
        results = []
        for check in CHECKS:
            results.append(check.run(server))
            echo(render_check_result(results[-1]))
        echo(render_summary(results, server.request_count))
        if as_json:
            click.echo(json.dumps(describe_results(results, str(server.detection), server.request_count), indent=2))
    if any(result.differences for result in results):
        raise click.exceptions.Exit(1)


def _server(
    url: str, account_id: str | None, token: str | None, rate: float | None, kazoo: str | None
) -> "TargetServer":
    from mockcdrs.contract.client import ClientError
    from mockcdrs.contract.target import TargetServer

    if not account_id or not token:
        raise click.UsageError("a URL came without an account or a token: give both, with --account and --token")
    try:
        return TargetServer(url, account_id, token, rate, kazoo)
    except ClientError as error:
        raise click.BadParameter(str(error)) from error


def _mock(stack: contextlib.ExitStack, kazoo: str | None) -> "TargetServer":
    import logging

    from mockcdrs.config import DEFAULT_KAZOO
    from mockcdrs.contract.target import TargetServer
    from mockcdrs.mock import serving

    logging.getLogger("mockcdrs").addHandler(logging.NullHandler())  # the checks provoke what it would log
    mock = stack.enter_context(serving(kazoo=kazoo or DEFAULT_KAZOO))
    return TargetServer(mock.url, mock.account_id, mock.auth_token, kazoo=kazoo)
