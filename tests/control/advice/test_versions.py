"""Advice on the version of the API in a path, and on what some versions of Kazoo do not take."""

from typing import Any

import pytest

from mockcdrs.crossbar.versions import KAZOO_4_3, KAZOO_MASTER
from mockcdrs.mock import serving

OWN = "/v2/accounts/x/cdrs"


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
def test_a_path_without_the_apis_version_is_told_with_the_right_one(path: str, right: str) -> None:
    with serving() as mock:
        mock.client().simulate_get(path)
        (told,) = mock.advice()
    assert told.startswith(f"wrong-base-url: {path} got the greeting")
    assert told.endswith(f"the base URL ends in /v2, so ask {right}")


@pytest.mark.parametrize("path", ["//v2/accounts/x/cdrs", "///v2/accounts/x/cdrs", "//accounts/x/cdrs"])
def test_a_path_that_begins_with_two_slashes_is_told_that_one_is_too_many(path: str) -> None:
    with serving() as mock:
        mock.client().simulate_get(path)
        (told,) = mock.advice()
    assert told.startswith(f"wrong-base-url: {path} got the greeting")
    assert told.endswith(f"begins with a slash too many: the base URL ends in /v2, so ask {OWN}")


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
def test_a_base_url_that_is_nearly_right_is_told_with_the_right_path(
    kazoo: str, path: str, status: int, wrong: str, right: str
) -> None:
    with serving(kazoo=kazoo) as mock:
        answer = mock.client().simulate_get(path.format(mock.account_id), headers={"X-Auth-Token": mock.auth_token})
        assert answer.status_code == status
        (told,) = mock.advice()
        assert told.startswith("wrong-base-url: ")
        assert wrong in told
        assert told.endswith(f", so ask {right.format(mock.account_id)}")


def test_v1_is_right_where_it_is_served(talk: Any) -> None:
    with serving() as mock:
        path = f"/v1/accounts/{mock.account_id}/cdrs"
        assert mock.client().simulate_get(path, headers={"X-Auth-Token": mock.auth_token}).status_code == 200
        assert mock.advice() == []
    talk(version=KAZOO_MASTER).asks("/v1/accounts/x/cdrs", status=410, fault="status").keeps_silent("wrong-base-url")


def test_a_version_that_came_twice_is_no_module_that_is_not_served(talk: Any) -> None:
    twice = talk().asks("/v2/v2/accounts/x/cdrs", status=404)
    twice.tells("wrong-base-url", "twice", f"ask {OWN}")
    twice.keeps_silent("not-served")
    talk().asks("/v2/V2/accounts/x/cdrs", status=401).tells("wrong-base-url", f"ask {OWN}")


def test_a_right_base_url_is_right(talk: Any) -> None:
    for path in ("/v2/accounts/x/cdrs", "/v1/accounts/x/cdrs", "/v02/accounts/x/cdrs"):
        talk().asks(path).keeps_silent("wrong-base-url")
    talk().asks("/nosuch", status=404).keeps_silent("wrong-base-url")
    talk().asks("//accounts/x/cdrs", fault="reply").keeps_silent("wrong-base-url")


def test_what_got_the_greeting_is_not_taken_for_a_question_to_crossbar(talk: Any) -> None:
    greeted = talk(count_cdrs=lambda *_: 9).asks("//accounts/x/cdrs", "page_sice=1", rows=0)
    greeted.keeps_silent("misspelt-parameter")
    greeted.keeps_silent("default-range-empty")
    assert talk().asks("*", "page_sice=1", status=400).advice() == []


def test_a_page_size_under_v1_is_told_to_do_nothing_where_that_is_served(talk: Any) -> None:
    path, query = "/v1/accounts/x/cdrs", "page_size=0"
    talk().asks(path, query).tells("v1-unpaged", "under /v2")
    talk().asks(path, query).keeps_silent("bad-page-size")
    talk().asks("/cdrs", query).keeps_silent("v1-unpaged")
    talk().asks("/cdrs", query).tells("bad-page-size")
    talk().asks(path).keeps_silent("v1-unpaged")
    talk(version=KAZOO_MASTER).asks(path, query, status=410).keeps_silent("v1-unpaged")


@pytest.mark.parametrize("accept", ["application/json;charset=utf-8", "text/csv; header=present, text/html"])
def test_a_type_with_a_parameter_is_told_where_the_version_takes_none(talk: Any, accept: str) -> None:
    headers = {"accept": accept}
    taken = accept.partition(";")[0]
    talk().asks(headers=headers, status=406).tells("accept-parameter", "Kazoo 4.3", f"send {taken} alone")
    talk(version=KAZOO_MASTER).asks(headers=headers, status=406).keeps_silent("accept-parameter")
    talk().asks(headers=headers, status=406, fault="empty").keeps_silent("accept-parameter")
    talk().asks(headers=headers).keeps_silent("accept-parameter")


def test_a_type_that_nobody_has_is_no_matter_of_parameters(talk: Any) -> None:
    talk(version=KAZOO_4_3).asks(headers={"accept": "text/html"}, status=406).keeps_silent("accept-parameter")
    talk().asks(status=406).keeps_silent("accept-parameter")
