"""The command line. What only one command needs is imported inside it, so that help and errors come at once."""

import importlib
from collections.abc import Iterator, Mapping

import click

_MODULES = {
    "explain": "cli_explain",
    "generate": "cli_data",
    "import": "cli_data",
    "record": "cli_exchanges",
    "replay": "cli_exchanges",
    "serve": "cli_serve",
    "verify": "cli_contract",
}


class _Commands(Mapping[str, click.Command]):
    """Commands by name, whose modules are imported when they are asked for."""

    def __getitem__(self, name: str) -> click.Command:
        module = importlib.import_module(f"mockcdrs.{_MODULES[name]}")
        command: click.Command = getattr(module, "import_" if name == "import" else name)
        return command

    def __iter__(self) -> Iterator[str]:
        return iter(_MODULES)

    def __len__(self) -> int:
        return len(_MODULES)


@click.group(
    commands=_Commands(),
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
