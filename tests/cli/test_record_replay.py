"""`mockcdrs record` and `mockcdrs replay`."""

import json
import logging
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mockcdrs.cli import main
from mockcdrs.contract.client import Client, ClientError, RawRequest, RawResponse
from mockcdrs.mock import Mock, serving
from tests.server_process import serve_in_process


@pytest.fixture
def mock() -> Iterator[Mock]:
    with serving(calls_per_day=1, now="2026-01-20T12:00:00Z") as mock:
        yield mock


def run(*arguments: str | Path, **environment: str) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments], env=environment)


def access(mock: Mock) -> dict[str, str]:
    """The variables that tell `record` of a mock's account and token."""
    return {"MOCKCDRS_ACCOUNT_ID": mock.account_id, "MOCKCDRS_AUTH_TOKEN": mock.auth_token}


RECORDING = Path("recording", "exchanges.jsonl")
OFFICE = "calls generated from seed 1, 1 a day, en_US"
BY_MOCK = f"Kazoo 4.3, reported by mockcdrs {version('mockcdrs')}; {OFFICE}\n"
AS_RECORDED = f"Kazoo 4.3, as recorded; {OFFICE}\n"


def requests(directory: Path, mock: Mock, *queries: str) -> Path:
    path, token = f"/v2/accounts/{mock.account_id}/cdrs", f"token-of-{mock.account_id}"
    plan = [{"method": "GET", "path": path, "query": each, "headers": [["X-Auth-Token", token]]} for each in queries]
    file = directory / "requests.jsonl"
    file.write_text("\n".join(json.dumps({"name": each["query"], "request": each}) for each in plan))
    return file


def record(directory: Path, mock: Mock, *queries: str) -> Path:
    """The file of exchanges."""
    out = directory / "out"
    result = run("record", mock.url, "--requests", requests(directory, mock, *queries), "--out", out, **access(mock))
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith(f"{BY_MOCK}{len(queries)} exchanges, ")
    assert result.stdout.endswith(f" devices in {out}\n")
    return out / RECORDING


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
    assert len((out / RECORDING).read_text(encoding="utf-8").splitlines()) > 50
    result = run("replay", out)
    assert (result.exit_code, result.output.splitlines()[0]) == (
        0, f"Kazoo 4.3, as recorded; the calls of the directory {out}",
    )  # fmt: skip
    with serving(data=out, now="2026-01-20T12:00:00Z") as server:
        assert server.account_id == mock.account_id


def test_a_recording_that_is_there_is_overwritten_only_by_force(tmp_path: Path, mock: Mock) -> None:
    out, requests_file = tmp_path / "out", requests(tmp_path, mock, "page_size=1")
    out.mkdir()
    (out / "letter.txt").write_text("kept")
    for force in ([], ["--force"]):
        refusal = run("record", mock.url, "--requests", requests_file, "--out", out, *force, **access(mock))
        assert refusal.exit_code == 1
        assert "--force overwrites a recording, nothing else" in refusal.output
    (out / "letter.txt").rename(tmp_path / "letter.txt")
    out.rmdir()
    for force in ([], ["--force"]):
        assert run("record", mock.url, "--requests", requests_file, "--out", out, *force, **access(mock)).exit_code == 0
        (out / "of-the-first").touch()
    assert (
        "is there already" in run("record", mock.url, "--requests", requests_file, "--out", out, **access(mock)).output
    )
    assert run("record", mock.url, "--requests", requests_file, "--out", out, "--force", **access(mock)).exit_code == 0
    assert not (out / "of-the-first").exists()


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
    # one leg of each call: legs of the same second are ordered by their ids, which pseudonyms change
    plan = requests(tmp_path, mock, "paginate=false&filter_hangup_cause=USER_BUSY&filter_call_direction=inbound")
    folders = [tmp_path / name for name in ("one", "two", "three")]
    for folder, secret in zip(folders, ("hush", "hush", "other"), strict=True):
        result = run(
            "record", mock.url, "--requests", plan, "--out", folder, "--anonymize", "--secret", secret, **access(mock)
        )
        assert result.exit_code == 0, result.output
    assert mock.account_id not in str([lines_of(folder) for folder in folders])
    texts = [{each.name: each.read_text("utf-8") for each in folder.glob("*.json*")} for folder in folders]
    assert texts[0] == texts[1] != texts[2]
    result = run("replay", folders[0])
    assert result.output == f"Kazoo 4.3, as recorded; the calls of the directory {folders[0]}\n1 exchanges, 0 differ\n"


def test_fields_that_are_not_known_are_named(tmp_path: Path) -> None:
    run("generate", "--days", "2", "--calls-per-day", "1", "--out", tmp_path / "data")
    for file in (tmp_path / "data").glob("*.jsonl"):
        file.write_text(file.read_text("utf-8").replace('"call_id"', '"crm":"Zebedee","call_id"'))
    options: tuple[str, ...] = ("--anonymize", "--secret", "hush")
    with serving(data=tmp_path / "data") as mock:
        plan = requests(tmp_path, mock, "page_size=5")
        dropping = run("record", mock.url, "--requests", plan, "--out", tmp_path / "a", *options, **access(mock))
        keeping = run(
            "record", mock.url, "--requests", plan, "--out", tmp_path / "b", *options, "--keep", "crm", **access(mock)
        )
    assert dropping.stdout.endswith("1 unknown field dropped: crm; keep it with --keep FIELD\n")
    assert "unknown" not in keeping.stdout


def test_without_a_secret_the_pseudonyms_are_of_one_that_nobody_knows(tmp_path: Path, mock: Mock) -> None:
    plan = requests(tmp_path, mock, "page_size=1")
    result = run("record", mock.url, "--requests", plan, "--out", tmp_path / "out", "--anonymize", **access(mock))
    assert "use a random secret" in result.stderr


@pytest.mark.parametrize("option", [["--secret", "hush"], ["--keep", "crm"]])
def test_what_only_serves_hiding_is_refused_without_it(tmp_path: Path, option: list[str]) -> None:
    result = run("record", "http://127.0.0.1:1/v2", "--account", "a", "--token", "t", "--out", tmp_path / "x", *option)
    assert result.exit_code == 2
    assert f"{option[0]} came without --anonymize" in result.stderr


def test_a_run_that_failed_is_gone_on_with_and_nothing_is_read_twice(
    tmp_path: Path, mock: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, whole = tmp_path / "out", tmp_path / "whole"
    common = ("record", mock.url, "--requests", requests(tmp_path, mock, "page_size=5"), "--anonymize", "--secret", "s")
    assert run(*common, "--out", whole, **access(mock)).exit_code == 0
    originals = {mock.account_id, *(cdr_id.partition("-")[2] for cdr_id in mock.expected("/cdrs").ids)}
    paths: list[str] = []
    send = Client.send

    def send_few(self: Client, request: RawRequest) -> RawResponse:
        text = "".join(file.read_text("utf-8") for file in tmp_path.glob("out*/**/*.*") if file.is_file())
        assert not [original for original in originals if original in text]
        if len(paths) == 12:
            raise ClientError("the line is cut")
        paths.append(request.path)
        return send(self, request)

    monkeypatch.setattr(Client, "send", send_few)
    interruption = run(*common, "--out", out, **access(mock))
    assert interruption.exit_code == 1
    assert f"the line is cut; 9 CDRs are in {out}.unfinished; go on with --resume" in interruption.stderr
    monkeypatch.setattr(Client, "send", lambda self, request: paths.append(request.path) or send(self, request))
    again = run(*common, "--out", out, **access(mock))
    assert f"{out}.unfinished is there from a run that did not end: go on with --resume" in again.stderr
    without_secret = run(*common[:-2], "--out", out, "--resume", **access(mock))
    assert "--resume with --anonymize came without --secret" in without_secret.stderr
    with (tmp_path / "out.unfinished" / "documents-202601.jsonl").open("a") as file:
        file.write('{"cut sho')
    before, paths[:] = paths[:12], []
    assert run(*common, "--out", out, "--resume", **access(mock)).exit_code == 0
    assert not [path for path in {*before} & {*paths} if "/cdrs/" in path]
    before_it, after_it = (
        {name: lines for name, lines in lines_of(folder).items() if name != str(RECORDING)} for folder in (whole, out)
    )
    assert after_it == before_it
    assert not list(tmp_path.glob("*.unfinished"))


def test_a_run_that_is_interrupted_says_how_to_go_on(
    tmp_path: Path, mock: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("mockcdrs.recordings.recorder.AccountReader.read_cdr", interrupt)
    plan = requests(tmp_path, mock, "page_size=1")
    result = run("record", mock.url, "--requests", plan, "--out", tmp_path / "out", **access(mock))
    assert result.exit_code == 1
    assert f"Error: interrupted; 0 CDRs are in {tmp_path / 'out'}.unfinished; go on with --resume" in result.stderr


def lines_of(folder: Path) -> dict[str, list[str]]:
    files = (file for file in folder.rglob("*") if file.is_file())
    return {str(file.relative_to(folder)): sorted(file.read_text("utf-8").splitlines()) for file in files}


@pytest.mark.parametrize(
    ("options", "kazoo", "calls"),
    [
        (("--calls-per-day", "2"), "4.3", "calls generated from seed 1, 2 a day, en_US"),
        (
            ("--kazoo", "master", "--seed", "7", "--calls-per-day", "3", "--locale", "de_DE", "--reseller"),
            "master",
            "calls generated from seed 7, 3 a day, de_DE",
        ),
        (
            (
                "--calls-per-day",
                "2",
                "--set",
                "crossbar.pagination_page_size=7",
                "--fix",
                "unix-range-500",
                "--quirk",
                "integer-page-size",
            ),
            "4.3",
            "calls generated from seed 1, 2 a day, en_US",
        ),
    ],
    ids=["plain", "other-calls", "other-settings"],
)
def test_what_another_process_answers_is_replayed_without_a_difference(
    tmp_path: Path, options: tuple[str, ...], kazoo: str, calls: str
) -> None:
    out = tmp_path / "out"
    with serve_in_process(tmp_path, *options) as server:
        environment = server.variables
        result = run("record", environment["MOCKCDRS_URL"], "--out", out, **environment)
    assert result.stdout.splitlines()[0] == f"Kazoo {kazoo}, reported by mockcdrs {version('mockcdrs')}; {calls}"
    # the clock is live: what there is to ask about changes
    count = len((out / RECORDING).read_text(encoding="utf-8").splitlines())
    result = run("replay", out / RECORDING)
    assert result.output == f"Kazoo {kazoo}, as recorded; {calls}\n{count} exchanges, 0 differ\n"
    assert count > 80
    assert result.exit_code == 0


def test_a_mock_with_a_control_token_tells_nothing_without_it_and_all_with_it(tmp_path: Path) -> None:
    out, more = tmp_path / "out", tmp_path / "more"
    with serve_in_process(tmp_path, "--calls-per-day", "2", "--control-token", "hush") as server:
        environment = server.variables
        without = run("record", environment["MOCKCDRS_URL"], "--out", out, **environment)
        with_it = run("record", environment["MOCKCDRS_URL"], "--out", more, "--control-token", "hush", **environment)
    first = json.loads((out / RECORDING).read_text(encoding="utf-8").splitlines()[0])
    assert "what it was made with will not be recorded: no control token came" in without.stderr
    assert without.stdout.startswith("Kazoo 4.3, by columns of a row, datetime, keys of an envelope")
    assert first["server"] == {"kazoo": "4.3"}
    assert with_it.stdout.startswith(
        f"Kazoo 4.3, reported by mockcdrs {version('mockcdrs')}; calls generated from seed 1, 2"
    )
    assert "hush" not in (more / RECORDING).read_text(encoding="utf-8")


def test_without_the_control_api_the_answers_tell_the_version_and_the_replay_says_what_it_lacks(tmp_path: Path) -> None:
    out = tmp_path / "out"
    options = ("--calls-per-day", "2", "--no-control", "--kazoo", "master", "--now", "2026-01-20T12:00:00Z")
    with serve_in_process(tmp_path, *options) as server:
        environment = server.variables
        result = run("record", environment["MOCKCDRS_URL"], "--out", out, **environment)
    assert result.stdout.startswith("Kazoo master, by columns of a row, datetime, keys of an envelope; it calls itself")
    result = run("replay", out / RECORDING)
    assert result.exit_code == 1
    assert result.output.startswith(
        "Kazoo master, as recorded; the calls of the committed office, as no others are recorded: --data takes the "
        "server's\n"
    )
    result = run("replay", out)
    assert result.output.startswith(f"Kazoo master, as recorded; the calls of the directory {out}\n")
    assert result.output.endswith(", 0 differ\n")


def test_a_mock_that_tells_its_settings_in_another_form_is_recorded_as_any_server(
    tmp_path: Path, mock: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mockcdrs.control_client.ControlClient.ask", lambda *_: {"settings": {}})
    out = tmp_path / "out"
    result = run(
        "record", mock.url, "--requests", requests(tmp_path, mock, "page_size=1"), "--out", out, **access(mock)
    )
    assert "will not be recorded: it tells its settings in another form than this version" in result.stderr
    assert result.stdout.startswith("Kazoo 4.3, by columns of a row, datetime (classic would answer alike);")


def test_a_version_that_is_asked_for_is_recorded_and_replayed(tmp_path: Path, mock: Mock) -> None:
    out = tmp_path / "out"
    plan = requests(tmp_path, mock, "page_size=1")
    result = run("record", mock.url, "--requests", plan, "--out", out, "--kazoo", "master", **access(mock))
    assert result.stdout.startswith(f"Kazoo master, as given; {OFFICE}\n")
    result = run("replay", out / RECORDING)
    assert result.output.startswith(f"Kazoo master, as recorded; {OFFICE}\npage_size=1: data[0].disposition: nothing")
    result = run("replay", out / RECORDING, "--kazoo", "4.3")
    assert result.output == f"Kazoo 4.3, as given; {OFFICE}\n1 exchanges, 0 differ\n"


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
