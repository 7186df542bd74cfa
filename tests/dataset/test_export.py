"""Calls written out are the calls that are served, there whole or not at all."""

import csv
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from pyarrow import parquet

from mockcdrs import generate
from mockcdrs.cdr.listing_columns import make_row
from mockcdrs.crossbar.csv_rendering import CsvFile
from mockcdrs.crossbar.versions import VERSIONS, Version
from mockcdrs.dataset import files
from mockcdrs.dataset.export import DOCUMENT_FIELDS, Csv, ExportForm, ExportSpan, JsonLines, Parquet, export_calls
from mockcdrs.dataset.generated_store import GeneratedStore
from mockcdrs.dataset.generator import Traffic, midnight_of
from mockcdrs.dataset.office import main_account_id
from mockcdrs.dataset.store import Document

NOW, SEED = 63_936_129_600, 9
SPAN = ExportSpan(SEED, Traffic(30), 25, NOW)
ACCOUNT = main_account_id(SEED)


def csv_of(version: Version) -> Csv:
    return Csv(tuple(version.row_columns(is_reseller=True)), version.datetime_separator)


CSVS = pytest.mark.parametrize("form", [csv_of(version) for version in VERSIONS.values()], ids=VERSIONS)


def documents(span: ExportSpan = SPAN) -> list[Document]:
    return [document for day in span.dates() for document in span.documents(day)]


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_data_directory_holds_what_is_served(tmp_path: Path) -> None:
    count = export_calls(tmp_path / "calls", SPAN, JsonLines())
    loaded = files.load(tmp_path / "calls")
    store = GeneratedStore(SEED, SPAN.traffic, lambda: NOW)
    start = NOW - NOW % 86_400 - 24 * 86_400
    for month in ("202512", "202601"):
        segments = store.scan(ACCOUNT, month, (start, NOW)).generated
        assert loaded.documents[ACCOUNT, month] == [document for s in segments for document in s.visible()]
    assert count == sum(map(len, loaded.documents.values())) > 100
    assert [account.users for account in loaded.accounts] == [each.users for each in store.accounts.values()]


@CSVS
def test_csv_holds_a_row_for_each_call(tmp_path: Path, form: Csv) -> None:
    count = export_calls(tmp_path / "calls", SPAN, form)
    with (tmp_path / "calls" / "cdrs.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0][:2] == ["ID", "call_id"]
    assert len(rows) == count + 1
    assert {len(row) for row in rows} == {len(form.names)}


@pytest.mark.parametrize("version", VERSIONS.values(), ids=VERSIONS)
def test_csv_is_the_file_that_the_server_sends_of_these_calls_oldest_first(tmp_path: Path, version: Version) -> None:
    export_calls(tmp_path / "calls", SPAN, csv_of(version))
    sent = CsvFile()
    sent.add(make_row(document, version.row_columns(is_reseller=True)) for document in documents())
    assert (tmp_path / "calls" / "cdrs.csv").read_bytes() == sent.text()


def test_parquet_has_a_partition_for_each_day_and_each_field_of_a_document(tmp_path: Path) -> None:
    count = export_calls(tmp_path / "calls", SPAN, Parquet())
    partitions = sorted((tmp_path / "calls").iterdir())
    assert [partition.name for partition in partitions] == [f"day={day}" for day in SPAN.dates()]
    rows = [
        row for each in partitions for row in parquet.read_table(each / "cdrs.parquet", partitioning=None).to_pylist()
    ]
    assert len(rows) == count
    assert list(rows[0]) == list(DOCUMENT_FIELDS)
    for row, document in zip(rows, documents(), strict=True):
        read = {name: json.loads(value) if str(value).startswith("{") else value for name, value in row.items()}
        assert {name: value for name, value in read.items() if value is not None} == document


def test_every_field_of_a_document_has_a_type() -> None:
    for document in documents(ExportSpan(SEED, Traffic(2_000), 2, NOW)):
        for name, value in document.items():
            assert isinstance(value, dict) or type(value) is DOCUMENT_FIELDS[name], name


@pytest.mark.parametrize("form", [JsonLines(), csv_of(VERSIONS["4.3"]), Parquet()], ids=["jsonl", "csv", "parquet"])
def test_two_processes_write_what_one_writes(tmp_path: Path, form: ExportForm) -> None:
    counts = {export_calls(tmp_path / str(jobs), SPAN, form, jobs) for jobs in (1, 2)}
    assert len(counts) == 1
    assert contents(tmp_path / "1") == contents(tmp_path / "2")


def test_a_day_is_what_the_store_has_of_it() -> None:
    day, traffic = date(2025, 12, 30), Traffic.of(200, "de_DE")
    store = GeneratedStore(4, traffic, lambda: NOW, "de_DE")
    seconds = midnight_of(day), midnight_of(day) + 86_399
    held = [each for s in store.scan(main_account_id(4), "202512", seconds).generated for each in s.visible()]
    assert len(held) > 200
    assert generate.day(day, seed=4, calls_per_day=200, locale="de_DE") == held
    with pytest.raises(ValueError, match="'xx_XX' came"):
        generate.day(day, locale="xx_XX")


def test_a_heavy_day_is_made_block_by_block() -> None:
    span = ExportSpan(SEED, Traffic(1_000_000), 1, NOW)
    assert next(span.documents(span.dates()[0]))["pvt_type"] == "cdr"  # the whole day would take minutes and gigabytes


def test_each_day_passes_whoever_counts(tmp_path: Path) -> None:
    passed = list[int]()

    def counting(counts: Iterator[int]) -> Iterator[int]:
        for count in counts:
            passed.append(count)
            yield count

    count = export_calls(tmp_path / "calls", SPAN, JsonLines(), watch=counting)
    assert len(passed) == SPAN.days
    assert sum(passed) == count


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("mine")
    with pytest.raises(FileExistsError, match="is there already"):
        export_calls(tmp_path, SPAN, JsonLines())
    assert [path.name for path in tmp_path.iterdir()] == ["precious"]


def test_what_breaks_off_leaves_nothing_behind(tmp_path: Path) -> None:
    def breaks_off(counts: Iterator[int]) -> Iterator[int]:
        yield next(counts)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_calls(tmp_path / "calls", SPAN, JsonLines(), watch=breaks_off)
    assert list(tmp_path.iterdir()) == []


def test_the_calls_of_a_span_have_ended_by_its_moment_in_the_order_in_which_they_were_written() -> None:
    def written(days: int, until: int) -> list[int]:
        return [document["pvt_created"] for document in documents(ExportSpan(SEED, Traffic(100), days, until))]

    six_pm = NOW + 6 * 3_600
    ended = written(3, six_pm)
    assert max(ended) <= six_pm < max(written(1, NOW + 11 * 3_600))
    assert min(ended) < six_pm - 2 * 86_400
    assert ended == sorted(ended)
