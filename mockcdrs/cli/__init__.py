"""The command line: its commands, and the options that several of them have.

What only one command needs is imported inside it, so that help and errors come at once.
"""

import importlib
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click

from mockcdrs.config import DEFAULT_KAZOO, OPTIONS

if TYPE_CHECKING:
    from mockcdrs.imports.anonymizer import Anonymizer

INTERRUPTED = 130
"""The exit status of a command that Ctrl-C ended: 128 and the number of the signal."""

CONTEXT_SETTINGS = {"auto_envvar_prefix": "MOCKCDRS", "help_option_names": ["-h", "--help"]}

_Command = TypeVar("_Command", bound=Callable[..., Any])
_KAZOO_VARIABLE = "MOCKCDRS_KAZOO"
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
    context_settings=CONTEXT_SETTINGS,
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


def sentence(text: str) -> str:
    """A help text of the table of options as the command line has it: with a capital and a full stop."""
    return f"{text[0].upper()}{text[1:]}."


def _check_version(context: click.Context, option: click.Parameter, name: str | None) -> str | None:
    from click.core import ParameterSource

    from mockcdrs.crossbar.versions import UnknownVersion, version_named

    if name is None:
        return None
    is_of_environment = context.get_parameter_source(str(option.name)) is ParameterSource.ENVIRONMENT
    try:
        return version_named(name, f"the environment variable {_KAZOO_VARIABLE}" if is_of_environment else "").name
    except UnknownVersion as error:
        raise click.BadParameter(str(error)) from error


def _kazoo(help_text: str, **more: Any) -> Callable[[_Command], _Command]:
    callback, metavar = _check_version, OPTIONS["kazoo"].metavar
    return click.option("--kazoo", envvar=_KAZOO_VARIABLE, callback=callback, metavar=metavar, help=help_text, **more)


kazoo_of_mock = _kazoo(sentence(OPTIONS["kazoo"].help), default=DEFAULT_KAZOO, show_default=True)
kazoo_of_server = _kazoo("The version of the server: 4.3, master, classic; by default detected from its answers.")


def account_of_server(*, is_required: bool) -> Callable[[_Command], _Command]:
    """Give a command `--account`, the account of a server whose URL it takes."""
    return click.option(
        "--account",
        "account_id",
        required=is_required,
        envvar="MOCKCDRS_ACCOUNT_ID",
        show_envvar=True,
        metavar="ID",
        help="The id of the account.",
    )


def anonymizing(command: _Command) -> _Command:
    """Give a command `--anonymize`, `--secret` and `--keep`."""
    keep = click.option(
        "--keep",
        multiple=True,
        metavar="FIELD",
        help="A field, known or not, to keep unchanged; may be repeated.",
    )
    secret = click.option(
        "--secret",
        envvar="MOCKCDRS_SECRET",
        show_envvar=True,
        metavar="TEXT",
        help="The key of the pseudonyms; keep it.",
    )
    anonymize = click.option(
        "--anonymize", is_flag=True, help="Replace names, numbers, addresses and ids with pseudonyms."
    )
    return anonymize(secret(keep(command)))


def check_anonymizing(*, anonymize: bool) -> None:
    """Refuse options on the command line that are of use only with `--anonymize`, where that is not given."""
    source = click.get_current_context().get_parameter_source
    for name in ("secret", "keep"):
        if source(name) is click.core.ParameterSource.COMMANDLINE and not anonymize:
            raise click.UsageError(f"--{name} came without --anonymize: nothing would be hidden; add --anonymize")


def make_anonymizer(secret: str | None, keep: tuple[str, ...]) -> "Anonymizer":
    """An anonymizer by the secret, or by one that nobody will know."""
    import secrets

    from mockcdrs.imports.anonymizer import Anonymizer

    if not secret:
        click.echo(
            "The pseudonyms use a random secret, which is not stored; --secret gives the same ones next time", err=True
        )
    return Anonymizer(secret.encode() if secret else secrets.token_bytes(32), keep)


def report_dropped(anonymizer: "Anonymizer") -> None:
    """Name the fields that the anonymizer left out."""
    from mockcdrs.imports.anonymizer import describe_dropped

    if anonymizer.dropped:
        click.echo(describe_dropped(anonymizer.dropped))
