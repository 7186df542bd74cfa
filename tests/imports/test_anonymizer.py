"""No original that names a person is left in anonymized data; keys, types, links, counts and sums stay."""

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
from hypothesis import given, settings
from hypothesis import strategies as st

from mockcdrs.cdr import listing_columns
from mockcdrs.crossbar.versions import KAZOO_4_3
from mockcdrs.dataset import export, files, fixtures
from mockcdrs.dataset.accounts import DEMO_APPS
from mockcdrs.dataset.files import DataSet, LoadedDataSet
from mockcdrs.dataset.generator import Traffic, documents_of_day
from mockcdrs.dataset.office import generate_accounts, generate_office, main_account_id
from mockcdrs.imports.anonymizer import Anonymizer, describe_dropped
from mockcdrs.imports.fields import FIELDS, FieldKind
from tests.imports.builders import ACCOUNT, SDP, SECRET, TRICKY, anonymized, holding

NAMES = ("zebedee", "quuxworth")
OTHERS = (
    "2237890", "223-7890", "79461234", "7946 1234", "71.82.93.104", "2a00:1450", "8f3c1e5a7b9d4c2e", "9d4c2e8a6f0b1d3e",
    "8F3C1E5A", "00:15:65:ab:cd:ef", "kqxw7zt2pm9",
)  # fmt: skip
PLANTED: tuple[str | int | float, ...] = (
    "Zebedee Quuxworth", "QUUXWORTH, Zebedee", "zebedee.quuxworth", "Quuxworth", "zebedee_quuxworth", "ZEBEDEE",
    "+13122237890", "3122237890", "(312) 223-7890", "+442079461234", "020 7946 1234", "011442079461234", 13122237890,
    3122237890, 3122237890.0, "8f3c1e5a7b9d4c2e8a6f0b1d3e5f7a90", "8F3C1E5A-7B9D-4C2E-8A6F-0B1D3E5F7A90",
    "account%2F8f%2F3c%2F1e5a7b9d4c2e8a6f0b1d3e5f7a90-202601", "202601-8f3c1e5a7b9d4c2e@71.82.93.104", "kqxw7zt2pm9",
    "63935690370-8f3c1e5a7b9d4c2e", "pbx.quuxworth.com", "zebedee@quuxworth.com", "71.82.93.104", "2a00:1450::7",
    "sip:+13122237890@pbx.quuxworth.com:5060;transport=udp", '"Zebedee Q." <sip:zebedee@71.82.93.104>',
    "sofia/sipinterface_1/zebedee@71.82.93.104:5060", "00:15:65:ab:cd:ef", "https://quuxworth.com/zebedee.mp3?a=b",
    "Yealink SIP-T46G 28.83.0.50 00:15:65:ab:cd:ef", "Zebedee/1.2 (quuxworth; 71.82.93.104)", "tel:+13122237890",
    "Yealink 3122237890", "Zoiper kqxw7zt2pm9", "v=0\r\ns=2237890\r\na=mid:13122237890\r\n",
    "v=0\r\na=tel:312-223-7890\r\na=info:020 7946 1234\r\n",
    SDP.replace("Quux", "Quuxworth").replace("10.9.8.7", "71.82.93.104").replace("2001:db8", "2a00:1450"),
    "v=0\r\no=zebedee 1 1 IN IP4 71.82.93.104\r\na=x-zebedee:+13122237890\r\n",
    "Call Zebedee, 312-223-7890 or +44 20 7946 1234, at quuxworth.com!",
)  # fmt: skip
planted_values = st.recursive(
    st.sampled_from(PLANTED) | st.sampled_from([None, True, 0, 1.5, 1e300, 10**400, "", "NORMAL_CLEARING"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*sorted(FIELDS), "Zebedee", "13122237890", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


def is_original_in(text: str) -> bool:
    return any(original.casefold() in text.casefold() for original in (*NAMES, *OTHERS))


def shape(value: Any, *, is_tally: bool = False) -> Any:
    """The keys that the table knows and the types of a JSON value."""
    if isinstance(value, dict):
        if is_tally:
            return sorted((json.dumps(shape(each, is_tally=True)) for each in value.values()), key=str)
        return {
            name: shape(each, is_tally=FIELDS[name] is FieldKind.TALLY)
            for name, each in value.items()
            if name in FIELDS
        }
    return [shape(each, is_tally=is_tally) for each in value] if isinstance(value, list) else type(value).__name__


@pytest.mark.parametrize("value", PLANTED, ids=range(len(PLANTED)))
def test_an_original_of_each_kind_leaves_each_field(value: str | float) -> None:
    document = dict.fromkeys(FIELDS, value)
    hidden = Anonymizer(SECRET).anonymize_object(document)
    assert [name for name, each in hidden.items() if is_original_in(json.dumps(each))] == []
    assert shape(hidden) == shape(document)


@given(st.dictionaries(st.sampled_from(sorted(FIELDS)), planted_values, max_size=8), st.binary(min_size=1, max_size=80))
@settings(deadline=None)
def test_no_original_is_left_in_nested_values_and_keys_and_types_are_equal(
    document: dict[str, Any], secret: bytes
) -> None:
    hidden = Anonymizer(secret).anonymize_object(document)
    assert not is_original_in(json.dumps(hidden, ensure_ascii=False))
    assert shape(hidden) == shape(document)


COMMON_WORDS = (
    "Channel", "Event", "May", "April", "Rose", "Grace", "Price", "Cost", "Rate", "Answer", "Bill", "Mark", "Will",
    "Free", "Toll", "Mobile", "Local", "Inbound", "Direction", "Call", "Name", "Number", "Base", "Us", "Sip", "Pbx",
    "Normal", "Clearing", "True", "Code", "Device", "User", "Time", "Key", "Id", "In", "On",
)  # fmt: skip


def test_names_that_are_common_words_change_no_key_code_amount_flag_or_time() -> None:
    loaded = committed("office")
    office = [document for documents in loaded.documents.values() for document in documents][:100]
    renamed = [
        {
            **document,
            "caller_id_name": f"{word} {COMMON_WORDS[-row]}",
            "base_cost": 190,
            "did_classifier": "tollfree_us",
        }
        for document in office
        for row, word in enumerate(COMMON_WORDS)
    ]
    kept = {
        name
        for name, kind in FIELDS.items()
        if kind in {FieldKind.AMOUNT, FieldKind.TIME, FieldKind.CODE, FieldKind.FLAG}
    }
    anonymizer = Anonymizer(SECRET)
    for document in renamed:
        hidden = anonymizer.anonymize_object(document)
        for before, after in ((document, hidden), *(_pairs(document, hidden, "custom_channel_vars"))):
            assert [*after] == [name for name in before if name in FIELDS]
            staying = {name: before[name] for name in before.keys() & kept if name != "rate_name"}
            assert staying == {name: after[name] for name in staying}
        assert hidden["caller_id_name"] != document["caller_id_name"]


def _pairs(before: dict[str, Any], after: dict[str, Any], name: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    if isinstance(before.get(name), dict):
        yield before[name], after[name]


def test_each_field_of_the_schema_and_each_column_of_a_row_is_in_the_table() -> None:
    from mockcdrs.cdr import documents

    assert {*documents.schema_field_names(), *listing_columns.COLUMNS} <= FIELDS.keys()


def test_generated_calls_and_accounts_have_no_field_that_is_not_in_the_table() -> None:
    office = generate_office(1, main_account_id(1))
    anonymizer = Anonymizer(SECRET)
    for account in generate_accounts(1):
        anonymizer.anonymize_account(account)
    documents = [*islice(documents_of_day(office, Traffic(500), date(2026, 1, 19)), 1_000)]
    assert len([anonymizer.anonymize_object(document) for document in documents]) > 500
    assert anonymizer.dropped == set()


def committed(name: str) -> LoadedDataSet:
    """The first month: enough to find a fault in."""
    loaded = files.load(fixtures.directory() / name)
    first = min(month for _, month in loaded.documents) if name == "office" else ""
    held = {key: documents for key, documents in loaded.documents.items() if key[1].startswith(first)}
    return LoadedDataSet(loaded.accounts, held)


def leaves(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for inner, each in value.items():
            yield from leaves(each, inner)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from leaves(each, key)
    else:
        yield key, value


@pytest.mark.parametrize("name", ["office", "edge"])
def test_each_original_of_the_committed_data_has_one_pseudonym_and_each_pseudonym_one_original(name: str) -> None:
    data = committed(name)
    hidden = Anonymizer(SECRET).anonymize_data(data)
    links: dict[str, set[tuple[str, str]]] = {}
    for before, after in zip(data.documents.values(), hidden.documents.values(), strict=True):
        for document, pseudonymous in zip(before, after, strict=True):
            values, pseudonyms = dict(leaves(document)), dict(leaves(pseudonymous))
            for field, pseudonym in pseudonyms.items():
                if isinstance(pseudonym, str):
                    links.setdefault(field, set()).add((values[field], pseudonym))
    assert len(links) > 40
    for field, pairs in links.items():
        originals, replaced = ({pair[side] for pair in pairs} for side in (0, 1))
        assert len(originals) == len(replaced) == len(pairs), field


def test_values_that_name_nobody_stay() -> None:
    (made,) = anonymized(TRICKY)
    kept = {"event_category", "event_name", "hangup_cause", "pvt_created"}
    assert {key: made[key] for key in kept} == {key: TRICKY[key] for key in kept}
    assert [key for key in made if key not in TRICKY] == []
    assert "m=audio 17176 RTP/AVP 0 8 101\r\na=rtpmap:0 PCMU/8000\r\n" in made["remote_sdp"]
    assert made["channel_name"].startswith("sofia/sipinterface_1/")
    assert made["_id"].startswith("202601-")
    assert made["interaction_id"].startswith("63935690370-")
    assert " Telephone 1.6 " in made["user_agent"]


def test_a_person_has_one_pseudonym_in_each_field_and_spelling() -> None:
    (made,) = anonymized(TRICKY)
    first, last = made["caller_id_name"].split()
    assert made["callee_id_name"].startswith(f"{last.upper()}, {first} ")
    assert made["from"].startswith(f"sip:{first.lower()}.{last.lower()}@")
    digits = made["caller_id_number"].removeprefix("+1")
    assert str(made["callee_id_number"]) == digits
    assert f"({digits[:3]}) {digits[3:6]}-{digits[6:]}" in made["custom_application_vars"]["note"]
    assert made["custom_application_vars"]["note"].startswith(first)
    assert made["user_agent"].startswith(f"{first}'s ")
    assert f"o={first.lower()} " in made["remote_sdp"]
    assert made["to"].partition("@")[0].replace(" ", "")[1:] == made["callee_id_name"].split("+44")[1]
    (account,) = Anonymizer(SECRET).anonymize_data(holding(TRICKY)).accounts
    assert (account.users[0]["first_name"], account.users[0]["last_name"]) == (first, last)
    assert account.devices[0]["name"].startswith(f"{first}'s ")


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


def test_an_account_has_no_apps_and_no_original_left() -> None:
    (account,) = Anonymizer(SECRET).anonymize_data(holding(TRICKY)).accounts
    assert account.apps == ()
    assert not re.search("zebedee|quux|d1d1|u5er|5ecret|de71ce|00:15:65", repr(account).casefold())
    assert ACCOUNT not in repr(account)


def test_unknown_fields_are_dropped_and_named_unless_they_are_to_be_kept() -> None:
    document = {"crm": {"ticket": "Zebedee"}, "note": "Zebedee", "custom_channel_vars": {"color": "red"}}
    anonymizer = Anonymizer(SECRET)
    assert anonymizer.anonymize_object(document).keys() == {"note", "custom_channel_vars"}
    assert describe_dropped(anonymizer.dropped) == ("2 unknown fields dropped: color, crm; keep them with --keep FIELD")
    keeping = Anonymizer(SECRET, ["crm", "note"])
    assert keeping.anonymize_object(document) == {**document, "custom_channel_vars": {}}
    assert describe_dropped(keeping.dropped) == "1 unknown field dropped: color; keep it with --keep FIELD"


def test_a_transfer_is_named_by_its_time_and_a_summary_by_realm_class_and_rate() -> None:
    transfers = {"1768435190": {"call_id": "a1b2c3d4e5", "type": "blind", "extension": "1001"}}
    made = Anonymizer(SECRET).anonymize_object(
        {"transfer_history": transfers, "inbound": {"pbx.a.com": {"did_us": {"A b": 7}}}}
    )
    (transfer,) = made["transfer_history"].items()
    assert transfer[0] == "1768435190"
    assert transfer[1]["type"] == "blind"
    assert re.fullmatch(r"[1-9]\d{3}", transfer[1]["extension"])
    ((realm, classes),) = made["inbound"].items()
    assert re.fullmatch(r"[a-z]+\.a\.example", realm)
    ((rate, seconds),) = classes["did_us"].items()
    assert rate.startswith("A ")
    assert seconds == 7


def test_an_empty_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="the secret came empty"):
        Anonymizer(b"")


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


def test_an_account_s_users_keep_the_demo_apps_that_the_account_then_has_and_no_other() -> None:
    apps = [app["id"] for app in DEMO_APPS]
    made = Anonymizer(SECRET).anonymize_object({"appList": [*apps, ACCOUNT]})
    assert made["appList"][:-1] == apps
    assert re.fullmatch(r"(?!8f3c)[0-9a-f]{32}", made["appList"][-1])
