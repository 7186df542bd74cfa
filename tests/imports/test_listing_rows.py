"""A row of any release of Kazoo, in JSON or CSV, becomes the same document; a contradictory one is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from mockcdrs.imports import listing_rows
from mockcdrs.imports.importer import UNNAMED_ACCOUNT, Importer
from mockcdrs.imports.listing_rows import FileFormat
from tests.imports.builders import (
    ACCOUNT,
    END,
    OF_3_16,
    OF_3_18,
    OF_3_19,
    OF_3_20,
    OF_4_2,
    OF_4_3,
    RECORDINGS,
    SMALL_ROW,
    START,
    answer,
    cells,
    imported,
    in_order,
    lines,
    numbers,
    quoted,
    refusal,
    row,
)

VIEW = {
    "id": "201601-a@b",
    "call_id": "a@b",
    "caller_id_name": 'Ann "A" Doe',
    "caller_id_number": "1001",
    "callee_id_name": "Bob",
    "callee_id_number": "1002",
    "duration_seconds": 60,
    "billing_seconds": 42,
    "timestamp": 63_620_380_830,
    "hangup_cause": "NORMAL_CLEARING",
    "other_leg_call_id": "c@d",
    "owner_id": "u1",
    "to": "1002@pbx.example.com",
    "from": "1001@pbx.example.com",
    "inception": "+14155550100",
    "direction": "inbound",
    "request": "1002@pbx.example.com",
    "authorizing_id": "d1",
    "cost": 333,
}

WRITTEN = [
    (FileFormat.JSON, "up to 3.14", answer(VIEW)),
    (FileFormat.JSON, "3.15 to 3.17", answer(numbers(row(OF_3_16, END)))),
    (FileFormat.JSON, "3.18, 3.19", answer(numbers(row(OF_3_18, START)))),
    (FileFormat.JSON, "3.20 to 4.2.44", answer(row(OF_3_20, quoted(START)))),
    (FileFormat.JSON, "3.20 to 4.2.44", answer(row(OF_4_2, quoted(START)))),
    (FileFormat.JSON, "4.2.45 and later", answer(row(OF_4_2, START, datetime="2016-01-18_23:59:30"))),
    (FileFormat.JSON, "4.2.45 and later", answer(row([*OF_4_3, "disposition"], START))),
    (FileFormat.BARE_CSV, "3.16 to 3.19", lines(row(OF_3_19, END), "\r")),
    (FileFormat.BARE_CSV, "3.20 to 4.2.40", lines(row(OF_4_2, quoted(END)))),
    (FileFormat.BARE_CSV, "4.2.45 and later", lines(row(OF_4_3, START))),
    (FileFormat.QUOTED_CSV, "4.2.41 to 4.2.44", cells(in_order(row(OF_4_2, quoted(START))))),
    (FileFormat.QUOTED_CSV, "4.2.45 to 4.3.21", cells(in_order(row(OF_4_2, START)))),
    (FileFormat.QUOTED_CSV, "4.3.22 to 4.3.121", cells(row(OF_4_3, START), comma=";")),
    (FileFormat.QUOTED_CSV, "4.3.122 and later", cells(row([*OF_4_3, "disposition"], START), doubled='""', joint=",")),
]


@pytest.mark.parametrize(("form", "releases", "text"), WRITTEN)
def test_a_call_is_the_same_document_whichever_release_wrote_its_row(
    tmp_path: Path, form: FileFormat, releases: str, text: str
) -> None:
    ((document,),) = imported(tmp_path, text).values()
    assert (
        document.items()
        >= {
            "_id": "201601-a@b",
            "call_id": "a@b",
            "caller_id_name": 'Ann "A" Doe',
            "timestamp": 63_620_380_830,
            "duration_seconds": 60,
            "billing_seconds": 42,
            "call_direction": "inbound",
            "other_leg_call_id": "c@d",
            "from": "1001@pbx.example.com",
            "pvt_created": 63_620_380_830,
        }.items()
    )
    variables = document["custom_channel_vars"]
    known = {"owner_id": "u1", "authorizing_id": "d1", "account_billing": "per_minute"}
    assert variables.items() >= known.items()
    assert document.keys().isdisjoint({"rfc_1036", "unix_timestamp", "datetime", "is_a_leg"})
    if form is not FileFormat.JSON or releases != "up to 3.14":
        assert (variables["rate"], variables["rate_name"]) == (333, "US-1")
    if "media_recordings" in text:
        assert (variables["media_recordings"], document["media_server"]) == (RECORDINGS, "fs1")
    if "interaction_id" in text:
        assert (document["interaction_time"], document["interaction_key"]) == (63_620_380_770, "feedbeef")
    if "disposition" in text:
        assert document["disposition"] == "ANSWER"


def test_every_listing_format_is_tested() -> None:
    assert {(each.file_format, each.releases) for each in listing_rows.LISTING_FORMATS} == {
        written[:2] for written in WRITTEN
    }


@pytest.mark.parametrize(("form", "releases", "text"), WRITTEN)
def test_the_format_of_a_row_is_recognized(tmp_path: Path, form: FileFormat, releases: str, text: str) -> None:
    (tmp_path / "file").write_bytes(text.encode())
    importer = Importer()
    importer.read([tmp_path / "file"])
    ((listing, count),) = importer.row_counts.items()
    assert (listing.file_format, listing.releases, count) == (form, releases, 1)


@pytest.mark.parametrize(("form", "releases", "text"), WRITTEN)
def test_a_column_that_contradicts_the_others_is_refused_in_every_format(
    tmp_path: Path, form: FileFormat, releases: str, text: str
) -> None:
    if form is FileFormat.JSON and releases == "up to 3.14":
        text = text.replace('"cost": 333', '"cost": "dear"')
    wrong = text.replace("14531615", "14531614").replace("14531616", "14531614")
    with pytest.raises(ValueError, match=r"cost came as|unix_timestamp came as"):
        imported(tmp_path, wrong)


@pytest.mark.parametrize("form", FileFormat)
def test_the_account_column_of_kazoo_classic_gives_the_account(tmp_path: Path, form: FileFormat) -> None:
    names = [*OF_4_3, "reseller_cost", "reseller_call_type", "reseller_id", "account_id"]
    changes = {"reseller_cost": "0", "reseller_call_type": "", "reseller_id": "r1", "account_id": ACCOUNT}
    columns = row([name for name in names if name not in changes], START) | changes
    texts = {
        FileFormat.JSON: answer(columns),
        FileFormat.BARE_CSV: lines(columns),
        FileFormat.QUOTED_CSV: cells(columns, doubled='""', joint=",").replace('"account_id"', '"Account ID"'),
    }
    ((month, (document,)),) = imported(tmp_path, texts[form]).items()
    assert month == (ACCOUNT, "201601")
    assert document["pvt_account_id"] == ACCOUNT
    assert document["custom_channel_vars"].items() >= {"account_id": ACCOUNT, "reseller_id": "r1"}.items()


MONTHLY = f"{ACCOUNT}-201601"


@pytest.mark.parametrize(
    "content",
    [
        {"_id": "201601-a", "pvt_account_id": MONTHLY, "call_id": "a"},
        {"_id": "201601-a", "call_id": "a", "custom_channel_vars": {"account_id": MONTHLY}},
        {"id": "201601-a", "call_id": "a", "custom_channel_vars": {"account_id": MONTHLY}},
        {"account_id": MONTHLY, "month": "201601", "document": {"_id": "201601-a", "call_id": "a"}},
        row(OF_4_3, START) | {"account_id": MONTHLY},
    ],
)
def test_the_month_suffix_of_an_account_id_is_dropped(tmp_path: Path, content: dict[str, Any]) -> None:
    assert list(imported(tmp_path, json.dumps([content]))) == [(ACCOUNT, "201601")]


def test_the_month_suffix_of_the_account_option_is_dropped(tmp_path: Path) -> None:
    ((month, (document,)),) = imported(tmp_path, answer(row(OF_4_3, START)), account_id=MONTHLY).items()
    assert (month, document["pvt_account_id"]) == ((ACCOUNT, "201601"), ACCOUNT)


def test_a_call_authorized_by_the_account_itself_is_recognized_by_its_inception_direction(tmp_path: Path) -> None:
    columns = row(OF_4_3, START, authorizing_id="") | {"inception_direction": "origination"}
    for inception, authorized in (("origination", {"authorizing_id": ACCOUNT}), ("termination", {})):
        text = answer(columns | {"inception_direction": inception})
        ((document,),) = imported(tmp_path, text, account_id=ACCOUNT).values()
        variables = document["custom_channel_vars"]
        assert {name: variables[name] for name in variables if name == "authorizing_id"} == authorized


@pytest.mark.parametrize("inception", ["origination", "termination"])
def test_inception_direction_is_accepted_as_accounts_and_users_listings_have_it(tmp_path: Path, inception: str) -> None:
    columns = row(OF_4_3, START) | {"inception_direction": inception, "direction": "outbound", "calling_from": ""}
    ((document,),) = imported(tmp_path, answer(columns)).values()
    assert "inception_direction" not in document


def test_an_unknown_inception_direction_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match='inception_direction came as "sideways"; expected "origination"'):
        imported(tmp_path, answer(row(OF_4_3, START) | {"inception_direction": "sideways"}))


def test_of_two_rows_the_one_with_more_columns_counts(tmp_path: Path) -> None:
    plain = row(OF_4_3, START, authorizing_id="")
    interaction = plain | {"inception_direction": "origination"}
    for texts in ((answer(plain), answer(interaction)), (answer(interaction), answer(plain))):
        ((document,),) = imported(tmp_path, *texts).values()
        assert document["custom_channel_vars"]["authorizing_id"] == UNNAMED_ACCOUNT


WRONG_COLUMNS = [
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


@pytest.mark.parametrize(("name", "value", "came", "expected"), WRONG_COLUMNS)
def test_a_row_that_no_document_gives_is_refused_with_its_column(
    tmp_path: Path, name: str, value: Any, came: str, expected: str
) -> None:
    error = refusal(tmp_path, json.dumps({"data": [SMALL_ROW, {**SMALL_ROW, "id": "202601-b", name: value}]}))
    assert (error.field, error.came, error.expected) == (f"data[1].{name}", came, expected)


def test_a_cost_that_no_rate_makes_is_refused(tmp_path: Path) -> None:
    error = refusal(tmp_path, json.dumps([{**SMALL_ROW, "call_type": "per_minute", "rate": "0.0333", "cost": "-5"}]))
    assert (error.field, error.came) == ("[0].cost", '"-5"')
    assert error.expected.endswith("which follows from the other columns")


def test_a_row_without_its_direction_is_refused(tmp_path: Path) -> None:
    error = refusal(tmp_path, json.dumps([{**SMALL_ROW, "direction": "up"}]))
    assert (error.field, error.came) == ("[0].direction", '"up"')
    assert error.expected == "inbound or outbound"
