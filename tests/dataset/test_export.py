"""Calls written out are the calls that are served, there whole or not at all."""

import csv
from collections.abc import Mapping
from pathlib import Path

import pytest

from mockcdrs.cdr.listing_columns import Column, make_row
from mockcdrs.crossbar.csv_rendering import CsvFile
from mockcdrs.crossbar.versions import VERSIONS
from mockcdrs.dataset import files
from mockcdrs.dataset.export import Days, ExportSpan, export_calls
from mockcdrs.dataset.generated_store import GeneratedStore
from mockcdrs.dataset.office import main_account_id
from mockcdrs.dataset.traffic import Traffic

NOW, SEED = 63_936_129_600, 9
SPAN = ExportSpan(SEED, Traffic(30), 25, NOW)
ACCOUNT = main_account_id(SEED)
COLUMNS = [version.row_columns(is_reseller=True) for version in VERSIONS.values()]


def test_a_data_directory_holds_what_is_served(tmp_path: Path) -> None:
    count = export_calls(tmp_path / "calls", SPAN)
    loaded = files.load(tmp_path / "calls")
    store = GeneratedStore(SEED, SPAN.traffic, lambda: NOW)
    start = NOW - NOW % 86_400 - 24 * 86_400
    for month in ("202512", "202601"):
        segments = store.scan(ACCOUNT, month, (start, NOW)).generated
        assert loaded.documents[ACCOUNT, month] == [document for s in segments for document in s.visible()]
    assert count == sum(map(len, loaded.documents.values())) > 100
    assert [account.id for account in loaded.accounts] == list(store.accounts)


@pytest.mark.parametrize("columns", COLUMNS, ids=VERSIONS)
def test_csv_holds_a_row_for_each_call(tmp_path: Path, columns: Mapping[str, Column]) -> None:
    count = export_calls(tmp_path / "calls", SPAN, columns)
    with (tmp_path / "calls" / "cdrs.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0][:2] == ["ID", "call_id"]
    assert len(rows) == count + 1
    assert {len(row) for row in rows} == {len(columns)}


@pytest.mark.parametrize("columns", COLUMNS, ids=VERSIONS)
def test_csv_is_the_file_that_the_server_sends_of_these_calls_oldest_first(
    tmp_path: Path, columns: Mapping[str, Column]
) -> None:
    export_calls(tmp_path / "calls", SPAN, columns)
    sent = CsvFile()
    sent.add(make_row(document, columns) for day in SPAN.by_day() for document in day)
    assert (tmp_path / "calls" / "cdrs.csv").read_bytes() == sent.text()


def test_a_heavy_day_is_made_block_by_block() -> None:
    (day,) = ExportSpan(SEED, Traffic(1_000_000), 1, NOW).by_day()
    assert next(day)["pvt_type"] == "cdr"  # the whole day would take minutes and gigabytes


def test_each_day_passes_whoever_counts(tmp_path: Path) -> None:
    passed = []

    def counting(days: Days) -> Days:
        for day in days:
            yield day
            passed.append(1)

    export_calls(tmp_path / "calls", SPAN, watch=counting)
    assert len(passed) == SPAN.days


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("mine")
    with pytest.raises(FileExistsError, match="is there already"):
        export_calls(tmp_path, SPAN)
    assert [path.name for path in tmp_path.iterdir()] == ["precious"]


def test_what_breaks_off_leaves_nothing_behind(tmp_path: Path) -> None:
    def breaks_off(days: Days) -> Days:
        yield next(days)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_calls(tmp_path / "calls", SPAN, watch=breaks_off)
    assert list(tmp_path.iterdir()) == []


def test_the_calls_of_a_span_have_ended_by_its_moment_in_the_order_in_which_they_were_written() -> None:
    def written(days: int, until: int) -> list[int]:
        span = ExportSpan(SEED, Traffic(100), days, until)
        return [document["pvt_created"] for day in span.by_day() for document in day]

    six_pm = NOW + 6 * 3_600
    ended = written(3, six_pm)
    assert max(ended) <= six_pm < max(written(1, NOW + 11 * 3_600))
    assert min(ended) < six_pm - 2 * 86_400
    assert ended == sorted(ended)
