"""Runs of pytest: many tests with a mock each, against canned pages; and one test with the plugin beside it, unused."""

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from measuring import Bench, Budget, Line, Samples, alternate, cpu_of_children

from mockcdrs.mock import Mock

_PAGES = 4
_CLIENT = """
import http.client, json, pathlib, pytest, urllib.parse

def walk(origin, path, token):
    client, key = http.client.HTTPConnection(urllib.parse.urlsplit(origin).netloc), ""
    for _ in range(4):
        client.request("GET", f"{path}?start_key={key}" if key else path, headers={"X-Auth-Token": token})
        page = json.loads(client.getresponse().read())
        assert len(page["data"]) == 50
        key = page["next_start_key"]
    client.close()
"""
_WITH_MOCK = """
@pytest.mark.parametrize("number", range(300))
def test_walk(mockcdrs, number):
    mockcdrs.add_call()
    walk(mockcdrs.url, f"/v2/accounts/{mockcdrs.account_id}/cdrs", mockcdrs.auth_token)
"""
_WITH_CANNED_PAGES = """
@pytest.mark.parametrize("number", range(300))
def test_walk(httpserver, number):
    for page in json.loads(pathlib.Path("pages.json").read_text()):
        expected = httpserver.expect_request("/cdrs", query_string=page["query"])
        expected.respond_with_data(page["body"], content_type="application/json")
    walk(httpserver.url_for(""), "/cdrs", "a token")
"""
_TRIVIAL = "def test_trivial():\n    pass\n"


class _Run:
    """One file of tests with one plugin; a round gives milliseconds, `cpu` the processor time of each."""

    def __init__(self, folder: Path, name: str, text: str, plugin: str) -> None:
        (folder / name).write_text(text)
        # other plugins stay out: they vary more than this one costs
        self._environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        self._command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", plugin, name]
        self._folder = folder
        self._spent = list[float]()

    def __call__(self) -> float:
        before, begun = cpu_of_children(), time.perf_counter()
        subprocess.run(
            self._command, cwd=self._folder, env=self._environment, check=True, capture_output=True, timeout=600
        )
        took = time.perf_counter() - begun
        self._spent.append((cpu_of_children() - before) * 1_000)
        return took * 1_000

    @property
    def cpu(self) -> Samples:
        """Without the first round, which does not count."""
        return Samples(self._spent[1:])


def many_tests(bench: Bench) -> Iterator[Line]:
    """300 tests, each of which adds a call and walks four pages of its mock; or walks four canned ones."""
    if importlib.util.find_spec("pytest_httpserver") is None:
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "pages.json").write_text(_canned_pages())
        a = _Run(folder, "test_mock.py", _CLIENT + _WITH_MOCK, "mockcdrs.pytest_plugin")
        b = _Run(folder, "test_canned.py", _CLIENT + _WITH_CANNED_PAGES, "pytest_httpserver.pytest_plugin")
        walls = alternate(bench.rounds, a, b)
    yield Line(
        row="300 tests that walk four pages, and of pytest-httpserver",
        a=f"{walls[0].median:,.0f} ms",
        b=f"{walls[1].median:,.0f} ms",
        value=walls[0].over(walls[1]),
        cpu=a.cpu.over(b.cpu).median,
        budget=Budget(1.1),
    )


def _canned_pages() -> str:
    """The pages of a walk in JSON, each with the query that asks for it."""
    pages, query = list[dict[str, str]](), ""
    with Mock() as mock:
        mock.add_call()
        client = mock.client()
        for _ in range(_PAGES):
            answer = client.simulate_get(f"/v2/accounts/{mock.account_id}/cdrs", query_string=query)
            pages.append({"query": query, "body": answer.text})
            query = f"start_key={answer.json['next_start_key']}"
    return json.dumps(pages)


def unused_plugin(bench: Bench) -> Iterator[Line]:
    """One trivial test beside the plugin, and beside an empty one: pytest looks for either among what is installed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "empty_plugin.py").touch()
        a, b = (
            _Run(folder, "test_trivial.py", _TRIVIAL, plugin) for plugin in ("mockcdrs.pytest_plugin", "empty_plugin")
        )
        alternate(3 * bench.rounds, a, b)
    yield Line(
        row="plugin installed but unused: processor time of a run more",
        a=f"{a.cpu.median:,.0f} ms",
        b=f"{b.cpu.median:,.0f} ms",
        value=a.cpu.minus(b.cpu),
        unit="ms",
        budget=Budget(5),
    )
