"""Each kind of file is read; a broken one is refused with the place, what came and what was expected."""

import json
from pathlib import Path

import pytest

from tests.imports.builders import (
    END,
    OF_3_19,
    OF_3_20,
    OF_4_2,
    OF_4_3,
    SMALL_ROW,
    START,
    cells,
    imported,
    lines,
    quoted,
    refusal,
    row,
)

HEADER = "id,call_id,caller_id_name,direction,timestamp,unix_timestamp"
LINE = "202601-a,a,Ann,inbound,63935690370,1768471170"
KINDS = "a listing row (with unix_timestamp), a document (with _id) or a public one (with id and call_id)"


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
    ('{"data": {"inbound": {}}, "status": "success"}', 0, "data", "is an object with the keys inbound", KINDS),
    ("{}", 0, "", "is an empty object", KINDS),
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
    ('\r"ID","call_id"', 1, "", "is broken (", "CSV with every cell in quotes"),
    ('"ID","' + "x" * 200_000 + '"', 1, "", "is broken (", "CSV with every cell in quotes"),
    ('"call_id","timestamp","ID"\n"a","soon","202601-a"\n', 2, "timestamp", '"soon"', "a whole number"),
]


@pytest.mark.parametrize(("content", "line", "field", "came", "expected"), FILES)
def test_a_file_without_valid_cdrs_is_refused_with_the_place(
    tmp_path: Path, content: str | bytes, line: int, field: str, came: str, expected: str
) -> None:
    error = refusal(tmp_path, content)
    assert (error.file, error.line, error.field) == (tmp_path / "file0", line, field)
    assert error.came.startswith(came)
    assert error.expected.startswith(expected)


def test_the_message_says_where_what_came_what_was_expected_and_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "file0"
    assert str(refusal(tmp_path, json.dumps([{**SMALL_ROW, "rate": "x" * 200}]))) == (
        f'{file}: [0].rate came as "{"x" * 76}...; expected dollars, "0.0333"; correct it or take it out'
    )


def test_each_leg_of_a_grouped_call_is_read(tmp_path: Path) -> None:
    """`grouped=true`, of which 2600Hz's documentation for 3.21 tells (`cdrs.md`)."""
    b_leg = row(OF_3_20, quoted(START), id="201601-c@d", call_id="c@d", other_leg_call_id="a@b")
    a_leg = {**row(OF_3_20, quoted(START)), "is_a_leg": True}
    single = {**row(OF_3_20, quoted(START), id="201601-s", call_id="s", other_leg_call_id=""), "is_a_leg": True}
    for data in ([{"a@b": [a_leg, b_leg]}, {"s": [single]}], [{"a@b": [a_leg, b_leg], "s": [single]}]):
        ((*documents,),) = imported(tmp_path, json.dumps({"data": data, "status": "success"})).values()
        assert [document["_id"] for document in documents] == ["201601-a@b", "201601-c@d", "201601-s"]
        assert all("is_a_leg" not in document for document in documents)


def test_groups_between_which_no_comma_was_written_are_read(tmp_path: Path) -> None:
    groups = [
        json.dumps(
            {call_id: [{**row(OF_3_20, quoted(START), id=f"201601-{call_id}", call_id=call_id), "is_a_leg": True}]}
        )
        for call_id in ("a", "b")
    ]
    text = f'{{"status":"success", "data":[{"".join(groups)}], "page_size": 50}}'
    ((*documents,),) = imported(tmp_path, text).values()
    assert [document["call_id"] for document in documents] == ["a", "b"]


def test_a_header_may_stand_before_every_line(tmp_path: Path) -> None:
    """As in the first chunk of 4.2.2 to 4.2.23 (`cb_cdrs.erl`, `normalize_cdr_to_csv`)."""
    one = lines(row(OF_4_2, quoted(END)))
    other = lines(row(OF_4_2, quoted(END), id="201601-x", call_id="x"))
    ((*documents,),) = imported(tmp_path, one + other).values()
    assert [document["call_id"] for document in documents] == ["a@b", "x"]


@pytest.mark.parametrize("name", ["Doe, Ann", "Perez, Aguirre, Strickland", " Ann"])
def test_a_name_in_a_line_without_quotes_may_have_a_comma_before_a_blank(tmp_path: Path, name: str) -> None:
    ((document,),) = imported(tmp_path, lines(row(OF_4_3, START, caller_id_name=name))).values()
    assert (document["caller_id_name"], document["callee_id_number"]) == (name, "1002")


@pytest.mark.parametrize(
    ("call_type", "cost", "reseller_call_type", "reseller_cost"),
    [("per_minute", "333", "per_minute", "333"), ("per_minute", "333", "", "0"), ("flat_rate", "0", "flat_rate", "0")],
)
def test_a_resellers_line_gets_the_comma_that_3_19_left_out(
    tmp_path: Path, call_type: str, cost: str, reseller_call_type: str, reseller_cost: str
) -> None:
    columns = row(OF_3_19, END, call_type=call_type, cost=cost, bridge_id="b3")
    head, line, _ = lines(columns, "\r").split("\r")
    text = f"{head},reseller_cost,reseller_call_type\r{line}{reseller_cost},{reseller_call_type}\r"
    ((document,),) = imported(tmp_path, text).values()
    assert document["custom_channel_vars"]["bridge_id"] == "b3"


def test_a_resellers_line_of_which_the_cost_is_not_known_is_refused(tmp_path: Path) -> None:
    head, line, _ = lines(row(OF_3_19, END, call_type="", cost="0"), "\r").split("\r")
    text = f"{head},reseller_cost,reseller_call_type\r{line}333,per_minute\r"
    with pytest.raises(ValueError, match="line 2 has 27 columns; expected 28, as in the header"):
        imported(tmp_path, text)


def test_a_file_that_an_editor_saved_with_other_line_ends_is_read(tmp_path: Path) -> None:
    text = cells(row(OF_4_3, START), comma=";").replace("\n", "\r\n")
    ((document,),) = imported(tmp_path, text).values()
    assert document["caller_id_name"] == 'Ann "A" Doe'


def test_a_cell_without_escapes_may_hold_a_line_end(tmp_path: Path) -> None:
    text = cells(row(OF_4_3, START, caller_id_name="Ann\nDoe"), comma=";")
    ((document,),) = imported(tmp_path, text).values()
    assert document["caller_id_name"] == "Ann\nDoe"


def test_a_line_without_escapes_that_ends_too_soon_is_refused(tmp_path: Path) -> None:
    text = cells(row(OF_4_3, START), comma=";")
    with pytest.raises(ValueError, match="line 3 has 2 cells; expected 34, as in the header"):
        imported(tmp_path, text + '"201601-x","x"\n')
