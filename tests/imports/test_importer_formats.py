"""What people have of their calls becomes the same data, in whatever form they have it."""

import gzip
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from mockcdrs.cdr import listing_columns
from mockcdrs.cdr.documents import public_fields
from mockcdrs.crossbar.versions import KAZOO_4_3
from mockcdrs.dataset import export, files
from mockcdrs.dataset.files import LoadedDataSet
from mockcdrs.dataset.generator import Traffic
from mockcdrs.dataset.store import Document
from mockcdrs.imports import sources
from mockcdrs.imports.anonymizer import Anonymizer
from mockcdrs.imports.importer import Importer
from mockcdrs.mock import Mock
from tests.imports.builders import SECRET, refusal

NOW, NOW_GREGORIAN = "2026-01-20T12:00:00Z", 63_936_129_600
SPAN = export.ExportSpan(3, Traffic.of(3, "en_US"), 25, NOW_GREGORIAN, "en_US")
LISTINGS = ("/cdrs", "/cdrs/interaction")
QUERIES = ("paginate=false", "page_size=7", "filter_call_direction=inbound", "accept=csv", "created_from=63935265600")


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> LoadedDataSet:
    """The calls of 25 days in two months."""
    directory = tmp_path_factory.mktemp("calls") / "data"
    export.export_calls(directory, SPAN, export.JsonLines())
    return files.load(directory)


@pytest.fixture(scope="module")
def documents(calls: LoadedDataSet) -> list[Document]:
    return [document for month in calls.documents.values() for document in month]


def ask(mock: Mock, path: str, query: str = "", accept: str = "application/json") -> bytes:
    """The body of an answer without what the server or the token decides."""
    headers = {"X-Auth-Token": mock.auth_token, "X-Request-ID": "1", "Accept": accept, "Host": "127.0.0.1"}
    answer = (
        mock.client().simulate_get(f"/v2/accounts/{mock.account_id}{path}", query_string=query, headers=headers).content
    )
    return answer.replace(mock.auth_token.encode(), b"token")


def answers(data: LoadedDataSet | Any, directory: Path) -> dict[str, bytes]:
    """What a mock of this data answers at each endpoint."""
    export.write_data_directory(directory, data)
    mock = Mock(data=directory, now=NOW)
    bodies = {f"{path}?{query}": ask(mock, path, query) for path in LISTINGS for query in QUERIES}
    bodies["/cdrs/summary"] = ask(mock, "/cdrs/summary")
    ids = [row["id"] for row in json.loads(bodies["/cdrs?paginate=false"])["data"]]
    assert len(ids) > 100
    for cdr_id in ids[::9]:
        for path in (f"/cdrs/{cdr_id}", f"/cdrs/legs/{cdr_id}"):
            bodies[path] = ask(mock, path.replace("@", "%40"))
    owner = next(filter(None, (row["owner_id"] for row in json.loads(bodies["/cdrs?paginate=false"])["data"])))
    bodies["user"] = ask(mock, f"/users/{owner}/cdrs", "paginate=false")
    return bodies


def lines(values: Any) -> str:
    return "".join(json.dumps(value) + "\n" for value in values)


def all_docs(documents: list[Document]) -> str:
    rows: list[dict[str, Any]] = [
        {"id": each["_id"], "key": each["_id"], "value": {"rev": each["_rev"]}, "doc": each} for each in documents
    ]
    gone = [{"key": "x", "error": "not_found"}, {"id": "y", "key": "y", "value": {"deleted": True}, "doc": None}]
    design = {"id": "_design/cdrs", "key": "_design/cdrs", "value": {}, "doc": {"_id": "_design/cdrs", "views": {}}}
    return json.dumps({"total_rows": len(rows), "offset": 0, "rows": [design, *rows, *gone]})


def changes(documents: list[Document]) -> list[dict[str, Any]]:
    differences = [
        {"seq": f"{row}-g1", "id": each["_id"], "changes": [{"rev": each["_rev"]}], "doc": each}
        for row, each in enumerate(documents)
    ]
    gone = {
        "seq": "9-g1",
        "id": "x",
        "changes": [],
        "deleted": True,
        "doc": {"_id": "x", "_rev": "2-a", "_deleted": True},
    }
    return [*differences, gone, {"seq": "9-g2", "id": "z", "changes": [], "deleted": True}]


FORMATS: Mapping[str, Callable[[list[Document]], str]] = {
    "documents": json.dumps,
    "lines of documents": lines,
    "wrapped lines": lambda documents: "".join(
        export.document_line(each["pvt_account_id"], each["_id"][:6], each) for each in documents
    ),
    "_all_docs": all_docs,
    "view": lambda documents: json.dumps({"rows": [{"id": "a", "value": 1, "doc": each} for each in documents]}),
    "_find": lambda documents: json.dumps({"docs": documents, "bookmark": "nil", "warning": "no index"}),
    "_changes": lambda documents: json.dumps({"results": changes(documents), "last_seq": "9-g3", "pending": 0}),
    "_changes, continuous": lambda documents: lines([*changes(documents), {"last_seq": "9-g3", "pending": 0}]),
    "couchbackup": lambda documents: lines([documents[:50], documents[50:]]),
    "couchbackup 2.10": lambda documents: lines(
        [{"name": "@cloudant/couchbackup", "version": "2.10.0", "mode": "full"}, documents]
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def before(calls: LoadedDataSet, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return answers(calls, tmp_path_factory.mktemp("before") / "data")


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("is_compressed", [False, True], ids=["plain", "gzip"])
def test_documents_of_each_format_are_served_with_the_same_answers_byte_for_byte(
    name: str,
    is_compressed: bool,
    calls: LoadedDataSet,
    documents: list[Document],
    before: dict[str, bytes],
    tmp_path: Path,
) -> None:
    file = write(tmp_path / "export", FORMATS[name](documents), is_compressed=is_compressed)
    loaded = Importer().read([file])
    assert [each for month in loaded.documents.values() for each in month] == documents
    after = answers(with_accounts_of(calls, loaded), tmp_path / "data")
    assert {path: body for path, body in after.items() if body != before[path]} == {}


def write(file: Path, text: str, *, is_compressed: bool = False) -> Path:
    content = text.encode()
    file.write_bytes(gzip.compress(content) if is_compressed else content)
    return file


def with_accounts_of(calls: LoadedDataSet, loaded: Any) -> Any:
    """What was imported, with the tokens that the data had: an export of calls has no accounts."""
    return files.DataSet(calls.accounts, loaded.documents)


def saved_answers(calls: LoadedDataSet, directory: Path, path: str, query: str, accept: str, kazoo: str) -> bytes:
    export.write_data_directory(directory, calls)
    # without the quirk that loses an interaction of several legs between pages
    return ask(Mock(data=directory, now=NOW, kazoo=kazoo, fix=("interaction-page-loss",)), path, query, accept)


@pytest.mark.parametrize("kazoo", ["4.3", "master", "classic"])
@pytest.mark.parametrize("path", LISTINGS)
@pytest.mark.parametrize("accept", ["application/json", "text/csv"])
def test_an_answer_of_each_listing_is_served_again_with_the_same_rows(
    kazoo: str, path: str, accept: str, calls: LoadedDataSet, tmp_path: Path
) -> None:
    request = (path, "paginate=false", accept, kazoo)
    answer = saved_answers(calls, tmp_path / "data", *request)
    (tmp_path / "answer").write_bytes(answer)
    (account, *_) = [account for account in calls.accounts if account.months]
    loaded = Importer(account.id).read([tmp_path / "answer"])
    again = saved_answers(with_accounts_of(calls, loaded), tmp_path / "again", *request)
    assert again == answer
    assert len(answer) > 40_000


def test_a_generated_directory_is_served_again_with_the_same_answers(
    calls: LoadedDataSet, before: dict[str, bytes], tmp_path: Path
) -> None:
    export.write_data_directory(tmp_path / "data", calls)
    assert answers(Importer().read([tmp_path / "data"]), tmp_path / "again") == before


def test_generated_csv_is_served_again_with_the_same_rows(
    calls: LoadedDataSet, before: dict[str, bytes], tmp_path: Path
) -> None:
    form = export.Csv(tuple(KAZOO_4_3.row_columns()), KAZOO_4_3.datetime_separator)
    export.export_calls(tmp_path / "csv", SPAN, form)
    (account, *_) = [account for account in calls.accounts if account.months]
    loaded = Importer(account.id).read([tmp_path / "csv" / "cdrs.csv"])
    export.write_data_directory(tmp_path / "data", with_accounts_of(calls, loaded))
    mock = Mock(data=tmp_path / "data", now=NOW)
    for query in QUERIES:
        assert ask(mock, "/cdrs", query) == before[f"/cdrs?{query}"]


COLUMNS_OF_4_2 = (
    "id", "call_id", "caller_id_number", "caller_id_name", "callee_id_number", "callee_id_name", "duration_seconds",
    "billing_seconds", "timestamp", "hangup_cause", "other_leg_call_id", "owner_id", "to", "from", "direction",
    "request", "authorizing_id", "cost", "dialed_number", "calling_from", "datetime", "unix_timestamp", "rfc_1036",
    "iso_8601", "call_type", "rate", "rate_name", "bridge_id", "recording_url", "media_recordings", "media_server",
    "call_priority",
)  # fmt: skip


def rows_of_4_2(documents: list[Document], *, at_end: bool) -> list[dict[str, str]]:
    """Rows as Kazoo 4.2 has them: dates in quotes; in lines without quotes, times are those of the end."""
    columns = listing_columns.select_columns(COLUMNS_OF_4_2, " ")
    rows = []
    for document in documents:
        row = listing_columns.make_row(document, columns)
        if at_end:
            end = listing_columns.make_row({**document, "duration_seconds": 0}, columns)
            row |= {name: end[name] for name in ("timestamp", "unix_timestamp", "datetime", "rfc_1036", "iso_8601")}
        row |= {name: f'"{row[name]}"' for name in ("rfc_1036", "iso_8601")}
        rows.append({name: "".join(value) if isinstance(value, list) else str(value) for name, value in row.items()})
    return rows


@pytest.fixture(scope="module")
def rows_before_and_after_of_4_2(
    documents: list[Document], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[list[dict[str, str]], list[dict[str, str]]]]:
    """Rows in each kind of CSV of 4.2, and the rows of what was imported of it."""
    rows_by_name = {}
    plain = [
        document for document in documents if "," not in f"{document['caller_id_name']}{document['callee_id_name']}"
    ]
    for name, at_end, joint in (("without quotes", True, ","), ("in quotes", False, '","')):
        rows = rows_of_4_2(plain, at_end=at_end)
        head = list(rows[0]) if at_end else sorted(rows[0])
        quote = "" if at_end else '"'
        headings = [{"id": "id" if at_end else "ID"}.get(column, column) for column in head]
        texts = [headings, *([row[column] for column in head] for row in rows)]
        end = "\r\n" if at_end else "\n"
        text = "".join(f"{quote}{joint.join(cells)}{quote}{end}" for cells in texts)
        file = tmp_path_factory.mktemp("csv") / "cdrs.csv"
        file.write_bytes(text.encode())
        loaded = Importer(documents[0]["pvt_account_id"]).read([file])
        imported = {each["_id"]: each for month in loaded.documents.values() for each in month}
        rows_by_name[name] = rows, rows_of_4_2([imported[row["id"]] for row in rows], at_end=at_end)
    return rows_by_name


@pytest.mark.parametrize("column", COLUMNS_OF_4_2)
@pytest.mark.parametrize("kind", ["without quotes", "in quotes"])
def test_each_column_of_a_csv_of_kazoo_4_2_comes_back_equal(
    kind: str,
    column: str,
    rows_before_and_after_of_4_2: dict[str, tuple[list[dict[str, str]], list[dict[str, str]]]],
) -> None:
    rows, again = rows_before_and_after_of_4_2[kind]
    assert len(rows) > 100
    assert [row[column] for row in again] == [row[column] for row in rows]


def test_details_of_calls_are_served_again_with_the_same_answers(
    calls: LoadedDataSet, documents: list[Document], before: dict[str, bytes], tmp_path: Path
) -> None:
    saved = [
        write(
            tmp_path / f"{row}.json",
            json.dumps({"data": public_fields(each), "revision": each["_rev"], "status": "success"}),
        )
        for row, each in enumerate(documents)
    ]
    loaded = Importer(documents[0]["pvt_account_id"]).read(saved)
    after = answers(with_accounts_of(calls, loaded), tmp_path / "data")
    assert {path: body for path, body in after.items() if body != before[path]} == {}


def test_files_of_several_months_formats_and_kinds_are_read_at_once(documents: list[Document], tmp_path: Path) -> None:
    months = sorted({each["_id"][:6] for each in documents})
    assert len(months) == 2
    saved = [
        write(
            tmp_path / month, FORMATS[name]([each for each in documents if each["_id"][:6] == month]), is_compressed=gz
        )
        for month, name, gz in zip(months, ("_all_docs", "_changes"), (True, False), strict=True)
    ]
    loaded = Importer().read([*saved, saved[0]])
    assert [month for _, month in loaded.documents] == months
    assert [each for month in loaded.documents.values() for each in month] == documents


def totals(bodies: dict[str, bytes]) -> list[Any]:
    """Counts, sums and links of the answers, whatever the names in them are."""
    rows = json.loads(bodies["/cdrs?paginate=false"])["data"]
    amounts = [
        sorted((row[name] for row in rows), key=str)
        for name in ("cost", "duration_seconds", "billing_seconds", "timestamp", "direction", "hangup_cause",
                     "call_type", "rate", "datetime", "disposition")
    ]  # fmt: skip
    groups = [
        sorted(sorted(row["timestamp"] for row in rows if row[name] == value) for value in {row[name] for row in rows})
        for name in (
            "interaction_id", "owner_id", "caller_id_number", "caller_id_name", "callee_id_number", "bridge_id", "from",
            "authorizing_id", "media_server", "rate_name", "to",
        )
    ]  # fmt: skip
    ids = {row["call_id"] for row in rows}
    linked = sum(row["other_leg_call_id"] in ids for row in rows)
    summary = json.loads(bodies["/cdrs/summary"])["data"]
    classes = [
        sorted((name, sorted(rates.values())) for name, rates in domain.items())
        for direction in ("inbound", "outbound")
        for domain in summary[direction].values()
    ]
    return [
        amounts,
        groups,
        linked,
        sorted(classes),
        len(json.loads(bodies["/cdrs/interaction?paginate=false"])["data"]),
    ]


@pytest.mark.parametrize("name", FORMATS)
def test_anonymized_data_of_each_format_has_the_same_counts_sums_and_links(
    name: str, calls: LoadedDataSet, documents: list[Document], before: dict[str, bytes], tmp_path: Path
) -> None:
    loaded = Importer().read([write(tmp_path / "export", FORMATS[name](documents))])
    hidden = Anonymizer(SECRET).anonymize_data(with_accounts_of(calls, loaded))
    assert totals(answers(hidden, tmp_path / "data")) == totals(before)


def test_a_deployments_own_documents_go_through_unchanged(tmp_path: Path) -> None:
    """All that fixtures and edge cases have, and fields that only a deployment knows."""
    from mockcdrs.dataset import fixtures

    for name in ("office", "edge"):
        loaded = files.load(fixtures.directory() / name)
        documents = [
            {**document, "crm": {"ticket": [1, None, "x"]}, "custom_sip_headers": {"X-Own": "1"}}
            for month in loaded.documents.values()
            for document in month
            if document.get("pvt_type", "cdr") == "cdr" and ("pvt_type" in document or "call_id" in document)
            and document["_id"][:6].isdecimal() and "-" in document["_id"]
        ]  # fmt: skip
        unique = list({each["_id"]: each for each in documents}.values())
        read = Importer().read([write(tmp_path / name, lines(unique))])
        assert [each for month in read.documents.values() for each in month] == sorted(
            unique, key=lambda each: [*read.documents].index((each["pvt_account_id"], each["_id"][:6]))
        )


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('{"_id": "202601-a", "call_id": "a"}\n{"event_name": "CHANNEL_CREATE", "event_category": "call_event"}', 2,
         "is an event CHANNEL_CREATE of call_event"),
        ('{"call_id": "a", "event_name": "CHANNEL_DESTROY"}\n', 0, "is an event CHANNEL_DESTROY"),
        ('{"Event-Name": "CHANNEL_ANSWER", "Event-Category": "call_event", "Call-ID": "a"}', 0,
         "is an event CHANNEL_ANSWER of call_event"),
    ],
)  # fmt: skip
def test_an_event_that_is_no_cdr_is_refused_with_its_line_and_what_it_is(
    tmp_path: Path, text: str, line: int, words: str
) -> None:
    error = refusal(tmp_path, text)
    assert (error.line, str(error.came)) == (line, words)
    assert "take the documents that Kazoo made of such events" in str(error)


@pytest.mark.parametrize(
    "broken",
    [b"\x1f\x8b", b"\x1f\x8b\x08\x00garbage", gzip.compress(b"[]" * 99)[:-9]],
    ids=["magic", "garbage", "cut"],  # gzip puts the time into its head: workers would not agree on names
)
def test_broken_gzip_is_refused(tmp_path: Path, broken: bytes) -> None:
    assert "is broken gzip" in str(refusal(tmp_path, broken))


def test_gzip_of_more_than_a_memory_may_hold_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MAX_UNPACKED_BYTES", 1_000)
    assert "holds more than 1000 bytes" in str(refusal(tmp_path, gzip.compress(b"[" * 1_001)))
    assert "holds more" not in str(refusal(tmp_path, gzip.compress(b"[" * 1_000)))


def test_documents_that_are_no_cdrs_are_left_out_and_counted_by_their_kind(tmp_path: Path) -> None:
    importer = Importer()
    others = [
        {"_id": "202601-r", "pvt_type": "call_recording"},
        {"_id": "_design/cdrs"},
        {"_id": "202601-d", "_deleted": True},
        {"_id": "202601-a", "call_id": "a"},
    ]
    importer.read([write(tmp_path / "dump", lines(others))])
    assert importer.others == {"call_recording": 1, "design document": 1, "deleted document": 1}
    assert importer.count == 1
