"""Calls written out are the calls that are served, there whole or not at all."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from mockcdrs.cdr.row import COLUMNS
from mockcdrs.dataset import files
from mockcdrs.dataset.export import Stretch, write
from mockcdrs.dataset.generator import Load
from mockcdrs.dataset.people import main_account_id
from mockcdrs.dataset.store import Document
from mockcdrs.dataset.universe import UniverseStore

NOW, SEED = 63_936_129_600, 9
STRETCH = Stretch(SEED, Load(30), 25, NOW)
ACCOUNT = main_account_id(SEED)


def test_a_data_directory_holds_what_is_served(tmp_path: Path) -> None:
    count = write(tmp_path / "calls", STRETCH)
    loaded = files.load(tmp_path / "calls")
    store = UniverseStore(SEED, STRETCH.load, lambda: NOW)
    start = NOW - NOW % 86_400 - 24 * 86_400
    for month in ("202512", "202601"):
        segments = store.made(ACCOUNT, month, (start, NOW), descending=False)
        assert loaded.documents[ACCOUNT, month] == [document for s in segments for document in s.documents()]
    assert count == sum(map(len, loaded.documents.values())) > 100
    assert [account.id for account in loaded.accounts] == list(store.accounts)


def test_csv_holds_a_row_for_each_call(tmp_path: Path) -> None:
    count = write(tmp_path / "calls", STRETCH, "csv")
    with (tmp_path / "calls" / "cdrs.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["ID", *list(COLUMNS)[1:]]
    assert len(rows) == count + 1
    assert {len(row) for row in rows} == {len(COLUMNS)}


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("mine")
    with pytest.raises(FileExistsError, match="is there already"):
        write(tmp_path, STRETCH)
    assert [path.name for path in tmp_path.iterdir()] == ["precious"]


def test_what_breaks_off_leaves_nothing_behind(tmp_path: Path) -> None:
    def breaks_off(days: Iterator[list[Document]]) -> Iterator[list[Document]]:
        yield next(days)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "calls", STRETCH, watched=breaks_off)
    assert list(tmp_path.iterdir()) == []
