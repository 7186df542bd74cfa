"""Calls that a type checker takes, and calls that it refuses: those on lines with a comment `wrong`, and no others."""

from datetime import UTC, datetime, timedelta

from mockcdrs import (
    Credentials,
    Expected,
    Interaction,
    Mock,
    MockConfig,
    Record,
    Reply,
    Rule,
    lognormal,
    serving,
    uniform,
)
from mockcdrs.cdr.listing_columns import ListingRow
from mockcdrs.pytest_plugin import MakeMock


def right(mock: Mock, make_mockcdrs: MakeMock, rows: list[ListingRow]) -> None:
    rule: Rule = mock.fail(status=503, path="/cdrs", times=1)
    mock.fail(reply=Reply({"data": []}, headers={"X-Seen": "1"}), page=2, then=lambda data: data.reset())
    mock.respond("/limits", json={"data": []}, delay_seconds=0.5, after=1)
    mock.respond("/media/*", [{"text": "a", "status": 203}, Reply(body=b"b")])
    mock.respond("/media/*", lambda request: Reply(request.query, headers={"X-Method": request.method}), times=1)
    mock.script("/cdrs", [429, {"cut_after": 100}, Reply(text="gone", status=410), 200], headers={"User-Agent": "a*"})
    mock.fail(delay_seconds=uniform(0.1, 2), token=mock.auth_token, rate_limit={"max_bucket_tokens": 5})
    webhook = mock.add_webhook("http://127.0.0.1:9000/calls", format="json", retries=1, custom_data={"tenant": "a"})
    assert [webhook.id, mock.wait_for_webhooks(0)[0].event["call_id"], mock.near_misses(rule)[0].upper(), mock.ca_path]
    with mock.down():
        mock.fail(reset=True, delay_seconds=lognormal(0.3, 0.8))
    call: Interaction = mock.add_call(at=datetime(2026, 1, 19, 10, tzinfo=UTC), seconds=75)
    mock.add_call(scenario="inbound_answered", caller="+14155550100", at="2026-01-19", fields={"media_server": "a"})
    expected: Expected = mock.expected("/cdrs/interaction", page_size=2, filter_hangup_cause="USER_BUSY")
    mock.expected(created_from=63_936_000_000, **{"filter_custom_channel_vars.bridge_id": call.id})
    mock.clock.advance(days=40)
    mock.clock.advance(timedelta(hours=1))
    mock.clock.freeze(datetime(2026, 1, 19, tzinfo=UTC))
    mock.assert_requested("/cdrs", method="GET", query={"page_size": 2}, times=1)
    mock.assert_requested("/cdrs", at_least=1, status=200, headers={"Accept": True}, body={"data": {}})
    mock.assert_requested_in_order("/users", {"path": "/cdrs", "method": "GET"})
    reseller = mock.add_account("Acme", is_reseller=True)
    child = mock.add_account(parent=reseller.account_id)
    user = child.add_user("Ann Lee", extension="7001")
    child.add_call(owner=user, device=child.add_device(owner=user), rate={"per_minute": 0.02}, tags={"a": "b"})
    child.add_calls(50, over=timedelta(days=3), direction="outbound", rate=0.02, billing="flat", recording=True)
    days: int = child.expected(has_key="to").by_day("Europe/Berlin")["2026-01-20"].reseller_cost
    mock.clock.live(speed=60)
    assert [days, mock.account(child.account_id).url_for("/cdrs"), child.add_number(), mock.transcript()]
    records: list[Record] = mock.wait_for(2, timeout=1)
    login: Credentials = mock.credentials
    assert [rule.number, call.cdr_id, expected.count, records[0].advice, login.api_key, rows[0]["to"], rows[0]["from"]]
    with (
        Mock(seed=7, calls_per_day=3, now="live", speed=60) as first,
        serving(settings={"kazoo.node": "a"}, fix=["all"]) as other,
    ):
        assert [first.url, other.url_for("/cdrs"), make_mockcdrs(kazoo="master").config, MockConfig(kazoo="master")]


def wrong(mock: Mock, make_mockcdrs: MakeMock, rows: list[ListingRow]) -> None:
    mock.fail(stat=503)  # wrong
    mock.fail(status="503")  # wrong
    mock.fail(503)  # wrong
    mock.respond("/limits", sttus=404)  # wrong
    mock.respond("/limits", [{"txt": "a"}])  # wrong
    mock.respond("/limits", body="a")  # wrong
    mock.respond("/limits", lambda request: request.query)  # wrong
    mock.script("/cdrs", [429, {"cut_aftr": 100}])  # wrong
    mock.script("/cdrs", ["429"])  # wrong
    mock.script("/cdrs", [429], times=1)  # wrong
    mock.fail(delay_seconds=uniform("a", 2))  # wrong
    mock.fail(rate_limit={"tokens": 5})  # wrong
    mock.add_webhook("http://127.0.0.1:9000/calls", retry=1)  # wrong
    mock.add_webhook(uri=7)  # wrong
    mock.near_misses("rule 1")  # wrong
    Mock(tls="yes")  # wrong
    mock.add_call(second=75)  # wrong
    mock.add_call(seconds="75")  # wrong
    mock.add_call(at=1.5)  # wrong
    mock.expected(page_sise=2)  # wrong
    mock.expected(filter_hangup_case="USER_BUSY")  # wrong
    mock.clock.advance(day=1)  # wrong
    mock.clock.freeze(1.5)  # wrong
    mock.assert_requested("/cdrs", time=1)  # wrong
    mock.wait_for("2")  # wrong
    mock.add_account(parnt="x")  # wrong
    mock.add_user(name=7)  # wrong
    mock.add_device(owner=7)  # wrong
    mock.add_call(owner_id="x")  # wrong
    mock.add_call(rate="0.02")  # wrong
    mock.add_calls(50, over=3)  # wrong
    mock.clock.live(60)  # wrong
    mock.expected().by_day(1)  # wrong
    mock.assert_requested("/cdrs", atleast=1)  # wrong
    mock.assert_requested_in_order(7)  # wrong
    mock.remove(7)  # wrong
    Mock(sed=7)  # wrong
    Mock(seed="7")  # wrong
    serving(calls_per_days=3)  # wrong
    make_mockcdrs(kazoo=4.3)  # wrong
    MockConfig(jurnal=1)  # wrong
    assert rows[0]["cots"]  # wrong
