import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockcdrs.crossbar.cowboy import (
    MAX_REQUEST_LINE_BYTES,
    accepts_gzip,
    check_limits,
    choose_format,
    negotiate_language,
    negotiate_type,
)
from mockcdrs.crossbar.errors import EmptyResponse

JSON, CSV = "application/json", "text/csv"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, JSON),
        ("*/*", JSON),
        ("application/json", JSON),
        ("APPLICATION/JSON", JSON),
        ("application/x-json", "application/x-json"),
        ("application/*", JSON),
        ("application/json;charset=utf-8", JSON),
        ("text/csv", CSV),
        ("text/*", CSV),
        ("text/comma-separated-values", "text/comma-separated-values"),
        ("application/octet-stream", "application/octet-stream"),
        ("text/html, */*", JSON),
        ("text/html, text/csv", CSV),
        ("text/comma-separated-values, text/*", "text/comma-separated-values"),
        ("text/comma-separated-values, */*", "text/comma-separated-values"),
        ("application/json, text/csv;q=1", CSV),
        # the better wanted, then the more exact, then the later: `cowboy_rest:prioritize_accept/1`
        ("application/json;q=0.5, text/csv", CSV),
        ("*/*, text/csv", CSV),
        ("text/*, application/json", JSON),
        ("text/csv, application/json", JSON),
        ("application/json, text/csv", CSV),
        ("application/x-json, application/json, text/html", JSON),
        ("application/json;q=0", JSON),
        ("text/csv;level=1, text/csv, */*", CSV),
        ("*/*;q=0.1, application/json;q=0, text/csv;q=0.01", JSON),
        ('text/csv; header="a\\"b"', CSV),
        (" text/csv ,, ", CSV),
        # what Java's own client says
        ("text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", JSON),
        ('image/png;a="x,y", text/csv;q=0.125;whole;b=c', CSV),
        ("text/csv;q=0.5;a=b;c=d, text/csv;e=f;q=0.5, text/*;q=1.", CSV),
        ("application/json;Q=0.5, text/csv;q=0.9", JSON),
    ],
)
def test_a_type_that_the_client_takes_is_chosen(accept: str | None, expected: str) -> None:
    assert negotiate_type(accept, accepts_parameters=True) == expected


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("application/json;q=0.5", JSON),
        ("application/json;charset=utf-8, text/csv;q=0.1", CSV),
        ("*/*;version=1, application/x-json", "application/x-json"),
        ("*;q=.2;version=1", JSON),  # behind the weight
        ("application/json;charset=utf-8", 406),
        ("*/*;version=1", 406),
    ],
)
def test_a_type_with_parameters_of_its_own_may_fit_nothing(accept: str, expected: int | str) -> None:
    assert outcome(lambda header: negotiate_type(header, accepts_parameters=False), accept) == expected


@pytest.mark.parametrize(
    "accept", ["text/html", "image/*", "application/pdf", "*/csv", "text/html, image/png", "", ","]
)
def test_a_client_that_takes_nothing_of_ours_gets_406(accept: str) -> None:
    with pytest.raises(EmptyResponse) as caught:
        negotiate_type(accept, accepts_parameters=True)
    assert caught.value.status == 406


@pytest.mark.parametrize(
    "accept",
    [
        "json",
        "text/",
        "/csv",
        "text/csv/x",
        "text csv",
        "text/csv;=",
        "é/é",
        "a/b c",
        "text/csv;q=2",
        "text/csv;q=x",
        "text/csv;q=0.\u0663",
        "*",
        "text/csv;a",
    ],
)
def test_an_unreadable_accept_is_400(accept: str) -> None:
    with pytest.raises(EmptyResponse) as caught:
        negotiate_type(accept, accepts_parameters=True)
    assert caught.value.status == 400


def outcome(choose: Callable[[str | None], str], header: str) -> int | str:
    try:
        return choose(header)
    except EmptyResponse as bare:
        return bare.status


@given(st.text(max_size=30) | st.text("atex/csv*;q=01.,- ", max_size=30))
def test_any_header_gets_something_or_a_bare_answer(header: str) -> None:
    for choose in (lambda accept: negotiate_type(accept, accepts_parameters=True), negotiate_language):
        assert outcome(choose, header) not in {"", 500}


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        (None, "en"),
        ("en", "en"),
        ("EN", "en"),
        ("X, fr", "x"),
        ("fr, en;q=1", "en"),
        ("de", "de"),
        ("de-AT", "de-at"),
        ("de, en", "en"),
        ("en, de", "en"),
        ("fr, de", "fr"),
        ("de;q=0.5, en;q=0.9", "en"),
        ("de;q=0.5, fr", "de"),
        ("en-US,en;q=0.9", "en-us"),
        # two more kinds of English are always on offer
        ("de;q=0.5, en-GB", "en-gb"),
        ("de;q=0.5, en-us;q=0.9", "en-us"),
        ("de;q=0.5, en-au", "de"),
        # Cowboy means an atom where there is a text
        ("*", "*"),
        ("*;q=0.5, fr", "*"),
        ("de;q=0.1, *", "de"),
        ("de; fr", "de"),
        ("fr;q=0., de-1996;q=1.", "fr"),
    ],
)
def test_english_or_the_first_language_named_is_spoken(accepted: str | None, expected: str) -> None:
    assert negotiate_language(accepted) == expected


@pytest.mark.parametrize(
    "accepted", ["d e", "-", "verylonglanguage", "de;q=2", "de;level=1", "", ",", "419", "de-", "de;", "de;q=.5"]
)
def test_an_unreadable_language_is_400(accepted: str) -> None:
    with pytest.raises(EmptyResponse) as caught:
        negotiate_language(accepted)
    assert caught.value.status == 400


@pytest.mark.parametrize(
    ("negotiated", "wanted", "form"),
    [
        (JSON, None, "json"),
        (JSON, "csv", "csv"),
        (JSON, "pdf", "pdf"),
        (JSON, "text/csv", "csv"),
        (JSON, "application/octet-stream", "csv"),
        (JSON, "json", "json"),
        (JSON, "xml", "json"),
        (JSON, "", "json"),
        ("application/x-json", "csv", "csv"),
        (CSV, None, "csv"),
        (CSV, "json", "csv"),
        (CSV, "pdf", "csv"),
        ("application/octet-stream", "application/json", "csv"),
        (CSV, True, "csv"),
    ],
)
def test_accept_in_the_query_turns_json_into_something_else_and_nothing_into_json(
    negotiated: str, wanted: object, form: str
) -> None:
    assert choose_format(negotiated, wanted, knows_any_subtype=True) == form
    assert choose_format(negotiated, wanted, knows_any_subtype=False) == form


@pytest.mark.parametrize(
    ("wanted", "form"), [("text/*", "csv"), ("application/*", "json"), ("*/*", "json"), ("TEXT/*", "json")]
)
def test_a_text_of_any_kind_is_csv_where_such_a_type_is_known(wanted: str, form: str) -> None:
    """`api_resource:accept_matches_provided/3` of 4.3; `api_util:content_type_matches/2` of master looks elsewhere."""
    assert choose_format(JSON, wanted, knows_any_subtype=True) == form
    assert choose_format(JSON, wanted, knows_any_subtype=False) == "json"


@pytest.mark.parametrize(
    ("header", "taken"),
    [
        ("gzip", True),
        ("deflate, GZIP;q=0.001", True),
        ("gzip;q=1.000 , br", True),
        (", \t,gzip,,", True),
        ("gzip;q=0, gzip", True),
        ("br;gzip", True),  # as if it were a comma
        ("", False),
        ("*", False),
        ("x-gzip, deflate", False),
        ("gzip;q=0", False),
        ("gzip ; q=0.000", False),
        ("gzip;q=0., br", False),
    ],
)
def test_gzip_is_taken_where_it_is_named(header: str, taken: bool) -> None:
    assert accepts_gzip(header) is taken


@pytest.mark.parametrize(
    "header",
    [
        "gzip;q=abc",
        "gzip;q=2",
        "gzip;q=1.5",
        "gzip;q=0.1234",
        "gzip;",
        "gzip;Q=0",
        "gzip;q=",
        "gzip br",
        "gzip;q=1;a",
        "é",
    ],
)
def test_an_unreadable_accept_encoding_is_refused(header: str) -> None:
    """`cow_http_hd:parse_accept_encoding/1`."""
    with pytest.raises(ValueError, match=re.escape(header)):
        accepts_gzip(header)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_request_line_of_a_byte_too_much_is_refused(method: str) -> None:
    longest = "/" * (MAX_REQUEST_LINE_BYTES - len(f"{method}  HTTP/1.1"))
    assert check_limits(method, longest, {}) is None
    assert check_limits(method, f"{longest}/", {}) == (414, "a request line of more than 8000 bytes")


def test_a_hundred_headers_are_read_and_one_more_is_not() -> None:
    """`cowboy_http`, `max_headers`."""
    headers = {f"x-{number}": "" for number in range(100)}
    assert check_limits("GET", "/", headers) is None
    assert check_limits("GET", "/", {**headers, "x": ""}) == (431, "more than 100 headers")
