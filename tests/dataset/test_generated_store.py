"""The made-up store: the same calls whoever asks, none in the future, each found by its id."""

from datetime import date

import pytest

from mockcdrs.cdr import gregorian
from mockcdrs.dataset import files, fixtures
from mockcdrs.dataset.generated_store import OPENED, GeneratedStore
from mockcdrs.dataset.generator import Traffic
from mockcdrs.dataset.office import main_account_id
from mockcdrs.dataset.store import Document

NOW = gregorian.from_unix(1_768_910_400)  # 2026-01-20T12:00:00Z
SEED = 5
ACCOUNT = main_account_id(SEED)


def _store(now: int = NOW, calls_per_day: int = 60) -> GeneratedStore:
    return GeneratedStore(SEED, Traffic(calls_per_day), lambda: now)


def _documents(store: GeneratedStore, month: str, *, descending: bool = False) -> list[Document]:
    segments = store.scan(ACCOUNT, month, descending=descending).generated
    return [document for segment in segments for document in segment.visible()]


def test_each_month_since_the_opening_has_a_database() -> None:
    months = _store().months(ACCOUNT)
    assert months[0] == f"{OPENED:%Y%m}"
    assert months[-1] == "202601"
    assert months == sorted(set(months))
    assert len(months) == (2026 - OPENED.year) * 12 + 1


def test_only_the_main_account_has_calls() -> None:
    store = _store()
    others = [account_id for account_id in store.accounts if account_id != ACCOUNT]
    assert len(others) == 4
    assert all(store.months(other) == [] for other in others)
    assert all(not list(store.scan(other, "202601").segments()) for other in others)


def test_no_call_lies_in_the_future() -> None:
    documents = _documents(_store(), "202601")
    assert documents
    assert max(document["pvt_created"] for document in documents) <= NOW


def test_calls_appear_as_they_end() -> None:
    ends = sorted(document["pvt_created"] for document in _documents(_store(NOW + 86_400), "202601"))
    some_end = next(end for end in ends if end > NOW)
    before, after = (_documents(_store(moment), "202601") for moment in (some_end - 1, some_end))
    assert [d["_id"] for d in after if d not in before] != []
    assert all(document["pvt_created"] == some_end for document in after if document not in before)


@pytest.mark.parametrize("calls_per_day", [20, 60])
def test_the_last_month_of_the_calendar_has_calls_up_to_its_last_second(calls_per_day: int) -> None:
    documents = _documents(_store(315_569_519_999, calls_per_day), "999912")
    assert {document["_id"][:6] for document in documents} == {"999912"}
    assert max(document["pvt_created"] for document in documents) > 315_569_519_999 - 2 * 86_400


def test_a_date_has_the_same_calls_whenever_one_looks() -> None:
    early, late = _store(NOW), _store(NOW + 400 * 86_400)
    assert _documents(early, "202512") == _documents(late, "202512")


def test_parts_come_in_order_of_time_and_against_it() -> None:
    store = _store()
    ascending = [segment.identity for segment in store.scan(ACCOUNT, "202512").generated]
    descending = [segment.identity for segment in store.scan(ACCOUNT, "202512", descending=True).generated]
    assert descending == ascending[::-1]
    assert len(ascending) >= 31


def test_only_parts_that_touch_the_wanted_times_are_made() -> None:
    start = gregorian.month_start("202512") + 10 * 86_400
    segments = list(_store().scan(ACCOUNT, "202512", (start, start + 3_600)).generated)
    days = {gregorian.to_datetime(document["pvt_created"]).date() for s in segments for document in s.visible()}
    assert days <= {date(2025, 12, 11)}
    assert segments


@pytest.mark.parametrize("month", ["202001", "202402", "202601"])
def test_every_cdr_is_found_by_its_id(month: str) -> None:
    store = _store(calls_per_day=20)
    documents = _documents(store, month)
    assert documents
    assert all(store.document(ACCOUNT, month, document["_id"]) == document for document in documents)


@pytest.mark.parametrize("unknown", ["202601-nosuch", "202601-", "202601-0000ffff", "short", "202601-\ud800"])
def test_an_unknown_id_finds_nothing(unknown: str) -> None:
    assert _store().document(ACCOUNT, "202601", unknown) is None


def test_the_committed_office_is_what_would_be_made() -> None:
    manifest = fixtures.manifest()
    loaded = files.load(fixtures.directory() / "office")
    load = Traffic.of(manifest.calls_per_day, manifest.locale)
    store = GeneratedStore(manifest.seed, load, lambda: manifest.moment_gregorian, manifest.locale, manifest.first_day)
    account_id = main_account_id(manifest.seed)
    generated = {
        (account_id, month): [d for s in store.scan(account_id, month).generated for d in s.visible()]
        for month in store.months(account_id)
    }
    assert generated == loaded.documents
