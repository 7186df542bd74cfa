"""What a state is made of, the sources of request ids, and tokens of one test each."""

import json
import re
from pathlib import Path
from statistics import median

import httpx
import pytest

from mockcdrs.arguments import ArgumentError
from mockcdrs.config import MockConfig
from mockcdrs.control import state
from mockcdrs.control.clock import Clock
from mockcdrs.control.state import (
    HashedRequestIds,
    SequentialRequestIds,
    State,
    TokenRegister,
    build_state,
    default_account,
)
from mockcdrs.control.webhooks import Webhook
from mockcdrs.crossbar.authentication import TokenError
from mockcdrs.crossbar.pipeline import HttpRequest, HttpResponse
from mockcdrs.crossbar.settings import SettingError, Settings
from mockcdrs.crossbar.versions import KAZOO_MASTER
from mockcdrs.dataset import fixtures
from mockcdrs.dataset.accounts import Account, Token
from mockcdrs.dataset.store import LoadedStore, Origin
from mockcdrs.faults.rule import Rule
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


def test_only_one_of_many_processes_gives_ids_that_no_earlier_request_changes() -> None:
    for is_one_of_many in (True, False):
        one, other = (build_state(MockConfig(), is_one_of_many=is_one_of_many)[0] for _ in range(2))
        other.ids.of(HttpRequest("GET", "/elsewhere"), NOW)
        assert (one.ids.of(REQUEST, NOW) == other.ids.of(REQUEST, NOW)) is is_one_of_many


def test_an_id_has_32_hexadecimal_digits_as_kazoos_have() -> None:
    for ids in (SequentialRequestIds(7), HashedRequestIds(7)):
        assert re.fullmatch(r"[0-9a-f]{32}", ids.of(REQUEST, NOW))


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


def test_hashed_ids_are_of_the_seed_of_the_mock() -> None:
    states = [build_state(MockConfig(seed=seed), is_one_of_many=True)[0] for seed in (1, 2)]
    assert len({state.ids.of(REQUEST, NOW) for state in states}) == 2


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
    (directory / "calls.jsonl").unlink()  # which was read once for both
    second, same = build_state(config, beside=first)
    assert (same, second.data.months(account.id), second.clock.now()) == (account, months, now)


def test_no_two_states_have_the_same_identity() -> None:
    assert len({build_state(MockConfig())[0].identity for _ in range(3)}) == 3


def test_what_a_state_draws_is_of_its_seed() -> None:
    def draw(seed: int) -> tuple[object, ...]:
        drawing = State(LoadedStore([Account(ACCOUNT)], {}), clock=Clock(NOW), seed=seed)
        webhook = drawing.webhooks.add(ACCOUNT, Webhook(uri="http://127.0.0.1:9/"))
        drawing.webhooks.clear()
        drawing.faults.add(Rule(status=503, probability=0.5))
        seen = drawing.server_state()
        statuses = [drawing.faults.apply(REQUEST, seen, lambda *_: HttpResponse(200))[0].status for _ in range(20)]
        return drawing.seed, drawing.ids.of(REQUEST, NOW), webhook.id, seen.token_key, statuses

    first, second = draw(1), draw(2)
    assert first == draw(1)
    assert all(each != other for each, other in zip(first, second, strict=True))
    # the same from one release to the next: a test may know it
    assert first[2] == "3d5d4196630fda6d4d8f26f279c1b6d0"


def test_a_state_is_what_its_options_say() -> None:
    config = MockConfig(
        kazoo="master",
        reseller=True,
        fix=["pdf-500"],
        quirk=["integer-page-size"],
        journal=5,
        remote_webhooks=True,
        settings={"crossbar.pagination_page_size": 7},
        now="live",
        speed=60,
    )
    chosen, account = build_state(config)
    assert (chosen.version, chosen.journal.capacity, chosen.settings.pagination_page_size) == (KAZOO_MASTER, 5, 7)
    assert chosen.settings.kazoo_version == KAZOO_MASTER.release
    assert (chosen.webhooks.allows_remote, chosen.clock.speed) == (True, 60)
    assert chosen.quirks == KAZOO_MASTER.quirks - {"pdf-500"} | {"integer-page-size"}
    assert account.is_reseller
    assert chosen.data.accounts[account.id].is_reseller
    plain, account = build_state(MockConfig())
    assert (plain.webhooks.allows_remote, plain.clock.speed, account.is_reseller) == (False, 0, False)
    live, _ = build_state(MockConfig(now="live"))
    assert live.clock.speed == 1


def test_a_state_without_settings_has_those_of_its_version() -> None:
    plain = State(LoadedStore([Account(ACCOUNT)], {}), version=KAZOO_MASTER)
    assert plain.settings == Settings(kazoo_version=KAZOO_MASTER.release)


def test_only_the_committed_office_opened_on_its_first_day() -> None:
    office = fixtures.manifest()
    configs = (MockConfig(), MockConfig(seed=office.seed), MockConfig(locale="de_DE"))
    origins = [build_state(config)[0].base.origin for config in configs]
    assert [origin.opened for origin in origins] == [office.first_day.isoformat(), "2020-01-01", "2020-01-01"]
    assert [origin.locale for origin in origins] == [office.locale, office.locale, "de_DE"]
    assert {origin.seed for origin in origins} == {office.seed}
    assert {origin.calls_per_day for origin in origins} == {office.calls_per_day}


def test_people_that_a_test_adds_live_where_those_of_the_mock_do() -> None:
    assert [build_state(MockConfig(locale=locale))[0].locale for locale in (None, "de_DE")] == ["en_US", "de_DE"]


def test_calls_are_made_in_the_office_hours_of_the_locale() -> None:
    def median_utc_hour(locale: str) -> float:
        with Mock(locale=locale) as mock:
            return median(leg.start % 86_400 / 3_600 for leg in mock.expected().legs)

    assert 11 < median_utc_hour("de_DE") < 14
    assert 16 < median_utc_hour("en_US") < 19


def test_a_moment_that_is_none_is_refused_under_the_name_of_its_option() -> None:
    config = MockConfig()
    object.__setattr__(config, "now", "noon")
    with pytest.raises(
        ArgumentError, match=r"^now: came 'noon', expected ISO 8601 .*, or Gregorian seconds, or live$"
    ) as caught:
        build_state(config)
    assert caught.value.name == "now"


def test_a_token_of_the_data_opens_its_account_in_the_name_of_its_owner() -> None:
    account = Account(ACCOUNT, tokens=(Token("of a user", "u"), Token("of nobody")))
    state = State(LoadedStore([account], {}))
    owners = {"of a user": "u", "of nobody": ""}
    assert {token: state.claims(token) for token in owners} == {
        token: {"account_id": ACCOUNT, "owner_id": owner} for token, owner in owners.items()
    }
    assert state.claims(state.issue_token(ACCOUNT, "test_a")) == state.claims("of a user")


def take_token(of_state: State) -> bool:
    buckets = of_state.server_state().buckets
    return buckets.take(("127.0.0.1", ACCOUNT), cost=1, limit=1, fill_rate=0, now_gregorian=NOW) is not None


def test_a_reset_goes_back_to_the_beginning_in_all() -> None:
    changed, _ = build_state(MockConfig(journal=5, settings={"crossbar.pagination_page_size": 7}))
    beginning = changed.settings, changed.quirks, changed.clock.now()
    first_id = changed.ids.of(REQUEST, NOW)
    changed.add_account(Account("c" * 32, tokens=(Token("of c"),)))
    changed.settings, changed.quirks, changed.journal.capacity = Settings(), frozenset(), 9
    changed.clock.advance(days=1)
    next(changed.serials)
    assert [take_token(changed) for _ in range(2)] == [True, False]
    changed.journal.open(REQUEST, NOW)
    changed.reset()
    assert (changed.settings, changed.quirks, changed.clock.now()) == beginning
    assert (changed.journal.capacity, len(changed.journal), next(changed.serials)) == (5, 0, 1)
    assert changed.ids.of(REQUEST, NOW) == first_id
    assert take_token(changed)
    assert "c" * 32 not in changed.data.accounts
    with pytest.raises(TokenError):
        changed.claims("of c")


def test_a_newcomer_asks_an_account_with_calls_below_the_superduper_admin_if_there_is_one() -> None:
    admin = Account("a", is_superduper_admin=True, months=("202601",))
    empty, busy = Account("b"), Account("c", months=("202601",))
    for accounts, expected in (([admin, empty, busy], busy), ([empty, admin], admin), ([admin], admin)):
        assert default_account(LoadedStore(accounts, {})) == expected


def test_the_data_of_a_directory_are_named_after_it(directory: Path) -> None:
    assert build_state(MockConfig(data=directory))[0].base.origin == Origin(directory=directory.name)


def test_a_setting_may_be_given_as_text() -> None:
    states = [build_state(MockConfig(settings={"crossbar.pagination_page_size": value}))[0] for value in (7, "7")]
    assert [each.settings.pagination_page_size for each in states] == [7, 7]


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


def test_a_token_is_new_as_long_as_an_earlier_one_of_its_test_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "_MOST_TOKENS", 2)
    register = TokenRegister()
    tokens = [register.issue(name) for name in ("a", "b", "a", "a")]
    assert len(set(tokens)) == 4
    assert {*register.names} == {*tokens[2:]}


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


def test_a_request_is_of_another_test_if_its_token_is() -> None:
    mock_state, account = build_state(MockConfig())

    def name_other_test(**headers: str) -> str:
        return mock_state.name_other_test(HttpRequest("GET", "/v2", "", headers))

    first, second = (mock_state.issue_token(account.id, name) for name in ("first", "second"))
    tokens = (first, second, account.tokens[0].value, "x")
    assert [name_other_test(**{"x-auth-token": token}) for token in tokens] == ["first", "", "", ""]
    assert name_other_test() == ""


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
