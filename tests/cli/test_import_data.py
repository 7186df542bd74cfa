"""`mockcdrs import`, and what `generate` writes beside JSON."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mockcdrs.cli import main
from mockcdrs.dataset import files, fixtures
from mockcdrs.imports.importer import UNNAMED_ACCOUNT

ROW = {
    "id": "202601-a@10.1.2.3",
    "call_id": "a@10.1.2.3",
    "caller_id_name": "Zebedee Quux",
    "caller_id_number": "+14155550123",
    "direction": "inbound",
    "timestamp": "63935690370",
    "unix_timestamp": "1768471170",
}


def run(*arguments: str | Path, secret: str | None = None) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments], env={"MOCKCDRS_SECRET": secret})


@pytest.fixture
def answer(tmp_path: Path) -> Path:
    file = tmp_path / "answer.json"
    file.write_text(json.dumps({"data": [ROW], "status": "success"}))
    return file


def text_of(directory: Path) -> str:
    return "".join(file.read_text(encoding="utf-8") for file in sorted(directory.iterdir()))


def test_a_saved_answer_becomes_a_folder_that_can_be_served(tmp_path: Path, answer: Path) -> None:
    result = run("import", answer, "--out", tmp_path / "data")
    assert (result.exit_code, result.stdout.splitlines()[0]) == (0, f"1 CDRs in {tmp_path / 'data'}")
    data = files.load(tmp_path / "data")
    assert list(data.documents) == [(UNNAMED_ACCOUNT, "202601")]
    assert [account.id for account in data.accounts] == [UNNAMED_ACCOUNT]


def test_the_account_is_the_one_that_is_named(tmp_path: Path, answer: Path) -> None:
    assert run("import", answer, "--account", "mine", "--out", tmp_path / "data").exit_code == 0
    assert list(files.load(tmp_path / "data").documents) == [("mine", "202601")]


def test_what_is_no_cdr_is_left_out_and_counted(tmp_path: Path, answer: Path) -> None:
    other = tmp_path / "others.json"
    other.write_text(json.dumps([{"_id": "202601-r", "pvt_type": "call_recording"}]))
    result = run("import", answer, other, "--out", tmp_path / "data")
    assert "1 documents left out, which are no CDRs: 1 call_recording\n" in result.stdout


def test_times_that_were_taken_for_ends_of_calls_are_told(tmp_path: Path, answer: Path) -> None:
    lines = tmp_path / "cdrs.csv"
    dates = '"Thu, 15 Jan 2026 10:06:10 GMT","2026-01-15"'
    header = "id,call_id,duration_seconds,timestamp,direction,unix_timestamp,rfc_1036,iso_8601"
    lines.write_text(f"{header}\r\n202601-b,b,60,63935690770,inbound,1768471570,{dates}\r\n", newline="")
    result = run("import", answer, lines, "--out", tmp_path / "data")
    line = "1 rows as Kazoo 3.20 to 4.2.40 wrote them: their times were taken for ends of calls\n"
    assert result.exit_code == 0
    assert result.stdout.startswith(f"2 CDRs in {tmp_path / 'data'}\n{line}")


def test_a_bad_file_is_refused_whole_and_nothing_is_written(tmp_path: Path, answer: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text(json.dumps([{**ROW, "rate": "x"}]))
    result = run("import", answer, bad, "--out", tmp_path / "data")
    assert result.exit_code == 1
    assert f'Error: {bad}: [0].rate came as "x"; expected dollars, "0.0333"; correct it or take it out' in result.output
    assert sorted(each.name for each in tmp_path.iterdir()) == ["answer.json", "bad.json"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--out", "x"], "Missing argument 'FILE...'"),
        (["nosuch.json", "--out", "x"], "'nosuch.json' does not exist"),
        ([__file__], "Missing option '--out'"),
        ([__file__, "--out", "x", "--secret", "s"], "--secret came without --anonymize"),
        ([__file__, "--out", "x", "--keep", "crm"], "--keep came without --anonymize"),
    ],
)
def test_a_command_that_cannot_be_meant_is_refused(arguments: list[str], message: str) -> None:
    result = run("import", *arguments)
    assert result.exit_code == 2
    assert message in result.output


def test_a_folder_that_is_there_is_not_touched(tmp_path: Path, answer: Path) -> None:
    result = run("import", answer, "--out", tmp_path)
    assert result.exit_code == 1
    assert "is there already" in result.output


def test_anonymized_data_holds_nobody_and_the_secret_repeats_it(tmp_path: Path, answer: Path) -> None:
    def text_with(name: str, *options: str, secret: str | None = None) -> str:
        result = run("import", answer, "--out", tmp_path / name, "--anonymize", *options, secret=secret)
        assert result.exit_code == 0, result.output
        return text_of(tmp_path / name)

    first, same = text_with("1", "--secret", "s"), text_with("2", secret="s")
    other, random = text_with("3", "--secret", "t"), text_with("4")
    assert first == same
    assert len({first, other, random}) == 3
    for text in (first, other, random):
        assert not [original for original in ("Zebedee", "Quux", "5550123", "10.1.2.3") if original in text]
        assert "+1415" in text


def test_unknown_fields_are_dropped_and_named_unless_they_are_kept(tmp_path: Path) -> None:
    document = {"_id": "202601-a", "call_id": "a", "crm": "Zebedee", "custom_channel_vars": {"color": "red"}}
    file = tmp_path / "documents.jsonl"
    file.write_text(json.dumps(document))
    command = ("import", file, "--anonymize", "--secret", "s")
    dropping = run(*command, "--out", tmp_path / "1")
    assert "2 unknown fields dropped: color, crm; keep them with --keep FIELD\n" in dropping.stdout
    assert "Zebedee" not in text_of(tmp_path / "1")
    keeping = run(*command, "--out", tmp_path / "2", "--keep", "crm", "--keep", "color")
    assert "dropped" not in keeping.stdout
    assert "Zebedee" in text_of(tmp_path / "2")


@pytest.mark.parametrize("is_timed", [True, False])
def test_of_a_few_cdrs_a_test_is_printed_that_passes(tmp_path: Path, pytester: pytest.Pytester, is_timed: bool) -> None:
    untimed = {"_id": "202601-a", "call_id": "a", "pvt_account_id": UNNAMED_ACCOUNT, "pvt_type": "cdr"}
    file = tmp_path / "answer.json"
    file.write_text(json.dumps([ROW if is_timed else untimed]))
    result = run("import", file, "--out", tmp_path / "calls")
    _, _, code = result.stdout.partition("A test with these CDRs:\n\n")
    assert ('now="2026-01-15T' if is_timed else 'now="live"') in code
    pytester.makepyfile(code)
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_of_many_cdrs_no_test_is_printed(tmp_path: Path) -> None:
    file = tmp_path / "answer.json"
    file.write_text(json.dumps([{**ROW, "id": f"202601-{row}"} for row in range(21)]))
    assert run("import", file, "--out", tmp_path / "calls").stdout == f"21 CDRs in {tmp_path / 'calls'}\n"


def test_a_secret_that_was_drawn_is_told_to_be_forgotten(tmp_path: Path, answer: Path) -> None:
    result = run("import", answer, "--out", tmp_path / "data", "--anonymize")
    assert "a random secret, which is not stored; --secret gives the same ones next time" in result.output


def test_a_folder_of_cdrs_is_anonymized_with_its_accounts(tmp_path: Path) -> None:
    office = fixtures.directory() / "office"
    assert run("import", office, "--out", tmp_path / "data", "--anonymize", "--secret", "s").exit_code == 0
    before, after = files.load(office), files.load(tmp_path / "data")
    names = {user["last_name"] for account in before.accounts for user in account.users}
    assert not names & {user["last_name"] for account in after.accounts for user in account.users}
    assert sum(map(len, after.documents.values())) == sum(map(len, before.documents.values()))


def test_generated_csv_can_be_imported(tmp_path: Path) -> None:
    arguments = ("generate", "--days", "2", "--calls-per-day", "20", "--format", "csv", "--out", tmp_path / "calls")
    assert run(*arguments).exit_code == 0
    lines = (tmp_path / "calls" / "cdrs.csv").read_text(encoding="utf-8").splitlines()
    result = run("import", tmp_path / "calls" / "cdrs.csv", "--out", tmp_path / "data")
    assert result.stdout == f"{len(lines) - 1} CDRs in {tmp_path / 'data'}\n"
