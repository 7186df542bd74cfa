"""A recording's directory is there whole or not at all, and a later run goes on with one that is not."""

from pathlib import Path

import pytest

from mockcdrs.contract.client import RawRequest
from mockcdrs.dataset import files
from mockcdrs.dataset.accounts import Account
from mockcdrs.imports.anonymizer import Anonymizer
from mockcdrs.recordings.exchanges import Exchange, RecordedResponse, read_exchanges
from mockcdrs.recordings.recording_directory import RecordingDirectory, recording_file

DOCUMENTS = [
    {"_id": f"202601-{name}", "pvt_account_id": "acc", "call_id": name, "caller_id_number": f"+1415223{row:04}"}
    for row, name in enumerate(("aa", "bb", "cc"))
]
EXCHANGES = [Exchange("1 GET /v2", RawRequest("GET", "/v2"), RecordedResponse(200, {}, "{}"))]


def test_a_finished_directory_is_a_data_directory_with_its_exchanges(tmp_path: Path) -> None:
    directory = RecordingDirectory(tmp_path / "out")
    assert directory.write_exchanges(EXCHANGES) == 1
    for document in DOCUMENTS:
        directory.add_document(document)
    assert len(directory) == 3
    assert not (tmp_path / "out").exists()
    directory.finish(Account("acc", name="Acc"))
    data = files.load(tmp_path / "out")
    assert data.documents == {("acc", "202601"): DOCUMENTS}
    assert list(read_exchanges(recording_file(tmp_path / "out"))) == EXCHANGES
    assert recording_file(tmp_path / "a.jsonl") == tmp_path / "a.jsonl"


def test_a_directory_that_is_there_or_was_not_finished_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    with pytest.raises(FileExistsError, match="there is there already: name a folder that is not"):
        RecordingDirectory(tmp_path / "there", resume=True)
    RecordingDirectory(tmp_path / "out")
    with pytest.raises(FileExistsError, match=r"out\.unfinished is there from a run that did not end: go on with"):
        RecordingDirectory(tmp_path / "out")


def test_a_later_run_gives_the_same_pseudonyms_as_one_run_would_and_keeps_no_original(tmp_path: Path) -> None:
    once = RecordingDirectory(tmp_path / "once", anonymizer=Anonymizer(b"s"))
    for document in DOCUMENTS:
        once.add_document(document)
    once.finish(Account("acc"))
    for row, document in enumerate(DOCUMENTS):
        directory = RecordingDirectory(tmp_path / "out", resume=row > 0, anonymizer=Anonymizer(b"s"))
        assert [each["_id"] in directory for each in DOCUMENTS] == [each < row for each in range(3)]
        directory.add_document(document)
        text = "".join(file.read_text("utf-8") for file in directory.unfinished.rglob("*.*") if file.is_file())
        assert not [each for each in ("+1415223", '"aa"', '"bb"', '"cc"', '"acc"') if each in text]
    directory.finish(Account("acc"))
    texts = [{file.name: file.read_text("utf-8") for file in (tmp_path / name).glob("*.*")} for name in ("once", "out")]
    assert texts[0] == texts[1]
    assert set(texts[0]) == {"accounts.json", "documents-202601.jsonl"}


def test_a_line_that_was_cut_short_is_read_again(tmp_path: Path) -> None:
    directory = RecordingDirectory(tmp_path / "out")
    directory.add_document(DOCUMENTS[0])
    with (directory.unfinished / "documents-202601.jsonl").open("a") as file:
        file.write('{"account_id": "acc", "mon')
    again = RecordingDirectory(tmp_path / "out", resume=True)
    assert [each["_id"] in again for each in DOCUMENTS] == [True, False, False]
    again.add_document(DOCUMENTS[1])
    again.finish(Account("acc"))
    assert files.load(tmp_path / "out").documents == {("acc", "202601"): DOCUMENTS[:2]}
