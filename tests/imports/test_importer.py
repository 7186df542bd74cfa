"""Imported answers and exports become data that gives the same answers again."""

import csv
import io
import json
import tracemalloc
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockcdrs.cdr import listing_columns
from mockcdrs.cdr.documents import public_fields
from mockcdrs.crossbar import csv_rendering
from mockcdrs.crossbar.versions import KAZOO_4_3, VERSIONS, version_named
from mockcdrs.dataset import export, files, fixtures
from mockcdrs.dataset.files import DataError, LoadedDataSet
from mockcdrs.dataset.generator import Traffic, documents_of_day
from mockcdrs.dataset.office import generate_office, main_account_id
from mockcdrs.dataset.store import Document
from mockcdrs.imports.importer import UNNAMED_ACCOUNT, Importer
from tests.imports.builders import ACCOUNT, SMALL_ROW, refusal
from tests.profile import many

Columns = Mapping[str, listing_columns.Column]

COLUMNS = KAZOO_4_3.row_columns()
ROW: dict[str, Any] = {
    "id": "202601-a@b",
    "call_id": "a@b",
    "caller_id_number": "1001",
    "duration_seconds": 60,
    "billing_seconds": 42,
    "timestamp": "63935690370",
    "direction": "outbound",
    "request": "1002@r",
    "calling_from": "1009",
    "from": "1001@r",
    "rate": "0.0333",
    "call_type": "per_minute",
    "cost": "333",
    "unix_timestamp": "1768471170",
    "unix_timestamp_micro": "1768471170.25",
    "interaction_id": "63935690370-feedbeef",
    "media_recordings": ["202601-x"],
}


def committed() -> list[Document]:
    """The office's first month and the edge cases of which a listing row can be made."""
    office, edge = (files.load(fixtures.directory() / name).documents for name in ("office", "edge"))
    first = office[min(office, key=lambda key: key[1])]
    unique = {document["_id"]: document for documents in [first, *edge.values()] for document in documents}
    return [document for document in unique.values() if document.get("pvt_type") == "cdr" and rows([document])]


def rows(documents: Iterable[Document], columns: Columns = COLUMNS) -> list[dict[str, Any]]:
    rows_of_answer = []
    for document in documents:
        try:
            rows_of_answer.append(listing_columns.make_row(document, columns))
        except ValueError:  # some edge cases are what no row can be made of
            continue
    return rows_of_answer


def saved(tmp_path: Path, content: Any, name: str = "saved") -> Path:
    file = tmp_path / name
    text = content if isinstance(content, str) else json.dumps(content)
    file.write_text(text, encoding="utf-8", newline="")
    return file


def imported(*paths: Path, **settings: Any) -> dict[str, Document]:
    loaded = Importer(**settings).read(paths)
    return {document["_id"]: document for documents in loaded.documents.values() for document in documents}


def envelope(data: Any) -> dict[str, Any]:
    return {"data": data, "page_size": "2", "start_key": "x", "status": "success", "auth_token": "t"}


@pytest.mark.parametrize("interactions_of", ["", "account", "user"])
@pytest.mark.parametrize("is_reseller", [False, True])
@pytest.mark.parametrize("kazoo", VERSIONS)
def test_rows_of_an_answer_come_back_equal(tmp_path: Path, kazoo: str, is_reseller: bool, interactions_of: str) -> None:
    columns = version_named(kazoo).row_columns(is_reseller=is_reseller, interactions_of=interactions_of)
    response = rows(committed(), columns)
    assert len(response) > 250
    documents = imported(saved(tmp_path, envelope(response)))
    assert rows((documents[each["id"]] for each in response), columns) == response


def test_rows_without_their_empty_columns_come_back_equal(tmp_path: Path) -> None:
    response = [{name: value for name, value in each.items() if value != ""} for each in rows(committed())]
    documents = imported(saved(tmp_path, envelope(response)))
    for each in response:
        assert {
            name: value
            for name, value in listing_columns.make_row(documents[each["id"]], COLUMNS).items()
            if value != ""
        } == each


@pytest.mark.parametrize("kazoo", VERSIONS)
def test_a_quoted_csv_file_comes_back_equal(tmp_path: Path, kazoo: str) -> None:
    columns = version_named(kazoo).row_columns(is_reseller=True)
    response = rows(committed(), columns)
    file = csv_rendering.CsvFile()
    file.add(response)
    documents = imported(saved(tmp_path, file.text().decode()))
    again = csv_rendering.CsvFile()
    again.add(rows((documents[each["id"]] for each in response), columns))
    assert again.text() == file.text()


@pytest.mark.parametrize("kazoo", VERSIONS)
def test_bare_csv_lines_come_back_equal(tmp_path: Path, kazoo: str) -> None:
    columns = version_named(kazoo).row_columns(interactions_of="account", is_csv=True)
    # the date has a comma; a line with another one is refused
    response = [
        each for each in rows(committed(), columns) if csv_rendering.plain_line(each).count(",") == len(columns)
    ]
    assert len(response) > 100
    text = csv_rendering.header_line(columns) + "".join(map(csv_rendering.plain_line, response))
    documents = imported(saved(tmp_path, text))
    assert [csv_rendering.plain_line(each) for each in rows((documents[each["id"]] for each in response), columns)] == [
        csv_rendering.plain_line(each) for each in response
    ]


def test_most_of_a_document_is_built_of_its_row(tmp_path: Path) -> None:
    (document,) = imported(saved(tmp_path, envelope([ROW])), account_id=ACCOUNT).values()
    variables = {"rate": 333, "account_billing": "per_minute", "media_recordings": ["202601-x"]}
    assert document["custom_channel_vars"].items() >= variables.items()
    wanted = {
        "_id": "202601-a@b",
        "call_direction": "outbound",
        "from_uri": "1009@r",
        "timestamp": 63_935_690_430,
        "channel_created_time": 1_768_471_170_250_000,
        "interaction_time": 63_935_690_370,
        "interaction_key": "feedbeef",
        "pvt_account_id": ACCOUNT,
        "pvt_account_db": f"account%2F8f%2F3c%2F{ACCOUNT[4:]}-202601",
        "pvt_created": 63_935_690_430,
        "pvt_type": "cdr",
    }
    assert document.items() >= wanted.items()
    assert listing_columns.make_row(document, COLUMNS)["cost"] == "333"


@pytest.mark.parametrize("cost", ["0", "24", "200", "333", "400", "9999"])
def test_rate_terms_are_found_for_any_cost(tmp_path: Path, cost: str) -> None:
    (document,) = imported(saved(tmp_path, envelope([{**ROW, "cost": cost}]))).values()
    assert listing_columns.make_row(document, COLUMNS)["cost"] == cost


DOCUMENT = {"_id": "202601-a", "call_id": "a", "pvt_account_id": ACCOUNT, "call_direction": "inbound", "timestamp": 7}
PUBLIC = {"call_id": "a", "call_direction": "inbound", "timestamp": 7, "custom_channel_vars": {}, "id": "202601-a"}


@pytest.mark.parametrize(
    "content",
    [
        DOCUMENT,
        [DOCUMENT],
        {"rows": [{"id": "202601-a", "doc": DOCUMENT}, {"doc": {"_id": "_design/cdrs"}}], "total_rows": 1},
        {"docs": [DOCUMENT, {"_id": "202601-vm", "pvt_type": "mailbox_message"}]},
        f"{json.dumps(DOCUMENT)}\n\n{json.dumps({**DOCUMENT, 'pvt_type': 'call_recording', '_id': '202601-b'})}\n",
        [{"account_id": ACCOUNT, "month": "202601", "document": DOCUMENT}],
        "\ufeff" + json.dumps(DOCUMENT),
    ],
)
def test_exported_documents_are_unchanged_and_other_documents_skipped(tmp_path: Path, content: Any) -> None:
    loaded = Importer().read([saved(tmp_path, content)])
    assert {month: list(documents) for month, documents in loaded.documents.items()} == {
        (ACCOUNT, "202601"): [DOCUMENT]
    }


@pytest.mark.parametrize("data", [PUBLIC, [PUBLIC]])
def test_public_documents_get_private_fields(tmp_path: Path, data: Any) -> None:
    (document,) = imported(saved(tmp_path, envelope(data)), account_id=ACCOUNT).values()
    assert public_fields(document) == PUBLIC
    assert (document["pvt_account_id"], document["pvt_created"], document["pvt_type"]) == (ACCOUNT, 7, "cdr")


def test_a_csv_of_documents_gets_its_nesting_back(tmp_path: Path) -> None:
    public = {**PUBLIC, "custom_channel_vars": {"owner_id": "u1", "media_recordings": ["r1", "r2"]}}
    file = csv_rendering.CsvFile()
    other = {"id": "202601-other", "call_id": "other", "timestamp": public["timestamp"]}
    file.add([public, other])
    documents = imported(saved(tmp_path, file.text().decode())).values()
    assert [public_fields(document) for document in documents] == [public, other]


def test_an_empty_cell_is_a_field_that_the_document_does_not_have(tmp_path: Path) -> None:
    file = csv_rendering.CsvFile()
    others = {**PUBLIC, "id": "202601-b", "call_id": "b", "billing_seconds": 7}
    file.add([others, PUBLIC])
    documents = imported(saved(tmp_path, file.text().decode()))
    assert public_fields(documents["202601-b"])["billing_seconds"] == 7
    assert "billing_seconds" not in documents["202601-a"]


def test_the_most_complete_document_wins_and_equal_ones_are_one(tmp_path: Path) -> None:
    full = {**DOCUMENT, "_id": ROW["id"], "pvt_account_id": UNNAMED_ACCOUNT}
    paths = [saved(tmp_path, content, str(name)) for name, content in enumerate([[ROW], [full], envelope([ROW])])]
    assert imported(*paths) == {ROW["id"]: full}


def test_a_data_directory_is_taken_with_its_accounts_and_written_again_equal(tmp_path: Path) -> None:
    office = fixtures.directory() / "office"
    loaded = Importer().read([office])
    export.write_data_directory(tmp_path / "again", loaded)
    assert files.load(tmp_path / "again") == files.load(office)


def test_accounts_are_described_by_their_documents(tmp_path: Path) -> None:
    variables = {"account_id": ACCOUNT, "account_name": "Alpha", "account_realm": "alpha.example.com", "owner_id": "u1"}
    loaded = Importer().read([saved(tmp_path, envelope([{**PUBLIC, "custom_channel_vars": variables}]))])
    (account,) = loaded.accounts
    assert (account.id, account.name, account.realm) == (ACCOUNT, "Alpha", "alpha.example.com")
    assert (account.users, account.months) == (({"id": "u1"},), ("202601",))


ANSWERS = (
    envelope({"id": ACCOUNT, "name": "Alpha", "realm": "alpha.example.com", "language": "en-us", "created": 7}),
    envelope([{"id": "u1", "first_name": "Ann", "last_name": "Doe"}]),
    {**envelope({"id": "u1", "last_name": "Doe", "timezone": "UTC"}), "revision": "1-a"},
    envelope([{"id": "d1", "name": "Desk", "device_type": "sip_device", "owner_id": "u1"}]),
)


@pytest.mark.parametrize("order", [1, -1])
def test_answers_of_accounts_users_and_devices_describe_the_account_of_the_calls(tmp_path: Path, order: int) -> None:
    variables = {"account_id": ACCOUNT, "owner_id": "u2"}
    contents = [*ANSWERS, envelope([{**PUBLIC, "custom_channel_vars": variables}])][::order]
    loaded = Importer().read([saved(tmp_path, content, str(number)) for number, content in enumerate(contents)])
    (account,) = loaded.accounts
    assert (account.id, account.name, account.realm, account.months) == (
        ACCOUNT, "Alpha", "alpha.example.com", ("202601",),
    )  # fmt: skip
    assert account.document == {"language": "en-us", "pvt_created": 7}
    assert account.users == ({"id": "u1", "first_name": "Ann", "last_name": "Doe", "timezone": "UTC", "_rev": "1-a"},)
    assert account.devices == ({"id": "d1", "name": "Desk", "device_type": "sip_device", "owner_id": "u1"},)


def test_answers_of_users_go_with_calls_that_name_no_account_and_those_of_accounts_need_its_id(tmp_path: Path) -> None:
    users, calls = saved(tmp_path, ANSWERS[1], "users"), saved(tmp_path, envelope([ROW]), "calls")
    (account,) = Importer().read([users, calls]).accounts
    assert (account.id, account.users[0]["last_name"]) == (UNNAMED_ACCOUNT, "Doe")
    other = saved(tmp_path, ANSWERS[0], "account")
    with pytest.raises(DataError, match="to be told whose these and the calls are; give --account ID"):
        Importer().read([other, users, calls])
    (account,) = Importer(ACCOUNT).read([other, users, calls]).accounts
    assert (account.id, account.realm, account.users[0]["id"]) == (ACCOUNT, "alpha.example.com", "u1")


def test_answers_of_users_beside_calls_of_two_accounts_need_the_account_s_id(tmp_path: Path) -> None:
    others = {**DOCUMENT, "_id": "202601-b", "pvt_account_id": "b" * 32}
    paths = [saved(tmp_path, ANSWERS[1], "users"), saved(tmp_path, [DOCUMENT, others], "calls")]
    with pytest.raises(DataError, match="give --account ID"):
        Importer().read(paths)
    first, second = Importer("b" * 32).read(paths).accounts
    assert (first.users, second.users[0]["id"]) == ((), "u1")


def test_a_written_directory_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    loaded = Importer().read([saved(tmp_path, DOCUMENT)])
    broken = LoadedDataSet(loaded.accounts, {(ACCOUNT, "202601"): [{"_id": "x", "what": object()}]})
    with pytest.raises(TypeError):
        export.write_data_directory(tmp_path / "out", broken)
    assert [each.name for each in tmp_path.iterdir()] == ["saved"]
    assert export.write_data_directory(tmp_path / "out", loaded) == 1
    with pytest.raises(FileExistsError, match="is there already"):
        export.write_data_directory(tmp_path / "out", loaded)


def test_the_csv_reader_agrees_with_pythons(tmp_path: Path) -> None:
    tricky = {**ROW, "caller_id_name": 'a "b",\r\nc', "rate": "0.0", "call_type": "", "cost": "0"}
    file = csv_rendering.CsvFile()
    file.add([tricky])
    text = file.text().decode()
    assert list(csv.reader(io.StringIO(text, newline="")))[1][-1] == 'a "b",\r\nc'
    (document,) = imported(saved(tmp_path, text)).values()
    assert document["caller_id_name"] == tricky["caller_id_name"]


@pytest.mark.no_cover
@pytest.mark.parametrize("is_directory", [False, True])
def test_to_import_and_write_takes_less_memory_than_the_files_are_large(tmp_path: Path, is_directory: bool) -> None:
    calls, folder = (
        documents_of_day(generate_office(1, main_account_id(1)), Traffic(5_000), date(2026, 1, 19)),
        tmp_path / "in",
    )
    folder.mkdir()
    for number in range(8):
        lines = (json.dumps(each) for each in islice(calls, 80))
        (folder / f"{number}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    files_there = sorted(folder.iterdir())
    tracemalloc.start()
    assert (
        export.write_data_directory(tmp_path / "out", Importer().read([folder] if is_directory else files_there)) == 640
    )
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < sum(file.stat().st_size for file in files_there)


def test_two_different_documents_of_one_id_are_refused_with_both_places(tmp_path: Path) -> None:
    error = refusal(tmp_path, json.dumps([SMALL_ROW]), json.dumps([{**SMALL_ROW, "hangup_cause": "X"}]))
    assert (error.file, error.field, error.came) == (tmp_path / "file1", "[0]", '"202601-a"')
    assert error.expected == "the same CDR as before (file0, [0])"


CDRS: list[dict[str, Any]] = [
    {"_id": "202601-a", "call_id": "x", "pvt_type": "cdr", "pvt_account_id": ACCOUNT},
    {"id": "202601-a", "call_id": "x", "custom_channel_vars": {}},
    {"document": {"_id": "202601-b", "call_id": "b"}, "account_id": ACCOUNT, "month": "202601"},
    {
        "id": "202601-c",
        "call_id": "x",
        "unix_timestamp": "1768471170",
        "timestamp": "63935690370",
        "direction": "inbound",
    },
]
NAMES = st.sampled_from(
    [*listing_columns.COLUMNS, "_id", "document", "account_id", "month", "data", "docs", "rows", "doc", "status",
     "pvt_type", "pvt_account_id", "custom_channel_vars", "account_name", "call_direction"]
)  # fmt: skip
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-5, 10**12)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(
        ["202601-a", "202601", ACCOUNT, "cdr", "x", "63935956800", "1768471170", "inbound", "0.5", "error"]
    )
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=6), max_leaves=14
)
CHANGED = st.builds(
    lambda cdr, change: {**cdr, **change}, st.sampled_from(CDRS), st.dictionaries(NAMES, VALUES, max_size=2)
)


@settings(max_examples=many(300, 6_000), deadline=None)
@given(items=st.lists(CHANGED | VALUES, max_size=3), are_lines=st.booleans())
def test_any_json_is_imported_or_refused_in_words(items: list[Any], are_lines: bool) -> None:
    with TemporaryDirectory() as folder:
        file, out = Path(folder, "file"), Path(folder, "out")
        file.write_text("\n".join(map(json.dumps, items)) if are_lines else json.dumps(items), encoding="utf-8")
        try:
            count = export.write_data_directory(out, Importer().read([file]))
        except DataError:
            return
        assert sum(map(len, files.load(out).documents.values())) == count > 0
