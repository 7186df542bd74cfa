"""What was recorded is held against the mock, and each difference named."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mockcdrs.contract.client import Client, ClientError, Request, Response
from mockcdrs.dataset.origin import Origin
from mockcdrs.exchanges import exchange as files
from mockcdrs.exchanges import plans
from mockcdrs.exchanges.exchange import Answer, Exchange
from mockcdrs.exchanges.hiding import Tokens
from mockcdrs.exchanges.recording import Recorder, labelled
from mockcdrs.exchanges.replaying import replay
from mockcdrs.exchanges.server_info import ServerInfo, Told
from mockcdrs.mock import Mock, serving
from tests.exchanges.asking import told

SHARED = Path(__file__).parents[3] / "shared"
OFFICE = "the calls of the committed office"


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


@pytest.mark.skipif(not SHARED.exists(), reason="the recorded answers of real servers are not beside this checkout")
@pytest.mark.parametrize(("folder", "name"), [("golden", "master"), ("golden-4.3", "4.3")])
def test_the_recorded_answers_of_a_real_server_are_the_mocks_of_the_version_that_they_tell(
    folder: str, name: str
) -> None:
    exchanges = [*files.read(SHARED / folder / "exchanges.jsonl"), *files.read(SHARED / folder / "mixed.jsonl")]
    assert len(exchanges) > 1_500
    replayed = list(replay(exchanges, data=SHARED / "golden" / "data"))
    assert all(each.against.startswith(f"Kazoo {name}, by columns of a row, datetime, keys") for each in replayed)
    assert {each.exchange.name: each.differences for each in replayed if each.differences} == {}


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


def against(info: ServerInfo, recorded: list[Exchange], **changes: Any) -> str:
    """What a line says of the mock that exchanges of such a server are replayed against."""
    (each,) = replay([replace(recorded[0], server=info)], **changes)
    return each.against


def test_the_version_is_the_one_asked_for_or_the_recorded_or_the_one_that_answers_tell(
    recorded: list[Exchange],
) -> None:
    assert against(ServerInfo("master"), recorded, kazoo="classic").startswith("Kazoo classic, as asked for; ")
    assert against(ServerInfo("master"), recorded, kazoo=None).startswith("Kazoo master, as recorded; ")
    assert against(ServerInfo(), recorded).startswith("Kazoo 4.3, by columns of a row, datetime")


def test_each_answer_is_held_against_the_version_of_its_own_server(recorded: list[Exchange]) -> None:
    with serving(kazoo="master") as other:
        plan = recorder(other).planned(plans.usual(other.account_id))
        of_master = [replace(each, server=ServerInfo("master")) for each in plan]
    assert found([*recorded, *of_master]) == {}
    assert len(found([*of_master], kazoo="4.3")) > 50


@pytest.mark.parametrize(
    ("origin", "line"),
    [
        (None, f"{OFFICE}, as no others are recorded: --data takes the server's"),
        (Origin(directory="calls"), f"{OFFICE}, not those of the directory calls: --data takes it"),
        (
            Origin(seed=1, calls_per_day=11, locale="en_US", opened="2001-01-01"),
            f"{OFFICE}, as calls made up from seed 1, 11 a day, en_US since 2001-01-01 cannot be made any more",
        ),
        (
            Origin(seed=3, calls_per_day=9, locale="fr_FR", opened="2020-01-01"),
            "calls made up from seed 3, 9 a day, fr_FR",
        ),
        (
            Origin(seed=3, calls_per_day=9, locale="fr_FR", opened="2020-01-01", changed=True),
            "calls made up from seed 3, 9 a day, fr_FR, without what was added and removed",
        ),
    ],
)
def test_it_is_said_which_calls_are_taken(origin: Origin | None, line: str, recorded: list[Exchange]) -> None:
    assert against(ServerInfo("4.3", data=origin), recorded) == f"Kazoo 4.3, as recorded; {line}"


def test_data_that_is_given_is_taken_whatever_was_recorded(recorded: list[Exchange], tmp_path: Path) -> None:
    (tmp_path / "accounts.json").write_text('[{"id": "8f3c1e5a7b9d4c2e8a6f0b1d3e5f7a90"}]')
    told = against(ServerInfo("4.3", data=Origin(seed=3)), recorded, data=tmp_path)
    assert told == f"Kazoo 4.3, as recorded; the calls of the directory {tmp_path}"


@pytest.mark.parametrize(
    "options",
    [
        {"seed": 5, "calls_per_day": 30, "locale": "de_DE"},
        {"kazoo": "master", "reseller": True, "fix": ["unix-range-500"], "quirk": ["integer-page-size"]},
        {"kazoo": "classic", "reseller": True, "settings": {"crossbar.pagination_page_size": 3}},
    ],
    ids=["made-up", "master", "classic"],
)
def test_a_mock_that_tells_what_it_is_made_of_is_replayed_without_a_difference(options: dict[str, Any]) -> None:
    with serving(**options) as mock:
        exchanges = list(recorder(mock).planned(plans.usual(mock.account_id)))
        named, line = labelled(exchanges, None, told(mock))
    assert line.startswith(f"Kazoo {options.get('kazoo', '4.3')}, as mockcdrs ")
    assert found(named) == {}
    assert found(exchanges) != {}


def test_a_quirk_that_is_asked_for_wins_over_the_recorded_ones(recorded: list[Exchange]) -> None:
    exchanges = [replace(each, server=ServerInfo(fix=("unix-range-500",))) for each in recorded]
    differing = found(exchanges)
    assert len(differing) == 2
    assert all("created_from=1700000000" in name for name in differing)
    assert found(exchanges, quirk=("unix-range-500",)) == {}
    exchanges = [replace(each, server=ServerInfo(quirk=("integer-page-size",))) for each in recorded]
    assert len(found(exchanges)) > 10
    assert found(exchanges, fix=("integer-page-size",)) == {}


def test_an_anonymous_recording_does_not_say_what_its_calls_were_made_up_from(
    office: Mock, recorded: list[Exchange]
) -> None:
    named, line = labelled(recorded, None, told(office), is_anonymous=True)
    assert "calls made up from seed" in line
    assert {each.server.data for each in named} == {None}


def test_the_version_of_a_recording_is_as_asked_for(office: Mock, recorded: list[Exchange]) -> None:
    named, line = labelled(recorded, "master", told(office))
    assert (named[0].server.kazoo, line[:27]) == ("master", "Kazoo master, as asked for;")
    named, line = labelled(recorded, "master", None)
    assert named[0].server == ServerInfo("master")
    assert line.startswith("Kazoo master, as asked for, though its answers are nearer to 4.3;")


def test_of_calls_that_a_program_put_together_nothing_is_said(office: Mock, recorded: list[Exchange]) -> None:
    info, config = told(office)
    _, line = labelled(recorded, None, Told(replace(info, data=None), config))
    assert line == f"Kazoo 4.3, as mockcdrs {info.mockcdrs} says"


def test_a_version_that_is_only_assumed_is_not_recorded(recorded: list[Exchange]) -> None:
    (named,), line = labelled([replace(recorded[0], answer=Answer(502, {}, "<html>"))], None, None)
    assert named.server == ServerInfo()
    assert line.startswith("Kazoo 4.3, assumed: ")


def test_what_is_added_to_a_mock_is_said_to_be_missing(recorded: list[Exchange]) -> None:
    with serving() as mock:
        mock.add_call()
        _, line = labelled(recorded, None, told(mock))
    assert line.endswith(", but not what was added and removed since")


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
