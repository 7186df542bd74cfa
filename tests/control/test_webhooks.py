"""Webhooks: when events are sent, to whom, in which form, and what is tried again."""

import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from mockcdrs.arguments import ArgumentError
from mockcdrs.control import webhooks
from mockcdrs.control.webhooks import encode_form, is_internal, make_event
from mockcdrs.control_client import ControlClient
from mockcdrs.crossbar.account_documents import reseller_id
from mockcdrs.dataset.accounts import Account
from mockcdrs.mock import Mock, serving
from mockcdrs.remote_mock import RemoteMock
from tests.control.receiver import Receiver, receiving
from tests.crossbar.builders import ACCOUNT, NOW, OWNER, leg, state_of
from tests.server.fetching import until

Either = Mock | RemoteMock


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture(params=["in this process", "elsewhere"])
def mock(request: pytest.FixtureRequest) -> Iterator[Either]:
    with serving() as mock:
        mock.clear()
        yield mock if request.param == "in this process" else RemoteMock(ControlClient(mock.url))


def test_each_leg_that_ends_is_posted_in_order(mock: Either, receiver: Receiver) -> None:
    webhook = mock.add_webhook(receiver.url, format="json")
    first, second = mock.add_call(), mock.add_call(scenario="voicemail")
    legs = [*first.legs, *second.legs]
    attempts = mock.wait_for_webhooks(len(legs), timeout=20)
    report = [json.loads(post.body) for post in receiver.posts]
    assert {event["call_id"] for event in report} == {each["call_id"] for each in legs}
    assert [attempt.event for attempt in attempts] == report
    assert {(attempt.webhook_id, attempt.number, attempt.status) for attempt in attempts} == {(webhook.id, 1, 200)}
    assert {attempt.at_gregorian for attempt in attempts} == {mock.clock.now()}
    assert all(attempt.is_success for attempt in attempts)
    head = receiver.posts[0]
    assert (head.method, head.target, head.headers["content-type"]) == ("POST", "/calls", "application/json")
    assert (head.headers["x-hook-id"], head.headers["x-account-id"]) == (webhook.id, mock.account_id)
    assert b"\n" in head.body


def test_a_call_is_posted_when_the_clock_comes_to_its_end(mock: Either, receiver: Receiver) -> None:
    mock.add_webhook(receiver.url)
    later = mock.add_call(at=mock.clock.now() + 3_600)
    mock.add_call(at=mock.clock.now() - 2 * 86_400)  # which ended long before there was a webhook
    mock.clock.advance(minutes=59)
    now = mock.add_call()
    assert len(mock.wait_for_webhooks(len(now.legs), timeout=20)) == len(now.legs)
    mock.clock.advance(minutes=1)
    attempts = mock.wait_for_webhooks(len(now.legs) + len(later.legs), timeout=20)
    assert [attempt.event["timestamp"] for attempt in attempts[len(now.legs) :]] == [mock.clock.now()] * len(later.legs)


def test_of_calls_that_ended_before_those_of_the_last_day_are_posted_if_they_are_added_later(
    receiver: Receiver,
) -> None:
    with serving(now="2026-02-01T00:01:00Z") as mock:
        mock.add_webhook(receiver.url)
        for name, seconds in (("earlier", 86_401), ("in the month before", 86_400), ("now", 0)):
            mock.add_cdr({"call_id": name, "timestamp": mock.clock.now() - seconds})
        mock.wait_for_webhooks(2, timeout=20)
        mock.clock.advance(seconds=1)
        mock.add_cdr({"call_id": "last"})
        attempts = mock.wait_for_webhooks(3, timeout=20)
    assert [attempt.event["call_id"] for attempt in attempts] == ["in the month before", "now", "last"]


def test_what_ended_in_the_very_second_before_is_not_posted_and_nothing_twice(mock: Either, receiver: Receiver) -> None:
    mock.add_call()
    mock.add_webhook(receiver.url)
    call = mock.add_call()
    mock.wait_for_webhooks(len(call.legs), timeout=20)
    mock.clock.advance(seconds=1)
    mock.clock.freeze(mock.clock.now() - 60)
    mock.clock.advance(seconds=120)
    last = mock.add_call()
    attempts = mock.wait_for_webhooks(len(call.legs) + len(last.legs), timeout=20)
    assert len({attempt.event["call_id"] for attempt in attempts}) == len(attempts) == len(receiver.posts)


def test_generated_calls_are_posted_as_they_end(receiver: Receiver) -> None:
    with serving(seed=5, calls_per_day=2_000, now="2026-01-20T15:00:00Z") as busy:
        busy.add_webhook(receiver.url, format="json")
        start = busy.clock.now()
        busy.clock.advance(minutes=10)
        expected = busy.expected(created_from=start + 1, created_to=busy.clock.now())
        posts = busy.wait_for_webhooks(expected.count, timeout=20)
    assert {f"{attempt.event['call_id']}" for attempt in posts} == {each.partition("-")[2] for each in expected.ids}
    times = [attempt.event["timestamp"] for attempt in posts]
    assert times == sorted(times)


def test_a_form_and_a_query_hold_the_same_event(mock: Either, receiver: Receiver) -> None:
    mock.add_webhook(receiver.url, custom_data={"tenant": "a&b", "to": "nobody"})
    mock.add_webhook(receiver.url + "?old=1", http_verb="get")
    call = mock.add_call()
    mock.wait_for_webhooks(2 * len(call.legs), timeout=20)
    form = next(post for post in receiver.posts if post.method == "POST")
    query = next(post for post in receiver.posts if post.method == "GET")
    assert form.headers["content-type"] == "application/x-www-form-urlencoded"
    posted, queried = parse_qs(form.body.decode()), parse_qs(urlsplit(query.target).query)
    assert (posted["tenant"], posted["to"], "old" in queried) == (["a&b"], ["nobody"], False)
    assert posted["hook_event"] == queried["hook_event"] == ["channel_destroy"]
    assert "content-type" not in query.headers


@pytest.mark.parametrize(
    ("verb", "path", "target"),
    [("post", "", "/"), ("put", "/a?b=1", "/a?b=1"), ("get", "", "/"), ("get", "/a?b=1", "/a")],
)
def test_an_event_is_sent_to_the_path_of_the_url_and_is_itself_the_query_of_a_get(
    mock: Either, receiver: Receiver, verb: str, path: str, target: str
) -> None:
    mock.add_webhook(receiver.url.removesuffix("/calls") + path, http_verb=verb)
    mock.add_cdr({"call_id": "a"})
    mock.wait_for_webhooks(1, timeout=20)
    (post,) = receiver.posts
    assert post.method == verb.upper()
    assert (post.target.partition("?")[0] if verb == "get" else post.target) == target


def test_the_calls_of_accounts_below_are_posted_if_that_is_asked_for(receiver: Receiver) -> None:
    with serving(now="2026-01-20T12:00:00Z") as mock:
        child = next(each for each in mock.state.data.accounts.values() if len(each.tree) > 1)
        above = mock.state.data.accounts[child.tree[-1]]
        webhook = webhooks.Webhook(uri=receiver.url, format="json", include_subaccounts=True)
        alone = mock.state.webhooks.add(above.id, webhooks.Webhook(uri=receiver.url))
        both = mock.state.webhooks.add(above.id, webhook)
        mock.state.data.add(child.id, "202601", [leg("below@host", mock.clock.now())])
        (attempt,) = mock.state.webhooks.wait_for(1, 20)
    assert (attempt.webhook_id, attempt.event["call_id"]) == (both.id, "below@host")
    assert attempt.event["reseller_id"] == reseller_id(mock.state.data.accounts, child)
    assert alone.id != both.id


def test_internal_legs_are_left_out_if_that_is_asked_for(mock: Either, receiver: Receiver) -> None:
    mock.add_webhook(receiver.url, include_internal_legs=False)
    mock.add_cdr({"call_id": "inside", "channel_name": "loopback/1001-a"})
    mock.add_cdr({"call_id": "outside"})
    (attempt,) = mock.wait_for_webhooks(1, timeout=20)
    assert attempt.event["call_id"] == "outside"
    assert is_internal({"channel_is_loopback": "true"})


def test_a_status_that_is_not_200_is_a_failure_that_is_not_tried_again(mock: Either, receiver: Receiver) -> None:
    receiver.status = 302
    mock.add_webhook(receiver.url, retries=4)
    call = mock.add_call()
    mock.wait_for_webhooks(len(call.legs), timeout=20)
    time.sleep(0.1)
    attempts = mock.wait_for_webhooks(0)
    assert [(each.number, each.status, each.is_success) for each in attempts] == [(1, 302, False)] * len(call.legs)


@pytest.mark.parametrize(("retries", "tries"), [(0, 1), (1, 1), (3, 3)])
def test_a_connection_that_fails_is_tried_again(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, retries: int, tries: int
) -> None:
    monkeypatch.setattr(webhooks, "RETRY_SECONDS", 0.01)
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    with serving() as mock:
        mock.add_webhook(f"http://127.0.0.1:{port}/", retries=retries)
        mock.add_cdr({"call_id": "a"})
        attempts = mock.wait_for_webhooks(tries, timeout=20)
        mock.add_webhook(receiver.url)
        mock.add_cdr({"call_id": "b"})
        attempts = mock.wait_for_webhooks(2 * tries + 1, timeout=20)
    failed = [each for each in attempts if each.error]
    assert [each.number for each in failed] == [*range(1, tries + 1)] * 2
    assert all(each.status == 0 and each.error.startswith("ConnectionRefusedError") for each in failed)


def test_a_server_that_does_not_answer_in_time_counts_as_a_connection_that_failed(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "TIMEOUT_SECONDS", 0.05)
    receiver.going_on.clear()
    with serving() as mock:
        mock.add_webhook(receiver.url, retries=1)
        mock.add_cdr({"call_id": "a"})
        (attempt,) = mock.wait_for_webhooks(1, timeout=20)
    receiver.going_on.set()
    assert (attempt.status, attempt.error) == (0, "TimeoutError: timed out")


def test_a_webhook_that_is_removed_or_reset_is_told_nothing_more(mock: Either, receiver: Receiver) -> None:
    webhook = mock.add_webhook(receiver.url)
    mock.remove_webhook(webhook)
    with pytest.raises(KeyError, match="no"):
        mock.remove_webhook(webhook)
    again = mock.add_webhook(receiver.url)
    mock.add_cdr({"call_id": "a"})
    assert [each.webhook_id for each in mock.wait_for_webhooks(1, timeout=20)] == [again.id]
    mock.reset()
    mock.add_cdr({"call_id": "b"})
    time.sleep(0.1)
    assert mock.wait_for_webhooks(0) == []
    assert len(receiver.posts) == 1


def test_a_wait_in_vain_says_what_it_waited_for(mock: Either) -> None:
    with pytest.raises(TimeoutError) as caught:
        mock.wait_for_webhooks(1, timeout=0.05)
    assert str(caught.value) == (
        "0 attempts of webhooks were made, 1 were expected within 0.05 s; an event is sent for each leg that ends on "
        "the mock's clock after its webhook was added"
    )


@pytest.mark.parametrize("uri", ["http://example.com/", "https://192.0.2.1:8443/x", "http://[2001:db8::1]/"])
def test_other_machines_are_told_only_where_that_is_allowed(mock: Either, uri: str) -> None:
    with pytest.raises(ArgumentError, match=f"uri: came {re.escape(repr(uri))}, expected an address of this machine"):
        mock.add_webhook(uri)
    with serving(remote_webhooks=True) as open_one:
        assert open_one.add_webhook(uri).uri == uri


@pytest.mark.parametrize(
    ("uri", "more", "words"),
    [
        ("127.0.0.1:9000", {}, "uri: came '127.0.0.1:9000', expected the URL of a server"),
        ("ftp://127.0.0.1/", {}, "uri: came"),
        ("http://127.0.0.1:0/", {}, "uri: came"),
        ("http://127.0.0.1:99999/", {}, "uri: came"),
        ("http://127.0.0.1/a b", {}, "uri: came"),
        ("http://127.0.0.1/\r\nX: y", {}, "uri: came"),
        (7, {}, "uri: came 7"),
        ("http://localhost/", {"http_verb": "patch"}, "http_verb: came 'patch', expected post, put or get"),
        ("http://localhost/", {"http_verb": ["post"]}, "http_verb: came ['post'], expected post, put or get"),
        ("http://localhost/", {"custom_data": {"a": "\ud800"}}, "custom_data: came {'a': '\\ud800'}, expected texts"),
        ("http://localhost/", {"format": "xml"}, "format: came 'xml', expected form-data or json"),
        ("http://localhost/", {"retries": 5}, "retries: came 5, expected a whole number from 0 to 4"),
        ("http://localhost/", {"custom_data": {"a": 1}}, "custom_data: came {'a': 1}, expected texts by name"),
        ("http://localhost/", {"retry": 1}, "retry: a webhook has no such argument, expected some of http_verb, "),
    ],
)
def test_what_is_no_webhook_is_refused(mock: Either, uri: str, more: dict[str, str], words: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        mock.add_webhook(uri, **more)  # type: ignore[arg-type]
    assert str(caught.value).startswith(words)


def test_a_server_has_any_port_but_0() -> None:
    assert webhooks.Webhook(uri="http://127.0.0.1:1/").uri == "http://127.0.0.1:1/"
    with pytest.raises(ArgumentError, match=r"^uri: came 'http://127.0.0.1:0/', expected the URL of a server"):
        webhooks.Webhook(uri="http://127.0.0.1:0/")


def test_another_machine_is_refused_by_name_and_with_a_way_out() -> None:
    told = state_of().webhooks
    with pytest.raises(ArgumentError) as caught:
        told.add(ACCOUNT, webhooks.Webhook(uri="http://example.com/"))
    assert caught.value.name == "uri"
    assert str(caught.value) == (
        "uri: came 'http://example.com/', expected an address of this machine, as in 'http://127.0.0.1:9000/calls'; "
        "others only with remote_webhooks=True (serve --remote-webhooks)"
    )
    assert list(told) == []


def test_an_event_has_what_kazoo_tells_of_a_leg() -> None:
    variables = {"global_resource": "true", "resource_id": "r", "call_forward": "true", "bridge_id": "b"}
    event = make_event(leg(variables=variables, hangup_code=None, ringing_seconds=5), Account(ACCOUNT), "r" * 32, {})
    assert event["account_id"] == ACCOUNT
    assert (event["owner_id"], event["reseller_id"]) == (OWNER, "r" * 32)
    assert event["custom_channel_vars"] == {"Global-Resource": "true", "Resource-ID": "r", "Bridge-ID": "b"}
    assert (event["local_resource_used"], "local_resource_id" in event) == (False, False)
    assert (event["call_forwarded"], event["emergency_resource_used"], event["is_internal_leg"]) == (True, False, False)
    assert (event["duration_seconds"], event["billing_seconds"], event["ringing_seconds"]) == (60, 55, 5)
    assert "hangup_code" not in event
    assert list(event)[-1] == "cluster_id"


def test_an_event_has_all_that_a_leg_tells_and_its_channels_variables() -> None:
    same = {
        "call_direction": "inbound",
        "call_id": "a@b",
        "callee_id_name": "Bob",
        "callee_id_number": "1002",
        "caller_id_name": "Alice",
        "caller_id_number": "1001",
        "custom_application_vars": {"x": "y"},
        "from": "1001@example.com",
        "inception": "+14155550123",
        "other_leg_call_id": "c@d",
        "request": "2001@example.com",
        "timestamp": NOW,
        "to": "2001@example.com",
        "hangup_cause": "NORMAL_CLEARING",
        "hangup_code": "sip:200",
        "duration_seconds": 60,
        "ringing_seconds": 5,
        "billing_seconds": 55,
    }
    variables = {
        "account_id": "v" * 32,
        "authorizing_id": "f" * 32,
        "authorizing_type": "device",
        "call_forward": "false",
        "emergency_resource": "true",
        "global_resource": "false",
        "owner_id": OWNER,
        "resource_id": "r" * 32,
    }
    document = {**same, "channel_is_loopback": "true", "custom_channel_vars": variables, "hidden": 1}
    event = make_event(document, Account(ACCOUNT), "s" * 32, {"tenant": "t"})
    assert len(event.pop("cluster_id")) == 32
    assert event == {
        **same,
        "account_id": "v" * 32,
        "authorizing_id": "f" * 32,
        "authorizing_type": "device",
        "call_forwarded": False,
        "custom_channel_vars": {
            "Emergency-Resource": "true",
            "Global-Resource": "false",
            "Resource-ID": "r" * 32,
        },
        "emergency_resource_used": True,
        "local_resource_id": "r" * 32,
        "local_resource_used": True,
        "is_internal_leg": True,
        "owner_id": OWNER,
        "reseller_id": "s" * 32,
        "hook_event": "channel_destroy",
        "tenant": "t",
    }


def test_an_event_of_a_local_resource_names_it() -> None:
    event = make_event(leg(variables={"resource_id": "r"}), Account(ACCOUNT), "r", {"call_id": "mine"})
    assert make_event({"custom_channel_vars": "odd"}, Account(ACCOUNT), "r", {})["account_id"] == ACCOUNT
    assert (event["local_resource_used"], event["local_resource_id"], event["call_id"]) == (True, "r", "mine")
    assert "call_forwarded" not in event


def test_a_form_nests_members_and_lists_as_kazoo_does() -> None:
    event = {"a": "X y&", "b": {"c": 1, "d": {"e": True}}, "f": [1, "2"], "g": {}}
    assert encode_form(event) == b"a=X+y%26&b[c]=1&b[d][e]=true&f[]=1&f[]=2&"
    assert encode_form({"a": "\udcff"}) == b"a=%FF"


def test_an_attempt_that_is_under_way_when_its_webhook_goes_is_not_counted(receiver: Receiver) -> None:
    receiver.going_on.clear()
    with serving() as mock:
        webhook = mock.add_webhook(receiver.url)
        (thread,) = [each for each in threading.enumerate() if each.name == "mockcdrs-webhook"]
        mock.add_cdr({"call_id": "a"})
        until(lambda: len(receiver.posts) == 1)
        mock.remove_webhook(webhook)
        receiver.going_on.set()
        thread.join(20)
        assert mock.wait_for_webhooks(0) == []


def test_an_attempt_that_is_under_way_at_a_reset_is_not_counted_for_the_next_webhook_of_its_id(
    receiver: Receiver,
) -> None:
    receiver.going_on.clear()
    with serving() as mock:
        webhook = mock.add_webhook(receiver.url)
        (thread,) = [each for each in threading.enumerate() if each.name == "mockcdrs-webhook"]
        assert thread.daemon
        mock.add_cdr({"call_id": "a"})
        until(lambda: len(receiver.posts) == 1)
        mock.reset()
        assert mock.add_webhook(receiver.url).id == webhook.id
        receiver.going_on.set()
        thread.join(20)
        assert mock.wait_for_webhooks(0) == []


def test_a_server_of_https_must_be_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "RETRY_SECONDS", 0.01)
    with serving() as mock, Mock(tls=True) as server:
        mock.add_webhook(server.url, retries=1)
        mock.add_cdr({"call_id": "a"})
        (attempt,) = mock.wait_for_webhooks(1, timeout=20)
        assert attempt.error.startswith("SSLCertVerificationError")
        monkeypatch.setenv("SSL_CERT_FILE", str(server.ca_path))
        mock.add_cdr({"call_id": "b"})
        assert mock.wait_for_webhooks(2, timeout=20)[1].status == 400


def test_the_control_api_refuses_a_webhook_without_a_url() -> None:
    with serving() as mock:
        url = mock.url.removesuffix("/v2") + "/_mockcdrs/webhooks"
        for wrong in ({}, {"uri": "http://example.com/"}, {"uri": 1}):
            assert httpx.post(url, json=wrong).json()["error"]["field"] == "uri"
        mock.add_webhook("http://127.0.0.1:9/", retries=1)
        assert [each["uri"] for each in httpx.get(url).json()] == ["http://127.0.0.1:9/"]
