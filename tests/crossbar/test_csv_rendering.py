import csv
import io
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockcdrs.crossbar.csv_rendering import CsvFile, default_file_name, has_cells, header_line, plain_line
from tests.crossbar.builders import ask, body_of, calls, json_of, leg, state_of


def file_of(*rows: dict[str, Any], has_short_rows: bool = True) -> str:
    file = CsvFile(has_short_rows)
    file.add(rows)
    return file.text().decode()


def test_every_cell_is_quoted_and_the_id_is_called_ID() -> None:  # noqa: N802
    assert file_of({"id": "a", "n": 1, "f": 1.0, "t": True, "x": None, "e": ""}) == (
        '"ID","n","f","t","x","e"\n"a","1","1.0","true","null",""\n'
    )


def test_some_columns_have_names_for_persons_as_some_leaves_have() -> None:
    """`CSV_HEADER_MAP` in `crossbar.hrl`."""
    text = file_of({"account_id": 1, "description": 2, "metadata": {"to": 3, "x": 4}, "custom": {"account_id": 5}})
    assert text.partition("\n")[0] == '"Account ID","Description","To","metadata_x","custom_account_id"'


def test_a_quote_is_doubled_and_a_line_end_stays_within_its_cell() -> None:
    assert file_of({"a": 'say "hi"', "b": "1,2\n3"}) == '"a","b"\n"say ""hi""","1,2\n3"\n'


def test_lists_are_joined_by_commas() -> None:
    assert file_of({"a": ["x", "y"], "b": []}) == '"a","b"\n"x,y",""\n'


@pytest.mark.parametrize(
    ("items", "cell"),
    [([1, 2], '"\x01,\x02"'), (["a", ["b", "c"]], '"a,bc"'), ([1.5], ""), (["a", None], ""), ([{"z": 1}], "")],
)
def test_a_list_is_an_iolist_and_one_that_is_none_is_an_empty_cell(items: list[Any], cell: str) -> None:
    """`kz_csv:cell_to_binary/1`, `kz_term:to_binary/1`."""
    assert file_of({"a": items, "b": "x"}) == f'"a","b"\n{cell},"x"\n'


def test_objects_become_columns_of_their_leaves() -> None:
    assert file_of({"a": {"b": {"c": 1}, "d": 2}, "e": 3}) == '"a_b_c","a_d","e"\n"1","2","3"\n'


def test_a_missing_value_is_an_empty_cell_without_quotes() -> None:
    assert file_of({"a": 1, "b": 2}, {"a": 3}) == '"a","b"\n"1","2"\n"3",\n'


def test_rows_before_a_late_column_are_shorter() -> None:
    assert file_of({"a": 1}, {"b": 2}) == '"a","b"\n"1"\n,"2"\n'


def test_rows_before_a_late_column_are_filled_up_where_that_is_fixed() -> None:
    assert file_of({"a": 1}, {"b": 2, "c": 3}, has_short_rows=False) == '"a","b","c"\n"1",,\n,"2","3"\n'


def test_a_file_grows_from_chunk_to_chunk() -> None:
    file = CsvFile()
    assert not file
    file.add([{"a": 1}])
    file.add([{"a": 2}])
    assert file
    assert file.text() == b'"a"\n"1"\n"2"\n'


def test_bytes_that_are_no_utf_8_go_out_as_they_came() -> None:
    file = CsvFile()
    file.add([{"a": "\udcff"}])
    assert file.text() == b'"a"\n"\xff"\n'


CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=6)


@given(st.lists(st.fixed_dictionaries({"a": CELLS, "b": CELLS}), min_size=1, max_size=5))
def test_a_file_reads_back_with_any_csv_reader(rows: list[dict[str, str]]) -> None:
    assert list(csv.DictReader(io.StringIO(file_of(*rows), newline=""))) == rows


def test_bare_lines_have_no_quotes_and_no_escapes() -> None:
    assert header_line(["id", "b"]) == "id,b\r\n"
    assert plain_line({"id": 'a "b", c', "n": 1.0, "x": None}) == 'a "b", c,1.0,null\r\n'


def test_a_list_in_a_bare_line_is_its_parts_with_nothing_between() -> None:
    assert plain_line({"a": ["x", "y"], "b": []}) == "xy,\r\n"


@pytest.mark.parametrize(("row", "has"), [({}, False), ({"a": {}}, False), ({"a": {"b": 0}}, True), ({"a": ""}, True)])
def test_a_row_of_empty_objects_has_no_cells(row: dict[str, Any], has: bool) -> None:
    assert has_cells(row) is has


HEADERS: dict[str, Any] = {"first": {"x": "1"}, "second": "none"}


def test_a_text_where_another_row_has_an_object_kills_a_file() -> None:
    """`kz_csv:jobj_to_file/2` looks for the object's fields in every row, and `kz_json:get_value/3` dies on a text."""
    pair = [leg(name, interaction_id="63936125940-x", custom_sip_headers=value) for name, value in HEADERS.items()]
    for path in ("/cdrs/legs/63936125940-x", "/cdrs/legs/63936125940-x?is_chunked=true"):
        response = ask(state_of(pair), *path.partition("?")[::2], headers={"accept": "text/csv"})
        assert (response.status, body_of(response)) == (500, b"")
        assert response.note.endswith(": it crashes on CSV of a text or a number where another row has an object")
    assert ask(state_of(pair[1:]), "/cdrs/legs/63936125940-x", headers={"accept": "text/csv"}).status == 200


@pytest.mark.parametrize("request_id", ["request-1", "\udcff"])
def test_a_file_without_a_name_is_called_by_22_digits(request_id: str) -> None:
    """`api_util:csv_file_name/2`, whose digits are random."""
    assert re.fullmatch(r"json_[0-9a-f]{22}\.csv", default_file_name(request_id))


def test_a_failure_that_would_have_become_the_file_names_it_by_a_text_alone() -> None:
    state = state_of([leg("x", call_direction=None)])
    for query, name in (("file_name=a/X/", "X"), ("file_name", default_file_name("request-1"))):
        response = ask(state, query=query, headers={"accept": "text/csv"})
        assert response.status == 503
        assert response.headers["content-disposition"] == f'attachment; filename="{name}"'


@pytest.mark.parametrize("accept", ["text/csv", "application/json"])
@pytest.mark.parametrize(("is_chunked", "data"), [("true", []), ("false", {})])
def test_between_chunks_a_failure_loses_data_that_has_no_message(accept: str, is_chunked: str, data: Any) -> None:
    """`api_resource:reset_context_between_chunks/3`."""
    state = state_of(calls(12), request_memory_limit=2_000)
    response = ask(state, query=f"is_chunked={is_chunked}", headers={"accept": accept})
    assert (response.status, json_of(response)["data"]) == (416, data)
    assert "content-disposition" not in response.headers
