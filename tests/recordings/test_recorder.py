"""A recorder sends the usual requests or those of a recording, and labels exchanges with their server."""

import contextlib
from dataclasses import replace

import pytest

from mockcdrs.contract.client import Client, ClientError, RawRequest, RawResponse
from mockcdrs.mock import Mock, serving
from mockcdrs.recordings.exchanges import Exchange, MockReport, RecordedResponse, RecordedServer
from mockcdrs.recordings.recorder import Recorder, label_exchanges, plan_requests
from tests.recordings.builders import recorder, report_of


def test_the_usual_requests_reach_every_endpoint_kind_of_response_and_walk(recorded: list[Exchange]) -> None:
    paths = {each.request.path.split("/", 4)[4].split("/")[0] for each in recorded}
    assert paths == {"cdrs", "users", "nosuch"}
    assert {each.response.status for each in recorded} >= {200, 400, 401, 404, 406, 500, 503}
    assert {each.response.headers.get("content-type") for each in recorded} >= {"application/json", "text/csv"}
    assert sum("page 5" in each.name for each in recorded) == 4


def test_a_recording_can_be_sent_again_as_it_is(office: Mock, recorded: list[Exchange]) -> None:
    (again,) = recorder(office).record_again(recorded[:1])
    assert (again.name, again.response.status) == (recorded[0].name, 200)


def test_no_request_that_may_write_is_sent_to_another_machine() -> None:
    elsewhere = Recorder(Client("http://kazoo.example/v2"))
    exchanges = [
        Exchange("good", RawRequest("GET", "/v2/x"), RecordedResponse(0)),
        Exchange("bad", RawRequest("PUT", "/v2/x"), RecordedResponse(0)),
    ]
    with pytest.raises(
        ClientError, match=r"bad: PUT came for kazoo\.example, which is not this machine; expected one of"
    ):
        next(elsewhere.record_again(exchanges))


def test_an_anonymous_recording_does_not_note_which_calls_were_generated(
    office: Mock, recorded: list[Exchange]
) -> None:
    named, line = label_exchanges(recorded, None, report_of(office), is_anonymous=True)
    assert "calls made up from seed" in line
    assert {each.server.data for each in named} == {None}


def test_the_kazoo_option_decides_the_version_of_a_recording(office: Mock, recorded: list[Exchange]) -> None:
    named, line = label_exchanges(recorded, "master", report_of(office))
    assert (named[0].server.kazoo, line[:27]) == ("master", "Kazoo master, as asked for;")
    named, line = label_exchanges(recorded, "master", None)
    assert named[0].server == RecordedServer("master")
    assert line.startswith("Kazoo master, as asked for, though its answers are nearer to 4.3;")


def test_the_label_does_not_mention_calls_that_a_program_added(office: Mock, recorded: list[Exchange]) -> None:
    server, config = report_of(office)
    _, line = label_exchanges(recorded, None, MockReport(replace(server, data=None), config))
    assert line == f"Kazoo 4.3, as mockcdrs {server.mockcdrs} says"


def test_a_version_that_is_only_assumed_is_not_recorded(recorded: list[Exchange]) -> None:
    (named,), line = label_exchanges([replace(recorded[0], response=RecordedResponse(502, {}, "<html>"))], None, None)
    assert named.server == RecordedServer()
    assert line.startswith("Kazoo 4.3, assumed: ")


def test_the_label_says_that_calls_added_to_a_mock_are_missing(recorded: list[Exchange]) -> None:
    with serving() as mock:
        mock.add_call()
        _, line = label_exchanges(recorded, None, report_of(mock))
    assert line.endswith(", but not what was added and removed since")


def test_an_account_without_calls_is_recorded_as_far_as_it_goes() -> None:
    with serving(calls_per_day=0) as mock:
        mock.clear()
        exchanges = list(recorder(mock).record_plan(plan_requests(mock.account_id)))
    assert not [each.name for each in exchanges if "legs/id" in each.name]


def test_a_server_that_responds_without_json_is_recorded_all_the_same() -> None:
    plan, count = plan_requests("a"), 1
    next(plan)
    with contextlib.suppress(StopIteration):
        while plan.send(RawResponse(502, (), b"<html>")):
            count += 1
    assert count > 50
