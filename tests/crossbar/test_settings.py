import dataclasses
import re
from typing import Any

import pytest

from mockcdrs.crossbar.settings import SettingError, Settings


def test_defaults_are_kazoos_but_that_nothing_is_limited() -> None:
    assert dict(Settings().items()) == {
        "crossbar.maximum_range": 2_682_000,
        "crossbar.cdrs.maximum_range": None,
        "crossbar.cdrs.cdr_stale_view": False,
        "crossbar.cdrs.maximum_bulk": 50,
        "crossbar.cdrs.should_filter_empty_strings": False,
        "crossbar.pagination_page_size": 50,
        "crossbar.load_view_chunk_size": 50,
        "crossbar.max_upload_size": 8_000_000,
        "crossbar.request_memory_limit": None,
        "crossbar.token_auth_expiry": 3_600,
        "token_buckets.max_bucket_tokens": None,
        "token_buckets.tokens_fill_rate": 10,
        "kazoo.version": "4.3.142",
        "kazoo.node": Settings().kazoo_node,
    }


def test_node_is_22_characters_of_url_safe_base64() -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", Settings().kazoo_node)


def test_every_field_has_a_kazoo_name_of_its_own() -> None:
    assert len(Settings.names()) == len(dataclasses.fields(Settings))


@pytest.mark.parametrize(
    ("assignment", "field", "value"),
    [
        ("crossbar.maximum_range=86400", "maximum_range", 86400),
        ("crossbar.cdrs.maximum_range=86400", "cdrs_maximum_range", 86400),
        (" crossbar.cdrs.maximum_bulk = 5 ", "maximum_bulk", 5),
        ("crossbar.cdrs.should_filter_empty_strings=true", "should_filter_empty_strings", True),
        ("crossbar.request_memory_limit=null", "request_memory_limit", None),
        ("crossbar.request_memory_limit=100000", "request_memory_limit", 100_000),
        ("kazoo.version=5.2.1", "kazoo_version", "5.2.1"),
        ("kazoo.version=5.2", "kazoo_version", "5.2"),
        ('kazoo.version="5.2"', "kazoo_version", "5.2"),
        ("kazoo.node=a=b", "kazoo_node", "a=b"),
    ],
)
def test_a_value_is_json_or_bare_text(assignment: str, field: str, value: Any) -> None:
    parsed = getattr(Settings.parse([assignment]), field)
    assert parsed == value
    assert type(parsed) is type(value)


def test_the_last_value_of_a_name_holds() -> None:
    assignments = ["crossbar.cdrs.maximum_bulk=5", "crossbar.cdrs.maximum_bulk=6"]
    assert Settings.parse(assignments).maximum_bulk == 6


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(SettingError) as caught:
        Settings.parse(["crossbar.cdrs.maximum_rnage=1"])
    assert str(caught.value).startswith("'crossbar.cdrs.maximum_rnage' is no known setting: expected one of ")
    assert all(name in str(caught.value) for name in Settings.names())


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("crossbar.cdrs.maximum_rnage", "; did you mean crossbar.cdrs.maximum_range?"),
        ("page_size", ""),
        ("maximum_bulk", "; did you mean crossbar.cdrs.maximum_bulk?"),
        ("pagination_page_size", "; did you mean crossbar.pagination_page_size?"),
        ("nosuch", ""),
    ],
)
def test_a_near_miss_is_told_the_name_that_was_meant(name: str, hint: str) -> None:
    with pytest.raises(SettingError) as caught:
        Settings.parse([f"{name}=1"])
    assert str(caught.value).partition("kazoo.node")[2] == hint


@pytest.mark.parametrize(
    ("assignment", "message"),
    [
        (
            "crossbar.maximum_range=a day",
            "crossbar.maximum_range came as 'a day': expected an integer of 1 or more",
        ),
        (
            "crossbar.cdrs.should_filter_empty_strings=1",
            "crossbar.cdrs.should_filter_empty_strings came as '1': expected true or false",
        ),
        (
            "crossbar.request_memory_limit=1.5",
            "crossbar.request_memory_limit came as '1.5': expected an integer of 0 or more, or null",
        ),
        (
            "kazoo.version",
            "'kazoo.version' is no setting: expected NAME=VALUE",
        ),
    ],
)
def test_a_wrong_value_is_refused_with_what_came_and_what_was_expected(assignment: str, message: str) -> None:
    with pytest.raises(SettingError) as caught:
        Settings.parse([assignment])
    complaint, _, example = str(caught.value).partition(", as in ")
    assert complaint == message
    Settings.parse([example])


@pytest.mark.parametrize("text", ["0", "-1", "true", "null", "1.0", "[1]", ""])
def test_a_page_size_is_a_positive_integer(text: str) -> None:
    with pytest.raises(SettingError, match="pagination_page_size came as"):
        Settings.parse([f"crossbar.pagination_page_size={text}"])


def test_a_setting_that_is_not_known_is_told_all_that_are() -> None:
    with pytest.raises(SettingError) as caught:
        Settings.parse(["x=1"])
    assert str(caught.value) == f"'x' is no known setting: expected one of {', '.join(Settings.names())}"
