"""How much a process grows over many mixed requests, its stores small and full: kilobytes of peak memory.

python tests/load/soak.py COUNT
"""

import io
import json
import logging
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from falcon.testing import create_environ

from mockcdrs.crossbar import response_cache
from mockcdrs.dataset import generated_store
from mockcdrs.faults import request_view
from mockcdrs.mock import Mock

WARM_UP = 3_000
_NAMES = ("created_from", "page_size", "start_key", "filter_call_id", "utc_offset", "nosuch", "has_key", "chunk_size")
_PATHS = ("/cdrs", "/cdrs/interaction", "/cdrs/summary", "/users/{user}/cdrs", "/cdrs/nosuch", "/cdrs/legs/{leg}", "/x")
_CONTROL = ("/journal", "/advice", "/data/interactions", "/faults", "/settings", "/expected", "/nosuch")


class _Client:
    """Calls the app as a server would; whatever is asked is read to its end."""

    def __init__(self, mock: Mock) -> None:
        self._mock = mock

    def ask(self, path: str, query: str = "", **headers: str) -> int:
        statuses: list[int] = []

        def start(status: str, headers: list[tuple[str, str]], error: Any = None) -> Callable[[bytes], object]:
            statuses.append(int(status[:3]))
            return io.BytesIO().write

        by_name = {name.replace("_", "-"): value for name, value in headers.items()}
        all_headers = {"X-Auth-Token": self._mock.auth_token, **by_name}
        body = self._mock.wsgi_app(
            create_environ(path=path, query_string=query, headers=all_headers, host="localhost"), start
        )
        for _ in body:
            pass
        getattr(body, "close", lambda: None)()
        return statuses[0]


def _crossbar(client: _Client, mock: Mock, chance: random.Random, number: int) -> int:
    path = chance.choice(_PATHS).format(user=mock.user_id, leg=f"202601-{number}")
    value, is_chunked = chance.choice((number, "a", 5, "true")), chance.choice(("true", "false"))
    query = f"{chance.choice(_NAMES)}={value}&is_chunked={is_chunked}"
    accept, encoding = chance.choice(("*/*", "text/csv", "x")), chance.choice(("gzip", "identity"))
    whole = f"/v2/accounts/{mock.account_id}{path}"
    return client.ask(whole, query, Accept=accept, Accept_Encoding=encoding, X_Request_ID=str(number))


def _days(client: _Client, mock: Mock, chance: random.Random, number: int) -> int:
    end = mock.clock.now() - chance.randrange(40) * 86_400
    query = f"created_from={end - 86_400}&created_to={end}&page_size=5"
    return client.ask(f"/v2/accounts/{mock.account_id}/cdrs", query)


def _control(client: _Client, mock: Mock, chance: random.Random, number: int) -> int:
    return client.ask(f"/_mockcdrs{chance.choice(_CONTROL)}", f"since={number}")


def _change(client: _Client, mock: Mock, chance: random.Random, number: int) -> int:
    call = mock.add_call(seconds=chance.randrange(100))
    rule = mock.fail(status=503, times=1)
    status = client.ask(f"/v2/accounts/{mock.account_id}/cdrs", "page_size=1")
    mock.state.faults.remove(rule)
    for leg in call.legs:
        mock.remove(leg["_id"])
    return status


def _soak(mock: Mock, count: int, chance: random.Random) -> set[int]:
    client, kinds = _Client(mock), (_crossbar, _days, _control, _change)
    return {chance.choices(kinds, (80, 12, 1, 7))[0](client, mock, chance, number) for number in range(count)}


def _peak() -> int:
    # of this program alone: `ru_maxrss` begins with what the process that started it had
    return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])


def main(count: int) -> None:
    """Print the growth in KB, and the statuses that came."""
    logging.disable()
    # small enough to be full behind the warm-up: what grows then is no store
    response_cache.CACHE_BYTES, generated_store.KEPT_DOCUMENTS, request_view.KEPT_KEYS = 500_000, 1_000, 500
    mock, chance = Mock(seed=7, calls_per_day=20, journal=1_000), random.Random(1)
    _soak(mock, max(WARM_UP, count // 4), chance)
    before = _peak()
    statuses = _soak(mock, count, chance)
    sys.stdout.write(json.dumps({"grown_kb": _peak() - before, "statuses": sorted(statuses)}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
