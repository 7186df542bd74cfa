"""What a state is made of, the sources of request ids, and tokens of one test each."""

import json
from pathlib import Path

import httpx
import pytest

from mockcdrs.arguments import ArgumentError
from mockcdrs.config import MockConfig
from mockcdrs.control import state
from mockcdrs.control.state import HashedRequestIds, SequentialRequestIds, TokenRegister, build_state
from mockcdrs.crossbar.pipeline import HttpRequest
from mockcdrs.crossbar.settings import SettingError
from mockcdrs.dataset import fixtures
from mockcdrs.dataset.accounts import Account, Token
from mockcdrs.mock import Mock
from mockcdrs.remote_mock import RemoteMock
from tests.crossbar.builders import ACCOUNT, leg

REQUEST = HttpRequest("GET", "/v2", "a=1", {"accept": "*/*", "host": "x"})
NOW = 63_936_129_600


def test_sequential_ids_are_always_new_and_the_same_in_each_run() -> None:
    ids = SequentialRequestIds(7)
    first = [ids.of(REQUEST, NOW) for _ in range(3)]
    assert len(set(first)) == 3
    ids.reset()
    assert [ids.of(REQUEST, NOW) for _ in range(3)] == first
    assert SequentialRequestIds(8).of(REQUEST, NOW) != first[0]


def test_all_processes_give_a_request_the_same_hashed_id_whatever_came_before() -> None:
    one, other = HashedRequestIds(7), HashedRequestIds(7)
    other.of(HttpRequest("GET", "/elsewhere"), NOW)
    other.reset()
    reordered = HttpRequest("GET", "/v2", "a=1", dict(reversed([*REQUEST.headers.items()])))
    assert one.of(REQUEST, NOW) == other.of(reordered, NOW)


def test_whatever_differs_makes_another_hashed_id() -> None:
    others = [
        (7, HttpRequest("PUT", "/v2", "a=1", REQUEST.headers), NOW),
        (7, HttpRequest("GET", "/v2/", "a=1", REQUEST.headers), NOW),
        (7, HttpRequest("GET", "/v2", "a=2", REQUEST.headers), NOW),
        (7, HttpRequest("GET", "/v2", "a=1", {"accept": "\udcff"}), NOW),
        (7, HttpRequest("GET", "/v2", "a=1", REQUEST.headers, b"body"), NOW),
        (7, REQUEST, NOW + 1),
        (8, REQUEST, NOW),
    ]
    ids = {HashedRequestIds(seed).of(request, now) for seed, request, now in [(7, REQUEST, NOW), *others]}
    assert len(ids) == len(others) + 1


def test_the_clock_of_made_up_calls_stands_at_their_moment() -> None:
    state, _ = build_state(MockConfig())
    assert state.clock.now() == fixtures.manifest().moment_gregorian == NOW
    assert state.clock.is_frozen


def test_as_many_calls_are_made_up_as_are_asked_for() -> None:
    assert [build_state(MockConfig(calls_per_day=count))[0].base.origin.calls_per_day for count in (5, 60)] == [5, 60]


def test_calls_of_another_seed_are_of_another_account() -> None:
    assert len({build_state(MockConfig(seed=seed))[1].id for seed in (1, 1, 2)}) == 2


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    lines = [
        json.dumps({**leg(name, end), "pvt_account_id": ACCOUNT}) for name, end in (("x", NOW - 9), ("y", NOW - 7))
    ]
    (tmp_path / "calls.jsonl").write_text("\n".join(lines))
    return tmp_path


def test_the_clock_of_ones_own_calls_stands_at_the_end_of_the_last(directory: Path) -> None:
    state, account = build_state(MockConfig(data=directory))
    assert (state.clock.now(), account.id) == (NOW - 7, ACCOUNT)


@pytest.mark.parametrize("is_made_up", [True, False])
def test_a_state_beside_another_has_its_data_and_nothing_that_was_done_to_it(directory: Path, is_made_up: bool) -> None:
    config = MockConfig() if is_made_up else MockConfig(data=directory)
    first, account = build_state(config)
    months, now = first.data.months(account.id), first.clock.now()
    first.clock.advance(days=60)
    first.data.add(account.id, "202602", [leg("z")])
    second, same = build_state(config, beside=first)
    assert (same, second.data.months(account.id), second.clock.now()) == (account, months, now)


def test_a_setting_that_no_text_can_say_is_refused() -> None:
    with pytest.raises(SettingError, match=r"maximum_range came as <object .*: expected text, a number, true or false"):
        build_state(MockConfig(settings={"maximum_range": object()}))


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
    monkeypatch.setattr(state, "_MOST_TOKENS", 2)
    register = TokenRegister()
    tokens = [register.issue(name) for name in "aabc"]
    assert [register.names.get(token) for token in tokens] == [None, None, "b", "c"]
    assert register.issue("a") == tokens[0]  # as in a new run


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


def test_no_token_is_lost_where_two_threads_add_accounts_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    mock_state, _ = build_state(MockConfig())
    first, second = (Account(name * 32, tokens=(Token(f"token of {name}"),)) for name in "ab")
    claims_by_token = state._claims_by_token

    def claims_while_another_is_added(accounts: list[Account]) -> object:
        if accounts == [first]:
            mock_state.add_account(second)  # as another thread may do here
        return claims_by_token(accounts)

    monkeypatch.setattr(state, "_claims_by_token", claims_while_another_is_added)
    mock_state.add_account(first)
    assert [mock_state.claims(f"token of {name}")["account_id"] for name in "ab"] == [first.id, second.id]
