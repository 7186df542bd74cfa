"""Load by wrk, one thread of it: connections kept open, each asking as soon as it was answered."""

import re
import subprocess
from collections.abc import Sequence

from measuring import cpu_of_children, cpu_seconds
from servers import HERE, STEP_SECONDS, Served


class Load:
    """Requests to one server, which take its paths by turns.

    Arguments:
        server: the server.
        paths: of the requests. `{new}` in them becomes a moment that no request named before.
        seconds: a round's length.
        connections: how many there are at a time.

    """

    busiest = 0.0
    """The largest share of a core that wrk took in any round: far below 1 it is not what holds a server up."""

    def __init__(self, server: Served, paths: Sequence[str], seconds: float, connections: int) -> None:
        self._server, self._paths = server, [server.base + path for path in paths]
        self._seconds, self._connections = max(1, round(seconds)), connections  # wrk takes whole seconds
        self._spent, self.requests = 0.0, 0

    def __call__(self) -> float:
        """One round: requests a second. `RuntimeError` where any answer is not a 200."""
        headers = [part for name, value in self._server.headers.items() for part in ("-H", f"{name}: {value}")]
        options = ["-t1", f"-c{self._connections}", f"-d{self._seconds}s", "-s", str(HERE / "requests.lua"), *headers]
        command = ["wrk", *options, self._server.origin, "--", str(self._server.moment), *self._paths]
        before, own_before = cpu_seconds(self._server.pid), cpu_of_children()
        output = subprocess.run(command, capture_output=True, text=True, check=True, timeout=self._seconds + 60).stdout
        self._spent += cpu_seconds(self._server.pid) - before
        counted = re.search(r"(\d+) requests in ([\d.]+)(m?)s", output)
        if counted is None or "Non-2xx" in output or counted[1] == "0":
            raise RuntimeError(f"no good answers from {self._server.origin}: {output}")
        requests, seconds = int(counted[1]), float(counted[2]) / (1_000 if counted[3] else 1)
        Load.busiest = max(Load.busiest, (cpu_of_children() - own_before) / seconds)
        self._server.moment -= (requests + self._connections) * STEP_SECONDS
        self.requests += requests
        return requests / seconds

    @property
    def cpu(self) -> float:
        """Microseconds of processor time that the server spent on a request; 0 where that is not known."""
        return self._spent / self.requests * 1e6
