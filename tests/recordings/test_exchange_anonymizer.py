"""An anonymized recording names nobody, and its requests still match its responses."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from mockcdrs.contract.client import Client, RawRequest
from mockcdrs.control.clock import parse_time
from mockcdrs.crossbar import start_key
from mockcdrs.dataset import export, files
from mockcdrs.dataset.files import LoadedDataSet
from mockcdrs.dataset.generator import Traffic
from mockcdrs.imports.anonymizer import Anonymizer
from mockcdrs.mock import serving
from mockcdrs.recordings import exchanges as exchange_files
from mockcdrs.recordings.exchange_anonymizer import ExchangeAnonymizer
from mockcdrs.recordings.exchanges import Exchange, RecordedResponse, TokenRedaction
from mockcdrs.recordings.recorder import Recorder, plan_requests
from mockcdrs.recordings.replay import replay_exchanges

SECRET = b"only for this test"
NOW = "2026-01-20T12:00:00Z"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> LoadedDataSet:
    """Calls of a month, one in each second: rows of the same second are ordered by ids, which pseudonyms change."""
    directory = tmp_path_factory.mktemp("calls") / "data"
    until = parse_time(NOW)
    export.export_calls(
        directory, export.ExportSpan(1, Traffic.of(20, "en_US"), 30, until, "en_US"), export.JsonLines()
    )
    found = files.load(directory)
    alone = {
        where: list({each["pvt_created"]: each for each in held}.values()) for where, held in found.documents.items()
    }
    return LoadedDataSet(found.accounts, alone)


@pytest.fixture(scope="module")
def plain(loaded: LoadedDataSet, tmp_path_factory: pytest.TempPathFactory) -> list[Exchange]:
    directory = tmp_path_factory.mktemp("plain") / "data"
    export.write_data_directory(directory, loaded)
    with serving(data=directory, now=NOW) as mock:
        tokens = TokenRedaction({mock.auth_token: mock.account_id})
        return list(Recorder(Client(mock.url), tokens).record_plan(plan_requests(mock.account_id)))


def anonymous(exchanges: list[Exchange], anonymizer: Anonymizer | None = None) -> list[Exchange]:
    return list(map(ExchangeAnonymizer(anonymizer or Anonymizer(SECRET)).anonymize, exchanges))


def test_a_replay_against_data_with_the_same_pseudonyms_differs_nowhere(
    plain: list[Exchange], loaded: LoadedDataSet, tmp_path: Path
) -> None:
    anonymizer = Anonymizer(SECRET)
    export.write_data_directory(tmp_path / "data", anonymizer.anonymize_data(loaded))
    exchange_files.write_exchanges(tmp_path / "file", anonymous(plain, anonymizer))
    replayed = list(replay_exchanges(exchange_files.read_exchanges(tmp_path / "file"), data=tmp_path / "data"))
    assert {each.exchange.name: each.differences for each in replayed if each.differences} == {}
    statuses = [each.exchange.response.status for each in replayed]
    assert statuses == [each.response.status for each in plain]
    assert sum("start_key=" in each.exchange.request.query for each in replayed) > 8


def originals(loaded: LoadedDataSet) -> set[str]:
    """What could name somebody: words of names, ids, realms. Numbers of generated calls are reserved ones, too."""
    found = {word for account in loaded.accounts for word in (account.id, account.realm.partition(".")[0])}
    for document in (each for held in loaded.documents.values() for each in held):
        names = f"{document['caller_id_name']} {document['callee_id_name']}"
        found |= {word for word in re.findall(r"[A-Za-z]{4,}", names) if word.casefold() not in LANGUAGE}
        found |= {document["call_id"].partition("@")[0], document["interaction_id"].partition("-")[2]}
        found |= {document["custom_channel_vars"].get("owner_id", document["call_id"])}
    return found - {""}


LANGUAGE = {
    "call",
    "group",
    "mobile",
    "unknown",
    "anonymous",
    "wireless",
    "service",
    "conference",
    "voicemail",
    "emergency",
}


def strings(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for name, held in value.items():
                yield from (name, *strings(held))
        case list():
            for held in value:
                yield from strings(held)


def told(exchanges: list[Exchange], directory: Path) -> str:
    """All that a recording says, escapes and encoded keys read."""
    exchange_files.write_exchanges(directory / "told", exchanges)
    text = (directory / "told").read_text(encoding="utf-8")
    keys = set(re.findall(r"g2w[\w-]+", text))
    return unquote(text) + " ".join(word for key in keys for word in strings(start_key.decode(key)))


def test_no_original_is_left_in_paths_queries_headers_bodies_or_keys(
    plain: list[Exchange], loaded: LoadedDataSet, tmp_path: Path
) -> None:
    before, after = told(plain, tmp_path), told(anonymous(plain), tmp_path)
    there = originals(loaded) & set(re.findall(r"\w+", before))
    assert len(there) > 300
    assert there & set(re.findall(r"\w+", after)) == set()


def one(request: RawRequest, answer: RecordedResponse | None = None) -> Exchange:
    (made,) = anonymous([Exchange("1 x", request, answer or RecordedResponse(0))])
    return made


def answered(body: str, **headers: str) -> RecordedResponse:
    return one(RawRequest("GET", "/v2"), RecordedResponse(200, headers, body)).response


def test_parameters_of_a_listing_stay() -> None:
    query = "page_size=2&created_from=63936000000&is_chunked=true&ascending=yes&accept=csv&jsonp=take&has_key=call_id"
    assert one(RawRequest("GET", "/v2/accounts/account/cdrs", query)).request.query == query


@pytest.mark.parametrize(
    "path", ["/v2/user_auth", "/v2/auth/tokeninfo", "/v2/accounts/account/users/account/cdrs/legs"]
)
def test_names_of_resources_stay(path: str) -> None:
    assert one(RawRequest("GET", path)).request.path == path


def test_the_same_person_is_the_same_in_a_filter_of_either_kind_and_in_the_answer() -> None:
    query = 'filter_caller_id_name=Ann%20Miller&filter_not_a.caller_id_name=%5B"Ann%20Miller"%5D'
    body = json.dumps({"data": [{"caller_id_name": "Ann Miller"}], "status": "success"})
    made = one(RawRequest("GET", "/v2/cdrs", query), RecordedResponse(200, {}, body))
    name = json.loads(made.response.body)["data"][0]["caller_id_name"]
    assert "Ann" not in name
    assert made.request.query == (
        f"filter_caller_id_name={name}&filter_not_a.caller_id_name=%5B%22{name}%22%5D".replace(" ", "+")
    )


def test_unknown_parameters_and_values_of_another_type_are_replaced() -> None:
    made = one(RawRequest("GET", "/v2/cdrs", "who=Miller&page_size=Miller&start_key=Miller", (("X-Who", "Miller"),)))
    assert "Miller" not in json.dumps([made.request.query, made.request.headers])


def test_a_request_s_body_and_name_are_rewritten_too() -> None:
    (made,) = anonymous(
        [Exchange("7 Miller", RawRequest("POST", "/v2/cdrs", "", (), '{"data":{"name":"Miller"}}'), NONE)]
    )
    assert "Miller" not in f"{made.request.body} {made.name}"
    assert made.name == "7 POST /v2/cdrs"


NONE = RecordedResponse(0)


def test_crossbars_words_stay_but_not_what_they_quote() -> None:
    data = {"message": "invalid account_id '8f3c1e5a7b9d4c2e8a6f0b1d3e5f7a90'", "cause": 63936000000}
    answer = {"data": data, "message": "bad identifier", "error": "404", "status": "error"}
    made = json.loads(answered(json.dumps(answer)).body)
    assert (made["message"], made["error"], made["data"]["cause"]) == ("bad identifier", "404", 63936000000)
    assert re.fullmatch(r"invalid account_id '(?!8f3c)[0-9a-f]{32}'", made["data"]["message"])


def test_bodies_that_cannot_be_read_are_rewritten_as_text() -> None:
    for body in ("Miller called", '["Miller"]', '{"a": "Miller', "cb(Miller)"):
        assert "Miller" not in answered(body).body


def test_a_line_without_quotes_is_read_with_commas_in_names_and_without() -> None:
    head = "id,call_id,caller_id_number,caller_id_name,callee_id_number,callee_id_name,duration_seconds\r\n"
    rows = ("a1b2,a1b2,1001,Miller, Ann,1002,Smith,75", "a1b2,a1b2,1001,Miller,1002,Smith, Joe,75", "x,Miller,Ann")
    lines = answered(head + "\r\n".join([*rows, ""])).body.split("\r\n")
    assert [line.count(",") for line in lines] == [6, 7, 7, 2, 0]
    assert lines[1].endswith(",75")
    assert not re.search("Miller|Smith|Ann|Joe", "\n".join(lines))
    assert lines[1].split(",")[3] == lines[2].split(",")[3]


def test_an_unknown_member_of_an_answer_is_dropped_and_named() -> None:
    anonymizer = Anonymizer(SECRET)
    answer = RecordedResponse(200, {}, '{"crm": "Miller", "status": "success"}')
    (made,) = anonymous([Exchange("1 x", RawRequest("GET", "/v2"), answer)], anonymizer)
    assert made.response.body == '{"status":"success"}'
    assert anonymizer.dropped == {"crm"}


def test_a_quote_in_a_line_without_quotes_is_not_doubled() -> None:
    made = answered('id,call_id,caller_id_name\na1b2,a1b2,Ann "A" Doe\n').body
    assert re.fullmatch(r'id,call_id,caller_id_name\n\w+,\w+,\w+ "A" \w+\n', made)


def test_a_cell_in_quotes_is_read_by_its_column_whatever_is_in_it() -> None:
    made = answered('"ID","custom_channel_vars_owner_name"\n"a1b2","Miller ""Ann"", Joe"\n,"x","Miller"\n').body
    assert not re.search("Miller|Ann|Joe", made)
    assert re.fullmatch(r'"ID",".*"\n"\w+","\w+ ""\w+"", \w+"\n"","x"\n', made)


def test_headers_name_nobody_and_the_length_is_that_of_the_body() -> None:
    held = answered(
        '{"data": {"name": "Miller"}}',
        **{
            "content-length": "28",
            "etag": '"1-8f3c1e5a7b9d4c2e8a6f0b1d3e5f7a90"',
            "content-disposition": 'attachment; filename="Miller.csv"',
            "x-request-id": "Miller",
            "vary": "accept",
        },
    )
    assert held.headers["content-length"] == str(len(held.body.encode()))
    assert re.fullmatch(r'"1-(?!8f3c)[0-9a-f]{32}"', held.headers["etag"])
    assert "Miller" not in json.dumps(dict(held.headers))
    assert held.headers["vary"] == "accept"


def test_a_token_placeholder_becomes_that_of_the_accounts_pseudonym() -> None:
    account = "8f3c1e5a7b9d4c2e8a6f0b1d3e5f7a90"
    sent = (("X-Auth-Token", f"token-of-{account}"),)
    made = one(RawRequest("GET", f"/v2/accounts/{account}/cdrs", "", sent))
    name = made.request.path.split("/")[3]
    assert name != account
    assert made.request.headers == (("X-Auth-Token", f"token-of-{name}"),)
