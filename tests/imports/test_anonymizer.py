"""No original that names a person is left in anonymized data; links, counts and sums stay."""

import json
import re
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from mockcdrs.cdr import listing_columns
from mockcdrs.crossbar.versions import KAZOO_4_3
from mockcdrs.dataset import export, files, fixtures
from mockcdrs.dataset.files import DataSet, LoadedDataSet
from mockcdrs.dataset.generator import documents_of_day
from mockcdrs.dataset.office import generate_office, main_account_id
from mockcdrs.dataset.traffic import Traffic
from mockcdrs.imports.anonymizer import Anonymizer
from tests.imports.builders import ACCOUNT, SECRET, TRICKY, anonymized, holding


def committed(name: str) -> LoadedDataSet:
    """The first month: enough to find a fault in."""
    loaded = files.load(fixtures.directory() / name)
    first = min(month for _, month in loaded.documents) if name == "office" else ""
    held = {key: documents for key, documents in loaded.documents.items() if key[1].startswith(first)}
    return LoadedDataSet(loaded.accounts, held)


def text_of(data: DataSet) -> str:
    held = [[account, *each] for (account, _), each in data.documents.items()]
    return json.dumps([held, [repr(account) for account in data.accounts]], ensure_ascii=False).casefold()


def leaves(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for inner, each in value.items():
            yield from leaves(each, inner)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from leaves(each, key)
    else:
        yield key, value


def originals(data: LoadedDataSet) -> set[str]:
    """Names, numbers, users, addresses, hosts and ids, found in the input without a look at how they are replaced."""
    found = set()
    holders = [*data.documents.values(), *([account.users, account.devices] for account in data.accounts)]
    for key, value in leaves(holders):
        text = str(value).casefold()
        if key.endswith("_name") and key not in {"rate_name", "app_name", "channel_name", "event_name"}:
            found.add(text)
        if key.endswith(("number", "_id", "call_id", "_key")) and not key.startswith(
            ("interaction", "call_interaction")
        ):
            found.add(text)
        if isinstance(value, str):
            found |= set(re.findall(r"(?<!\d)\d{1,3}(?:\.\d{1,3}){3}(?![\d.])", text))
            found |= set(re.findall(r"@([a-z0-9-]+(?:\.[a-z0-9-]+)+)", text))
            found |= set(re.findall(r"\d{7,}(?=@)", text))
    found |= {account.realm for account in data.accounts} | {account.id for account in data.accounts}
    return {each for each in found if len(each) >= 5 and not each.isspace()}


def left_over(data: LoadedDataSet, made: DataSet) -> set[str]:
    output = text_of(made)
    found = {each for each in originals(data) if each in output}
    return {each for each in found if re.search(rf"(?<![a-z0-9]){re.escape(each)}(?![a-z0-9])", output)}


@pytest.mark.parametrize("name", ["office", "edge"])
def test_no_original_is_left_anywhere_in_the_committed_data(name: str) -> None:
    data = committed(name)
    assert len(originals(data)) > 200
    kept = left_over(data, Anonymizer(SECRET).anonymize_data(data))
    assert kept <= {"anonymous", "unknown", "emergency"}  # the last one is a rate's name too


def test_no_original_is_left_in_sdp_uris_free_text_keys_and_integers() -> None:
    output = text_of(Anonymizer(SECRET).anonymize_data(holding(TRICKY)))
    for original in (
        "zebedee", "quux", "realty", "😀", "5550123", "555-0123", "9460123", "7946 0123", "192.0.2.17", "10.9.8.7",
        "db8::17", "7145404948", "6882224", "00:15:65", "feedbeef", "0123456789abcdef", ACCOUNT, ACCOUNT[4:], "u5er",
        "5ecret", "8400", "d1d1d1d1",
    ):  # fmt: skip
        assert original not in output


def test_values_that_name_nobody_stay() -> None:
    (made,) = anonymized(TRICKY)
    kept = {"event_category", "event_name", "hangup_cause", "pvt_created"}
    assert {key: made[key] for key in kept} == {key: TRICKY[key] for key in kept}
    assert [key for key in made if key not in TRICKY] == []
    assert "m=audio 17176 RTP/AVP 0 8 101\r\na=rtpmap:0 PCMU/8000\r\n" in made["remote_sdp"]
    assert made["remote_sdp"] == made["sdp_elsewhere"]
    assert made["channel_name"].startswith("sofia/sipinterface_1/")
    assert made["_id"].startswith("202601-")
    assert made["interaction_id"].startswith("63935690370-")
    assert made["user_agent"].endswith(tuple("0123456789"))
    assert " Telephone 1.6 " in made["user_agent"]


def test_a_person_has_one_pseudonym_in_each_field_and_spelling() -> None:
    (made,) = anonymized(TRICKY)
    first, last = made["caller_id_name"].split()
    assert made["callee_id_name"].startswith(f"{last.upper()}, {first} ")
    assert f'"{first} {last}"' in made["custom_sip_headers"]["in"]["x_from"]
    assert made["from"].startswith(f"sip:{first.lower()}.{last.lower()}@")
    digits = made["caller_id_number"].removeprefix("+1")
    assert str(made["callee_id_number"]) == digits
    assert f"({digits[:3]}) {digits[3:6]}-{digits[6:]}" in made["custom_application_vars"]["note"]
    assert made["custom_application_vars"][f"+1{digits}"] == int(f"1{digits}")


def test_links_ids_and_databases_still_agree() -> None:
    (made,) = anonymized(TRICKY)
    (account,) = Anonymizer(SECRET).anonymize_data(holding(TRICKY)).accounts
    variables = made["custom_channel_vars"]
    assert made["_id"] == f"202601-{made['call_id']}"
    assert variables["bridge_id"] == made["call_id"]
    assert made["interaction_id"].endswith(made["interaction_key"])
    assert variables["account_id"] == made["pvt_account_id"] == account.id
    assert made["pvt_account_db"] == f"account%2F{account.id[:2]}%2F{account.id[2:4]}%2F{account.id[4:]}-202601"
    assert variables["realm"] == account.realm
    assert variables["account_name"] == account.name
    assert account.tokens[0].owner_id == account.users[0]["id"]


def test_the_same_secret_makes_the_same_data_in_any_order_and_another_one_others() -> None:
    other = {**TRICKY, "_id": "202601-other", "caller_id_name": "Wilhelmina Frobnitz", "caller_id_number": "1001"}
    there, back = anonymized(TRICKY, other), anonymized(other, TRICKY)
    assert there == back[::-1]
    elsewhere = anonymized(TRICKY, other, secret=b"another")
    for key in ("_id", "caller_id_name", "caller_id_number", "channel_name", "remote_sdp", "pvt_account_id"):
        assert elsewhere[0][key] != there[0][key]


@pytest.mark.slow
def test_to_write_data_under_pseudonyms_takes_a_fraction_of_the_memory_of_the_data(tmp_path: Path) -> None:
    office = generate_office(1, main_account_id(1))
    documents = [*islice(documents_of_day(office, Traffic(20_000), date(2026, 1, 19)), 600)]
    few, many = (
        _peak_bytes(
            tmp_path / str(count), DataSet((office.account,), {(office.account.id, "202601"): documents[:count]})
        )
        for count in (100, 600)
    )
    weight = sum(len(json.dumps(document)) for document in documents[100:])
    assert many - few < weight * 3 / 4


def _peak_bytes(folder: Path, data: DataSet) -> int:
    tracemalloc.start()
    try:
        export.write_data_directory(folder, Anonymizer(SECRET).anonymize_data(data))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_single_document_is_rewritten_with_what_was_learned() -> None:
    anonymizer = Anonymizer(SECRET)
    (made,) = next(iter(anonymizer.anonymize_data(holding(TRICKY)).documents.values()))
    assert anonymizer.anonymize_document(TRICKY) == made
    assert anonymizer.anonymize_account(holding().accounts[0]).id == made["pvt_account_id"]


def test_an_empty_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="the secret came empty, expected some bytes"):
        Anonymizer(b"")


def test_counts_sums_and_times_of_the_office_stay() -> None:
    data = committed("office")
    made = Anonymizer(SECRET).anonymize_data(data)
    before, after = ([each for held in one.documents.values() for each in held] for one in (data, made))
    columns = KAZOO_4_3.row_columns()
    for name in ("timestamp", "duration_seconds", "cost", "rate", "hangup_cause", "direction", "datetime"):
        of_before, of_after = (
            [listing_columns.make_row(each, columns)[name] for each in held] for held in (before, after)
        )
        assert of_before == of_after
    for name in (
        "rate_name",
        "caller_id_name",
        "caller_id_number",
        "callee_id_number",
        "owner_id",
        "interaction_id",
        "bridge_id",
    ):
        shares = [Counter(listing_columns.make_row(each, columns)[name] for each in side) for side in (before, after)]
        assert sorted(shares[0].values()) == sorted(shares[1].values())
