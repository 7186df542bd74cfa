"""`mockcdrs record` and `mockcdrs replay`."""

import json
import logging
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mockcdrs.cli import main
from mockcdrs.mock import Mock, serving


@pytest.fixture
def mock() -> Iterator[Mock]:
    with serving() as mock:
        yield mock


def run(*arguments: str | Path, **environment: str) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments], env=environment)


OFFICE = "calls made up from seed 1, 11 a day, en_US"
BY_MOCK = f"Kazoo 4.3, as mockcdrs {version('mockcdrs')} says; {OFFICE}\n"
AS_RECORDED = f"Kazoo 4.3, as recorded; {OFFICE}\n"


def requests(directory: Path, mock: Mock, *queries: str) -> Path:
    path, token = f"/v2/accounts/{mock.account_id}/cdrs", f"token-of-{mock.account_id}"
    asked = [{"method": "GET", "path": path, "query": each, "headers": [["X-Auth-Token", token]]} for each in queries]
    file = directory / "requests.jsonl"
    file.write_text("\n".join(json.dumps({"name": each["query"], "request": each}) for each in asked))
    return file


def record(directory: Path, mock: Mock, *queries: str) -> Path:
    out = directory / "out.jsonl"
    told = {"MOCKCDRS_ACCOUNT_ID": mock.account_id, "MOCKCDRS_AUTH_TOKEN": mock.auth_token}
    result = run("record", mock.url, "--requests", requests(directory, mock, *queries), "--out", out, **told)
    assert (result.exit_code, result.output) == (0, f"{BY_MOCK}{len(queries)} exchanges in {out}\n")
    return out


def test_a_recording_of_the_same_calls_differs_nowhere(tmp_path: Path, mock: Mock) -> None:
    result = run("replay", record(tmp_path, mock, "page_size=1", "page_size=0"))
    assert (result.exit_code, result.output) == (0, f"{AS_RECORDED}2 exchanges, 0 differ\n")


def test_a_failure_of_crossbars_own_is_replayed_in_silence_and_the_log_speaks_again_after_it(
    tmp_path: Path, mock: Mock, caplog: pytest.LogCaptureFixture
) -> None:
    file = record(tmp_path, mock, "created_from=1768000000")
    caplog.clear()
    result = run("replay", file)
    assert (result.exit_code, caplog.messages) == (0, [])
    logging.getLogger("mockcdrs").warning("heard")
    assert caplog.messages == ["heard"]


def test_differences_are_printed_with_the_name_and_end_with_status_1(tmp_path: Path, mock: Mock) -> None:
    file = record(tmp_path, mock, "page_size=1")
    result = run("replay", file, "--quirk", "integer-page-size")
    assert (result.exit_code, result.output) == (
        1,
        f'{AS_RECORDED}page_size=1: page_size: 1 instead of "1"\n1 exchanges, 1 differ\n',
    )


def test_many_differences_of_one_answer_are_counted(tmp_path: Path, mock: Mock) -> None:
    empty = tmp_path / "data"
    empty.mkdir()
    account = {"id": mock.account_id, "months": ["202512", "202601"], "tokens": [{"token": "other"}]}
    (empty / "accounts.json").write_text(json.dumps([account]))
    result = run("replay", record(tmp_path, mock, "is_chunked=false"), "--data", empty)
    assert result.exit_code == 1
    assert "is_chunked=false: and " in result.output


def test_without_a_list_the_usual_requests_are_sent(tmp_path: Path, mock: Mock) -> None:
    out = tmp_path / "out"
    result = run("record", mock.url, "--account", mock.account_id, "--token", mock.auth_token, "--out", out)
    assert result.exit_code == 0
    assert len(out.read_text(encoding="utf-8").splitlines()) > 50


def test_a_recording_that_is_there_is_overwritten_only_by_force(tmp_path: Path, mock: Mock) -> None:
    out, wanted = tmp_path / "out", requests(tmp_path, mock, "page_size=1")
    out.write_text("kept")
    told = {"MOCKCDRS_ACCOUNT_ID": mock.account_id, "MOCKCDRS_AUTH_TOKEN": mock.auth_token}
    refused = run("record", mock.url, "--requests", wanted, "--out", out, **told)
    assert (refused.exit_code, out.read_text()) == (2, "kept")
    assert "overwrite it with --force" in refused.output
    assert run("record", mock.url, "--requests", wanted, "--out", out, "--force", **told).exit_code == 0
    assert out.read_text() != "kept"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["record", "kazoo", "--account", "a", "--token", "t", "--out", "x"], "'kazoo' is no URL of a Crossbar"),
        (["replay", "{file}", "--fix", "nosuch"], "'nosuch' is no quirk of Crossbar's"),
        (["replay", "{file}", "--data", "/nosuch"], "does not exist; expected a directory with"),
        (["replay", __file__], "expected an exchange"),
    ],
)
def test_what_cannot_be_done_is_said(tmp_path: Path, mock: Mock, arguments: list[str], words: str) -> None:
    file = record(tmp_path, mock, "page_size=1")
    result = run(*(each.format(file=file) for each in arguments))
    assert result.exit_code == 1
    assert words in result.output
    assert "Traceback" not in result.output


def test_a_recording_without_an_exchange_proves_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("")
    result = run("replay", tmp_path / "empty")
    assert (result.exit_code, result.output) == (
        1,
        f"Error: {tmp_path / 'empty'} holds no exchange; expected one a line, as `mockcdrs record` writes them\n",
    )


def test_a_token_that_opens_nothing_leaves_no_recording_of_refusals(tmp_path: Path, mock: Mock) -> None:
    out = tmp_path / "out"
    result = run("record", mock.url, "--account", mock.account_id, "--token", "hush", "--out", out)
    assert result.exit_code == 1
    assert f"account {mock.account_id} with this token got 401; expected one that the token opens" in result.output
    assert "hush" not in result.output
    assert not out.exists()


def test_an_anonymous_recording_is_the_same_for_the_same_secret_and_tells_of_nobody(tmp_path: Path, mock: Mock) -> None:
    told = {"MOCKCDRS_ACCOUNT_ID": mock.account_id, "MOCKCDRS_AUTH_TOKEN": mock.auth_token}
    asked = requests(tmp_path, mock, "page_size=5")
    files = [tmp_path / name for name in ("one", "two", "three")]
    for file, secret in zip(files, ("hush", "hush", "other"), strict=True):
        result = run("record", mock.url, "--requests", asked, "--out", file, "--anonymize", "--secret", secret, **told)
        assert (result.exit_code, result.output) == (0, f"{BY_MOCK}1 exchanges in {file}\n")
    told = [json.loads(file.read_bytes()) for file in files]
    one, two, three = (json.loads(each["response"]["body"])["data"] for each in told)
    assert one == two != three
    assert mock.account_id not in json.dumps(told)


def test_with_the_servers_data_the_pseudonyms_are_those_of_import(tmp_path: Path) -> None:
    run("generate", "--days", "2", "--calls-per-day", "5", "--out", tmp_path / "data")
    run("import", tmp_path / "data", "--out", tmp_path / "hidden", "--anonymize", "--secret", "hush")
    with serving(data=tmp_path / "data", now="2026-01-20T12:00:00Z") as mock:
        told = {"MOCKCDRS_ACCOUNT_ID": mock.account_id, "MOCKCDRS_AUTH_TOKEN": mock.auth_token}
        asked, out = requests(tmp_path, mock, "filter_call_direction=inbound"), tmp_path / "out"
        hidden = ["--anonymize", "--secret", "hush", "--data", tmp_path / "data"]
        result = run("record", mock.url, "--requests", asked, "--out", out, *hidden, **told)
    assert result.exit_code == 0, result.output
    result = run("replay", out, "--data", tmp_path / "hidden")
    data = f"the calls of the directory {tmp_path / 'hidden'}"
    assert (result.exit_code, result.output) == (0, f"Kazoo 4.3, as recorded; {data}\n1 exchanges, 0 differ\n")


def test_without_a_secret_the_pseudonyms_are_of_one_that_nobody_knows(tmp_path: Path, mock: Mock) -> None:
    told = {"MOCKCDRS_ACCOUNT_ID": mock.account_id, "MOCKCDRS_AUTH_TOKEN": mock.auth_token}
    asked = requests(tmp_path, mock, "page_size=1")
    result = run("record", mock.url, "--requests", asked, "--out", tmp_path / "out", "--anonymize", **told)
    assert "by a secret that is forgotten now" in result.stderr


@pytest.mark.parametrize("option", [["--secret", "hush"], ["--data", "."]])
def test_what_only_serves_hiding_is_refused_without_it(tmp_path: Path, option: list[str]) -> None:
    result = run("record", "http://127.0.0.1:1/v2", "--account", "a", "--token", "t", "--out", tmp_path / "x", *option)
    assert result.exit_code == 2
    assert f"{option[0]} came without --anonymize" in result.stderr


@contextmanager
def another_process(directory: Path, *options: str) -> Iterator[dict[str, str]]:
    """A server in a process of its own, its clock running: the variables of its env file."""
    env_file = directory / "mock.env"
    command = [sys.executable, "-m", "mockcdrs", "serve", "--port", "0", "--env-file", str(env_file), *options]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            while not env_file.exists():
                assert process.poll() is None
                time.sleep(0.01)
            yield dict(line.split("=", 1) for line in shlex.split(env_file.read_text()))
        finally:
            process.kill()


@pytest.mark.parametrize(
    ("options", "kazoo", "calls"),
    [
        ((), "4.3", "calls made up from seed 1, 25 a day, en_US"),
        (
            ("--kazoo", "master", "--seed", "7", "--calls-per-day", "30", "--locale", "de_DE", "--reseller"),
            "master",
            "calls made up from seed 7, 30 a day, de_DE",
        ),
        (
            ("--set", "crossbar.pagination_page_size=7", "--fix", "unix-range-500", "--quirk", "integer-page-size"),
            "4.3",
            "calls made up from seed 1, 25 a day, en_US",
        ),
    ],
    ids=["plain", "other-calls", "other-settings"],
)
def test_what_another_process_answers_is_replayed_without_a_difference(
    tmp_path: Path, options: tuple[str, ...], kazoo: str, calls: str
) -> None:
    out = tmp_path / "out.jsonl"
    with another_process(tmp_path, *options) as told:
        result = run("record", told["MOCKCDRS_URL"], "--out", out, **told)
    assert result.output.splitlines()[0] == f"Kazoo {kazoo}, as mockcdrs {version('mockcdrs')} says; {calls}"
    recorded = len(
        out.read_text(encoding="utf-8").splitlines()
    )  # the clock is live: what there is to ask about changes
    result = run("replay", out)
    assert result.output == f"Kazoo {kazoo}, as recorded; {calls}\n{recorded} exchanges, 0 differ\n"
    assert recorded > 80
    assert result.exit_code == 0


def test_a_mock_with_a_control_token_tells_nothing_without_it_and_all_with_it(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    with another_process(tmp_path, "--control-token", "hush") as told:
        without = run("record", told["MOCKCDRS_URL"], "--out", out, **told)
        kept = json.loads(out.read_text(encoding="utf-8").splitlines()[0])
        with_it = run("record", told["MOCKCDRS_URL"], "--out", out, "--force", "--control-token", "hush", **told)
    assert "what it was made with will not be recorded: no control token came" in without.stderr
    assert without.stdout.startswith("Kazoo 4.3, by columns of a row, datetime, keys of an envelope")
    assert kept["server"] == {"kazoo": "4.3"}
    assert with_it.output.startswith(
        f"Kazoo 4.3, as mockcdrs {version('mockcdrs')} says; calls made up from seed 1, 25"
    )
    assert "hush" not in out.read_text(encoding="utf-8")


def test_without_the_control_api_the_answers_tell_the_version_and_the_replay_says_what_it_lacks(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    with another_process(tmp_path, "--no-control", "--kazoo", "master") as told:
        result = run("record", told["MOCKCDRS_URL"], "--out", out, **told)
    assert result.output.startswith("Kazoo master, by columns of a row, datetime, keys of an envelope; it calls itself")
    result = run("replay", out)
    assert result.exit_code == 1
    assert result.output.startswith(
        "Kazoo master, as recorded; the calls of the committed office, as no others are recorded: --data takes the "
        "server's\n"
    )


def test_a_mock_that_tells_its_settings_in_another_form_is_recorded_as_any_server(
    tmp_path: Path, mock: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mockcdrs.control_client.ControlClient.ask", lambda *_: {"settings": {}})
    out = tmp_path / "out"
    told = {"MOCKCDRS_ACCOUNT_ID": mock.account_id, "MOCKCDRS_AUTH_TOKEN": mock.auth_token}
    result = run("record", mock.url, "--requests", requests(tmp_path, mock, "page_size=1"), "--out", out, **told)
    assert "will not be recorded: it tells its settings in another form than this version" in result.stderr
    assert result.stdout.startswith("Kazoo 4.3, by columns of a row, datetime (classic would answer alike);")


def test_a_version_that_is_asked_for_is_recorded_and_replayed(tmp_path: Path, mock: Mock) -> None:
    out = tmp_path / "out"
    told = {"MOCKCDRS_ACCOUNT_ID": mock.account_id, "MOCKCDRS_AUTH_TOKEN": mock.auth_token}
    asked = requests(tmp_path, mock, "page_size=1")
    result = run("record", mock.url, "--requests", asked, "--out", out, "--kazoo", "master", **told)
    assert result.output.startswith(f"Kazoo master, as asked for; {OFFICE}\n")
    result = run("replay", out)
    assert result.output.startswith(f"Kazoo master, as recorded; {OFFICE}\npage_size=1: data[0].disposition: nothing")
    result = run("replay", out, "--kazoo", "4.3")
    assert result.output == f"Kazoo 4.3, as asked for; {OFFICE}\n1 exchanges, 0 differ\n"


def test_recordings_of_several_servers_in_one_file_are_each_replayed_against_their_own(
    tmp_path: Path, mock: Mock
) -> None:
    file = record(tmp_path, mock, "page_size=1")
    lines = file.read_text(encoding="utf-8")
    other = json.loads(lines) | {"server": {"kazoo": "master"}}
    file.write_text(lines + lines + json.dumps(other))
    result = run("replay", file)
    assert result.output.startswith(
        f"{AS_RECORDED}Kazoo master, as recorded; the calls of the committed office, as no others are recorded"
    )
    assert result.output.endswith("3 exchanges, 1 differ\n")


@pytest.mark.parametrize(
    ("server", "words"),
    [
        ({"kazoo": "5.0"}, "'5.0' is no version of Kazoo that is known"),
        (
            {"data": {"seed": 1, "calls_per_day": 1, "locale": "xx_XX", "opened": "2020-01-01"}},
            "xx_XX",
        ),
    ],
)
def test_what_this_version_cannot_make_is_said(
    tmp_path: Path, mock: Mock, server: dict[str, object], words: str
) -> None:
    file = record(tmp_path, mock, "page_size=1")
    file.write_text(json.dumps(json.loads(file.read_text(encoding="utf-8")) | {"server": server}))
    result = run("replay", file)
    assert result.exit_code == 1
    assert words in result.output
    assert "Traceback" not in result.output
