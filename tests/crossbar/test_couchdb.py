"""Rows come in the order of their keys, wherever a range begins and ends, and an index weighs little."""

import tracemalloc
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockcdrs.crossbar import couchdb, start_key
from mockcdrs.crossbar.collation import text_key
from mockcdrs.crossbar.couchdb import Databases, KeyRange
from mockcdrs.crossbar.views import INTERACTIONS, LEGS, LISTING, LISTING_BY_OWNER, View
from mockcdrs.dataset.store import LoadedStore, Overlay
from mockcdrs.mock import Mock
from tests.crossbar.builders import ACCOUNT, NOW, OWNER, accounts, calls, leg

MONTH = "202601"
TIMES = st.integers(NOW - 40, NOW)


def databases_of(documents: list[dict[str, Any]]) -> Databases:
    return Databases(LoadedStore(accounts(), {(ACCOUNT, MONTH): documents}))


@given(st.text(st.characters(codec="ascii"), max_size=6) | st.text(max_size=6))
def test_a_text_is_sorted_by_its_collation_whatever_it_is_made_of(text: str) -> None:
    assert couchdb.sort_key(text) == (4, text_key(text))


@given(st.lists(TIMES, max_size=80), st.lists(TIMES, min_size=2, max_size=2), st.booleans(), st.integers(1, 40))
def test_a_range_gives_the_rows_between_its_keys_in_its_direction(
    times: list[int], ends: list[int], descending: bool, run: int
) -> None:
    documents = [leg(f"{number * 7 % 80:02}@host", time) for number, time in enumerate(times)]
    keys: list[Any] = sorted([time] for time in ends)
    between = [each for each in documents if keys[0] <= [each["pvt_created"], each["_id"]] <= keys[1]]
    between.sort(key=lambda each: (each["pvt_created"], text_key(each["_id"])), reverse=descending)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(couchdb, "_RUN_ROWS", run)
        first, last = keys[::-1] if descending else keys
        wanted = KeyRange(first, last, descending=descending)
        came = list(databases_of(documents).query(LISTING, ACCOUNT, MONTH, wanted))
    assert [row.document for row in came] == between


def ids_of(documents: list[dict[str, Any]], view: View, wanted: KeyRange) -> list[str]:
    return [row.document_id for row in databases_of(documents).query(view, ACCOUNT, MONTH, wanted)]


@pytest.mark.parametrize("held_order", [1, -1])
@pytest.mark.parametrize("start", ["202601-k\u00e9", "202601-ke\u0301"])
def test_of_rows_with_equal_keys_the_first_by_its_ids_bytes_comes_first(start: str, held_order: int) -> None:
    ids = ["202601-kd", "202601-ke\u0301", "202601-k\u00e9", "202601-kf"]
    documents = [leg(each[7:], NOW) for each in ids][::held_order]
    keys = [[NOW], [NOW, start], [NOW, {}]]
    assert ids_of(documents, LISTING, KeyRange(keys[1], keys[2], descending=False)) == ids[1:]
    assert ids_of(documents, LISTING, KeyRange(keys[1], keys[0], descending=True)) == ids[2::-1]


def test_ids_that_are_no_part_of_the_key_are_compared_in_bytes() -> None:
    ids = ["202601-A", "202601-k-1", "202601-k_1", "202601-ka", "202601-kz", "202601-k\u00e9", "202601-k\U0001f642"]
    documents = [leg(each[7:], NOW, interaction_id=f"{NOW}-one") for each in ids[::2] + ids[1::2]]
    everything = KeyRange(None, None, descending=False)
    assert sorted(ids, key=str.encode) == ids
    assert ids_of(documents, LEGS, everything) == ids


@pytest.mark.parametrize(
    ("keys", "part"),
    [
        (KeyRange([3], [4], descending=False), KeyRange([3], [4], descending=False)),
        (KeyRange([0], [9], descending=False), KeyRange([1], [5], descending=False)),
        (KeyRange(None, {}, descending=False), KeyRange([1], [5], descending=False)),
        (KeyRange([9], [0], descending=True), KeyRange([5], [1], descending=True)),
        (KeyRange({}, False, descending=True), KeyRange([5], [1], descending=True)),
        (KeyRange("z", False, descending=True), None),
        (KeyRange([5], [9], descending=False), KeyRange([5], [5], descending=False)),
        (KeyRange([6], [9], descending=False), None),
        (KeyRange([0], [0], descending=False), None),
    ],
)
def test_the_part_of_a_range_between_two_keys_is_in_its_direction(keys: KeyRange, part: KeyRange | None) -> None:
    assert keys.clip([1], [5]) == part


def test_what_one_has_indexed_is_not_indexed_again_by_one_beside_it() -> None:
    mapped: list[str] = []

    def note(document: Mapping[str, Any]) -> tuple[Any, Any] | None:
        mapped.append(document["_id"])
        return [document["pvt_created"]], None

    view, everything = LISTING._replace(map=note), KeyRange(None, None, descending=False)
    store = LoadedStore(accounts(), {(ACCOUNT, MONTH): calls(20)})
    first = Databases(store)
    effort = []
    for databases in (first, first, Databases(store, first)):
        mapped.clear()
        assert len(list(databases.query(view, ACCOUNT, MONTH, everything))) == 20
        effort.append(len(mapped))
    assert effort[0] > effort[1] == effort[2]


def test_of_what_a_test_adds_to_a_month_the_latest_index_alone_is_kept() -> None:
    overlay = Overlay(LoadedStore(accounts(), {(ACCOUNT, MONTH): calls(2)}))
    databases, everything = Databases(overlay), KeyRange(None, None, descending=False)
    for number in range(5):
        overlay.add(ACCOUNT, MONTH, [leg(f"added{number}", NOW)])
        assert len(list(databases.query(LISTING, ACCOUNT, MONTH, everything))) == 3 + number
    assert [list(indexes) for indexes in databases._passing.values()] == [[LISTING.name]]


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("view", "most_bytes"), [(LISTING, 150), (LISTING_BY_OWNER, 150), (LEGS, 150), (INTERACTIONS, 350)]
)
def test_a_document_asked_for_the_first_time_takes_no_more_than_its_row(
    view: View, most_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(couchdb, "_RUN_ROWS", 500)
    documents = [{**call, "custom_channel_vars": {"owner_id": OWNER}} for call in calls(6_000, apart=1)]
    few, many = (_peak_bytes(documents[:count], view) for count in (2_000, 6_000))
    assert many - few < 4_000 * most_bytes


def _peak_bytes(documents: list[dict[str, Any]], view: View) -> int:
    databases = databases_of(documents)
    everything = KeyRange(None, None, descending=False)
    tracemalloc.start()
    try:
        for _ in databases.query(view, ACCOUNT, MONTH, everything):
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_start_key_of_another_owner_leaves_out_no_time() -> None:
    """Keys begin with the owner: the time behind the other one's id bounds none of this one's calls."""
    mock = Mock(calls_per_day=20)
    path, client = f"/v2/accounts/{mock.account_id}/users/{mock.credentials.user_id}/cdrs", mock.client()

    def ids(**query: str) -> list[str]:
        response = client.simulate_get(path, params={"paginate": "false", **query})
        return [row["id"] for row in response.json["data"]]

    for key, direction in ((["zz", 0, {}], {}), (["!", 2**40, {}], {"ascending": "true"})):
        own, reached = ids(**direction), ids(**direction, start_key=start_key.encode(key))
        assert len(own) > 5
        assert [cdr_id for cdr_id in reached if cdr_id in own] == own
