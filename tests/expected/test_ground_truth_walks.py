"""Ground truth of walks, against real ones: what page ends, chunks and broken documents keep from a client."""

import itertools
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockcdrs import strategies
from mockcdrs.cdr import gregorian
from mockcdrs.dataset.accounts import Account
from mockcdrs.expected.query import UnsupportedQuery
from mockcdrs.mock import Mock
from tests.expected.walks import WITH_QUIRKS, WITHOUT, walk_ids

DAY, NEWEST = 86_400, 63_935_956_800
# five calls in January, four in December
ENDS = [NEWEST - day * DAY for day in (0, 1, 2, 3, 4, 20, 21, 22, 23)]
RANGE: dict[str, Any] = {"created_from": NEWEST - 30 * DAY, "created_to": NEWEST + DAY}


def hold(mock: Mock, broken: int | None = None, quiet: int | None = None) -> list[str]:
    """Calls of one leg at `ENDS`: no row can be made of the broken one, the quiet one was not answered."""
    mock.reset()
    leg = mock.add_call(at=NEWEST).legs[0]
    mock.clear()
    ids = [f"{gregorian.month_of(end)}-call-{number}" for number, end in enumerate(ENDS)]
    for number, (cdr_id, end) in enumerate(zip(ids, ENDS, strict=True)):
        own = {"_id": cdr_id, "interaction_time": end, "interaction_key": f"{number}", "timestamp": end}
        odd = (
            {"call_direction": "sideways"}
            if number == broken
            else {"hangup_cause": "NO_ANSWER"}
            if number == quiet
            else {}
        )
        mock.add_cdr({**leg, **own, "pvt_created": end, **odd})
    return ids


@pytest.mark.parametrize("mock", [pytest.param(WITH_QUIRKS, id="quirks"), pytest.param(WITHOUT, id="fixed")])
@pytest.mark.parametrize("path", ["/cdrs", "/cdrs/interaction"])
@pytest.mark.parametrize("is_chunked", ["true", "false"])
@pytest.mark.parametrize("paginate", ["true", "false"])
@pytest.mark.parametrize("broken", [None, 0, 3, 5])
def test_a_walk_ends_with_what_the_truth_says_of_it(
    mock: Mock, path: str, is_chunked: str, paginate: str, broken: int | None
) -> None:
    ids = hold(mock, broken, quiet=2)
    ways = itertools.product(("true", "false"), (1, 2, 5), (1, 3), ({}, {"filter_hangup_cause": "NORMAL_CLEARING"}))
    for ascending, page_size, chunk_size, filters in ways:
        way: dict[str, Any] = {"ascending": ascending, "page_size": page_size, "chunk_size": chunk_size, **filters}
        query: dict[str, Any] = {**RANGE, "is_chunked": is_chunked, "paginate": paginate, **way}
        truth, rows = mock.expected(path, **query), list(walk_ids(mock, path, query))
        assert set(rows) == set(truth.ids), way
        assert sorted(truth.ids + truth.unreachable) == sorted(set(ids) - ({ids[2]} if filters else set())), way


def test_a_descending_walk_over_interactions_loses_the_row_at_each_page_end() -> None:
    ids = hold(WITH_QUIRKS)
    down = WITH_QUIRKS.expected("/cdrs/interaction", **RANGE, page_size=2)
    assert down.unreachable == (ids[2], ids[5], ids[8])
    up = WITH_QUIRKS.expected("/cdrs/interaction", **RANGE, page_size=2, ascending=True)
    assert (up.count, up.unreachable) == (9, ())
    assert WITH_QUIRKS.expected("/cdrs/interaction", **RANGE).unreachable == ()


def test_descending_false_turns_the_walk_only_where_that_is_fixed() -> None:
    turning = Mock(fix=["descending-false-ignored"])
    hold(turning)
    assert turning.expected("/cdrs/interaction", **RANGE, page_size=2, descending=False).unreachable == ()
    assert turning.expected("/cdrs/interaction", **RANGE, page_size=2, descending=True).unreachable != ()
    hold(WITH_QUIRKS)
    assert WITH_QUIRKS.expected("/cdrs/interaction", **RANGE, page_size=2, descending=False).unreachable != ()


def test_what_lies_behind_a_broken_document_is_out_of_reach_of_a_walk_but_not_of_every_client() -> None:
    ids = hold(WITH_QUIRKS, broken=3)
    assert WITH_QUIRKS.expected("/cdrs", **RANGE).unreachable == (ids[3],)
    assert WITH_QUIRKS.expected("/cdrs", **RANGE, page_size=2).unreachable == tuple(ids[2:])
    assert WITH_QUIRKS.expected("/cdrs", **RANGE, page_size=2, ascending="true").unreachable == tuple(ids[:5])
    hold(WITHOUT, broken=3)
    assert WITHOUT.expected("/cdrs", **RANGE, page_size=2).unreachable == ()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"page_size": 0}, "page_size: came 0, expected a whole number from 1 to 999999999999999"),
        (
            {"page_size": 2, "chunk_size": "many"},
            "chunk_size: came 'many', expected a whole number from 1 to 999999999999999",
        ),
        (
            {"hes_key": "to"},
            "hes_key: an expected listing has no such argument, expected some of created_from, created_to, filter",
        ),
    ],
)
def test_a_question_without_an_answer_is_refused(query: dict[str, Any], words: str) -> None:
    with pytest.raises(UnsupportedQuery, match=words):
        WITHOUT.expected(**query)


@pytest.mark.parametrize("path", ["/cdrz", "/cdrs?page_size=2", "users//cdrs", "/users/x"])
def test_a_path_that_is_no_listings_has_no_ground_truth(path: str) -> None:
    with pytest.raises(UnsupportedQuery, match=re.escape(f"path: came {path!r}, expected one of /cdrs, ")):
        WITHOUT.expected(path)


# a descending walk over /interaction loses interactions unless that quirk is fixed
WALKS = [
    pytest.param(mock, path, ascending, id=f"{'fixed' if mock is WITHOUT else 'quirks'}{path}-{ascending}")
    for mock in (WITH_QUIRKS, WITHOUT)
    for path in ("/cdrs", "/cdrs/interaction")
    for ascending in ("true", "false")
    if not (mock is WITH_QUIRKS and path == "/cdrs/interaction" and ascending == "false")
]


@pytest.mark.parametrize(("mock", "path", "ascending"), WALKS)
@settings(max_examples=8, deadline=None)
@given(history=strategies.histories(accounts=1), size=st.integers(1, 9), days=st.integers(1, 31), data=st.data())
def test_a_walk_ends_with_what_is_expected(
    mock: Mock, path: str, ascending: str, history: strategies.History, size: int, days: int, data: st.DataObject
) -> None:
    end = history.now_gregorian - data.draw(st.integers(0, 5 * 86_400))
    query: dict[str, Any] = {"created_from": end - days * 86_400 + 1, "created_to": end}
    with mock.data(history):
        for number, leg in enumerate(data.draw(st.lists(st.sampled_from(history.documents or [{}]), max_size=2))):
            if leg:
                bare = {name: value for name, value in leg.items() if name != "custom_channel_vars"}
                mock.add_cdr({**bare, "_id": f"{leg['_id']}-{number}", "pvt_account_id": mock.account_id})
        # the direction decides which of equal legs stands for an interaction
        truth = mock.expected(path, **query, ascending=ascending)
        rows = set(walk_ids(mock, path, {**query, "page_size": size, "ascending": ascending}))
    assert rows == set(truth.ids)
    assert not rows & set(truth.unreachable)


def test_a_call_that_ended_behind_the_range_is_no_interaction_that_a_client_can_reach() -> None:
    mock = WITH_QUIRKS
    mock.reset()
    mock.clear()
    call = mock.add_call(at="2026-01-20T11:00:00Z", seconds=600)
    began = int(call.id.partition("-")[0])
    late, whole = (
        mock.expected("/cdrs/interaction", created_from=began, created_to=began + end) for end in (60, 3_600)
    )
    assert (late.ids, late.unreachable) == ((), (call.cdr_id,))
    assert (whole.ids, whole.unreachable) == ((call.cdr_id,), ())
    assert list(walk_ids(mock, "/cdrs/interaction", {"created_from": began, "created_to": began + 60})) == []


def test_what_is_taken_from_one_account_stays_in_another_that_has_the_same_id(tmp_path: Path) -> None:
    leg = {key: value for key, value in WITHOUT.add_call(at=NEWEST).legs[0].items() if key != "pvt_account_id"}
    lines = [json.dumps({**leg, "pvt_account_id": account}) for account in ("a" * 32, "b" * 32)]
    (tmp_path / "calls.jsonl").write_text("\n".join(lines), encoding="utf-8")
    mock = Mock(data=tmp_path, now="2026-01-20T12:00:00Z")
    other = next(account for account in mock.state.data.accounts.values() if account.id != mock.account_id)
    own = mock.state.data.accounts[mock.account_id]

    def ids_of(account: Account) -> list[str]:
        headers = {"X-Auth-Token": account.tokens[0].value}
        response = mock.client().simulate_get(f"/v2/accounts/{account.id}/cdrs", headers=headers)
        return [row["id"] for row in response.json["data"]]

    mock.add_cdr({**leg, "pvt_account_id": mock.account_id})
    assert ids_of(own) == ids_of(other) == [leg["_id"]]
    mock.remove(leg["_id"])
    assert (ids_of(own), ids_of(other)) == ([], [leg["_id"]])
    assert mock.expected().ids == ()
