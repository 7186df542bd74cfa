"""pytest-httpserver with one page from a file: `python httpserver.py PORT FILE`. It ends with its input."""

import json
import sys
from pathlib import Path

from pytest_httpserver import HTTPServer

if __name__ == "__main__":
    with HTTPServer("127.0.0.1", int(sys.argv[1]), threaded=True) as server:
        server.expect_request("/page").respond_with_json(json.loads(Path(sys.argv[2]).read_text()))
        sys.stdin.read()
