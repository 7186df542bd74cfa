"""What is behind a recording is read from its server: calls of the ranges asked for, the account, users, devices."""

import json
from collections.abc import Mapping
from typing import Any, cast

import pytest

from mockcdrs.contract.client import Client, ClientError, RawRequest, RawResponse
from mockcdrs.dataset import files, fixtures
from mockcdrs.mock import Mock
from mockcdrs.recordings.account_reader import AccountReader
from mockcdrs.recordings.exchanges import Exchange, RecordedResponse


class Server:
    """Answers by path and query; 404 for any other."""

    def __init__(self, answers: Mapping[str, tuple[int, Any]]) -> None:
        self._answers = answers
        self.asked: list[str] = []

    def send(self, request: RawRequest) -> RawResponse:
        target = request.path.removeprefix("/v2/accounts/a/") + (f"?{request.query}" if request.query else "")
        self.asked.append(target)
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
    assert server.asked == ["cdrs?paginate=false", "cdrs?paginate=false&created_from=1&created_to=2"]


def test_a_cdr_is_as_its_database_has_it_and_one_that_is_gone_is_none() -> None:
    answer = {"data": {"call_id": "a@b", "timestamp": 63_935_690_370, "id": "202601-a@b"}, "revision": "3-x"}
    reading, server = reader({"cdrs/202601-a%40b": (200, answer)})
    document = reading.read_cdr("202601-a@b")
    assert document is not None
    assert document.items() >= {"_id": "202601-a@b", "_rev": "3-x", "pvt_account_id": "a", "pvt_type": "cdr"}.items()
    assert "id" not in document
    assert reading.read_cdr("202601-gone") is None
    assert server.asked[-1] == "cdrs/202601-gone"


def test_an_account_has_its_users_and_devices_but_those_that_are_gone_or_not_for_this_token() -> None:
    listed = {"data": [{"id": "u1"}, {"id": "u2"}]}
    own = {"id": "a", "name": "A", "realm": "r", "is_reseller": True, "created": 7, "language": "x"}
    reading, _ = reader(
        {
            "/v2/accounts/a": (200, {"data": own}),
            "users?paginate=false": (200, listed),
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
