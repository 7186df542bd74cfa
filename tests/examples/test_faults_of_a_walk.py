"""Trouble in the midst of a walk: a page fails, a key goes stale, a call is written late."""

import pytest
import requests


class Refused(Exception):
    pass


def walk(mock, **query):
    ids, query = [], {"page_size": 20, **query}
    while True:
        answer = requests.get(
            mock.url_for("/cdrs"), params=query, headers={"X-Auth-Token": mock.auth_token}, timeout=10
        )
        if answer.status_code != 200:
            raise Refused(answer.json()["message"])
        page = answer.json()
        ids += [row["id"] for row in page["data"]]
        if "next_start_key" not in page:
            return ids
        query["start_key"] = page["next_start_key"]


@pytest.mark.parametrize(
    ("trouble", "message"),
    [
        ({"page": 3, "status": 503}, "datastore_unreachable"),
        ({"page": 2, "error": "too_many_requests"}, "too_many_requests"),
        ({"page": 2, "stale_key": True}, "datastore_fault"),
        ({"after": 2, "token_expired": True}, "invalid_credentials"),
    ],
)
def test_a_page_is_refused(mockcdrs, trouble, message):
    mockcdrs.fail(path="/cdrs", **trouble)
    with pytest.raises(Refused, match=message):
        walk(mockcdrs)


@pytest.mark.parametrize("broken", [{"close": True}, {"cut_after": 500}, {"cut_in_chunk": True}])
def test_a_page_breaks_off(mockcdrs, broken):
    mockcdrs.fail(page=2, **broken)
    with pytest.raises(requests.RequestException):
        walk(mockcdrs)


def test_a_call_written_late_is_missed_by_a_sync_that_goes_on_where_the_last_one_ended(mockcdrs):
    last_end = 63936129600  # 2026-01-20T12:00:00Z, now
    walk(mockcdrs, created_from=last_end - 86400, created_to=last_end)
    late = mockcdrs.add_call(at="2026-01-20T11:30:00Z")
    mockcdrs.clock.advance(hours=1)
    until = {"created_to": last_end + 3600}
    assert late.cdr_id not in walk(mockcdrs, created_from=last_end, **until)
    assert late.cdr_id in walk(mockcdrs, created_from=last_end - 86400, **until)


def test_a_call_that_ends_between_two_pages_moves_none(mockcdrs):
    before = mockcdrs.expected().ids
    mockcdrs.fail(page=1, times=1, then=lambda _data: mockcdrs.add_call())
    assert walk(mockcdrs) == list(before)
