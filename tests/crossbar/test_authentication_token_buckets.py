from typing import Any

import pytest

from mockcdrs.control.state import State
from mockcdrs.crossbar import authentication
from mockcdrs.crossbar.authentication import TokenBuckets, spend_tokens
from mockcdrs.crossbar.context import client_address
from mockcdrs.crossbar.errors import Failure
from mockcdrs.crossbar.pipeline import HttpRequest, respond
from mockcdrs.crossbar.versions import KAZOO_MASTER
from tests.crossbar.builders import (
    ACCOUNT,
    ACCOUNT_TOKEN,
    MASTER_TOKEN,
    NOW,
    RESELLER,
    RESELLER_TOKEN,
    ask,
    calls,
    context_of,
    json_of,
    state_of,
)

HERE = ("127.0.0.1", ACCOUNT)


def statuses(state: State, count: int, path: str = "/cdrs", **request: Any) -> list[int]:
    return [ask(state, path, **request).status for _ in range(count)]


def test_a_bucket_gives_what_it_has_and_no_more() -> None:
    buckets = TokenBuckets()
    assert [buckets.take(HERE, 2, 5, 0, NOW) for _ in range(3)] == [3, 1, None]
    assert buckets.take(HERE, 1, 5, 0, NOW) == 0
    assert buckets.take(HERE, 0, 5, 0, NOW) == 0


def test_a_bucket_fills_with_time_up_to_its_limit() -> None:
    buckets = TokenBuckets()
    for _ in range(5):
        buckets.take(HERE, 1, 5, 2, NOW)
    assert buckets.take(HERE, 1, 5, 2, NOW) is None
    assert buckets.take(HERE, 1, 5, 2, NOW + 1) == 1
    assert buckets.take(HERE, 1, 5, 2, NOW + 1_000) == 4


def test_a_clock_that_goes_back_fills_nothing() -> None:
    buckets = TokenBuckets()
    assert [buckets.take(HERE, 1, 2, 10, moment) for moment in (NOW, NOW - 100, NOW - 200)] == [1, 0, None]


def test_each_address_and_each_account_has_a_bucket_of_its_own() -> None:
    buckets = TokenBuckets()
    names = [HERE, ("127.0.0.1", RESELLER), ("10.0.0.1", ACCOUNT), ("127.0.0.1", "")]
    assert [buckets.take(name, 1, 1, 0, NOW) for name in names] == [0, 0, 0, 0]
    assert [buckets.take(name, 1, 1, 0, NOW) for name in names] == [None] * 4


def test_the_bucket_that_was_not_used_for_longest_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authentication, "MAX_BUCKETS", 2)
    buckets = TokenBuckets()
    first, second, third = (("10.0.0.1", str(number)) for number in range(3))
    for name in (first, second, first, third):
        buckets.take(name, 1, 2, 0, NOW)
    assert len(buckets) == 2
    assert buckets.take(first, 1, 2, 0, NOW) is None
    assert buckets.take(second, 1, 2, 0, NOW) == 1


@pytest.mark.parametrize(
    ("peer", "headers", "address"),
    [
        ("127.0.0.1", {}, "127.0.0.1"),
        ("127.0.0.1", {"x-forwarded-for": "10.0.0.1, 10.0.0.2"}, "10.0.0.1, 10.0.0.2"),
        ("10.0.0.9", {"x-forwarded-for": "10.0.0.1"}, "10.0.0.9"),
    ],
)
def test_only_a_proxy_beside_the_server_may_say_for_whom_it_asks(
    peer: str, headers: dict[str, str], address: str
) -> None:
    assert client_address(peer, headers) == address


def test_nothing_runs_out_where_the_operator_sets_no_limit() -> None:
    context = context_of(state_of())
    spend_tokens(context, 3)
    assert (context.tokens_remaining, len(context.state.buckets)) == (97, 0)


def test_an_empty_bucket_is_a_429() -> None:
    context = context_of(state_of(max_bucket_tokens=1, tokens_fill_rate=0))
    spend_tokens(context)
    with pytest.raises(Failure) as refused:
        spend_tokens(context)
    assert (refused.value.status, refused.value.message, context.tokens_remaining) == (429, "too_many_requests", 0)


def test_every_request_that_comes_to_authentication_is_paid_whatever_its_token() -> None:
    state = state_of(calls(3), max_bucket_tokens=3, tokens_fill_rate=0)
    assert [ask(state, token=token).status for token in (ACCOUNT_TOKEN, None, "garbage")] == [200, 401, 401]
    assert [ask(state, token=token).status for token in (ACCOUNT_TOKEN, MASTER_TOKEN, None)] == [429] * 3
    assert ask(state, f"/v2/accounts/{RESELLER}/cdrs", token=RESELLER_TOKEN).status == 200
    state.reset()
    assert ask(state).status == 200


@pytest.mark.parametrize(
    ("path", "request_", "expected"),
    [
        ("/cdrs", {"method": "OPTIONS", "headers": {"origin": "http://x"}}, 200),
        ("/cdrs", {"method": "PUT"}, 405),
        (f"/v2/accounts/{'0' * 32}/cdrs", {}, 404),
        ("/cdrs", {"token": None, "headers": {"authorization": "Bearer x"}}, 401),
    ],
)
def test_what_does_not_come_to_authentication_or_brings_no_token_of_its_kind_is_free(
    path: str, request_: dict[str, Any], expected: int
) -> None:
    assert statuses(state_of(max_bucket_tokens=1, tokens_fill_rate=0), 3, path, **request_) == [expected] * 3


def test_a_429_comes_before_anything_is_said_of_the_type_wanted() -> None:
    state = state_of(max_bucket_tokens=1, tokens_fill_rate=0)
    ask(state)
    refused = ask(state, headers={"accept": "text/html"})
    assert (refused.status, json_of(refused)["data"]) == (429, {"message": "too many requests"})


def test_clients_behind_other_addresses_do_not_share_a_bucket() -> None:
    state = state_of(max_bucket_tokens=1, tokens_fill_rate=0)

    def status(peer: str) -> int:
        headers = {"x-auth-token": ACCOUNT_TOKEN}
        path = f"/v2/accounts/{ACCOUNT}/cdrs"
        return respond(HttpRequest("GET", path, "", headers, peer=peer), state.server_state(), "request-1").status

    assert [status(peer) for peer in ("10.0.0.1", "10.0.0.2", "10.0.0.1")] == [200, 200, 429]


def test_in_master_a_token_in_vain_costs_one_and_a_good_one_none() -> None:
    state = state_of(version=KAZOO_MASTER, max_bucket_tokens=2, tokens_fill_rate=0)
    assert statuses(state, 3, token=None) == [401, 401, 429]
    assert json_of(ask(state, token=None))["tokens"] == {"consumed": 1, "remaining": 0}
    assert ask(state).status == 200
    assert json_of(ask(state, "/cdrs/summary"))["tokens"]["remaining"] == 0


def test_an_answer_that_is_kept_would_cost_nothing_so_none_is() -> None:
    state = state_of(calls(3), max_bucket_tokens=2, tokens_fill_rate=0)
    incoming = HttpRequest("GET", f"/v2/accounts/{ACCOUNT}/cdrs", "", {"x-auth-token": ACCOUNT_TOKEN})
    responses = (state.answers.respond(incoming, state.server_state(), "request-1") for _ in range(3))
    assert [each.status for each in responses] == [200, 200, 429]
