"""Bugs that real clients have, one of each class, and what of the plugin catches them."""

import contextlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.client_project.cdr_sync import CdrSync, SyncFailed
from tests.client_project.conftest import RANGE


class WrongEpoch(CdrSync):
    def moment(self, time: datetime) -> int:
        return int((time - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds())


class StopsAfterPageOne(CdrSync):
    def rows(self, start: datetime, end: datetime) -> Any:
        query = {"created_from": self.moment(start), "created_to": self.moment(end)}
        yield from self.ask(query, requests.Response.json)["data"]


class ForgetsTheRange(CdrSync):
    def rows(self, start: datetime, end: datetime) -> Any:
        query: dict[str, Any] = {"created_from": self.moment(start), "created_to": self.moment(end)}
        while query:
            page = self.ask(query, requests.Response.json)
            yield from page["data"]
            query = {"start_key": page["next_start_key"]} if "next_start_key" in page else {}


class DiesOn503(CdrSync):
    attempts = 1


class DoesNotLogInAgain(CdrSync):
    def log_in(self) -> None:
        if not self._account_id:
            super().log_in()


class LogsInWithTheOldToken(CdrSync):
    datetime_format = "%Y-%m-%d_%H:%M:%S"

    def log_in(self) -> None:
        answer = self.logged_in()
        if answer.status_code == 201:
            self._session.headers["X-Auth-Token"] = answer.json()["auth_token"]
            self._account_id = answer.json()["data"]["account_id"]


class AcceptsACutBody(CdrSync):
    def body(self, answer: requests.Response) -> bytes:
        parts = []
        with contextlib.suppress(requests.RequestException):
            parts.extend(answer.iter_content(100))
        return b"".join(parts)


def codes(mockcdrs: Any) -> set[str]:
    return {text.partition(":")[0] for text in mockcdrs.advice()}


def test_advice_names_a_wrong_epoch(mockcdrs: Any, connected: Any, tmp_path: Path) -> None:
    with pytest.raises(SyncFailed):
        connected(WrongEpoch).sync(*RANGE, tmp_path / "cdrs.csv")
    assert "wrong-epoch" in codes(mockcdrs)
    assert "Unix seconds" in mockcdrs.advice()[0]


def test_ground_truth_and_advice_tell_of_pages_left_behind(
    mockcdrs: Any, connected: Any, truth: Any, tmp_path: Path
) -> None:
    assert connected(StopsAfterPageOne).sync(*RANGE, tmp_path / "cdrs.csv") == 50 < truth.count
    assert codes(mockcdrs) == {"unfollowed-pages"}


def test_advice_names_the_parameters_that_were_forgotten(mockcdrs: Any, connected: Any, tmp_path: Path) -> None:
    connected(ForgetsTheRange).sync(*RANGE, tmp_path / "cdrs.csv")
    assert codes(mockcdrs) == {"changed-query"}


def test_a_fault_finds_the_client_that_dies_on_503(mockcdrs: Any, connected: Any, tmp_path: Path) -> None:
    mockcdrs.fail(status=503, path="/cdrs", page=2, times=1)
    with pytest.raises(SyncFailed, match="503"):
        connected(DiesOn503).sync(*RANGE, tmp_path / "cdrs.csv")
    assert [record.status for record in mockcdrs.requests] == [201, 200, 503]


def test_a_fault_and_ground_truth_find_the_client_that_accepts_a_cut_body(
    mockcdrs: Any, connected: Any, truth: Any, tmp_path: Path
) -> None:
    mockcdrs.fail(path="/cdrs", cut_after=5_000, times=1)
    connected(AcceptsACutBody).export(*RANGE, tmp_path / "export.csv")
    rows = (tmp_path / "export.csv").read_text(encoding="utf-8").splitlines()
    assert 1 < len(rows) - 1 < truth.count
    assert "cut_after=5000" in mockcdrs.requests[1].fault


@pytest.mark.parametrize(
    "kind",
    [
        DoesNotLogInAgain,
        pytest.param(LogsInWithTheOldToken, marks=pytest.mark.mockcdrs(kazoo="master")),  # 4.3 does not mind
    ],
)
def test_a_fault_finds_the_client_that_cannot_log_in_again(
    mockcdrs: Any, connected: Any, tmp_path: Path, kind: type[CdrSync]
) -> None:
    mockcdrs.fail(token_expired=True, path="/cdrs", page=2)
    with pytest.raises(SyncFailed, match="invalid credentials"):
        connected(kind).sync(*RANGE, tmp_path / "cdrs.csv")
    assert {record.status for record in mockcdrs.requests[2:]} == {401}


def test_advice_names_the_401_that_was_ignored(mockcdrs: Any, connected: Any, tmp_path: Path) -> None:
    mockcdrs.fail(token_expired=True, path="/cdrs", times=1)
    with pytest.raises(SyncFailed):
        connected(DoesNotLogInAgain).sync(*RANGE, tmp_path / "cdrs.csv")
    assert "ignored-401" in codes(mockcdrs)


@pytest.mark.mockcdrs(kazoo="master")
def test_another_version_finds_the_client_that_knows_the_datetime_of_4_3_alone(connected: Any, tmp_path: Path) -> None:
    with pytest.raises(SyncFailed, match=r"time data '2026-01-\d\d_\d\d:\d\d:\d\d' does not match"):
        connected().sync(*RANGE, tmp_path / "cdrs.csv")
