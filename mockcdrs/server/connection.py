"""The connection that an answer goes to, as far as the server tells of it."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any


@contextlib.contextmanager
def waking(environ: dict[str, Any], wake: Callable[[], None]) -> Iterator[None]:
    """Have `wake` called when the connection ends; only `mockcdrs.server.runner` can tell, not any WSGI server."""
    is_gone = environ.get("waitress.client_disconnected")
    on_close = getattr(getattr(is_gone, "__self__", None), "on_close", [])
    on_close.append(wake)
    try:
        yield
    finally:
        on_close.remove(wake)
