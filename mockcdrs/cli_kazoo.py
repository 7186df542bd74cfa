"""The option that says which version of Kazoo is meant, shared by the commands that have it."""

import click

from mockcdrs.control.options import DEFAULT_KAZOO


def _known(_context: click.Context, _option: click.Parameter, name: str) -> str:
    from mockcdrs.crossbar.versions import UnknownVersion, version_named

    try:
        version_named(name)
    except UnknownVersion as error:
        raise click.BadParameter(str(error)) from error
    return name


option = click.option(
    "--kazoo",
    default=DEFAULT_KAZOO,
    show_default=True,
    callback=_known,
    metavar="VERSION",
    help="The Kazoo to stand in for: 4.3, master, classic.",
)
