"""`mockcdrs.wsgi:app`, for any WSGI server: set up by the environment variables of `mockcdrs serve`'s options.

As many processes as one likes give the same bytes to the same requests, also where they make the request id: it follows
from the request and the clock's second. What a person changes through the control API stays in one process.
"""

from typing import TYPE_CHECKING

from mockcdrs.cli import serve

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def create_app_from_environment() -> "WSGIApplication":
    """An app. Raises `click.ClickException` and `DataError` for a variable that cannot be taken."""
    options = serve.command.make_context("mockcdrs.wsgi", []).params
    chosen = {name: value for name, value in options.items() if name not in serve.OPTIONS_OF_COMMAND}
    return serve.build_mock(**chosen, is_one_of_many=True).wsgi_app


app = create_app_from_environment()
