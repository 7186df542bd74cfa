"""Advice on base URLs, tokens, rate, ids and accepted types."""

from typing import Any

import pytest
import requests

from mockcdrs.crossbar.pipeline import RESOURCES
from mockcdrs.crossbar.resources.plain import UNSERVED_MODULES
from mockcdrs.crossbar.settings import Settings
from mockcdrs.crossbar.versions import KAZOO_4_3, KAZOO_MASTER
from mockcdrs.mock import serving

OWN = "/v2/accounts/x/cdrs"
OLD, NEW = {"x-auth-token": "old"}, {"x-auth-token": "new"}


def test_the_same_token_again_after_a_401_is_reported(client: Any) -> None:
    refused = client().sends(status=401, headers=OLD)
    refused.is_not_advised("ignored-401")
    refused.sends(status=401, headers=OLD).is_advised("ignored-401", "request 1", "log in")
    refused.sends(status=401, headers=NEW).is_not_advised("ignored-401")
    refused.sends(status=200, headers=NEW).is_not_advised("ignored-401")


def test_to_master_the_old_token_is_not_sent_along_with_a_login(client: Any) -> None:
    for version, word in ((KAZOO_MASTER, "/v2/api_auth without the old token)"), (KAZOO_4_3, "/v2/api_auth)")):
        refused = client(version=version).sends(status=401, headers=OLD).sends(status=401, headers=OLD)
        refused.is_advised("ignored-401", word)


def test_only_a_version_that_charges_for_good_tokens_answers_429_to_polling(client: Any) -> None:
    client().sends().sends().sends().is_advised("polling-too-fast", "as Kazoo 4.3 answers 429 at some point")
    (text,) = client(version=KAZOO_MASTER).sends().sends().sends().advice()
    assert text.startswith("polling-too-fast: ")
    assert text.endswith("ask again after some seconds")


def test_a_login_between_two_refusals_is_right(client: Any) -> None:
    refused = client().sends(status=401, headers=OLD).sends("/v2/user_auth", method="PUT", status=201)
    refused.sends(status=401, headers=OLD).is_not_advised("ignored-401")


def test_a_token_in_authorization_is_reported(client: Any) -> None:
    bearer = {"authorization": "Bearer x"}
    client().sends(status=401, headers=bearer).is_advised("bearer-refused", "X-Auth-Token")
    client().sends(status=401, headers=OLD).is_not_advised("bearer-refused")
    client().sends(status=200, headers=bearer | OLD).is_not_advised("bearer-refused")


def test_the_same_question_three_times_in_a_second_is_reported(client: Any) -> None:
    client().sends().sends("/users").sends().sends().is_advised("polling-too-fast", "requests 1 and 3")
    client().sends().sends().is_not_advised("polling-too-fast")
    client().sends(at=1).sends(at=2).sends(at=3).is_not_advised("polling-too-fast")
    client().sends().sends(query="page_size=5").sends().is_not_advised("polling-too-fast")
    client().sends(status=503).sends(status=503).sends().is_not_advised("polling-too-fast")
    client(is_clock_frozen=True).sends().sends().sends().is_not_advised("polling-too-fast")


def test_a_question_is_no_repeat_with_many_other_requests_between(client: Any) -> None:
    def among(others: int) -> Any:
        between = client().sends().sends()
        for number in range(others):
            between = between.sends(f"/users/{number}")
        return between.sends()

    among(18).is_advised("polling-too-fast", "requests 1 and 2")
    among(19).is_not_advised("polling-too-fast")


def _many(client: Any, count: int, **request: Any) -> Any:
    for _ in range(count):
        client.sends("/users", **request)
    return client


def test_more_requests_at_once_than_a_bucket_pays_for_are_counted(client: Any) -> None:
    _many(client(), 100).is_not_advised_at_end("rate-limited")
    sender = _many(client(is_clock_frozen=True), 103)
    sender.is_advised_at_end(
        "rate-limited",
        "Kazoo 4.3 would have",
        "3 of 103 requests",
        f"account {'a' * 32}",
        "the first of them request 101",
    )
    assert len(sender.advice_at_end()) == 1


def test_tokens_come_back_each_second_of_the_machines_clock(client: Any) -> None:
    _many(_many(client(), 100).waits(0.9), 1).is_advised_at_end("rate-limited", "1 of 101")
    _many(_many(client(), 100).waits(1), 10).is_not_advised_at_end("rate-limited")
    _many(_many(client(), 100).waits(1), 11).is_advised_at_end("rate-limited", "1 of 111")
    _many(_many(client(), 100).waits(3_600), 101).is_advised_at_end("rate-limited", "1 of 201")


def test_each_address_has_a_bucket_of_its_own_and_what_costs_nothing_counts_for_nothing(client: Any) -> None:
    shared = _many(_many(client(), 60, address="10.0.0.1"), 60, address="10.0.0.2")
    _many(shared, 60, tokens=0, address="10.0.0.1").is_not_advised_at_end("rate-limited")
    _many(shared, 41, address="10.0.0.2").is_advised_at_end("rate-limited", "1 of 101")


def test_a_login_costs_two(client: Any) -> None:
    _many(client(), 51, tokens=2).is_advised_at_end("rate-limited", "1 of 51")


def test_where_requests_are_limited_the_answer_itself_says_so(client: Any) -> None:
    _many(client(settings=Settings(max_bucket_tokens=1)), 200).is_not_advised_at_end("rate-limited")


def test_an_id_with_another_month_is_reported_with_the_right_one(client: Any) -> None:
    knows = client(has_cdr=lambda _account, cdr_id: cdr_id == "202512-call")
    knows.sends("/cdrs/202601-call", status=404).is_advised("wrong-month", "202601-call", "there is 202512-call")
    knows.sends("/cdrs/legs/202511-call", status=404).is_advised("wrong-month", "202512-call")
    knows.sends("/cdrs/202601-other", status=404).is_not_advised("wrong-month")
    client().sends("/cdrs/202601-call", status=404).is_advised("wrong-month", "do not build it")
    client().sends("/cdrs/202601-call", status=404, fault="not_found").is_not_advised("wrong-month")
    client().sends("/cdrs/202601-call").is_not_advised("wrong-month")


def test_an_id_that_is_no_cdrs_is_reported(client: Any) -> None:
    client().sends("/cdrs/call@host", status=404).is_advised("id-without-month", "YYYYMM-CALL_ID")
    client().sends("/cdrs/63936129600-abc", status=404).is_advised("id-without-month", "/cdrs/legs/63936129600-abc")
    client().sends("/cdrs/legs/63936129600-abc", status=404).is_not_advised("id-without-month")
    client().sends("/cdrs/202601-call", status=404).is_not_advised("id-without-month")
    client().sends("/cdrs/call@host", status=404, fault="not_found").is_not_advised("id-without-month")


def test_a_part_of_crossbar_that_is_not_here_is_reported(client: Any) -> None:
    client().sends("/media", status=404).is_advised("not-served", "4.3 serves media", "mockcdrs.respond")
    client().sends("/media/x/y", status=404).is_advised("not-served", "4.3 serves media", "respond('/media/x/y'")
    client().sends("/v2/resources", status=401).is_advised("not-served", "4.3 serves resources")
    client().sends("/users/x/photo", status=404).is_advised("not-served", "4.3 serves", "users/*/photo")
    client().sends("/devices/x/quickcall/1", status=404).is_advised("not-served", "4.3 serves quickcall")
    client().sends("/nosuch", status=404).is_advised("not-served", "nosuch is not served here", "mockcdrs.respond")
    client().sends("/v2/nosuch", status=401).is_advised("not-served", "nosuch is not served here")
    unserved = client().sends("/ledgers/available", status=501, message="not_implemented")
    unserved.is_advised("not-served", "4.3 serves ledgers/available")
    client().sends("/v2/account", status=401).is_not_advised("not-served")
    client().sends("/v2/", status=401).is_not_advised("not-served")
    client().sends("/media", status=404, fault="not_found").is_not_advised("not-served")
    client().sends("/media", status=200, fault="reply").is_not_advised("not-served")
    client().sends("/callflows/x", status=404).is_not_advised("not-served")
    client().sends("/children", status=401).is_not_advised("not-served")
    client().sends("/cdrs/nosuch", status=404).is_not_advised("not-served")


def test_a_request_that_would_write_is_reported(client: Any) -> None:
    written = client().sends("/users", method="PUT", status=501, message="not_implemented")
    written.is_advised("not-served", "PUT would write", "mockcdrs.respond")
    client().sends("/users", method="FOO", status=501).is_not_advised("not-served")


def test_the_reply_to_a_request_is_shown_as_python_and_as_curl_that_sends_json(client: Any) -> None:
    reply = '{"json": {"data": {}, "status": "success"}, "status": 200, "headers": {}}'
    rule = f'{{"method": "PUT", "path": "/vmboxes", "reply": {reply}}}'
    host = {"host": "127.0.0.1:4321"}
    written = client().sends("/vmboxes", method="PUT", status=501, message="not_implemented", headers=host)
    python = "mockcdrs.respond('/vmboxes', json={'data': {}, 'status': 'success'}, method='PUT')"
    curl = f"curl -H 'Content-Type: application/json' -d '{rule}' http://127.0.0.1:4321/_mockcdrs/faults"
    written.is_advised("not-served", python, curl)


@pytest.mark.parametrize("host", ["", "a b", "x'; reboot; '", "a" * 200])
def test_no_strange_host_gets_into_a_command(client: Any, host: str) -> None:
    query = client().sends("/media", status=404, headers={"host": host})
    query.is_advised("not-served", " http://127.0.0.1:8000/_mockcdrs/faults")


def test_no_strange_path_gets_into_a_command(client: Any) -> None:
    requests = client().sends("/media/'; reboot; '", status=404)
    requests.is_advised("not-served", "mockcdrs.respond('PATH'", '"path": "PATH"')


@pytest.mark.parametrize(
    ("path", "right"),
    [
        ("/accounts/x/cdrs", OWN),
        ("/api/accounts/x/cdrs", OWN),
        ("/V2/accounts/x/cdrs", OWN),
        ("/crossbar/v1/accounts/x/cdrs", OWN),
        ("/user_auth", "/v2/user_auth"),
        ("/nosuch/x", "/v2/nosuch/x"),
        ("/", "/v2/"),
    ],
)
def test_a_path_without_the_apis_version_is_reported_with_the_right_one(path: str, right: str) -> None:
    with serving() as mock:
        mock.client().simulate_get(path)
        (text,) = mock.advice()
    assert text.startswith(f"wrong-base-url: {path} got the greeting")
    assert text.endswith(f"the base URL ends in /v2, so ask {right}")


@pytest.mark.parametrize("path", ["//v2/accounts/x/cdrs", "///v2/accounts/x/cdrs", "//accounts/x/cdrs"])
def test_a_path_that_begins_with_two_slashes_is_reported_with_the_right_one(path: str) -> None:
    with serving() as mock:
        mock.client().simulate_get(path)
        (text,) = mock.advice()
    assert text.startswith(f"wrong-base-url: {path} got the greeting")
    assert text.endswith(f"begins with a slash too many: the base URL ends in /v2, so ask {OWN}")


WITH_A_SLASH_AT_ITS_END = "a slash too many behind /v2: the base URL ends in /v2, without a slash"
DOTTED = "the API has no version v2.0, only whole numbers: the base URL ends in /v2"


@pytest.mark.parametrize(
    ("kazoo", "path", "status", "wrong", "right"),
    [
        ("4.3", "/v2//accounts/{}/cdrs", 404, WITH_A_SLASH_AT_ITS_END, "/v2/accounts/{}/cdrs"),
        ("master", "/v2///accounts/{}/cdrs", 404, WITH_A_SLASH_AT_ITS_END, "/v2/accounts/{}/cdrs"),
        ("4.3", "/v2.0/accounts/{}/cdrs", 404, DOTTED, "/v2/accounts/{}/cdrs"),
        ("master", "/v2.0/accounts/{}/cdrs", 404, DOTTED, "/v2/accounts/{}/cdrs"),
        ("4.3", "/v2.0", 401, DOTTED, "/v2/"),
        ("4.3", "/v2/v2.0/accounts/{}/cdrs", 404, "twice", "/v2/accounts/{}/cdrs"),
        (
            "master",
            "/v1/accounts/{}/cdrs",
            410,
            "Kazoo master does not serve /v1, and answers 410: the base URL ends in /v2",
            "/v2/accounts/{}/cdrs",
        ),
    ],
)
def test_a_base_url_that_is_nearly_right_is_reported_with_the_right_path(
    kazoo: str, path: str, status: int, wrong: str, right: str
) -> None:
    with serving(kazoo=kazoo) as mock:
        answer = mock.client().simulate_get(path.format(mock.account_id), headers={"X-Auth-Token": mock.auth_token})
        assert answer.status_code == status
        (text,) = mock.advice()
        assert text.startswith("wrong-base-url: ")
        assert wrong in text
        assert text.endswith(f", so ask {right.format(mock.account_id)}")


def test_v1_is_right_where_it_is_served(client: Any) -> None:
    with serving() as mock:
        path = f"/v1/accounts/{mock.account_id}/cdrs"
        assert mock.client().simulate_get(path, headers={"X-Auth-Token": mock.auth_token}).status_code == 200
        assert mock.advice() == []
    client(version=KAZOO_MASTER).sends("/v1/accounts/x/cdrs", status=410, fault="status").is_not_advised(
        "wrong-base-url"
    )


def test_a_version_that_came_twice_is_no_module_that_is_not_served(client: Any) -> None:
    twice = client().sends("/v2/v2/accounts/x/cdrs", status=404)
    twice.is_advised("wrong-base-url", "twice", f"ask {OWN}")
    twice.is_not_advised("not-served")
    client().sends("/v2/V2/accounts/x/cdrs", status=401).is_advised("wrong-base-url", f"ask {OWN}")


def test_a_right_base_url_is_right(client: Any) -> None:
    for path in ("/v2/accounts/x/cdrs", "/v1/accounts/x/cdrs", "/v02/accounts/x/cdrs"):
        client().sends(path).is_not_advised("wrong-base-url")
    client().sends("/nosuch", status=404).is_not_advised("wrong-base-url")
    client().sends("//accounts/x/cdrs", fault="reply").is_not_advised("wrong-base-url")


def test_what_got_the_greeting_is_not_taken_for_a_question_to_crossbar(client: Any) -> None:
    greeted = client(count_cdrs=lambda *_: 9).sends("//accounts/x/cdrs", "page_sice=1", rows=0)
    greeted.is_not_advised("misspelt-parameter")
    greeted.is_not_advised("default-range-empty")
    assert client().sends("*", "page_sice=1", status=400).advice() == []


def test_a_page_size_under_v1_is_reported_to_do_nothing_where_that_is_served(client: Any) -> None:
    path, query = "/v1/accounts/x/cdrs", "page_size=0"
    client().sends(path, query).is_advised("v1-unpaged", "under /v2")
    client().sends(path, query).is_not_advised("bad-page-size")
    client().sends("/cdrs", query).is_not_advised("v1-unpaged")
    client().sends("/cdrs", query).is_advised("bad-page-size")
    client().sends(path).is_not_advised("v1-unpaged")
    client(version=KAZOO_MASTER).sends(path, query, status=410).is_not_advised("v1-unpaged")


@pytest.mark.parametrize("accept", ["application/json;charset=utf-8", "text/csv; header=present, text/html"])
def test_a_type_with_a_parameter_is_reported_where_the_version_accepts_none(client: Any, accept: str) -> None:
    headers = {"accept": accept}
    taken = accept.partition(";")[0]
    client().sends(headers=headers, status=406).is_advised("accept-parameter", "Kazoo 4.3", f"send {taken} alone")
    client(version=KAZOO_MASTER).sends(headers=headers, status=406).is_not_advised("accept-parameter")
    client().sends(headers=headers, status=406, fault="empty").is_not_advised("accept-parameter")
    client().sends(headers=headers).is_not_advised("accept-parameter")


def test_a_type_that_does_not_exist_is_not_reported(client: Any) -> None:
    client(version=KAZOO_4_3).sends(headers={"accept": "text/html"}, status=406).is_not_advised("accept-parameter")
    client().sends(status=406).is_not_advised("accept-parameter")


def test_each_part_of_kazoo_that_is_not_here_is_advised_on_by_a_running_mock() -> None:
    paths = ["/ledgers", "/users/x/photo", "/devices/x/sync", "/whitelabel/domains", "/apps_store/x/icon"]
    with serving() as mock:
        for path in (*(f"/{name}" for name in sorted(UNSERVED_MODULES)), *paths):
            mock.reset()
            requests.get(mock.url_for(path), headers={"X-Auth-Token": mock.auth_token}, timeout=10)
            assert [text for text in mock.advice() if text.startswith("not-served: Kazoo 4.3 serves ")], path


def test_no_module_is_both_here_and_not() -> None:
    assert not UNSERVED_MODULES & RESOURCES.keys()
