"""`mockcdrs.wsgi:app`, for any WSGI server: set up by the environment variables of `mockcdrs serve`'s options.

As many processes as one likes give the same bytes to the same requests. What a person changes stays in one process.
"""

from typing import TYPE_CHECKING

from mockcdrs import cli

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def from_environment() -> "WSGIApplication":
    """An app; raises `click.ClickException` and `DataError` for a variable that cannot be taken."""
    asked = cli.serve.make_context("mockcdrs.wsgi", []).params
    listening = {"env_file", "port"}
    return cli.made(**{name: value for name, value in asked.items() if name not in listening})[0]


app = from_environment()
