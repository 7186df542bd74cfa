"""Advice on tokens, ids and frequency."""

from typing import Any

from mockcdrs.crossbar.settings import Settings
from mockcdrs.crossbar.versions import KAZOO_4_3, KAZOO_MASTER

OLD, NEW = {"x-auth-token": "old"}, {"x-auth-token": "new"}


def test_the_same_token_again_after_a_401_is_told_of(talk: Any) -> None:
    refused = talk().asks(status=401, headers=OLD)
    refused.keeps_silent("ignored-401")
    refused.asks(status=401, headers=OLD).tells("ignored-401", "request 1", "log in")
    refused.asks(status=401, headers=NEW).keeps_silent("ignored-401")
    refused.asks(status=200, headers=NEW).keeps_silent("ignored-401")


def test_to_master_the_old_token_is_not_sent_along_with_a_login(talk: Any) -> None:
    for version, word in ((KAZOO_MASTER, "/v2/api_auth without the old token)"), (KAZOO_4_3, "/v2/api_auth)")):
        refused = talk(version=version).asks(status=401, headers=OLD).asks(status=401, headers=OLD)
        refused.tells("ignored-401", word)


def test_only_a_version_that_charges_for_good_tokens_answers_429_to_polling(talk: Any) -> None:
    talk().asks().asks().asks().tells("polling-too-fast", "as Kazoo 4.3 answers 429 at some point")
    (told,) = talk(version=KAZOO_MASTER).asks().asks().asks().advice()
    assert told.startswith("polling-too-fast: ")
    assert told.endswith("ask again after some seconds")


def test_a_login_between_two_refusals_is_right(talk: Any) -> None:
    refused = talk().asks(status=401, headers=OLD).asks("/v2/user_auth", method="PUT", status=201)
    refused.asks(status=401, headers=OLD).keeps_silent("ignored-401")


def test_a_token_in_authorization_is_told_of(talk: Any) -> None:
    bearer = {"authorization": "Bearer x"}
    talk().asks(status=401, headers=bearer).tells("bearer-refused", "X-Auth-Token")
    talk().asks(status=401, headers=OLD).keeps_silent("bearer-refused")
    talk().asks(status=200, headers=bearer | OLD).keeps_silent("bearer-refused")


def test_the_same_question_three_times_in_a_second_is_told_of(talk: Any) -> None:
    talk().asks().asks("/users").asks().asks().tells("polling-too-fast", "requests 1 and 3")
    talk().asks().asks().keeps_silent("polling-too-fast")
    talk().asks(at=1).asks(at=2).asks(at=3).keeps_silent("polling-too-fast")
    talk().asks().asks(query="page_size=5").asks().keeps_silent("polling-too-fast")
    talk().asks(status=503).asks(status=503).asks().keeps_silent("polling-too-fast")
    talk(is_clock_frozen=True).asks().asks().asks().keeps_silent("polling-too-fast")


def _many(talk: Any, count: int, **request: Any) -> Any:
    for _ in range(count):
        talk.asks("/users", **request)
    return talk


def test_more_requests_at_once_than_a_bucket_pays_for_are_counted(talk: Any) -> None:
    _many(talk(), 100).at_end_keeps_silent("rate-limited")
    told = _many(talk(is_clock_frozen=True), 103)
    told.at_end_tells(
        "rate-limited",
        "Kazoo 4.3 would have",
        "3 of 103 requests",
        f"account {'a' * 32}",
        "the first of them request 101",
    )
    assert len(told.at_end()) == 1


def test_tokens_come_back_each_second_of_the_machines_clock(talk: Any) -> None:
    _many(_many(talk(), 100).waits(0.9), 1).at_end_tells("rate-limited", "1 of 101")
    _many(_many(talk(), 100).waits(1), 10).at_end_keeps_silent("rate-limited")
    _many(_many(talk(), 100).waits(1), 11).at_end_tells("rate-limited", "1 of 111")
    _many(_many(talk(), 100).waits(3_600), 101).at_end_tells("rate-limited", "1 of 201")


def test_each_address_has_a_bucket_of_its_own_and_what_costs_nothing_counts_for_nothing(talk: Any) -> None:
    shared = _many(_many(talk(), 60, address="10.0.0.1"), 60, address="10.0.0.2")
    _many(shared, 60, tokens=0, address="10.0.0.1").at_end_keeps_silent("rate-limited")
    _many(shared, 41, address="10.0.0.2").at_end_tells("rate-limited", "1 of 101")


def test_a_login_costs_two(talk: Any) -> None:
    _many(talk(), 51, tokens=2).at_end_tells("rate-limited", "1 of 51")


def test_where_requests_are_limited_the_answer_itself_says_so(talk: Any) -> None:
    _many(talk(settings=Settings(max_bucket_tokens=1)), 200).at_end_keeps_silent("rate-limited")


def test_an_id_with_another_month_is_told_with_the_right_one(talk: Any) -> None:
    knows = talk(has_cdr=lambda _account, cdr_id: cdr_id == "202512-call")
    knows.asks("/cdrs/202601-call", status=404).tells("wrong-month", "202601-call", "there is 202512-call")
    knows.asks("/cdrs/legs/202511-call", status=404).tells("wrong-month", "202512-call")
    knows.asks("/cdrs/202601-other", status=404).keeps_silent("wrong-month")
    talk().asks("/cdrs/202601-call", status=404).tells("wrong-month", "do not build it")
    talk().asks("/cdrs/202601-call", status=404, fault="not_found").keeps_silent("wrong-month")
    talk().asks("/cdrs/202601-call").keeps_silent("wrong-month")


def test_an_id_that_is_no_cdrs_is_told_of(talk: Any) -> None:
    talk().asks("/cdrs/call@host", status=404).tells("id-without-month", "YYYYMM-CALL_ID")
    talk().asks("/cdrs/63936129600-abc", status=404).tells("id-without-month", "/cdrs/legs/63936129600-abc")
    talk().asks("/cdrs/legs/63936129600-abc", status=404).keeps_silent("id-without-month")
    talk().asks("/cdrs/202601-call", status=404).keeps_silent("id-without-month")
    talk().asks("/cdrs/call@host", status=404, fault="not_found").keeps_silent("id-without-month")


def test_a_part_of_crossbar_that_is_not_here_is_told_of(talk: Any) -> None:
    talk().asks("/callflows", status=404).tells("not-served", "callflows", "mockcdrs.respond")
    talk().asks("/callflows/x/y", status=404).tells("not-served", "callflows")
    talk().asks("/v2/resources", status=401).tells("not-served", "resources")
    talk().asks("/v2/account", status=401).keeps_silent("not-served")
    talk().asks("/v2/", status=401).keeps_silent("not-served")
    talk().asks("/callflows", status=404, fault="not_found").keeps_silent("not-served")
    talk().asks("/callflows", status=200, fault="reply").keeps_silent("not-served")
    talk().asks("/children", status=401).keeps_silent("not-served")
    talk().asks("/cdrs/nosuch", status=404).keeps_silent("not-served")


def test_a_request_that_would_write_is_told_of(talk: Any) -> None:
    written = talk().asks("/users", method="PUT", status=501, message="not_implemented")
    written.tells("not-served", "PUT would write", "mockcdrs.respond")
    talk().asks("/users", method="FOO", status=501).keeps_silent("not-served")
