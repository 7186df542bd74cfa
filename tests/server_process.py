"""`mockcdrs serve` in a process of its own, for tests of what only another process shows."""

import contextlib
import shlex
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

_LONGEST_SECONDS = 120


@dataclass
class ServerProcess:
    """A running server, and the file with what a client is configured with."""

    process: "subprocess.Popen[str]"
    env_file: Path

    @property
    def variables(self) -> dict[str, str]:
        """What the file says, as environment variables."""
        return dict(line.split("=", 1) for line in shlex.split(self.env_file.read_text()))


@contextlib.contextmanager
def serve_in_process(directory: Path, *options: str, output: int = subprocess.DEVNULL) -> Iterator[ServerProcess]:
    """Serve at a free port until the `with` block ends; `output` is where what it prints goes."""
    env_file = directory / "mock.env"
    command = [sys.executable, "-m", "mockcdrs", "serve", "--port", "0", "--env-file", str(env_file), *options]
    with subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, text=True) as process:
        overdue = threading.Timer(_LONGEST_SECONDS, process.kill)
        overdue.start()
        try:
            while not env_file.exists():
                if process.poll() is not None:
                    pytest.fail(f"the server did not start: {process.communicate()[0]}")
                time.sleep(0.01)
            yield ServerProcess(process, env_file)
        finally:
            overdue.cancel()
            process.kill()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
