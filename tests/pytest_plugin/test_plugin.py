"""The plugin as its users meet it: runs of pytest inside pytest."""

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from waitress.channel import ClientDisconnected

from mockcdrs.config import ServerConfig
from mockcdrs.mock import Mock, serving
from mockcdrs.server.app import create_app
from mockcdrs.server.waitress_server import Server
from tests.pytest_plugin.running import ASK, run_pytest
from tests.server_process import serve_in_process

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def test_a_failing_test_shows_its_requests_and_advice(pytester: pytest.Pytester) -> None:
    result = run_pytest(
        pytester,
        """
def test_it(mockcdrs):
    ask(mockcdrs, "?created_from=1768868960")
    assert mockcdrs.auth_token == "x" * 32
""",
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*- mockcdrs -*",
            "*1 GET /v2/accounts/*/cdrs?created_from=1768868960 -> *",
            "wrong-epoch: *",
            "*= mockcdrs advice =*",
            "*1 wrong-epoch",
        ]
    )


def test_each_worker_has_its_own_server_and_the_summary_has_the_advice_of_all(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        ASK
        + """
import pytest

@pytest.mark.parametrize("row", range(16))
def test_it(mockcdrs, row):
    ask(mockcdrs, "?pagesize=2")
    assert len(mockcdrs.requests) == 1
"""
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-n", "4")
    result.assert_outcomes(passed=16)
    result.stdout.fnmatch_lines(["*16 misspelt-parameter"])


ELSEWHERE = """
def test_asks(mockcdrs):
    assert ask(mockcdrs)["status"] == "success"

def test_steers(mockcdrs):
    mockcdrs.fail(status=503, path="/nowhere")
"""


def test_against_a_real_kazoo_what_only_the_mock_can_do_skips(pytester: pytest.Pytester) -> None:
    mock = Mock()
    with Server(create_app(mock.state)) as kazoo:  # as a real one it has no control API
        options = [f"--mockcdrs-url={kazoo.url}/v2", f"--mockcdrs-account={mock.account_id}"]
        result = run_pytest(pytester, ELSEWHERE, *options, f"--mockcdrs-token={mock.auth_token}", "-rs")
        assert "/_mockcdrs/health" in {record.path for record in mock.requests}
    result.assert_outcomes(passed=1, skipped=1)
    result.stdout.fnmatch_lines(["*only the mock can do that, and these tests run against http://127*: fail"])


def test_against_a_mock_elsewhere_everything_runs_and_is_reported(pytester: pytest.Pytester) -> None:
    with serving() as mock:
        result = run_pytest(pytester, ELSEWHERE, f"--mockcdrs-url={mock.url}")
    result.assert_outcomes(passed=2, warnings=1)
    result.stdout.fnmatch_lines(["*no request met rule 1 (status=503 path=/nowhere)*", "*1 unfollowed-pages"])


def test_against_a_server_elsewhere_what_needs_a_mock_made_for_it_skips(pytester: pytest.Pytester) -> None:
    test = """
import pytest

@pytest.mark.mockcdrs(seed=5)
def test_marked(mockcdrs):
    raise AssertionError

def test_makes(make_mockcdrs):
    make_mockcdrs()
"""
    with serving() as mock:
        result = run_pytest(pytester, test, f"--mockcdrs-url={mock.url}", "-rs")
    result.assert_outcomes(skipped=2)
    result.stdout.fnmatch_lines_random(
        [
            "*only a mock can be made with seed; these tests run against --mockcdrs-url",
            "*further servers are made by the mock only; these tests run against --mockcdrs-url",
        ]
    )


def test_a_mock_elsewhere_that_wants_its_token_is_an_error_that_names_the_option(pytester: pytest.Pytester) -> None:
    mock = Mock()
    with Server(create_app(mock.state, mock, ServerConfig(host="0.0.0.0", control_token="secret"))) as guarded:
        options = f"--mockcdrs-url={guarded.url}/v2", "--mockcdrs-control-token=wrong"
        result = run_pytest(pytester, "\ndef test_it(mockcdrs): pass\n", *options)
        with_token = run_pytest(
            pytester, "\ndef test_it(mockcdrs): pass\n", options[0], "--mockcdrs-control-token=secret"
        )
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*give it to the tests by --mockcdrs-control-token*"])
    with_token.assert_outcomes(passed=1)


def test_a_mock_elsewhere_that_ends_as_a_test_begins_is_an_error_that_names_no_option(
    pytester: pytest.Pytester,
) -> None:
    mock = Mock()

    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/_mockcdrs/health":
            raise ClientDisconnected
        return mock.wsgi_app(environ, start_response)

    with Server(app) as ending:
        result = run_pytest(pytester, "\ndef test_it(mockcdrs): pass\n", f"--mockcdrs-url={ending.url}/v2")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["E * http://127.0.0.1:*/_mockcdrs/account: *; does the server still run?"])
    result.stdout.no_fnmatch_line("*give it to the tests by --mockcdrs-control-token*")


def test_a_server_elsewhere_is_known_by_its_url_and_has_no_insides(pytester: pytest.Pytester) -> None:
    result = run_pytest(
        pytester,
        """
def test_it(mockcdrs):
    assert str(mockcdrs) == "http://127.0.0.1:1/v2"
    assert not hasattr(mockcdrs, "state")
    assert not hasattr(mockcdrs, "_anything")
""",
        "--mockcdrs-url=http://127.0.0.1:1/v2/",
        "--mockcdrs-account=a",
        "--mockcdrs-token=t",
    )
    result.assert_outcomes(passed=1)


def test_a_server_elsewhere_needs_account_and_token(pytester: pytest.Pytester) -> None:
    result = run_pytest(pytester, "\ndef test_it(mockcdrs): pass\n", "--mockcdrs-url=http://127.0.0.1:1/v2")
    result.stdout.fnmatch_lines(
        ["*--mockcdrs-url=* came without --mockcdrs-account and --mockcdrs-token, and no mock answers there: *"]
    )


def test_a_mock_elsewhere_that_dies_fails_the_test_that_it_dies_in(pytester: pytest.Pytester) -> None:
    test = """
import os, signal

def test_before(mockcdrs):
    ask(mockcdrs)

def test_it_dies_in(mockcdrs):
    os.kill({process}, signal.SIGKILL)
    while True:
        try:
            ask(mockcdrs)
        except OSError:
            break

def test_behind(mockcdrs):
    raise AssertionError("not reached")
"""
    with serve_in_process(pytester.path) as server:
        url = server.variables["MOCKCDRS_URL"]
        result = run_pytest(pytester, test.format(process=server.process.pid), f"--mockcdrs-url={url}")
    result.assert_outcomes(passed=1, failed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*came without --mockcdrs-account and --mockcdrs-token, and no mock answers there: *",
            "*_ test_it_dies_in _*",
            "http://127.0.0.1:*/_mockcdrs/faults: *; does the server still run?",
            "*- mockcdrs -*",
            "http://127.0.0.1:*/_mockcdrs/journal: *; does the server still run?",
        ]
    )


def test_a_mock_elsewhere_that_another_takes_the_place_of_fails_the_test_in_which_it_does(
    pytester: pytest.Pytester,
) -> None:
    test = """
import signal, subprocess, sys
import pytest

@pytest.fixture(scope="session")
def serve():
    def start(*options):
        running.append(subprocess.Popen([*{command}, *options], stdout=subprocess.PIPE))
        running[-1].stdout.readline()

    def again(*options):
        running[-1].kill()
        running[-1].wait()
        start(*options)

    running = []
    start()
    yield again
    running[-1].kill()
    running[-1].wait()

def test_before(serve, mockcdrs):
    ask(mockcdrs)

def test_started_again(mockcdrs, serve):
    serve()
    assert ask(mockcdrs)["data"]

def test_between(mockcdrs):
    ask(mockcdrs)

def test_of_another_seed(mockcdrs, serve):
    serve("--seed", "5")
    with pytest.raises(urllib.error.HTTPError):
        ask(mockcdrs)

def test_that_fails_itself(mockcdrs, serve):
    serve("--kazoo", "master")
    assert mockcdrs.requests

def test_that_it_runs_on(mockcdrs):
    ask(mockcdrs)
"""
    with Server(Mock().wsgi_app) as free:
        port = free.port
    command = [sys.executable, "-m", "mockcdrs", "serve", "--port", str(port)]
    result = run_pytest(pytester, test.format(command=command), f"--mockcdrs-url=http://127.0.0.1:{port}/v2")
    result.assert_outcomes(passed=3, failed=3)
    lost = "http://127.0.0.1:*/_mockcdrs/*: another mock answers than before; was the server started again? *"
    result.stdout.fnmatch_lines(
        [
            "*_ test_started_again _*",
            lost,
            "*_ test_of_another_seed _*",
            lost,
            "*_ test_that_fails_itself _*",
            f"*{lost}",
        ]
    )


def test_workers_do_not_share_a_mock_elsewhere(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(ASK + ELSEWHERE)
    with serving() as mock:
        options = "-p", "no:cacheprovider", f"--mockcdrs-url={mock.url}"
        two, spread, one = (
            pytester.runpytest_subprocess(*options, *several)
            for several in (("-n", "2"), ("--tx", "2*popen", "--dist", "each"), ("-n", "1"))
        )
    for refusal in (two, spread):
        assert refusal.ret == pytest.ExitCode.USAGE_ERROR
        refusal.stderr.fnmatch_lines(["ERROR: --mockcdrs-url=* came with 2 workers, but each test resets the mock *"])
    one.assert_outcomes(passed=2, warnings=1)


def test_workers_may_share_a_real_kazoo(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(ASK + ELSEWHERE)
    mock = Mock()
    with Server(create_app(mock.state)) as kazoo:
        options = [f"--mockcdrs-url={kazoo.url}/v2", f"--mockcdrs-account={mock.account_id}"]
        result = pytester.runpytest_subprocess("-n", "2", *options, f"--mockcdrs-token={mock.auth_token}")
    result.assert_outcomes(passed=1, skipped=1)


def test_a_run_without_mocks_imports_nothing_but_the_plugin_and_the_table_of_options(tmp_path: Path) -> None:
    (tmp_path / "test_trivial.py").write_text("def test_trivial():\n    pass\n")

    def imported_with(plugin: str) -> set[str]:
        code = f"import pytest, sys; status = pytest.main(['-p', '{plugin}']); print(*sys.modules); sys.exit(status)"
        environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        command = [sys.executable, "-c", code]
        process = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=True, timeout=60)
        return set(process.stdout.decode().splitlines()[-1].split())

    assert sorted(imported_with("mockcdrs.pytest_plugin") - imported_with("no:mockcdrs")) == [
        "mockcdrs",
        "mockcdrs.arguments",
        "mockcdrs.config",
        "mockcdrs.pytest_plugin",
        "mockcdrs.pytest_plugin.plugin_options",
        "mockcdrs.pytest_plugin.report",
    ]


@pytest.mark.parametrize("lack", ["vars(pytest).pop('TerminalReporter', None)", "falcon.App.__class_getitem__ = None"])
def test_what_the_oldest_versions_lack_is_needed_by_no_import(lack: str) -> None:
    code = f"import falcon, pytest; {lack}; import mockcdrs.pytest_plugin, mockcdrs.server.control_routes"
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert (process.returncode, process.stderr) == (0, "")
