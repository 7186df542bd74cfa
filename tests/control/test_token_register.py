"""Tokens of one test each."""

import httpx
import pytest

from mockcdrs.arguments import ArgumentError
from mockcdrs.control import token_register
from mockcdrs.control.token_register import TokenRegister
from mockcdrs.mock import Mock
from mockcdrs.remote_mock import RemoteMock


def ask(mock: Mock | RemoteMock, token: str) -> int:
    return httpx.get(mock.url_for("/cdrs"), headers={"X-Auth-Token": token}, timeout=10).status_code


def test_the_tokens_of_a_test_are_the_same_in_each_run_and_all_different() -> None:
    one, other = TokenRegister(), TokenRegister()
    issued = [one.issue(name) for name in ("a", "b", "a")]
    assert issued == [other.issue(name) for name in ("a", "b", "a")]
    assert len(set(issued)) == 3
    assert TokenRegister().issue("b") == issued[1]
    assert issued[0] == "6dad9d067ddc59c0440c379378a7191e"  # the same from one release to the next
    assert [one.names.get(token) for token in (*issued, "x")] == ["a", "b", "a", None]


def test_the_oldest_tokens_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_register, "_MOST_TOKENS", 2)
    register = TokenRegister()
    tokens = [register.issue(name) for name in "abc"]
    assert [register.names.get(token) for token in tokens] == [None, "b", "c"]


def test_what_comes_with_the_token_of_another_test_is_only_counted(mock: Mock | RemoteMock) -> None:
    usual = mock.auth_token
    first = mock.issue_token("first")
    assert ask(mock, first) == ask(mock, usual) == 200
    second = mock.issue_token("second")
    assert mock.auth_token == second
    mock.reset()
    assert [ask(mock, token) for token in (first, second, first)] == [401, 200, 401]
    kept = mock.kept_requests()
    assert [record.status for record in kept.records] == [200]
    assert kept.others == {"first": 2}
    assert mock.requests[0].number == 1


def test_a_test_has_a_name(mock: Mock | RemoteMock) -> None:
    with pytest.raises(ArgumentError, match="name: came '', expected the name of a test, text"):
        mock.issue_token("")
