"""`mockcdrs record` and `mockcdrs replay`."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mockcdrs.cli import main
from mockcdrs.handle import Mock, serving


@pytest.fixture
def mock() -> Iterator[Mock]:
    with serving() as mock:
        yield mock


def run(*arguments: str | Path, **environment: str) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments], env=environment)


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
    assert (result.exit_code, result.output) == (0, f"{len(queries)} exchanges in {out}\n")
    return out


def test_a_recording_of_the_same_calls_differs_nowhere(tmp_path: Path, mock: Mock) -> None:
    result = run("replay", record(tmp_path, mock, "page_size=1", "page_size=0"))
    assert (result.exit_code, result.output) == (0, "2 exchanges, 0 differ\n")


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
        'page_size=1: page_size: 1 instead of "1"\n1 exchanges, 1 differ\n',
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
        assert (result.exit_code, result.output) == (0, f"1 exchanges in {file}\n")
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
    assert (result.exit_code, result.output) == (0, "1 exchanges, 0 differ\n")


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
