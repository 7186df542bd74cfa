"""Cases by the hundred thousand: what Hypothesis draws of a strategy, cut and joined anew by a cheaper hand.

Hypothesis takes milliseconds for an example, which is long beside the answer. It draws some hundreds of each kind here,
and each case is made of two or three of them. A failing case is not made smaller; it is printed whole.
"""

import functools
import io
import random
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any
from urllib.parse import unquote_to_bytes

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.hostile.asking import AnyRequest
from tests.profile import IS_LONG

SEED = secrets.randbits(32) if IS_LONG else 0
"""The long profile looks for cases that nobody has tried."""
_PARENTS = 600


@functools.cache
def draw_examples(strategy: st.SearchStrategy[Any]) -> list[Any]:
    """Return what Hypothesis draws of a strategy, in any order."""
    examples: list[Any] = []

    @seed(SEED)
    @settings(max_examples=_PARENTS, phases=[Phase.generate], database=None, suppress_health_check=[*HealthCheck])
    @given(strategy)
    def keep(example: Any) -> None:
        examples.append(example)

    keep()
    return examples


def cross(chance: random.Random, parents: list[Any]) -> Any:
    """Return the start, a middle and the end of three texts, or of some bytes; now and then one as it is."""
    first, second, third = chance.choice(parents), chance.choice(parents), chance.choice(parents)
    if chance.random() < 0.05:
        return first
    at = chance.randint(0, len(second))
    middle = second[at : chance.randint(at, len(second))]
    return first[: chance.randint(0, len(first))] + middle + third[chance.randint(0, len(third)) :]


class RequestBreeder:
    """Makes requests of the parts of others."""

    def __init__(self, requests: list[AnyRequest]) -> None:
        self._requests = requests
        self._methods, self._paths, self._queries, self._bodies = (
            [getattr(each, name) for each in requests] for name in ("method", "path", "query", "body")
        )

    def make(self, chance: random.Random) -> AnyRequest:
        """Return a request of half a dozen parents."""
        headers = {**chance.choice(self._requests).headers, **chance.choice(self._requests).headers}
        return AnyRequest(
            chance.choice(self._methods),
            cross(chance, self._paths) if chance.random() < 0.5 else chance.choice(self._paths),
            cross(chance, self._queries),
            dict(chance.sample(sorted(headers.items()), chance.randint(len(headers) // 2, len(headers)))),
            cross(chance, self._bodies) if chance.random() < 0.3 else b"",
        )


def make_environ(request: AnyRequest, **more: str) -> dict[str, Any]:
    """Return a request as a WSGI server hands it on."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": "/" + unquote_to_bytes(request.path.lstrip("/")).decode("latin-1"),
        "RAW_URI": f"{request.path}?{request.query}",
        "QUERY_STRING": request.query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "localhost",
        "CONTENT_LENGTH": str(len(request.body)),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": io.StringIO(),
        **more,
    }
    for name, value in request.headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    return environ


def call_app(app: Any, environ: dict[str, Any], most_parts: int | None = None) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body of an app's answer; of a stream that does not end, only so many parts."""
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], _error: Any = None) -> Callable[[bytes], object]:
        started.append((status, headers))
        return io.BytesIO().write

    parts = app(environ, start_response)
    try:
        body = b"".join(islice(parts, most_parts))
    finally:
        getattr(parts, "close", lambda: None)()
    assert environ["wsgi.errors"].getvalue() == ""
    ((status, headers),) = started
    return int(status[:3]), {name.lower(): value for name, value in headers}, body


@contextmanager
def shown_if_it_fails(case: Any) -> Iterator[None]:
    """Name the case that an error is about."""
    try:
        yield
    except BaseException as error:
        error.add_note(f"the case, of seed {SEED}: {case!r:.8000}")
        raise
