"""A recorder sends requests and keeps the responses, and reads the account behind them."""

import contextlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

import pytest

from mockcdrs.contract.client import Client, ClientError, RawRequest, RawResponse
from mockcdrs.dataset import files, fixtures
from mockcdrs.mock import Mock, serving
from mockcdrs.recordings.exchanges import Exchange, MockReport, RecordedResponse, RecordedServer
from mockcdrs.recordings.recorder import AccountReader, Recorder, label_exchanges, plan_requests
from tests.recordings.builders import recorder, report_of


def test_the_usual_requests_reach_every_endpoint_kind_of_response_and_walk(recording: list[Exchange]) -> None:
    paths = {each.request.path.split("/", 4)[4].split("/")[0] for each in recording}
    assert paths == {"cdrs", "users", "nosuch"}
    assert {each.response.status for each in recording} >= {200, 400, 401, 404, 406, 500, 503}
    assert {each.response.headers.get("content-type") for each in recording} >= {"application/json", "text/csv"}
    assert sum("page 5" in each.name for each in recording) == 4


def test_a_recording_can_be_sent_again_as_it_is(office: Mock, recording: list[Exchange]) -> None:
    (again,) = recorder(office).record_again(recording[:1])
    assert (again.name, again.response.status) == (recording[0].name, 200)


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
    office: Mock, recording: list[Exchange]
) -> None:
    labelled, line = label_exchanges(recording, None, report_of(office), is_anonymous=True)
    assert "calls generated from seed" in line
    assert {each.server.data for each in labelled} == {None}


def test_the_kazoo_option_decides_the_version_of_a_recording(office: Mock, recording: list[Exchange]) -> None:
    labelled, line = label_exchanges(recording, "master", report_of(office))
    assert (labelled[0].server.kazoo, line[:23]) == ("master", "Kazoo master, as given;")
    labelled, line = label_exchanges(recording, "master", None)
    assert labelled[0].server == RecordedServer("master")
    assert line.startswith("Kazoo master, as given, though its answers are nearer to 4.3;")


def test_the_label_does_not_mention_calls_that_a_program_added(office: Mock, recording: list[Exchange]) -> None:
    server, config = report_of(office)
    _, line = label_exchanges(recording, None, MockReport(replace(server, data=None), config))
    assert line == f"Kazoo 4.3, reported by mockcdrs {server.mockcdrs}"


def test_a_version_that_is_only_assumed_is_not_recorded(recording: list[Exchange]) -> None:
    (labelled,), line = label_exchanges(
        [replace(recording[0], response=RecordedResponse(502, {}, "<html>"))], None, None
    )
    assert labelled.server == RecordedServer()
    assert line.startswith("Kazoo 4.3, assumed: ")


def test_the_label_says_that_calls_added_to_a_mock_are_missing(recording: list[Exchange]) -> None:
    with serving() as mock:
        mock.add_call()
        _, line = label_exchanges(recording, None, report_of(mock))
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


class Server:
    """Answers by path and query; 404 for any other."""

    def __init__(self, answers: Mapping[str, tuple[int, Any]]) -> None:
        self._answers = answers
        self.targets: list[str] = []

    def send(self, request: RawRequest) -> RawResponse:
        target = request.path.removeprefix("/v2/accounts/a/") + (f"?{request.query}" if request.query else "")
        self.targets.append(target)
        status, body = self._answers.get(target, (404, {"status": "error"}))
        return RawResponse(status, (), body if isinstance(body, bytes) else json.dumps(body).encode())


def reader(answers: Mapping[str, tuple[int, Any]]) -> tuple[AccountReader, Server]:
    server = Server(answers)
    return AccountReader(cast("Client", server), "a", "token"), server


def exchange(query: str, status: int = 200) -> Exchange:
    return Exchange("x", RawRequest("GET", "/v2/accounts/a/cdrs", query), RecordedResponse(status))


def test_each_range_is_listed_once_whatever_else_was_asked_for() -> None:
    rows = {"data": [{"id": "202601-b"}, {"id": "202601-a"}, {"call_id": "no id"}, 7]}
    reading, server = reader(
        {"cdrs?paginate=false": (200, rows), "cdrs?paginate=false&created_from=1&created_to=2": (200, rows)}
    )
    requests = [
        exchange("page_size=2"),
        exchange("filter_x=1"),
        exchange("created_from=1&created_to=2"),
        exchange("a=1", 400),
    ]
    assert reading.list_cdr_ids(requests) == ["202601-b", "202601-a"]
    assert server.targets == ["cdrs?paginate=false", "cdrs?paginate=false&created_from=1&created_to=2"]


def test_a_cdr_is_as_its_database_has_it_and_one_that_is_gone_is_none() -> None:
    answer = {"data": {"call_id": "a@b", "timestamp": 63_935_690_370, "id": "202601-a@b"}, "revision": "3-x"}
    reading, server = reader({"cdrs/202601-a%40b": (200, answer)})
    document = reading.read_cdr("202601-a@b")
    assert document is not None
    assert document.items() >= {"_id": "202601-a@b", "_rev": "3-x", "pvt_account_id": "a", "pvt_type": "cdr"}.items()
    assert "id" not in document
    assert reading.read_cdr("202601-gone") is None
    assert server.targets[-1] == "cdrs/202601-gone"


def test_an_account_has_its_users_and_devices_but_those_that_are_gone_or_not_for_this_token() -> None:
    listing = {"data": [{"id": "u1"}, {"id": "u2"}]}
    own = {"id": "a", "name": "A", "realm": "r", "is_reseller": True, "created": 7, "language": "x"}
    reading, _ = reader(
        {
            "/v2/accounts/a": (200, {"data": own}),
            "users?paginate=false": (200, listing),
            "devices?paginate=false": (403, {"status": "error"}),
            "users/u1": (200, {"data": {"id": "u1", "first_name": "Ann"}, "revision": "1-u"}),
        }
    )
    account = reading.read_account()
    assert (account.id, account.name, account.realm, account.is_reseller) == ("a", "A", "r", True)
    assert account.document == {"language": "x", "pvt_created": 7}
    assert account.users == ({"id": "u1", "first_name": "Ann", "_rev": "1-u"},)
    assert account.devices == ()


def test_an_account_that_cannot_be_read_has_its_id_alone() -> None:
    reading, _ = reader({})
    assert reading.read_account().document == {}


@pytest.mark.parametrize("answer", [(200, b"<html>"), (200, {"data": 7}), (200, [1]), (401, {"data": {}}), (503, b"")])
def test_an_answer_of_another_kind_ends_it(answer: tuple[int, Any]) -> None:
    reading, _ = reader({"cdrs/202601-a": answer})
    with pytest.raises(ClientError, match=rf"/v2/accounts/a/cdrs/202601-a got {answer[0]}; expected 200 with data"):
        reading.read_cdr("202601-a")


def test_what_is_read_of_a_mock_is_what_it_has(office: Mock) -> None:
    reading = AccountReader(Client(office.url), office.account_id, office.auth_token)
    account = reading.read_account()
    own = office.state.data.accounts[office.account_id]
    assert [user["id"] for user in account.users] == sorted(user["id"] for user in own.users)
    assert {device["id"] for device in account.devices} == {device["id"] for device in own.devices}
    cdr_id = office.expected("/cdrs").ids[0]
    committed = files.load(fixtures.directory() / "office").documents[office.account_id, cdr_id[:6]]
    (document,) = (each for each in committed if each["_id"] == cdr_id)
    assert reading.read_cdr(cdr_id) == document
