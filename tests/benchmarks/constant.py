"""A Falcon app on the same server that gives one answer from a constant: what an answer costs at the very least.

`python constant.py FILE` serves what FILE says, in JSON: `path`, `headers`, `parts` of the body in Latin-1, and
`is_whole`, to send them as one body with a length instead of in chunks. It prints its port and ends with its input.
"""

import json
import sys
from pathlib import Path
from typing import Any

import falcon

from mockcdrs.server.waitress_server import Server


class Constant:
    """The resource."""

    def __init__(self, headers: dict[str, str], parts: list[bytes], is_whole: bool) -> None:
        self._headers = headers
        self._parts = parts
        self._whole = b"".join(parts) if is_whole else None

    def on_get(self, _req: falcon.Request, resp: falcon.Response) -> None:
        """The same each time."""
        for name, value in self._headers.items():
            resp.append_header(name, value)
        if self._whole is None:
            resp.stream = iter(self._parts)
        else:
            resp.data = self._whole


def create_app(path: str, headers: dict[str, str], parts: list[str], is_whole: bool) -> falcon.App[Any, Any]:
    """The app."""
    app: falcon.App[Any, Any] = falcon.App()
    app.add_route(path, Constant(headers, [part.encode("latin-1") for part in parts], is_whole))
    return app


if __name__ == "__main__":
    with Server(create_app(**json.loads(Path(sys.argv[1]).read_text()))) as server:
        sys.stdout.write(f"{server.port}\n")
        sys.stdout.flush()
        sys.stdin.read()
