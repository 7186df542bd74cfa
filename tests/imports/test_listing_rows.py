"""A call is the same document, whichever release of Kazoo wrote its row, in JSON and in CSV."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from mockcdrs.dataset.store import Document
from mockcdrs.imports import listing_rows
from mockcdrs.imports.importer import UNNAMED_ACCOUNT, Importer
from mockcdrs.imports.listing_rows import Form

ACCOUNT = "8f3c1e5a7b9d4c2e8a6f0b1d3e5f7a90"
RECORDINGS = ["201601-" + "a" * 32, "201601-" + "b" * 32]
# Of a call from 2016-01-18T23:59:30Z to 2016-01-19T00:00:30Z.
START = {
    "timestamp": "63620380770",
    "datetime": "2016-01-18 23:59:30",
    "unix_timestamp": "1453161570",
    "rfc_1036": "Mon, 18 Jan 2016 23:59:30 GMT",
    "iso_8601": "2016-01-18",
}
END = {
    "timestamp": "63620380830",
    "datetime": "2016-01-19 00:00:30",
    "unix_timestamp": "1453161630",
    "rfc_1036": "Tue, 19 Jan 2016 00:00:30 GMT",
    "iso_8601": "2016-01-19",
}
ALWAYS = {
    "id": "201601-a@b",
    "call_id": "a@b",
    "caller_id_number": "1001",
    "caller_id_name": 'Ann "A" Doe',
    "callee_id_number": "1002",
    "callee_id_name": "Bob",
    "duration_seconds": 60,
    "billing_seconds": 42,
    "timestamp": "",
    "hangup_cause": "NORMAL_CLEARING",
    "other_leg_call_id": "c@d",
    "owner_id": "u1",
    "to": "1002@pbx.example.com",
    "from": "1001@pbx.example.com",
    "direction": "inbound",
    "request": "1002@pbx.example.com",
    "authorizing_id": "d1",
    "cost": "333",
    "dialed_number": "1002",
    "calling_from": "1001",
    "datetime": "",
    "unix_timestamp": "",
    "rfc_1036": "",
    "iso_8601": "",
    "call_type": "per_minute",
    "rate": "0.0333",
    "rate_name": "US-1",
    "bridge_id": "b1",
    "recording_url": "http://example.com/1.mp3",
}
OF_3_16 = [name for name in ALWAYS if name not in {"rfc_1036", "iso_8601", "bridge_id", "recording_url"}]
OF_3_18 = [*OF_3_16, "recording_url"]
OF_3_19 = [*OF_3_16, "bridge_id"]
OF_3_20 = list(ALWAYS)
OF_4_2 = [*OF_3_20, "media_recordings", "media_server", "call_priority"]
OF_4_3 = [*OF_3_20, "iso_8601_combined", "media_recordings", "media_server", "call_priority", "interaction_id"]
LATER = {
    "iso_8601_combined": "2016-01-18T23:59:30Z",
    "media_recordings": RECORDINGS,
    "media_server": "fs1",
    "call_priority": "1",
    "interaction_id": "63620380770-feedbeef",
    "disposition": "ANSWER",
}


def row(names: list[str], times: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    whole = {**ALWAYS, **LATER, **times, **changes}
    return {name: whole[name] for name in names}


def numbers(made: dict[str, Any]) -> dict[str, Any]:
    """With the numbers that were no texts yet in 3.19."""
    made |= {name: int(made[name]) for name in ("timestamp", "unix_timestamp", "cost")}
    return made | {"rate": 0.0333}


def quoted(times: Mapping[str, str]) -> dict[str, str]:
    return {**times, "rfc_1036": f'"{times["rfc_1036"]}"', "iso_8601": f'"{times["iso_8601"]}"'}


def answer(made: dict[str, Any]) -> str:
    return json.dumps({"data": [made], "status": "success"})


def lines(made: dict[str, Any], end: str = "\r\n") -> str:
    cells = ("".join(value) if isinstance(value, list) else str(value) for value in made.values())
    return ",".join(made) + end + ",".join(cells) + end


def cells(made: dict[str, Any], doubled: str = '"', comma: str = ",", joint: str = "") -> str:
    heads = ",".join(f'"{"ID" if name == "id" else name}"' for name in made)
    texts = (joint.join(value) if isinstance(value, list) else str(value) for value in made.values())
    return heads + "\n" + ",".join(f'"{text.replace(chr(34), doubled).replace(",", comma)}"' for text in texts) + "\n"


def in_order(made: dict[str, Any]) -> dict[str, Any]:
    return dict(sorted(made.items()))


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
    (Form.JSON, "up to 3.14", answer(VIEW)),
    (Form.JSON, "3.15 to 3.17", answer(numbers(row(OF_3_16, END)))),
    (Form.JSON, "3.18, 3.19", answer(numbers(row(OF_3_18, START)))),
    (Form.JSON, "3.20 to 4.2.44", answer(row(OF_3_20, quoted(START)))),
    (Form.JSON, "3.20 to 4.2.44", answer(row(OF_4_2, quoted(START)))),
    (Form.JSON, "4.2.45 and later", answer(row(OF_4_2, START, datetime="2016-01-18_23:59:30"))),
    (Form.JSON, "4.2.45 and later", answer(row([*OF_4_3, "disposition"], START))),
    (Form.LINES, "3.16 to 3.19", lines(row(OF_3_19, END), "\r")),
    (Form.LINES, "3.20 to 4.2.40", lines(row(OF_4_2, quoted(END)))),
    (Form.LINES, "4.2.45 and later", lines(row(OF_4_3, START))),
    (Form.CELLS, "4.2.41 to 4.2.44", cells(in_order(row(OF_4_2, quoted(START))))),
    (Form.CELLS, "4.2.45 to 4.3.21", cells(in_order(row(OF_4_2, START)))),
    (Form.CELLS, "4.3.22 to 4.3.121", cells(row(OF_4_3, START), comma=";")),
    (Form.CELLS, "4.3.122 and later", cells(row([*OF_4_3, "disposition"], START), doubled='""', joint=",")),
]


def imported(tmp_path: Path, *texts: str, **settings: Any) -> dict[tuple[str, str], list[Document]]:
    files = [tmp_path / f"file{number}" for number in range(len(texts))]
    for file, text in zip(files, texts, strict=True):
        file.write_bytes(text.encode())
    return {month: list(held) for month, held in Importer(**settings).read(files).documents.items()}


@pytest.mark.parametrize(("form", "releases", "text"), WRITTEN)
def test_the_same_call_is_the_same_document_whoever_wrote_it(
    tmp_path: Path, form: Form, releases: str, text: str
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
    if form is not Form.JSON or releases != "up to 3.14":
        assert (variables["rate"], variables["rate_name"]) == (333, "US-1")
    if "media_recordings" in text:
        assert (variables["media_recordings"], document["media_server"]) == (RECORDINGS, "fs1")
    if "interaction_id" in text:
        assert (document["interaction_time"], document["interaction_key"]) == (63_620_380_770, "feedbeef")
    if "disposition" in text:
        assert document["disposition"] == "ANSWER"


def test_no_listing_is_left_out_here() -> None:
    assert {(each.form, each.releases) for each in listing_rows.LISTINGS} == {written[:2] for written in WRITTEN}


@pytest.mark.parametrize(("form", "releases", "text"), WRITTEN)
def test_how_a_row_was_written_is_told(tmp_path: Path, form: Form, releases: str, text: str) -> None:
    (tmp_path / "file").write_bytes(text.encode())
    importer = Importer()
    importer.read([tmp_path / "file"])
    ((listing, count),) = importer.rows.items()
    assert (listing.form, listing.releases, count) == (form, releases, 1)


@pytest.mark.parametrize(("form", "releases", "text"), WRITTEN)
def test_what_the_rest_of_a_row_contradicts_is_refused_in_every_listing(
    tmp_path: Path, form: Form, releases: str, text: str
) -> None:
    if form is Form.JSON and releases == "up to 3.14":
        text = text.replace('"cost": 333', '"cost": "dear"')
    wrong = text.replace("14531615", "14531614").replace("14531616", "14531614")
    with pytest.raises(ValueError, match=r"cost came as|unix_timestamp came as"):
        imported(tmp_path, wrong)


def test_a_call_grouped_with_its_legs_is_each_of_them(tmp_path: Path) -> None:
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


@pytest.mark.parametrize("form", Form)
def test_the_account_column_of_kazoo_classic_gives_the_account(tmp_path: Path, form: Form) -> None:
    names = [*OF_4_3, "reseller_cost", "reseller_call_type", "reseller_id", "account_id"]
    changes = {"reseller_cost": "0", "reseller_call_type": "", "reseller_id": "r1", "account_id": ACCOUNT}
    made = row([name for name in names if name not in changes], START) | changes
    texts = {
        Form.JSON: answer(made),
        Form.LINES: lines(made),
        Form.CELLS: cells(made, doubled='""', joint=",").replace('"account_id"', '"Account ID"'),
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
def test_an_account_with_a_month_behind_it_is_the_account(tmp_path: Path, content: dict[str, Any]) -> None:
    assert list(imported(tmp_path, json.dumps([content]))) == [(ACCOUNT, "201601")]


def test_an_account_is_named_with_a_month_behind_it_just_as_well(tmp_path: Path) -> None:
    ((month, (document,)),) = imported(tmp_path, answer(row(OF_4_3, START)), account_id=MONTHLY).items()
    assert (month, document["pvt_account_id"]) == ((ACCOUNT, "201601"), ACCOUNT)


def test_a_call_that_the_account_itself_authorized_is_known_by_where_it_began(tmp_path: Path) -> None:
    made = row(OF_4_3, START, authorizing_id="") | {"inception_direction": "origination"}
    for inception, authorized in (("origination", {"authorizing_id": ACCOUNT}), ("termination", {})):
        text = answer(made | {"inception_direction": inception})
        ((document,),) = imported(tmp_path, text, account_id=ACCOUNT).values()
        variables = document["custom_channel_vars"]
        assert {name: variables[name] for name in variables if name == "authorizing_id"} == authorized


@pytest.mark.parametrize("inception", ["origination", "termination"])
def test_where_a_call_began_is_taken_from_an_accounts_listing_and_from_a_users(tmp_path: Path, inception: str) -> None:
    made = row(OF_4_3, START) | {"inception_direction": inception, "direction": "outbound", "calling_from": ""}
    ((document,),) = imported(tmp_path, answer(made)).values()
    assert "inception_direction" not in document


def test_a_call_that_began_nowhere_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match='inception_direction came as "sideways"; expected "origination"'):
        imported(tmp_path, answer(row(OF_4_3, START) | {"inception_direction": "sideways"}))


def test_the_listing_that_tells_more_of_a_call_counts(tmp_path: Path) -> None:
    plain = row(OF_4_3, START, authorizing_id="")
    interaction = plain | {"inception_direction": "origination"}
    for texts in ((answer(plain), answer(interaction)), (answer(interaction), answer(plain))):
        ((document,),) = imported(tmp_path, *texts).values()
        assert document["custom_channel_vars"]["authorizing_id"] == UNNAMED_ACCOUNT


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
    made = row(OF_3_19, END, call_type=call_type, cost=cost, bridge_id="b3")
    head, line, _ = lines(made, "\r").split("\r")
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
