"""A bad file is refused whole, with its place, what came and what was expected."""

import json
from pathlib import Path
from typing import Any

import pytest

from mockcdrs.dataset.files import DataError
from mockcdrs.imports.importer import Importer

ROW: dict[str, Any] = {
    "id": "202601-a",
    "call_id": "a",
    "direction": "inbound",
    "timestamp": "63935690370",
    "duration_seconds": 1,
    "unix_timestamp": "1768471170",
    "media_recordings": [],
}
HEADER = "id,call_id,caller_id_name,direction,timestamp,unix_timestamp"
LINE = "202601-a,a,Ann,inbound,63935690370,1768471170"
KINDS = "a listing row (with unix_timestamp), a document (with _id) or a public one (with id and call_id)"


def refusal(tmp_path: Path, *contents: str | bytes) -> DataError:
    paths = [tmp_path / f"file{number}" for number in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(DataError) as caught:
        Importer().read(paths)
    return caught.value


FILES = [
    (b"\xff\xfe", 0, "", "is no text (invalid start byte at byte 0)", "JSON or CSV in UTF-8"),
    ("", 0, "", "is empty", "JSON, or a CSV download"),
    ("hello,world", 0, "", "begins with 'hello,world'", "JSON, or a CSV download"),
    ('{"data": [\n {"id": 7,\n]}', 3, "", "goes on with ']}'", "JSON (Expecting property name"),
    ('{"data": [', 1, "", "ends too soon", "JSON (Expecting value"),
    ('{"_id": "202601-a", "n": NaN}', 0, "", "holds what no answer could carry", "JSON (NaN is no JSON number)"),
    ('{"_id": "202601-a", "n": "\\ud800"}', 0, "", "holds what no answer could carry", "JSON ("),
    ("[" * 100_000, 0, "", "holds what no answer could carry", "JSON ("),
    ('{"_id": "202601-a", "call_id": "a"}\n{"_id": \n', 2, "", "is '{\"_id\":'", "JSON (Expecting value"),
    ('{"_id": "202601-a", "call_id": "a"}\n[7]\n', 2, "[0]", "7", "an object"),
    ("[]", 0, "", "holds no CDR", "one at the least"),
    ('{"data": [], "status": "success"}', 0, "", "holds no CDR", "one at the least"),
    (
        '{"data": {}, "error": "404", "message": "bad", "status": "error"}',
        0,
        "status",
        "tells of an error (404 bad)",
        "an answer",
    ),
    ('{"data": {"inbound": {}}, "status": "success"}', 0, "data", "is an object with inbound", KINDS),
    ('{"rows": 7}', 0, "rows", "7", "a list"),
    ('{"rows": [{"id": "x", "value": 1}]}', 0, "rows[0].doc", "null", "a document"),
    ('[{"_id": "x-1"}]', 0, "[0]._id", '"x-1"', "YYYYMM-<call id>"),
    ('[{"_id": "202601-a"}]', 0, "[0]", "has neither call_id nor pvt_type", "the document of a CDR"),
    ('[{"document": {"_id": "x"}, "account_id": "A", "month": "202601"}]', 0, "[0].document", "has neither", "the doc"),
    (
        '{"document": {"_id": "x", "pvt_type": "fax"}, "account_id": "A", "month": "202601"}',
        0,
        "",
        "holds no CDR",
        "one",
    ),
    ('[{"_id": 7}]', 0, "[0]._id", "7", "text"),
    ('[{"document": 7, "account_id": "A"}]', 0, "[0].document", "7", "an object"),
    ('[{"document": {"_id": "x"}, "account_id": "A"}]', 0, "[0].month", "null", "text"),
    (f"{HEADER}\r\n{LINE}\r\n{LINE},x\r\n", 3, "", "has 7 columns", "6, as in the header; these lines have no quotes"),
    (f"{HEADER}\r\n{LINE}\r\nshort\r\n", 3, "", "has 1 columns", "6, as in the header"),
    (
        f"{HEADER}\r\n{LINE.replace('Ann', 'A' + chr(10) + 'B')}\r\nshort\r\n",
        4,
        "",
        "has 1 columns",
        "6, as in the header",
    ),
    ("id,name\r\n1,2\r\n", 1, "", "has the columns id,name", "those of a download"),
    ("id,call_id,call_id\r\n", 1, "", "has a column twice", "each column once"),
    ('"ID","call_id","unix_timestamp"\n"a","b","c","d"\n', 2, "", "has 4 cells", "3 at the most"),
    ('"ID","call_id","unix_timestamp"', 0, "", "holds no CDR", "one at the least"),
    ('"ID","call_id","unix_timestamp"\n"a\n', 2, "", "is broken (", "CSV with every cell in quotes"),
    ('"call_id","timestamp","ID"\n"a","soon","202601-a"\n', 2, "timestamp", '"soon"', "a whole number"),
]


@pytest.mark.parametrize(("content", "line", "field", "came", "expected"), FILES)
def test_a_file_that_is_none_is_refused(
    tmp_path: Path, content: str | bytes, line: int, field: str, came: str, expected: str
) -> None:
    error = refusal(tmp_path, content)
    assert (error.file, error.line, error.field) == (tmp_path / "file0", line, field)
    assert error.came.startswith(came)
    assert error.expected.startswith(expected)


COLUMNS = [
    ("id", "a", '"a"', "YYYYMM-<call id>"),
    ("id", None, "null", "text"),
    ("timestamp", "noon", '"noon"', "seconds as a whole number"),
    ("duration_seconds", [1], "[1]", "seconds as a whole number"),
    (
        "timestamp",
        "-63935690370",
        '"-63935690370"',
        "Gregorian seconds of a call's start (before the year 0: -63935690370)",
    ),
    ("rate", "cheap", '"cheap"', 'dollars, "0.0333"'),
    ("unix_timestamp_micro", "soon", '"soon"', "Unix seconds with a fraction"),
    ("cost", "7", '"7"', '"0", which follows from the other columns'),
    ("iso_8601", "2020-01-01", '"2020-01-01"', '"2026-01-15", which follows from the other columns'),
    ("dialed_number", "1", '"1"', '"", which follows from the other columns'),
]


@pytest.mark.parametrize(("name", "value", "came", "expected"), COLUMNS)
def test_a_row_that_no_document_gives_is_refused_with_its_column(
    tmp_path: Path, name: str, value: Any, came: str, expected: str
) -> None:
    error = refusal(tmp_path, json.dumps({"data": [ROW, {**ROW, "id": "202601-b", name: value}]}))
    assert (error.field, error.came, error.expected) == (f"data[1].{name}", came, expected)


def test_a_cost_that_no_rate_makes_is_refused(tmp_path: Path) -> None:
    error = refusal(tmp_path, json.dumps([{**ROW, "call_type": "per_minute", "rate": "0.0333", "cost": "-5"}]))
    assert (error.field, error.came) == ("[0].cost", '"-5"')
    assert error.expected.endswith("which follows from the other columns")


def test_a_row_without_its_direction_is_refused(tmp_path: Path) -> None:
    error = refusal(tmp_path, json.dumps([{**ROW, "direction": "up"}]))
    assert (error.field, error.came) == ("[0].direction", '"up"')
    assert error.expected == "inbound or outbound"


def test_the_same_cdr_told_in_two_ways_is_refused_with_both_places(tmp_path: Path) -> None:
    error = refusal(tmp_path, json.dumps([ROW]), json.dumps([{**ROW, "hangup_cause": "X"}]))
    assert (error.file, error.field, error.came) == (tmp_path / "file1", "[0]", '"202601-a"')
    assert error.expected == "the same CDR as before (file0, [0])"


def test_the_message_says_where_what_came_what_was_expected_and_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "file0"
    assert str(refusal(tmp_path, json.dumps([{**ROW, "rate": "x" * 200}]))) == (
        f'{file}: [0].rate came as "{"x" * 76}...; expected dollars, "0.0333"; correct it or take it out'
    )
