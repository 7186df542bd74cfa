"""The command line. What only one command needs is imported inside it, so that help and errors come at once."""

import importlib
from collections.abc import Iterator, Mapping
from typing import Any

import click

INTERRUPTED = 130
"""The exit status of a command that Ctrl-C ended: 128 and the number of the signal."""

_MODULES = {
    "explain": "explain",
    "generate": "generate",
    "import": "import_data",
    "record": "record",
    "replay": "replay",
    "serve": "serve",
    "verify": "verify",
}


class _Commands(Mapping[str, click.Command]):
    """Commands by name; the module of a command is imported when it is looked up."""

    def __getitem__(self, name: str) -> click.Command:
        module = importlib.import_module(f"mockcdrs.cli.{_MODULES[name]}")
        command: click.Command = module.command
        return command

    def __iter__(self) -> Iterator[str]:
        return iter(_MODULES)

    def __len__(self) -> int:
        return len(_MODULES)


class _Group(click.Group):
    """A group whose commands end as shells expect it when a person interrupts them."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo(err=True)  # behind the ^C of a terminal
            raise click.exceptions.Exit(INTERRUPTED) from None


@click.group(
    cls=_Group,
    commands=_Commands(),
    context_settings={"auto_envvar_prefix": "MOCKCDRS", "help_option_names": ["-h", "--help"]},
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
