"""`mockcdrs.wsgi:app`, for any WSGI server: set up by the environment variables of `mockcdrs serve`'s options.

As many processes as one likes give the same bytes to the same requests, also where they make the request id: it follows
from the request and the clock's second. What a person changes through the control API stays in one process.
"""

from typing import TYPE_CHECKING

from mockcdrs import cli_serve

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_OF_THE_COMMAND = {"env_file", "log_format", "port"}  # the WSGI server listens and logs


def from_environment() -> "WSGIApplication":
    """An app; raises `click.ClickException` and `DataError` for a variable that cannot be taken."""
    asked = cli_serve.serve.make_context("mockcdrs.wsgi", []).params
    chosen = {name: value for name, value in asked.items() if name not in _OF_THE_COMMAND}
    return cli_serve.made(**chosen, is_one_of_many=True).app


app = from_environment()
