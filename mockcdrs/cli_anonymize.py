"""What the commands that put pseudonyms for people have in common."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from mockcdrs.imports.anonymizer import Anonymizer

_SECRET = "The key of the pseudonyms; keep it."  # noqa: S105 a help text


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--anonymize` and `--secret`."""
    secret = click.option("--secret", envvar="MOCKCDRS_SECRET", show_envvar=True, metavar="TEXT", help=_SECRET)
    anonymize = click.option("--anonymize", is_flag=True, help="Put pseudonyms for names, numbers, addresses and ids.")
    return anonymize(secret(command))


def check(*names: str, anonymize: bool) -> None:
    """Refuse options of these names, on the command line, that serve hiding only, where nothing is to be hidden."""
    source = click.get_current_context().get_parameter_source
    for name in names:
        if source(name) is click.core.ParameterSource.COMMANDLINE and not anonymize:
            raise click.UsageError(f"--{name} came without --anonymize: nothing would be hidden; add --anonymize")


def anonymizer(secret: str | None) -> "Anonymizer":
    """One by the secret, or by one that nobody will know."""
    import secrets

    from mockcdrs.imports.anonymizer import Anonymizer

    if not secret:
        click.echo("Pseudonyms by a secret that is forgotten now; --secret gives the same ones next time", err=True)
    return Anonymizer(secret.encode() if secret else secrets.token_bytes(32))
