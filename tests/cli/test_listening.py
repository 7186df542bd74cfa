"""What `mockcdrs serve` does while it listens, and that it begins anew when its data changes."""

import contextlib
import ctypes
import json
import logging
import re
import shlex
import signal
import ssl
import stat
import subprocess
import time
from collections.abc import Iterator
from http.client import IncompleteRead
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from click.testing import CliRunner

from mockcdrs.cli import listening, main
from mockcdrs.cli.listening import DataReload
from mockcdrs.crossbar import pipeline
from mockcdrs.crossbar.versions import VERSIONS
from mockcdrs.mock import Mock
from mockcdrs.server.request_log import RequestLog, TextFormatter
from tests.programs import program
from tests.server_process import ServerProcess, serve_in_process

ACCOUNT = "8f3c1e5a7b9d4c2e8a6f0b1d3e5f7a90"
TOKEN = "it's a token"
NOW = "2026-01-20T12:00:00Z"
LAST = "Press Ctrl-C to stop; --verbose prints the whole configuration of a client."
DOCUMENT = {
    "_id": "202601-a@b",
    "call_id": "a@b",
    "call_direction": "inbound",
    "custom_channel_vars": {},
    "interaction_id": "63935956740-feedbeef",
    "pvt_account_id": ACCOUNT,
    "pvt_created": 63_936_100_000,
    "pvt_type": "cdr",
    "timestamp": 63_936_100_000,
}


class ServeCommand(ServerProcess):
    """A server whose output is read."""

    def get(self, path: str) -> Any:
        variables = self.variables
        url = f"{variables['MOCKCDRS_URL']}/accounts/{variables['MOCKCDRS_ACCOUNT_ID']}{path}"
        with urlopen(Request(url, headers={"X-Auth-Token": variables["MOCKCDRS_AUTH_TOKEN"]}), timeout=10) as answer:
            return json.load(answer)

    def line(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the output ended"
        return line.rstrip("\n")

    def end(self, number: int = signal.SIGTERM) -> str:
        self.process.send_signal(number)
        output, _ = self.process.communicate(timeout=20)
        return output


@pytest.fixture
def data(tmp_path: Path) -> Path:
    directory = tmp_path / "data"
    directory.mkdir()
    (directory / "cdrs.jsonl").write_text(json.dumps(DOCUMENT))
    accounts = [{"id": "top", "is_superduper_admin": True}, {"id": ACCOUNT, "tokens": [{"token": TOKEN}]}]
    (directory / "accounts.json").write_text(json.dumps(accounts))
    return directory


@contextlib.contextmanager
def serving(directory: Path, *options: str) -> Iterator[ServeCommand]:
    with serve_in_process(directory, *options, output=subprocess.PIPE) as server:
        yield ServeCommand(server.process, server.env_file)


def names(directory: Path) -> list[str]:
    return sorted(each.name for each in directory.iterdir())


def test_the_env_file_tells_a_shell_where_to_go_and_is_gone_at_the_end(tmp_path: Path, data: Path) -> None:
    with serving(tmp_path, "--data", str(data), "--now", NOW) as server:
        read = subprocess.run(
            ["sh", "-c", f'. {server.env_file}; echo "$MOCKCDRS_URL|$MOCKCDRS_ACCOUNT_ID|$MOCKCDRS_AUTH_TOKEN"'],
            capture_output=True,
            text=True,
            check=True,
        )
        url, account_id, token = read.stdout.strip().split("|")
        assert (account_id, token) == (ACCOUNT, TOKEN)
        assert url.startswith("http://127.0.0.1:")
        assert url.endswith("/v2")
        assert names(tmp_path) == ["data", "mock.env"]
        server.end()
    assert names(tmp_path) == ["data"]


def test_the_env_file_names_all_that_a_client_is_configured_with(tmp_path: Path) -> None:
    with serving(tmp_path, "--now", NOW) as server:
        variables = server.variables
        user = server.get("/cdrs?created_from=63936000000&created_to=63936100000&page_size=1")
        server.end()
    expected_names = "URL ACCOUNT_ID AUTH_TOKEN USER_ID ACCOUNT_NAME REALM USERNAME PASSWORD API_KEY CONSOLE"
    assert [*variables] == [f"MOCKCDRS_{name}" for name in expected_names.split()]
    assert all(variables.values())
    assert variables["MOCKCDRS_CONSOLE"] == variables["MOCKCDRS_URL"].removesuffix("v2") + "_mockcdrs/"
    assert user["data"][0]["to"].endswith(variables["MOCKCDRS_REALM"])


def test_options_may_come_from_the_environment(tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOCKCDRS_DATA", str(data))
    monkeypatch.setenv("MOCKCDRS_NOW", NOW)
    monkeypatch.setenv("MOCKCDRS_SET", "kazoo.version=9.9 crossbar.pagination_page_size=7")
    monkeypatch.setenv("MOCKCDRS_RESELLER", "1")
    monkeypatch.setenv("MOCKCDRS_KAZOO", "classic")
    with serving(tmp_path) as server:
        listing = server.get("/cdrs")
        server.end()
    assert (listing["timestamp"], listing["version"]) == (NOW, "9.9")
    assert [*listing["data"][0]] == [*VERSIONS["classic"].row_columns(is_reseller=True)]


@pytest.mark.parametrize(("options", "kazoo"), [([], "4.3"), (["--kazoo", "master"], "master")])
def test_banner_and_control_api_say_which_kazoo_it_stands_in_for(
    tmp_path: Path, data: Path, options: list[str], kazoo: str
) -> None:
    with serving(tmp_path, "--data", str(data), "--now", NOW, "--verbose", *options) as server:
        with urlopen(f"{server.variables['MOCKCDRS_CONSOLE']}settings", timeout=10) as answer:
            settings = json.load(answer)
        listing = server.get("/cdrs")
        banner = server.end().splitlines()
    assert settings["kazoo"] == kazoo
    assert f"Kazoo       {kazoo}" in banner
    assert listing["version"] == settings["settings"]["kazoo.version"] == VERSIONS[kazoo].release
    assert [*listing["data"][0]] == [*VERSIONS[kazoo].columns]


def test_the_banner_shows_console_and_docs_first_and_three_lines_of_how_to_begin(tmp_path: Path, data: Path) -> None:
    with serving(tmp_path, "--data", str(data), "--now", NOW) as server:
        url = server.variables["MOCKCDRS_URL"]
        banner = server.end().splitlines()
    pages = f"{url.removesuffix('v2')}_mockcdrs/"
    assert banner[:4] == [
        f"Console     {pages}",
        f"API docs    {pages}docs",
        "",
        f"Point a client at {url}, account {ACCOUNT}, token {TOKEN}, or paste:",
    ]
    listing = f"{url}/accounts/{ACCOUNT}/cdrs?page_size=2"
    assert shlex.split(banner[4]) == ["curl", "-sS", "-H", f"X-Auth-Token: {TOKEN}", listing]
    assert banner[5:] == [LAST, ""]


def test_the_banner_says_that_the_clock_goes_on_beyond_the_data(tmp_path: Path, data: Path) -> None:
    line = "Clock       live, and the data ends at 2026-01-20T03:46:40Z; --now 2026-01-20T03:46:40Z stops it there"
    for options, is_said in (["--data", str(data)], True), (["--data", str(data), "--now", NOW], False), ([], False):
        with serving(tmp_path, *options) as server:
            assert (line in server.end().splitlines()) is is_said


def test_a_verbose_banner_shows_what_a_person_logs_in_with(tmp_path: Path) -> None:
    with serving(tmp_path, "--now", NOW, "--verbose") as server:
        variables = server.variables
        banner = server.end().splitlines()
    labels = {"Username": "USERNAME", "Password": "PASSWORD", "Account": "ACCOUNT_NAME", "Realm": "REALM"}
    for label, name in {**labels, "API key": "API_KEY"}.items():
        assert f"{label:11} {variables[f'MOCKCDRS_{name}']}" in banner


@pytest.mark.parametrize("options", [(), ("--tls",)])
def test_the_banners_curl_works_when_pasted_into_a_shell(tmp_path: Path, data: Path, options: tuple[str, ...]) -> None:
    program("curl")
    with serving(tmp_path, "--data", str(data), "--now", NOW, *options) as server:
        (line,) = [line for line in iter(server.line, LAST) if line.startswith("curl ")]
        pasted = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=True, timeout=30)
        server.end()
    assert [row["call_id"] for row in json.loads(pasted.stdout)["data"]] == ["a@b"]


def test_over_tls_the_env_file_names_the_certificate_which_is_gone_at_the_end(tmp_path: Path) -> None:
    with serving(tmp_path, "--tls", "--now", NOW) as server:
        variables = server.variables
        context = ssl.create_default_context(cafile=variables["MOCKCDRS_CA_FILE"])
        with urlopen(variables["MOCKCDRS_CONSOLE"], context=context, timeout=10) as page:
            assert page.status == 200
        server.end()
    assert variables["MOCKCDRS_URL"].startswith("https://")
    assert not Path(variables["MOCKCDRS_CA_FILE"]).exists()


def test_the_env_file_is_for_its_owners_eyes(tmp_path: Path, data: Path) -> None:
    with serving(tmp_path, "--data", str(data)) as server:
        assert stat.S_IMODE(server.env_file.stat().st_mode) == 0o600
        server.end()


def test_an_env_file_that_another_server_has_taken_over_stays(tmp_path: Path, data: Path) -> None:
    with serving(tmp_path, "--data", str(data)) as server:
        server.env_file.write_text("MOCKCDRS_URL=elsewhere\n")
        server.end()
        assert server.env_file.read_text() == "MOCKCDRS_URL=elsewhere\n"


def test_the_consoles_address_has_the_token_it_takes_and_without_control_there_is_none(
    tmp_path: Path, data: Path
) -> None:
    with serving(tmp_path, "--data", str(data), "--control-token", "a b&c") as server:
        console = server.variables["MOCKCDRS_CONSOLE"]
        banner = server.end()
    assert console.endswith("/_mockcdrs/?token=a%20b%26c")
    assert "/_mockcdrs/docs?token=a%20b%26c\n" in banner
    with serving(tmp_path, "--data", str(data), "--no-control") as server:
        assert "MOCKCDRS_CONSOLE" not in server.variables
        with urlopen(server.variables["MOCKCDRS_URL"].removesuffix("v2") + "_mockcdrs/", timeout=10) as answer:
            assert answer.read() == pipeline.GREETING
        assert "Console" not in server.end()


def test_each_request_is_a_line_also_where_no_terminal_is(tmp_path: Path, data: Path) -> None:
    with serving(tmp_path, "--data", str(data), "--now", NOW) as server:
        assert [line for line in iter(server.line, LAST) if " GET " in line] == []
        assert server.line() == ""
        server.get("/cdrs?page_size=7")
        line = server.line()
        server.end()
    assert re.fullmatch(rf"[\d:]{{8}} 200 GET +[\d.]+ ms +\d+ B  /v2/accounts/{ACCOUNT}/cdrs\?page_size=7", line)


def test_for_a_machine_all_is_json_without_a_token(tmp_path: Path, data: Path) -> None:
    with serving(tmp_path, "--data", str(data), "--now", NOW, "--log-format", "json") as server:
        server.get("/cdrs?page_sice=7")
        lines = [server.line(), server.line()]
        assert server.end() == ""
    start, request = map(json.loads, lines)
    assert (start["event"], start["account_id"], start["kazoo"]) == ("listening", ACCOUNT, "4.3")
    assert (request["event"], request["status"], request["query"]) == ("request", 200, "page_sice=7")
    assert request["advice"] == ["misspelt-parameter"]
    assert TOKEN not in "".join(lines)


def test_slow_answers_under_way_and_an_output_that_nobody_reads_do_not_hold_up_the_end(
    tmp_path: Path, data: Path
) -> None:
    with serving(tmp_path, "--data", str(data), "--now", NOW) as server:
        root = server.variables["MOCKCDRS_URL"].removesuffix("v2")
        long = "x" * 500
        for _ in range(300):  # more than a pipe holds
            with contextlib.suppress(HTTPError):
                server.get(f"/nosuch/{long}")
        slow = json.dumps({"path": "/cdrs", "drip": 1}).encode()
        urlopen(Request(f"{root}_mockcdrs/faults", slow, {"Content-Type": "application/json"}), timeout=10).close()
        request = Request(f"{root}v2/accounts/{ACCOUNT}/cdrs", headers={"X-Auth-Token": TOKEN})
        with urlopen(request, timeout=10) as answer:  # some 1,200 bytes, a second for each
            answer.read(1)
            server.process.send_signal(signal.SIGTERM)
            with pytest.raises(IncompleteRead):
                answer.read()
        assert server.process.wait(timeout=60) == 0


def test_data_clock_settings_and_host_are_as_told(tmp_path: Path, data: Path) -> None:
    options = ["--data", str(data), "--now", NOW, "--host", "localhost"]
    with serving(
        tmp_path, *options, "--set", "kazoo.version=9.9", "--set", "crossbar.pagination_page_size=7"
    ) as server:
        assert server.variables["MOCKCDRS_URL"].startswith("http://localhost:")
        listing = server.get("/cdrs")
        assert [row["call_id"] for row in listing["data"]] == ["a@b"]
        assert (listing["timestamp"], listing["version"]) == (NOW, "9.9")


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_an_interrupt_and_a_request_to_terminate_end_it_quietly(
    tmp_path: Path, data: Path, number: int, status: int
) -> None:
    with serving(tmp_path, "--data", str(data)) as server:
        output = server.end(number)
        assert server.process.returncode == status
    assert "Traceback" not in output
    assert not server.env_file.exists()


def test_without_data_it_makes_up_the_same_calls_for_the_same_seed_and_moment(tmp_path: Path) -> None:
    first, second = (get_listing(tmp_path, "--now", NOW, "--seed", "7") for _ in range(2))
    assert len(first["data"]) == 50
    assert (first["data"], first["timestamp"]) == (second["data"], NOW)


def get_listing(directory: Path, *options: str) -> Any:
    with serving(directory, *options) as server:
        listing = server.get("/cdrs")
        server.end()
    return listing


def test_open_opens_the_console_in_the_browser_of_the_environment(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = tmp_path / "browser"
    browser.write_text('#!/bin/sh\necho "$1" > "$0.opened"\n')
    browser.chmod(0o700)
    monkeypatch.setenv("BROWSER", str(browser))
    with serving(tmp_path, "--data", str(data), "--open") as server:
        address = tmp_path / "browser.opened"
        while not (address.exists() and address.read_text()):
            assert server.process.poll() is None
            time.sleep(0.01)
        assert address.read_text().strip() == server.variables["MOCKCDRS_CONSOLE"]
        server.end()


def test_it_goes_on_until_a_signal_comes_whether_or_not_it_looks_after_files(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    mock, waits = Mock(), list[float]()

    def wait(ended: listening._End, seconds: float) -> bool:
        waits.append(seconds)
        with urlopen(mock.url.removesuffix("/v2") + "/_mockcdrs/health", timeout=10) as answer:
            assert answer.status == 200
        if len(waits) == 3:
            ended.set_by(signal.SIGTERM, None)
        return ended.is_set()

    monkeypatch.setattr(listening._End, "wait", wait)
    listening.run(mock, None, "text")
    assert waits == [1, 1, 1]
    assert capfd.readouterr().out.startswith("Console ")


def test_changed_data_is_served_again_at_the_same_address(tmp_path: Path, data: Path) -> None:
    with serving(tmp_path, "--data", str(data), "--now", NOW, "--reload") as server:
        assert len(server.get("/cdrs")["data"]) == 1
        more = [DOCUMENT, {**DOCUMENT, "_id": "202601-c@d", "call_id": "c@d"}]
        (data / "cdrs.jsonl").write_text("\n".join(map(json.dumps, more)))
        for _ in range(600):
            if len(server.get("/cdrs")["data"]) == 2:
                break
            time.sleep(0.1)
        else:
            pytest.fail("the changed data was not served")
        assert "the data changed: the server was restarted with it" in server.end()


def write(directory: Path, *call_ids: str) -> None:
    documents = [{**DOCUMENT, "_id": f"202601-{call_id}", "call_id": call_id} for call_id in call_ids]
    (directory / "cdrs.jsonl").write_text("\n".join(map(json.dumps, documents)))


def call_ids(mock: Mock) -> list[str]:
    listing: Any = mock.client().simulate_get(f"/v2/accounts/{mock.account_id}/cdrs").json
    return sorted(row["call_id"] for row in listing["data"])


def test_changed_files_are_served_by_a_mock_that_begins_anew(data: Path, caplog: pytest.LogCaptureFixture) -> None:
    mock, lines = Mock(data=data), list[bytes]()
    reload = DataReload(data, lambda: Mock(data=data))

    def write_line(line: bytes) -> int:
        lines.append(line)
        return len(line)

    with RequestLog(mock.state.journal, TextFormatter(), write_line) as log:
        reload.look(mock, log)
        assert mock.stand_in is None
        assert call_ids(mock) == ["a@b"]
        write(data, "a@b", "c@d")
        reload.look(mock, log)
        assert call_ids(mock) == ["a@b", "c@d"]
        assert len(mock.requests) == 1
        for _ in range(1_000):  # a thread of its own writes the lines
            if b"".join(lines).count(b"/cdrs") == 2:
                break
            time.sleep(0.01)
        else:
            pytest.fail(f"the lines of both mocks' requests were expected, {lines} came")
    assert "the data changed" in caplog.text


def test_files_that_cannot_be_read_leave_the_data_that_was_there(data: Path, caplog: pytest.LogCaptureFixture) -> None:
    mock = Mock(data=data)
    reload = DataReload(data, lambda: Mock(data=data))
    with RequestLog(mock.state.journal, TextFormatter(), len) as log, caplog.at_level(logging.WARNING):
        (data / "cdrs.jsonl").write_text("{")
        reload.look(mock, log)
        assert call_ids(mock) == ["a@b"]
        assert "the changed data is not served yet" in caplog.text
        write(data, "c@d")
        reload.look(mock, log)
        assert call_ids(mock) == ["c@d"]


def test_a_file_that_is_gone_when_it_is_looked_at_is_no_error(data: Path) -> None:
    (data / "gone").symlink_to(data / "nowhere")
    mock = Mock(data=data)
    with RequestLog(mock.state.journal, TextFormatter(), len) as log:
        DataReload(data, lambda: Mock(data=data)).look(mock, log)
    assert mock.stand_in is None


def test_without_data_there_is_nothing_to_look_after() -> None:
    result = CliRunner().invoke(main, ["serve", "--reload"])
    assert result.exit_code == 2
    assert "--reload came without --data" in result.output


def test_a_c_library_without_arenas_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())
    listening._share_arena()
