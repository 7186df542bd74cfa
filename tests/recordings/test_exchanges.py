"""Recordings are written and read again, with what is known of their server."""

import json
from pathlib import Path
from typing import Any

import pytest

from mockcdrs.cdr import gregorian
from mockcdrs.contract.client import RawRequest
from mockcdrs.control.clock import parse_time
from mockcdrs.dataset import fixtures
from mockcdrs.dataset.files import DataError
from mockcdrs.dataset.store import LoadedStore, Origin, Overlay
from mockcdrs.mock import Mock, serving
from mockcdrs.recordings.exchanges import (
    Exchange,
    RecordedResponse,
    RecordedServer,
    describe_origin,
    read_exchanges,
    write_exchanges,
)
from tests.recordings.builders import recorder, report_of

WHOLE = Exchange(
    "ä",
    RawRequest("PUT", "/v2/x", "a=1", (("X-A", "é"),), "{}"),
    RecordedResponse(200, {"etag": '"1"'}, "é", (1, 2)),
    {"crossbar": {"pagination_page_size": 2}},
    RecordedServer("4.3", data=Origin(seed=1)),
)


def test_written_exchanges_are_read_again(tmp_path: Path) -> None:
    bare = Exchange("b", RawRequest("GET", "/v2"), RecordedResponse(204))
    assert write_exchanges(tmp_path / "file", [WHOLE, bare]) == 2
    assert list(read_exchanges(tmp_path / "file")) == [WHOLE, bare]


def test_a_request_alone_is_one_still_to_be_sent(tmp_path: Path) -> None:
    (tmp_path / "file").write_text('\n{"name": "x", "request": {"method": "GET", "path": "/v2/x"}}\n')
    assert list(read_exchanges(tmp_path / "file")) == [Exchange("x", RawRequest("GET", "/v2/x"), RecordedResponse(0))]


@pytest.mark.parametrize(
    "line",
    [
        *("[", "[]", "{}", '{"name": 1, "request": {"method": "GET", "path": 3}}', "[" * 99_999),
        '{"name": "x", "request": {"method": "GET", "path": "/v2"}, "server": {"kazoo": 4.3}}',
    ],
)
def test_a_line_that_is_not_an_exchange_is_refused_with_its_number(tmp_path: Path, line: str) -> None:
    (tmp_path / "file").write_text(f"\n{line}\n")
    with pytest.raises(DataError, match=r"file, line 2 is .+; expected an exchange"):
        list(read_exchanges(tmp_path / "file"))


@pytest.mark.parametrize(
    ("answer", "moment"),
    [
        (RecordedResponse(200, {}, json.dumps({"timestamp": "2026-01-20T12:00:00Z"})), "2026-01-20T12:00:00Z"),
        (RecordedResponse(200, {"date": "Tue, 20 Jan 2026 12:00:01 GMT"}, "a,b"), "2026-01-20T12:00:01Z"),
        (
            RecordedResponse(200, {"date": "Tue, 20 Jan 2026 12:00:01 GMT"}, '{"timestamp": "x"}'),
            "2026-01-20T12:00:01Z",
        ),
    ],
)
def test_the_time_is_that_of_the_envelope_or_the_date_header(answer: RecordedResponse, moment: str) -> None:
    time = Exchange("x", RawRequest("GET", "/"), answer).time_gregorian
    assert time is not None
    assert gregorian.iso_8601(time) == moment == gregorian.iso_8601(parse_time(moment))


@pytest.mark.parametrize("headers", [{}, {"date": "today"}])
def test_a_response_may_have_no_time(headers: dict[str, str]) -> None:
    assert Exchange("x", RawRequest("GET", "/"), RecordedResponse(204, headers)).time_gregorian is None


WHOLE_SERVER = RecordedServer(
    "4.3", "0.1.0", ("pdf-500",), ("integer-page-size",), True,
    Origin(seed=0, calls_per_day=0, locale="de_DE", opened="2020-01-01", changed=True),
)  # fmt: skip


@pytest.mark.parametrize(
    "server", [RecordedServer(), RecordedServer("master"), WHOLE_SERVER, RecordedServer(data=Origin(directory="calls"))]
)
def test_a_server_that_is_written_is_read_again(server: RecordedServer) -> None:
    assert RecordedServer.from_json(json.loads(json.dumps(server.to_json()))) == server


def test_only_the_version_is_written_of_a_real_server() -> None:
    assert RecordedServer("4.3").to_json() == {"kazoo": "4.3"}
    assert RecordedServer().to_json() == {}


def test_unknown_members_of_later_versions_are_ignored() -> None:
    assert RecordedServer.from_json({"kazoo": "4.3", "more": 1, "data": {"seed": 1, "more": 1}}) == (
        RecordedServer("4.3", data=Origin(seed=1))
    )


@pytest.mark.parametrize(
    "value",
    [[], "4.3", {"kazoo": 4.3}, {"fix": [1]}, {"fix": 1}, {"reseller": 1}, {"data": []}, {"data": {"seed": "1"}}],
)
def test_members_of_other_types_are_refused(value: Any) -> None:
    with pytest.raises((TypeError, AttributeError)):
        RecordedServer.from_json(value)


def test_a_mock_reports_all_options_that_make_another_one_like_it() -> None:
    options: dict[str, Any] = {"seed": 5, "calls_per_day": 30, "locale": "fr_FR"}
    more: dict[str, Any] = {
        "fix": ["pdf-500"],
        "quirk": ["integer-page-size"],
        "settings": {"crossbar.cdrs.maximum_bulk": 5},
    }
    with serving(kazoo="master", reseller=True, **options, **more) as mock:
        server, config = report_of(mock)
    assert server == RecordedServer(
        "master", server.mockcdrs, ("pdf-500",), ("integer-page-size",), True, Origin(opened="2020-01-01", **options)
    )
    assert config == {"crossbar.cdrs": {"maximum_bulk": 5}}


def test_a_mock_with_default_options_reports_no_settings() -> None:
    with serving() as mock:
        server, config = report_of(mock)
    assert (server.fix, server.quirk, server.reseller, config) == ((), (), False, {})
    office = fixtures.manifest()
    assert server.data == Origin(
        seed=office.seed, calls_per_day=office.calls_per_day, locale=office.locale, opened=office.first_day.isoformat()
    )


@pytest.mark.parametrize("change", [lambda mock: mock.add_call(), lambda mock: mock.clear()], ids=["added", "emptied"])
def test_a_mock_reports_that_its_calls_were_changed(change: Any) -> None:
    with serving() as mock:
        change(mock)
        server, _ = report_of(mock)
        assert server.data is not None
        assert server.data.changed
        mock.reset()
        assert not mock.state.data.origin.changed


def test_a_mock_with_calls_that_a_program_added_reports_all_else() -> None:
    with serving() as mock:
        account = mock.state.data.accounts[mock.account_id]
        mock.state.data = Overlay(LoadedStore([account], {}))
        server, _ = report_of(mock)
    assert server == RecordedServer("4.3", server.mockcdrs)


def test_the_origin_of_calls_is_described_in_words() -> None:
    assert describe_origin(Origin(directory="calls")) == "the calls of the directory calls"
    assert describe_origin(Origin(seed=1, calls_per_day=25, locale="en_US")) == (
        "calls generated from seed 1, 25 a day, en_US"
    )


def test_no_token_is_in_a_recording(office: Mock, recording: list[Exchange], tmp_path: Path) -> None:
    exchange = Exchange(
        "everywhere",
        RawRequest(
            "POST",
            f"/v2/accounts/{office.account_id}/user_auth/{office.auth_token}",
            f"auth_token={office.auth_token}&x=1",
            (("Authorization", f"Bearer {office.auth_token}"), ("Content-Type", "application/json")),
            json.dumps({"data": {}, "auth_token": office.auth_token, "password": "hush-hush"}),
        ),
        RecordedResponse(0),
    )
    write_exchanges(tmp_path / "file", [*recording, *recorder(office).record_again([exchange])])
    text = (tmp_path / "file").read_text(encoding="utf-8")
    assert office.auth_token not in text
    assert "hush-hush" not in text
    assert f'"auth_token\\":\\"token-of-{office.account_id}' in text
