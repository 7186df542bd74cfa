"""What was recorded is held against the mock, and each difference named."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mockcdrs.contract.client import Client, ClientError, Request, Response
from mockcdrs.exchanges import exchange as files
from mockcdrs.exchanges import plans
from mockcdrs.exchanges.exchange import Answer, Exchange
from mockcdrs.exchanges.hiding import Tokens
from mockcdrs.exchanges.recording import Recorder
from mockcdrs.exchanges.replaying import replay
from mockcdrs.handle import Mock, serving

GOLDEN = Path(__file__).parents[3] / "shared" / "golden"


@pytest.fixture(scope="module")
def office() -> Iterator[Mock]:
    with serving() as mock:
        yield mock


@pytest.fixture(scope="module")
def recorded(office: Mock) -> list[Exchange]:
    return list(recorder(office).planned(plans.usual(office.account_id)))


def recorder(mock: Mock) -> Recorder:
    return Recorder(Client(mock.url), Tokens({mock.auth_token: mock.account_id}))


def found(exchanges: list[Exchange], **changes: object) -> dict[str, tuple[str, ...]]:
    return {each.exchange.name: each.differences for each in replay(exchanges, **changes) if each.differences}


@pytest.mark.skipif(not GOLDEN.exists(), reason="the recorded answers of the real server are not beside this checkout")
def test_the_recorded_answers_of_the_real_server_are_the_mocks() -> None:
    exchanges = [*files.read(GOLDEN / "exchanges.jsonl"), *files.read(GOLDEN / "mixed.jsonl")]
    assert len(exchanges) > 1_500
    assert found(exchanges, data=GOLDEN / "data") == {}


def test_what_one_mock_answers_another_answers_too(recorded: list[Exchange], tmp_path: Path) -> None:
    count = files.write(tmp_path / "office.jsonl", recorded)
    again = list(files.read(tmp_path / "office.jsonl"))
    assert count == len(again) == len({each.name for each in again})
    assert found(again) == {}


def test_the_usual_requests_reach_every_endpoint_every_kind_of_answer_and_walk(recorded: list[Exchange]) -> None:
    paths = {each.request.path.split("/", 4)[4].split("/")[0] for each in recorded}
    assert paths == {"cdrs", "users", "nosuch"}
    assert {each.answer.status for each in recorded} >= {200, 400, 401, 404, 406, 500, 503}
    assert {each.answer.headers.get("content-type") for each in recorded} >= {"application/json", "text/csv"}
    assert sum("page 5" in each.name for each in recorded) == 4


def test_a_fixed_quirk_is_seen_by_path(recorded: list[Exchange]) -> None:
    differences = found(recorded, fix=("all",))
    (unix,) = [name for name in differences if "cdrs?created_from=1700000000" in name]
    assert differences[unix][0] == "status: 200 instead of 500"
    (walk,) = [name for name in differences if name.endswith("cdrs/interaction?page_size=4 page 2")]
    assert any(line.startswith("data[0].id: ") for line in differences[walk])


def test_the_clock_stands_at_the_moment_of_each_answer(office: Mock, recorded: list[Exchange]) -> None:
    later = json.loads(recorded[0].answer.body)["timestamp"].replace("2026-01-20", "2026-01-21")
    body = recorded[0].answer.body.replace("2026-01-20T12:00:00Z", later)
    (each,) = replay([replace(recorded[0], answer=replace(recorded[0].answer, body=body))])
    assert not [line for line in each.differences if line.startswith("timestamp")]


def test_no_token_is_in_a_recording(office: Mock, recorded: list[Exchange], tmp_path: Path) -> None:
    asked = Exchange(
        "everywhere",
        Request(
            "POST",
            f"/v2/accounts/{office.account_id}/user_auth/{office.auth_token}",
            f"auth_token={office.auth_token}&x=1",
            (("Authorization", f"Bearer {office.auth_token}"), ("Content-Type", "application/json")),
            json.dumps({"data": {}, "auth_token": office.auth_token, "password": "hush-hush"}),
        ),
        Answer(0),
    )
    files.write(tmp_path / "file", [*recorded, *recorder(office).listed([asked])])
    text = (tmp_path / "file").read_text(encoding="utf-8")
    assert office.auth_token not in text
    assert "hush-hush" not in text
    assert f'"auth_token\\":\\"token-of-{office.account_id}' in text


def test_a_recording_can_be_sent_again_as_it_is(office: Mock, recorded: list[Exchange]) -> None:
    (again,) = recorder(office).listed(recorded[:1])
    assert (again.name, again.answer.status) == (recorded[0].name, 200)


def test_nothing_that_may_write_is_sent_to_a_server_elsewhere() -> None:
    elsewhere = Recorder(Client("http://kazoo.example/v2"))
    asked = [Exchange("good", Request("GET", "/v2/x"), Answer(0)), Exchange("bad", Request("PUT", "/v2/x"), Answer(0))]
    with pytest.raises(
        ClientError, match=r"bad: PUT came for kazoo\.example, which is not this machine; expected one of"
    ):
        next(elsewhere.listed(asked))


def test_settings_are_those_of_the_recording(recorded: list[Exchange]) -> None:
    name = "crossbar"
    asked = [replace(each, config={name: {"pagination_page_size": 2}}) for each in recorded[:1]]
    (each,) = replay(asked)
    assert 'page_size: "2" instead of "50"' in each.differences


def test_an_account_without_calls_is_recorded_as_far_as_it_goes() -> None:
    with serving(calls_per_day=0) as mock:
        mock.clear()
        exchanges = list(recorder(mock).planned(plans.usual(mock.account_id)))
    assert not [each.name for each in exchanges if "legs/id" in each.name]


def test_a_server_that_answers_no_json_is_asked_all_the_same() -> None:
    plan, asked = plans.usual("a"), 1
    next(plan)
    with contextlib.suppress(StopIteration):
        while plan.send(Response(502, (), b"<html>")):
            asked += 1
    assert asked > 50


def test_an_answer_that_tells_no_moment_is_compared_at_the_mocks_own(recorded: list[Exchange]) -> None:
    (each,) = replay([replace(recorded[0], answer=Answer(0))])
    assert each.differences[0] == "status: 200 instead of 0"
