"""A mock without a socket, over a universe: what a page costs wherever it lies, and what its data weighs.

`python inside.py CALLS_PER_DAY DAYS QUERY` makes one and asks once, in a process of its own; it prints milliseconds and
megabytes.
"""

import io
import sys
import time
from collections.abc import Callable
from datetime import timedelta

from measuring import memory_mb

from mockcdrs.cdr import gregorian
from mockcdrs.control.clock import Clock
from mockcdrs.control.state import State, default_account, generate_store
from mockcdrs.crossbar import quirks
from mockcdrs.dataset.store import Store
from mockcdrs.server.app import create_app

NOON = 63_936_129_600  # 2026-01-20T12:00:00Z in Gregorian seconds

Ask = Callable[[str], bytes]


def universe(calls_per_day: int, days: int) -> Store:
    """Calls of so many days before noon of 2026-01-20."""
    opened = gregorian.to_datetime(NOON).date() - timedelta(days=days)
    return generate_store(1, calls_per_day, "en_US", Clock(NOON), opened)


def asking(store: Store, fixed: tuple[str, ...] = ()) -> Ask:
    """A client of a new mock over a store: gives the whole answer to a query, or to a path with one."""
    account = default_account(store)
    app = create_app(State(store, clock=Clock(NOON), quirks_shown=quirks.enabled(fixed)))

    def ask(query: str) -> bytes:
        path, _, rest = query.partition("?")
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": f"/v2/accounts/{account.id}{path or '/cdrs'}",
            "QUERY_STRING": rest,
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_X_AUTH_TOKEN": account.tokens[0].value,
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": sys.stderr,
        }
        return b"".join(app(environ, lambda *_: lambda _: None))

    return ask


def milliseconds(action: Callable[[], object]) -> float:
    """How long one call takes."""
    begun = time.perf_counter()
    action()
    return (time.perf_counter() - begun) * 1_000


if __name__ == "__main__":
    calls_per_day, days, query = sys.argv[1:]
    before = memory_mb(0)
    spent = milliseconds(lambda: asking(universe(int(calls_per_day), int(days)))(query))
    sys.stdout.write(f"{spent} {memory_mb(0) - before}\n")
