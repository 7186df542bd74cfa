"""A replay sends recorded requests to a mock like the recorded server, and names each difference."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mockcdrs.contract.client import RawRequest
from mockcdrs.dataset.store import Origin
from mockcdrs.mock import Mock, serving
from mockcdrs.recordings import exchanges as files
from mockcdrs.recordings.exchanges import Exchange, RecordedResponse, RecordedServer
from mockcdrs.recordings.recorder import label_exchanges, plan_requests
from mockcdrs.recordings.replay import find_differences, replay_exchanges
from tests.recordings.builders import recorder, report_of

SHARED = Path(__file__).parents[3] / "shared"
OFFICE = "the calls of the committed office"


def differences_of(exchanges: list[Exchange], **changes: object) -> dict[str, tuple[str, ...]]:
    return {each.exchange.name: each.differences for each in replay_exchanges(exchanges, **changes) if each.differences}


@pytest.mark.no_cover
@pytest.mark.skipif(not SHARED.exists(), reason="the recorded answers of real servers are not beside this checkout")
@pytest.mark.parametrize(("folder", "name"), [("golden", "master"), ("golden-4.3", "4.3")])
def test_recorded_responses_of_a_real_server_are_those_of_a_mock_of_the_detected_version(
    folder: str, name: str
) -> None:
    exchanges = [
        *files.read_exchanges(SHARED / folder / "exchanges.jsonl"),
        *files.read_exchanges(SHARED / folder / "mixed.jsonl"),
    ]
    assert len(exchanges) > 1_500
    replayed = list(replay_exchanges(exchanges, data=SHARED / "golden" / "data"))
    assert all(each.against.startswith(f"Kazoo {name}, by columns of a row, datetime, keys") for each in replayed)
    assert {each.exchange.name: each.differences for each in replayed if each.differences} == {}


def test_two_equal_mocks_give_equal_responses(recording: list[Exchange], tmp_path: Path) -> None:
    count = files.write_exchanges(tmp_path / "office.jsonl", recording)
    again = list(files.read_exchanges(tmp_path / "office.jsonl"))
    assert count == len(again) == len({each.name for each in again})
    assert differences_of(again) == {}


def test_a_fixed_quirk_is_seen_by_path(recording: list[Exchange]) -> None:
    differences = differences_of(recording, fix=("all",))
    (unix,) = [name for name in differences if "cdrs?created_from=1700000000" in name]
    assert differences[unix][0] == "status: 200 instead of 500"
    (walk,) = [name for name in differences if name.endswith("cdrs/interaction?page_size=4 page 2")]
    assert any(line.startswith("data[0].id: ") for line in differences[walk])


def test_the_clock_is_frozen_at_the_time_of_each_response(office: Mock, recording: list[Exchange]) -> None:
    later = json.loads(recording[0].response.body)["timestamp"].replace("2026-01-20", "2026-01-21")
    body = recording[0].response.body.replace("2026-01-20T12:00:00Z", later)
    (each,) = replay_exchanges([replace(recording[0], response=replace(recording[0].response, body=body))])
    assert not [line for line in each.differences if line.startswith("timestamp")]


def test_the_mock_has_the_settings_of_the_recording(recording: list[Exchange]) -> None:
    name = "crossbar"
    query = [replace(each, config={name: {"pagination_page_size": 2}}) for each in recording[:1]]
    (each,) = replay_exchanges(query)
    assert 'page_size: "2" instead of "50"' in each.differences


def against(info: RecordedServer, recording: list[Exchange], **changes: Any) -> str:
    """What a line says of the mock that exchanges of such a server are replayed against."""
    (each,) = replay_exchanges([replace(recording[0], server=info)], **changes)
    return each.against


def test_the_version_is_the_requested_or_the_recorded_or_the_detected_one(
    recording: list[Exchange],
) -> None:
    assert against(RecordedServer("master"), recording, kazoo="classic").startswith("Kazoo classic, as given; ")
    assert against(RecordedServer("master"), recording, kazoo=None).startswith("Kazoo master, as recorded; ")
    assert against(RecordedServer(), recording).startswith("Kazoo 4.3, by columns of a row, datetime")


def test_each_response_is_compared_with_the_version_of_its_own_server(recording: list[Exchange]) -> None:
    with serving(kazoo="master") as other:
        plan = recorder(other).record_plan(plan_requests(other.account_id))
        of_master = [replace(each, server=RecordedServer("master")) for each in plan]
    assert differences_of([*recording, *of_master]) == {}
    assert len(differences_of([*of_master], kazoo="4.3")) > 50


@pytest.mark.parametrize(
    ("origin", "line"),
    [
        (None, f"{OFFICE}, as no others are recorded: --data takes the server's"),
        (Origin(directory="calls"), f"{OFFICE}, not those of the directory calls: --data takes it"),
        (
            Origin(seed=1, calls_per_day=11, locale="en_US", opened="2001-01-01"),
            f"{OFFICE}, as calls generated from seed 1, 11 a day, en_US since 2001-01-01 cannot be generated any more",
        ),
        (
            Origin(seed=3, calls_per_day=9, locale="fr_FR", opened="2020-01-01"),
            "calls generated from seed 3, 9 a day, fr_FR",
        ),
        (
            Origin(seed=3, calls_per_day=9, locale="fr_FR", opened="2020-01-01", changed=True),
            "calls generated from seed 3, 9 a day, fr_FR, without what was added and removed",
        ),
    ],
)
def test_the_result_says_which_calls_the_mock_had(origin: Origin | None, line: str, recording: list[Exchange]) -> None:
    assert against(RecordedServer("4.3", data=origin), recording) == f"Kazoo 4.3, as recorded; {line}"


def test_the_data_option_wins_over_the_recorded_data(recording: list[Exchange], tmp_path: Path) -> None:
    (tmp_path / "accounts.json").write_text('[{"id": "8f3c1e5a7b9d4c2e8a6f0b1d3e5f7a90"}]')
    description = against(RecordedServer("4.3", data=Origin(seed=3)), recording, data=tmp_path)
    assert description == f"Kazoo 4.3, as recorded; the calls of the directory {tmp_path}"


@pytest.mark.parametrize(
    "options",
    [
        {"seed": 5, "calls_per_day": 30, "locale": "de_DE"},
        {"kazoo": "master", "reseller": True, "fix": ["unix-range-500"], "quirk": ["integer-page-size"]},
        {"kazoo": "classic", "reseller": True, "settings": {"crossbar.pagination_page_size": 3}},
    ],
    ids=["made-up", "master", "classic"],
)
def test_a_recording_of_a_mock_that_reports_its_options_is_replayed_without_a_difference(
    options: dict[str, Any],
) -> None:
    with serving(**options) as mock:
        exchanges = list(recorder(mock).record_plan(plan_requests(mock.account_id)))
        labelled, line = label_exchanges(exchanges, None, report_of(mock))
    assert line.startswith(f"Kazoo {options.get('kazoo', '4.3')}, reported by mockcdrs ")
    assert differences_of(labelled) == {}
    assert differences_of(exchanges) != {}


def test_a_requested_quirk_wins_over_the_recorded_ones(recording: list[Exchange]) -> None:
    exchanges = [replace(each, server=RecordedServer(fix=("unix-range-500",))) for each in recording]
    differing = differences_of(exchanges)
    assert len(differing) == 2
    assert all("created_from=1700000000" in name for name in differing)
    assert differences_of(exchanges, quirk=("unix-range-500",)) == {}
    exchanges = [replace(each, server=RecordedServer(quirk=("integer-page-size",))) for each in recording]
    assert len(differences_of(exchanges)) > 10
    assert differences_of(exchanges, fix=("integer-page-size",)) == {}


def test_a_response_without_a_time_is_compared_at_the_mocks_own_time(recording: list[Exchange]) -> None:
    (each,) = replay_exchanges([replace(recording[0], response=RecordedResponse(0))])
    assert each.differences[0] == "status: 200 instead of 0"


def body_differences(before: Any, now: Any, *headers: tuple[str, str]) -> list[str]:
    exchange = Exchange("x", RawRequest("GET", "/v2/x", headers=headers), _answer(before))
    return list(find_differences(exchange, _answer(now)))


def _answer(body: Any) -> RecordedResponse:
    return RecordedResponse(200, body=body if isinstance(body, str) else json.dumps(body))


@pytest.mark.parametrize(
    ("before", "now", "line"),
    [
        ({"data": [{}, {"cost": 0}]}, {"data": [{}, {"cost": "0"}]}, 'data[1].cost: "0" instead of 0'),
        ({"a": 1}, {"a": 1.0}, "a: 1.0 instead of 1"),
        ({"a": 1}, {"a": True}, "a: true instead of 1"),
        ({"a": None}, {}, "a: nothing instead of null"),
        ({}, {"a": {"b": 1}}, 'a: {"b": 1} instead of nothing'),
        ([1], [1, 2], "[1]: 2 instead of nothing"),
        ({"a": {"b": 1, "c": 2}}, {"a": {"c": 2, "b": 1}}, 'a: keys in the order ["c", "b"] instead of ["b", "c"]'),
        ("a,b\r\n1,2\r\n", "a,b\r\n1,3\r\n", r'body, line 2: "1,3\r\n" instead of "1,2\r\n"'),
        ("[" * 100_000, "x", 'body, line 1: "x" instead of "' + "[" * 86 + "..."),
        ([], "1", "body: 1 instead of []"),
    ],
)
def test_a_difference_is_named_by_its_path_and_both_values(before: Any, now: Any, line: str) -> None:
    assert body_differences(before, now) == [line]


def test_status_headers_and_framing_are_compared() -> None:
    original = RecordedResponse(200, {"etag": '"1-0"', "date": "x", "vary": "accept"}, "{}", (1, 1))
    now = RecordedResponse(503, {"etag": '"2-0"', "date": "y", "expires": "0"}, "{}")
    assert list(find_differences(Exchange("x", RawRequest("GET", "/"), original), now)) == [
        "status: 503 instead of 200",
        r'header etag: "\"2-0\"" instead of "\"1-0\""',
        'header expires: "0" instead of nothing',
        'header vary: nothing instead of "accept"',
        "body: whole instead of in chunks",
    ]


def test_fields_that_differ_between_any_two_servers_are_ignored() -> None:
    before = {
        "node": "a",
        "version": "4",
        "request_id": "1",
        "revision": "0" * 32,
        "tokens": {"x": 1},
        "status": "success",
    }
    now = {
        "node": "b",
        "version": "5",
        "request_id": "2",
        "revision": "1" * 32,
        "tokens": {"x": 2},
        "status": "success",
    }
    assert body_differences(before, now) == []
    assert body_differences(f"take({json.dumps(before)});", f"take({json.dumps(now)});") == []


def test_a_request_id_that_was_sent_has_to_come_back() -> None:
    before, now = ({"request_id": value, "status": "success"} for value in ("sent", "other"))
    assert body_differences(before, now, ("x-request-id", "sent")) == ['request_id: "other" instead of "sent"']


def test_the_revision_of_a_document_is_compared() -> None:
    before, now = ({"revision": value, "status": "success"} for value in ("1-0", "2-0"))
    assert body_differences(before, now) == ['revision: "2-0" instead of "1-0"']


def test_members_of_the_same_names_within_data_are_compared() -> None:
    assert body_differences({"data": {"node": "a"}, "status": ""}, {"data": {"node": "b"}, "status": ""}) == [
        'data.node: "b" instead of "a"'
    ]
