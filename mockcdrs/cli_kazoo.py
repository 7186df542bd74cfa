"""The option that names a version of Kazoo, shared by the commands that have it."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from mockcdrs.control.options import DEFAULT_KAZOO

_VARIABLE = "MOCKCDRS_KAZOO"
_Command = TypeVar("_Command", bound=Callable[..., Any])


def _known(context: click.Context, option: click.Parameter, name: str | None) -> str | None:
    from click.core import ParameterSource

    from mockcdrs.crossbar.versions import UnknownVersion, version_named

    if name is None:
        return None
    is_of_environment = context.get_parameter_source(str(option.name)) is ParameterSource.ENVIRONMENT
    try:
        return version_named(name, f"the environment variable {_VARIABLE}" if is_of_environment else "").name
    except UnknownVersion as error:
        raise click.BadParameter(str(error)) from error


def _option(sentence: str, **more: Any) -> Callable[[_Command], _Command]:
    return click.option("--kazoo", envvar=_VARIABLE, callback=_known, metavar="VERSION", help=f"{sentence}.", **more)


option = _option("The Kazoo to stand in for: 4.3, master, classic", default=DEFAULT_KAZOO, show_default=True)
of_server = _option("The Kazoo that the server is: 4.3, master, classic; else worked out from its answers")
