"""What a test adds and removes lies over the base, which stays as it is."""

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest

from mockcdrs.dataset.accounts import Account
from mockcdrs.dataset.store import (
    ANY_TIME,
    Document,
    LoadedStore,
    Origin,
    Overlay,
    Scan,
    TimeBasis,
    Times,
    _AddedDocuments,
)

ACCOUNT, OTHER, MONTH = "a" * 32, "b" * 32, "202601"
JANUARY = 63_934_444_800  # 2026-01-01T00:00:00Z


def _document(call: str, **fields: Any) -> Document:
    return {"_id": f"{MONTH}-{call}", "pvt_type": "cdr", **fields}


@pytest.fixture
def overlay() -> Overlay:
    both = [_document("one"), _document("two")]
    accounts = [Account(ACCOUNT), Account(OTHER, months=("202512",))]
    return Overlay(LoadedStore(accounts, {(ACCOUNT, MONTH): both, (OTHER, MONTH): both}))


def _ids(overlay: Overlay, month: str = MONTH, account: str = ACCOUNT) -> set[str]:
    return {document["_id"] for segment in overlay.scan(account, month).stored for document in segment.visible()}


@pytest.mark.parametrize(
    ("documents", "end"),
    [
        ([], None),
        ([{"timestamp": JANUARY + 5}, {"pvt_created": JANUARY + 9, "timestamp": JANUARY + 7}], JANUARY + 9),
        ([{"timestamp": JANUARY}], JANUARY),
        ([{"timestamp": JANUARY - 1}], None),
        ([{"timestamp": JANUARY + 62 * 86_400 - 1}], JANUARY + 62 * 86_400 - 1),
        ([{"timestamp": JANUARY + 62 * 86_400}], None),
        ([{"timestamp": str(JANUARY + 5)}, {"timestamp": True}, {}], None),
    ],
    ids=str,
)
def test_a_store_ends_with_the_last_time_that_can_be_of_its_month(documents: list[Document], end: int | None) -> None:
    store = LoadedStore([Account(ACCOUNT)], {(ACCOUNT, MONTH): [_document("x", **each) for each in documents]})
    assert store.end_gregorian == end


def test_a_month_of_the_year_0_has_no_times() -> None:
    store = LoadedStore([Account(ACCOUNT)], {(ACCOUNT, "000001"): [_document("x", timestamp=5)]})
    assert store.end_gregorian is None


def test_an_added_document_stands_beside_the_base(overlay: Overlay) -> None:
    overlay.add(ACCOUNT, MONTH, [_document("three")])
    assert _ids(overlay) == {"202601-one", "202601-two", "202601-three"}
    assert overlay.document(ACCOUNT, MONTH, "202601-three") == _document("three")


def test_an_added_document_takes_the_place_of_one_with_its_id(overlay: Overlay) -> None:
    overlay.add(ACCOUNT, MONTH, [_document("one", name="new")])
    overlay.add(ACCOUNT, MONTH, [_document("one", name="newer")])
    assert overlay.document(ACCOUNT, MONTH, "202601-one") == _document("one", name="newer")
    visible = [list(segment.visible()) for segment in overlay.scan(ACCOUNT, MONTH).stored]
    assert visible == [[_document("two")], [_document("one", name="newer")]]


def test_an_added_document_stays_as_it_was_whatever_a_test_does_to_its_own(overlay: Overlay) -> None:
    own: dict[str, Any] = {**_document("three"), "custom_channel_vars": {"owner_id": "a"}}
    overlay.add(ACCOUNT, MONTH, [own])
    own["custom_channel_vars"]["owner_id"] = "b"
    assert overlay.document(ACCOUNT, MONTH, "202601-three") == _document("three", custom_channel_vars={"owner_id": "a"})


def test_a_month_appears_with_what_is_added_to_it(overlay: Overlay) -> None:
    overlay.add(ACCOUNT, "202602", [_document("later")])
    assert overlay.months(ACCOUNT) == [MONTH, "202602"]


def test_removing_hides_a_document_of_the_base(overlay: Overlay) -> None:
    assert overlay.remove("202601-one")
    assert _ids(overlay) == {"202601-two"}
    assert overlay.document(ACCOUNT, MONTH, "202601-one") is None
    assert overlay.remove("202601-two")
    assert _ids(overlay) == set()
    assert overlay.document(ACCOUNT, MONTH, "202601-one") is None


def test_an_index_of_a_segment_loses_the_rows_of_documents_that_are_removed_later(overlay: Overlay) -> None:
    rows = [SimpleNamespace(document_id="202601-one"), SimpleNamespace(document_id="202601-two")]
    (before,) = overlay.scan(ACCOUNT, MONTH).stored
    assert overlay.remove("202601-one")
    (after,) = overlay.scan(ACCOUNT, MONTH).stored
    assert before.identity == after.identity
    assert list(before.visible_rows(iter(rows))) == rows
    assert list(after.visible_rows(iter(rows))) == rows[1:]


def test_removing_takes_an_added_document_away(overlay: Overlay) -> None:
    overlay.add(ACCOUNT, MONTH, [_document("three")])
    assert overlay.remove("202601-three")
    assert _ids(overlay) == {"202601-one", "202601-two"}
    assert (overlay.count_added(), overlay.count_removed()) == (0, 0)


def test_removing_an_accounts_document_leaves_the_same_id_to_another(overlay: Overlay) -> None:
    assert overlay.remove("202601-one", ACCOUNT)
    assert (_ids(overlay), _ids(overlay, account=OTHER)) == ({"202601-two"}, {"202601-one", "202601-two"})
    assert overlay.document(OTHER, MONTH, "202601-one") == _document("one")
    assert not overlay.remove("202601-one", ACCOUNT)
    assert overlay.count_removed() == 1


def test_removing_from_no_account_in_particular_takes_it_from_each(overlay: Overlay) -> None:
    assert overlay.remove("202601-one")
    assert _ids(overlay) == _ids(overlay, account=OTHER) == {"202601-two"}


def test_replacing_an_accounts_document_leaves_the_same_id_to_another(overlay: Overlay) -> None:
    overlay.add(ACCOUNT, MONTH, [_document("one", name="new")])
    assert _ids(overlay, account=OTHER) == {"202601-one", "202601-two"}
    assert overlay.document(OTHER, MONTH, "202601-one") == _document("one")


def test_a_document_in_another_month_than_its_id_names_can_be_removed(overlay: Overlay) -> None:
    overlay.add(ACCOUNT, "202512", [_document("moved")])
    assert overlay.remove("202601-moved", ACCOUNT)
    assert _ids(overlay, "202512") == set()


def test_of_two_documents_of_one_id_that_in_the_month_of_the_id_is_removed_first(overlay: Overlay) -> None:
    overlay.add(ACCOUNT, "202512", [_document("one")])
    assert overlay.remove("202601-one", ACCOUNT)
    assert (_ids(overlay), _ids(overlay, "202512")) == ({"202601-two"}, {"202601-one"})
    assert overlay.remove("202601-one", ACCOUNT)
    assert _ids(overlay, "202512") == set()


def test_the_same_id_in_another_month_stays_where_one_was_replaced(overlay: Overlay) -> None:
    overlay.add(ACCOUNT, "202512", [_document("one", name="moved")])
    overlay.add(ACCOUNT, MONTH, [_document("one", name="new")])
    assert overlay.document(ACCOUNT, "202512", "202601-one") == _document("one", name="moved")
    assert (_ids(overlay), _ids(overlay, "202512")) == ({"202601-one", "202601-two"}, {"202601-one"})


def test_removing_what_is_not_there_says_so(overlay: Overlay) -> None:
    assert not overlay.remove("202601-nosuch")


def test_emptying_hides_the_base_and_keeps_the_months(overlay: Overlay) -> None:
    overlay.add(ACCOUNT, MONTH, [_document("three")])
    overlay.empty(ACCOUNT)
    assert _ids(overlay) == set()
    assert overlay.months(ACCOUNT) == [MONTH]
    assert overlay.document(ACCOUNT, MONTH, "202601-one") is None
    overlay.add(ACCOUNT, MONTH, [_document("four")])
    assert _ids(overlay) == {"202601-four"}


def test_resetting_brings_the_base_back(overlay: Overlay) -> None:
    overlay.remove("202601-one")
    overlay.add(ACCOUNT, MONTH, [_document("three")])
    overlay.empty(ACCOUNT)
    overlay.reset()
    assert _ids(overlay) == {"202601-one", "202601-two"}


def test_what_was_derived_from_an_older_overlay_is_never_used_again(overlay: Overlay) -> None:
    overlay.add(ACCOUNT, MONTH, [_document("three")])
    before = {segment.identity for segment in overlay.scan(ACCOUNT, MONTH).stored}
    overlay.reset()
    overlay.add(ACCOUNT, MONTH, [_document("four")])
    after = {segment.identity for segment in overlay.scan(ACCOUNT, MONTH).stored if segment.derived is None}
    assert after
    assert not before & after


def test_an_account_has_the_months_of_its_documents_and_those_that_it_names() -> None:
    accounts = [Account(ACCOUNT), Account(OTHER, months=("202512",))]
    store = LoadedStore(accounts, {(ACCOUNT, MONTH): [_document("one")]})
    assert [store.months(each) for each in (ACCOUNT, OTHER, "nosuch")] == [[MONTH], ["202512"], []]


def test_each_month_of_each_account_has_a_segment_of_its_own(overlay: Overlay) -> None:
    places = [(ACCOUNT, MONTH), (OTHER, MONTH), (ACCOUNT, "202512")]
    assert len({segment.identity for place in places for segment in overlay.scan(*place).stored}) == 3


CHANGES: list[Callable[[Overlay], object]] = [
    lambda overlay: overlay.add_account(Account("c" * 32)),
    lambda overlay: overlay.change_account(ACCOUNT, lambda account: account._replace(name="new")),
    lambda overlay: overlay.add(ACCOUNT, MONTH, [_document("three")]),
    lambda overlay: overlay.remove("202601-one"),
    lambda overlay: overlay.empty(ACCOUNT),
]


@pytest.mark.parametrize("change", CHANGES)
def test_each_change_is_told_and_makes_another_version(change: Callable[[Overlay], object]) -> None:
    documents = {(ACCOUNT, MONTH): [_document("one")]}
    overlay = Overlay(LoadedStore([Account(ACCOUNT)], documents, Origin(directory="office")))
    version = overlay.version
    assert overlay.origin == Origin(directory="office")
    change(overlay)
    assert overlay.origin == Origin(directory="office", changed=True)
    changed_version = overlay.version
    overlay.reset()
    assert len({version, changed_version, overlay.version}) == 3


def test_accounts_stand_beside_those_of_the_base_or_in_their_place(overlay: Overlay) -> None:
    third = Account("c" * 32)
    overlay.add_account(third)
    overlay.change_account(ACCOUNT, lambda account: account._replace(name="new"))
    assert overlay.accounts == {
        ACCOUNT: Account(ACCOUNT, name="new"),
        OTHER: Account(OTHER, months=("202512",)),
        third.id: third,
    }


class GeneratedBase(LoadedStore):
    """A store whose documents are all generated, and which keeps what it was asked last."""

    has_stored = False
    asked: tuple[Any, ...] = ()

    def scan(
        self,
        account_id: str,
        month: str,
        times: Times = ANY_TIME,
        *,
        descending: bool = False,
        by: TimeBasis = "written",
    ) -> Scan:
        self.asked = (account_id, month, times, descending, by)
        return Scan((), super().scan(account_id, month).segments())


def test_generated_documents_are_asked_for_as_the_overlay_is_and_removed_as_stored_ones_are() -> None:
    base = GeneratedBase([Account(ACCOUNT)], {(ACCOUNT, MONTH): [_document("one"), _document("two")]})
    overlay = Overlay(base)
    overlay.remove("202601-one")
    assert not overlay.has_stored
    overlay.add(ACCOUNT, MONTH, [_document("three")])
    assert overlay.has_stored
    whole = [list(segment.visible()) for segment in overlay.scan(ACCOUNT, MONTH).segments()]
    assert whole == [[_document("three")], [_document("two")]]
    scan = overlay.scan(ACCOUNT, MONTH, (5, 9), descending=True, by="begun")
    assert base.asked == (ACCOUNT, MONTH, (5, 9), True, "begun")
    assert [list(segment.visible()) for segment in scan.stored] == [[_document("three")]]
    assert [list(segment.visible()) for segment in scan.generated] == [[_document("two")]]


class Counted(dict[str, Any]):
    """A document that counts how often it and its kind are looked at."""

    looks = 0

    def __getitem__(self, name: str) -> Any:
        Counted.looks += 1
        return super().__getitem__(name)


@pytest.mark.parametrize("change", ["add", "replace", "remove"])
def test_a_change_costs_the_same_however_many_documents_were_added(overlay: Overlay, change: str) -> None:
    def add(numbers: range) -> None:
        for number in numbers:
            overlay.add(ACCOUNT, MONTH, [Counted(_document(f"many-{number}"))])

    def looks_at(numbers: range) -> int:
        before = Counted.looks
        if change == "remove":
            assert all(overlay.remove(f"{MONTH}-many-{number}") for number in numbers)
        else:
            add(numbers)
        return Counted.looks - before

    add(range(100) if change != "add" else range(0))
    first = looks_at(range(40))
    add(range(100, 2_000))
    assert looks_at(range(2_000, 2_040) if change == "add" else range(40, 80)) == first


def test_many_changes_leave_what_they_should(overlay: Overlay) -> None:
    for number in range(50):
        overlay.add(ACCOUNT, MONTH, [_document(f"many-{number}")])
    for number in range(45):
        assert overlay.remove(f"{MONTH}-many-{number}")
    overlay.add(ACCOUNT, MONTH, [_document("many-46", name="new"), _document("many-50")])
    assert overlay.count_added() == 6
    (segment,) = (each for each in overlay.scan(ACCOUNT, MONTH).stored if each.derived is None)
    numbers = [document["_id"].rpartition("-")[2] for document in segment.visible()]
    assert numbers == ["45", "47", "48", "49", "46", "50"]
    assert overlay.document(ACCOUNT, MONTH, f"{MONTH}-many-46") == _document("many-46", name="new")
    assert overlay.document(ACCOUNT, MONTH, f"{MONTH}-many-1") is None


def test_who_looks_at_what_was_added_sees_none_of_what_comes_later(overlay: Overlay) -> None:
    overlay.add(ACCOUNT, MONTH, [_document("three")])
    before = list(overlay.scan(ACCOUNT, MONTH).stored)
    overlay.add(ACCOUNT, MONTH, [_document("four")])
    ids = {document["_id"] for segment in before for document in segment.visible()}
    assert ids == {"202601-one", "202601-two", "202601-three"}
    assert _ids(overlay) == {*ids, "202601-four"}


def test_an_older_state_that_is_added_to_again_keeps_what_it_had() -> None:
    first = _AddedDocuments().changed((), [_document("one")])
    one, other = first.changed((), [_document("two")]), first.changed((), [_document("three")])
    assert [[document["_id"] for document in each] for each in (first, one, other)] == [
        ["202601-one"],
        ["202601-one", "202601-two"],
        ["202601-one", "202601-three"],
    ]
    assert (first.find("202601-two"), other.find("202601-two")) == (None, None)
    assert one.find("202601-two") == _document("two")


@pytest.fixture
def _often_switched() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("_often_switched")
def test_threads_that_add_and_remove_at_once_lose_nothing(overlay: Overlay) -> None:
    def change(nth: int) -> None:
        for number in range(50):
            overlay.add(ACCOUNT, MONTH, [_document(f"{nth}-{number}")])
            assert overlay.remove(f"{MONTH}-{nth}-{number}") is True
            overlay.add(ACCOUNT, MONTH, [_document(f"{nth}-{number}-stays")])

    with ThreadPoolExecutor(8) as threads:
        for done in [threads.submit(change, nth) for nth in range(8)]:
            done.result(timeout=60)
    assert overlay.count_added() == 8 * 50
