"""A server of a test's own that keeps what a webhook posts."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Post:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    url: str = ""
    status: int = 200
    going_on: threading.Event = field(default_factory=threading.Event)
    posts: list[Post] = field(default_factory=list)


@contextlib.contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()
    receiver.going_on.set()

    class Handler(BaseHTTPRequestHandler):
        def respond(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.posts.append(Post(self.command, self.path, headers, body))
            receiver.going_on.wait(20)
            self.send_response(receiver.status)
            self.send_header("Content-Length", "0")
            self.send_header("Location", "http://192.0.2.1/")
            self.end_headers()

        do_GET = do_POST = do_PUT = respond  # noqa: N815 names that the standard library wants

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver.url = f"http://127.0.0.1:{server.server_port}/calls"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield receiver
        finally:
            receiver.going_on.set()
            server.shutdown()
            thread.join()
