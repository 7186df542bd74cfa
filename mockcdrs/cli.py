"""The command line. What only one command needs is imported inside it, so that help and errors come at once."""

import click

from mockcdrs import cli_contract, cli_data, cli_exchanges, cli_serve


@click.group(
    context_settings={"auto_envvar_prefix": "MOCKCDRS"},
    epilog="""\b
Examples:
  mockcdrs serve
  mockcdrs generate --days 30 --calls-per-day 1000 --out calls
  mockcdrs serve --data calls --now 2026-01-20T12:00:00Z
  mockcdrs verify http://kazoo.example.com:8000/v2 --account ID --token TOKEN
""",
)
@click.version_option(package_name="mockcdrs")
def main() -> None:
    """A stand-in for the call detail record part of Kazoo's Crossbar API."""


main.add_command(cli_serve.serve)
main.add_command(cli_data.generate)
main.add_command(cli_data.import_)
main.add_command(cli_exchanges.record)
main.add_command(cli_exchanges.replay)
main.add_command(cli_contract.verify)
