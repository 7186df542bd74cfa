import json
from pathlib import Path
from typing import Any

import pytest

from mockcdrs.dataset.accounts import Token
from mockcdrs.dataset.files import DataError, load

ACCOUNT = "8f3c1e5a7b9d4c2e8a6f0b1d3e5f7a90"
BARE = {"_id": "202601-a@b", "pvt_account_id": ACCOUNT, "timestamp": 63_935_000_000}
WRAPPED = {"account_id": ACCOUNT, "month": "202512", "document": {"_id": "202601-a@b"}}


def written(directory: Path, *lines: Any, accounts: Any = None) -> Path:
    (directory / "cdrs.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    if accounts is not None:
        (directory / "accounts.json").write_text(json.dumps(accounts))
    return directory


def refusal(directory: Path) -> DataError:
    with pytest.raises(DataError) as caught:
        load(directory)
    return caught.value


def test_a_bare_document_tells_its_account_and_month(tmp_path: Path) -> None:
    assert load(written(tmp_path, BARE)).documents == {(ACCOUNT, "202601"): [BARE]}


def test_a_wrapped_document_lies_in_the_month_beside_it(tmp_path: Path) -> None:
    assert load(written(tmp_path, WRAPPED)).documents == {(ACCOUNT, "202512"): [WRAPPED["document"]]}


def test_all_files_are_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    written(tmp_path, BARE)
    (tmp_path / "a.jsonl").write_text(json.dumps({**BARE, "_id": "202601-first"}) + "\n\n")
    (tmp_path / "notes.txt").write_text("not read")
    (documents,) = load(tmp_path).documents.values()
    assert [document["_id"] for document in documents] == ["202601-first", "202601-a@b"]


@pytest.mark.parametrize(
    "text",
    [
        '{"_id":"202601-a","pvt_account_id":"A","z":1,"a":1.0,"m":true,"i":123456789012345678901234567890,"f":0.1}',
        '{"_id":"202601-a","pvt_account_id":"A","timestamp":"not a time","duration_seconds":-3}',
        '{"_id":"202601-a","pvt_account_id":"A","caller_id_name":"Zo\u00eb \U0001f600","custom_channel_vars":null}',
    ],
)
def test_a_document_keeps_its_values_their_types_and_the_order_of_its_keys(tmp_path: Path, text: str) -> None:
    (tmp_path / "cdrs.jsonl").write_text(text, encoding="utf-8")
    assert json.dumps(load(tmp_path).documents["A", "202601"][0], ensure_ascii=False, separators=(",", ":")) == text


def test_without_accounts_json_accounts_and_users_are_made_from_the_documents(tmp_path: Path) -> None:
    owned = {**BARE, "_id": "202511-c", "custom_channel_vars": {"owner_id": "u1"}}
    (account,) = load(written(tmp_path, BARE, owned)).accounts
    assert account.id == ACCOUNT
    assert account.months == ("202511", "202601")
    assert account.users == ({"id": "u1"},)
    assert not account.is_superduper_admin


def test_an_account_without_a_token_gets_the_same_one_each_time(tmp_path: Path) -> None:
    written(tmp_path, BARE, {**BARE, "pvt_account_id": "other"})
    first, again = (tuple(account.tokens[0].value for account in load(tmp_path).accounts) for _ in range(2))
    assert first == again
    assert len(set(first)) == 2


@pytest.mark.parametrize(
    "line",
    [
        {**BARE, "pvt_account_id": f"{ACCOUNT}-201307"},
        {"account_id": f"{ACCOUNT}-201307", "month": "202601", "document": BARE},
    ],
)
def test_an_account_with_a_month_behind_it_is_the_account(tmp_path: Path, line: dict[str, Any]) -> None:
    written(tmp_path, line)
    assert [account.id for account in load(tmp_path).accounts] == [ACCOUNT]
    assert list(load(tmp_path).documents) == [(ACCOUNT, "202601")]


def test_accounts_json_describes_the_accounts(tmp_path: Path) -> None:
    described = {
        "id": ACCOUNT,
        "name": "Alpha",
        "realm": "alpha.example.com",
        "tree": ["top"],
        "is_reseller": True,
        "months": ["202510"],
        "users": [{"id": "u1", "first_name": "Ann"}],
        "tokens": [{"token": "t", "owner_id": "u1"}, {"token": "s"}],
    }
    account, empty = load(written(tmp_path, BARE, accounts=[described, {"id": "empty"}])).accounts
    assert (account.name, account.realm, account.tree) == ("Alpha", "alpha.example.com", ("top",))
    assert (account.is_reseller, account.is_superduper_admin) == (True, False)
    assert account.users == ({"id": "u1", "first_name": "Ann"},)
    assert account.tokens == (Token("t", "u1"), Token("s"))
    assert account.months == ("202510", "202601")
    assert (empty.months, len(empty.tokens)) == ((), 1)


def test_null_in_an_account_is_as_good_as_nothing(tmp_path: Path) -> None:
    names = ("name", "realm", "tree", "is_reseller", "months", "users", "devices", "tokens", "numbers", "document")
    owned = {**BARE, "custom_channel_vars": {"owner_id": "u1"}}
    (bare,) = load(written(tmp_path, owned, accounts=[{"id": ACCOUNT}])).accounts
    (nulls,) = load(written(tmp_path, owned, accounts=[{"id": ACCOUNT, **dict.fromkeys(names)}])).accounts
    assert nulls == bare
    assert nulls.users


LINES = [
    ("oops", "", "'oops'", "JSON in UTF-8 (Expecting value: line 1 column 1 (char 0))"),
    ('{"_id": NaN}', "", "'{\"_id\": NaN}'", "JSON in UTF-8 (NaN is no JSON number)"),
    ("[]", "the line", "[]", "an object"),
    ("{}", "_id", "is missing", "text"),
    ('{"_id": 7}', "_id", "7", "text"),
    ('{"_id": "abc"}', "_id", '"abc"', "YYYYMM-<call id>, or the month beside a wrapped document"),
    ('{"_id": "202613-a"}', "_id", '"202613-a"', "YYYYMM-<call id>, or the month beside a wrapped document"),
    ('{"_id": "202601-a"}', "pvt_account_id", "is missing", "text"),
    ('{"_id": "202601-a", "pvt_account_id": ""}', "pvt_account_id", '""', "text"),
    ('{"document": []}', "document", "[]", "an object"),
    ('{"document": {}}', "document._id", "is missing", "text"),
    ('{"document": {"_id": "x"}}', "account_id", "is missing", "text"),
    ('{"document": {"_id": "x"}, "account_id": "A"}', "month", "is missing", 'a month as text, "202601"'),
    ('{"document": {"_id": "x"}, "account_id": "A", "month": 202601}', "month", "202601", 'a month as text, "202601"'),
]


@pytest.mark.parametrize(("text", "field", "came", "expected"), LINES)
def test_a_bad_line_is_refused_with_file_line_field_and_what_was_expected(
    tmp_path: Path, text: str, field: str, came: str, expected: str
) -> None:
    (tmp_path / "cdrs.jsonl").write_text(f"{json.dumps(BARE)}\n{text}\n")
    error = refusal(tmp_path)
    assert (error.file, error.line) == (tmp_path / "cdrs.jsonl", 2)
    assert (error.field, error.came, error.expected) == (field, came, expected)


ACCOUNTS = [
    ({}, "the file", "{}", "a list"),
    ([7], "[0]", "7", "an object"),
    ([{"id": "A"}, {}], "[1].id", "is missing", "text"),
    ([{"id": "A", "tree": "B"}], "[0].tree", '"B"', "a list"),
    ([{"id": "A", "tree": [1]}], "[0].tree", "1", "text"),
    ([{"id": "A", "is_reseller": 0}], "[0].is_reseller", "0", "true or false"),
    ([{"id": "A", "months": ["2026-01"]}], "[0].months", '"2026-01"', 'a month as text, "202601"'),
    ([{"id": "A", "users": [{}]}], "[0].users[0].id", "is missing", "text"),
    ([{"id": "A", "apps": [{"id": "a"}, 7]}], "[0].apps[1]", "7", "an object"),
    ([{"id": "A", "tokens": ["t"]}], "[0].tokens", '"t"', "an object"),
    ([{"id": "A", "tokens": [{"token": None}]}], "[0].tokens.token", "is missing", "text"),
    ([{"id": "A"}, {"id": "A"}], "id", '"A" is there twice', "each id once"),
    ([{"id": "A"}], "id", f'"{ACCOUNT}" is missing', "each account that documents name"),
]


@pytest.mark.parametrize(("accounts", "field", "came", "expected"), ACCOUNTS)
def test_a_bad_accounts_file_is_refused_with_the_field_and_what_was_expected(
    tmp_path: Path, accounts: Any, field: str, came: str, expected: str
) -> None:
    error = refusal(written(tmp_path, BARE, accounts=accounts))
    assert error.file == tmp_path / "accounts.json"
    assert (error.field, error.came, error.expected) == (field, came, expected)


def test_the_message_says_where_what_came_what_was_expected_and_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "cdrs.jsonl"
    assert str(refusal(written(tmp_path, {"_id": 7}))) == (
        f"{file}, line 1: _id came as 7; expected text; correct it or take it out"
    )


def test_a_long_value_is_shown_shortened(tmp_path: Path) -> None:
    came = refusal(written(tmp_path, {"_id": ["x" * 500]})).came
    assert len(came) == 80
    assert came.endswith("...")


def test_an_id_twice_in_a_month_is_refused_with_both_places(tmp_path: Path) -> None:
    error = refusal(written(tmp_path, BARE, {**BARE, "_id": "202601-b"}, BARE))
    assert (error.line, error.field, error.came) == (3, "_id", '"202601-a@b"')
    assert "cdrs.jsonl, line 1 has it too" in error.expected


@pytest.mark.parametrize("raw", [b'{"_id": "\xff"}', b'{"_id": "\\ud800"}', b"[" * 100_000])
def test_what_no_answer_could_carry_is_refused(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "cdrs.jsonl").write_bytes(raw)
    assert refusal(tmp_path).expected.startswith("JSON in UTF-8")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (".", "holds no such file; expected a directory with *.jsonl files or accounts.json; name the directory that"),
        ("nosuch", "does not exist; expected a directory with *.jsonl files or accounts.json; name the directory that"),
        ("file", "is a file; expected a directory with *.jsonl files or accounts.json; make a directory of it by"),
    ],
)
def test_a_directory_without_data_is_refused(tmp_path: Path, name: str, sentence: str) -> None:
    (tmp_path / "file").touch()
    assert str(refusal(tmp_path / name)).startswith(f"{tmp_path / name} {sentence}")


@pytest.mark.parametrize("accounts", [None, []])
def test_data_without_any_account_is_refused(tmp_path: Path, accounts: Any) -> None:
    error = refusal(written(tmp_path, accounts=accounts))
    assert (error.came, error.expected) == ("holds no account", "one document or account at the least")
