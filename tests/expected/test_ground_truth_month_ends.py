"""Ground truth of calls over the end of a month, which lie in one month and are listed by when they were written."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from mockcdrs.cdr import gregorian
from mockcdrs.mock import Mock
from tests.expected.walks import WITH_QUIRKS, WITHOUT, walk_ids

JANUARY = 63_934_444_800  # 2026-01-01T00:00:00Z
DECEMBER = gregorian.month_start("202512")
# begin and end of each call, in seconds from the end of December; three run over it
CALLS = [
    (-3_000, -2_000), (-2_500, -1_500), (-600, -60), (-500, 60), (-400, 10), (-300, 400), (5, 20), (30, 70), (50, 300),
    (100, 500), (3_000, 4_000),
]  # fmt: skip
OVER = {"202512-call-03", "202512-call-04", "202512-call-05"}
AROUND: dict[str, Any] = {"created_from": JANUARY - 5_000, "created_to": JANUARY + 5_000}
RANGES: dict[str, dict[str, Any]] = {
    "around": AROUND,
    "of January": {"created_from": JANUARY, "created_to": JANUARY + 5_000},
    "with a margin": {"created_from": JANUARY - 1, "created_to": JANUARY + 5_000},
    "of December": {"created_from": JANUARY - 5_000, "created_to": JANUARY - 1},
}
MOCKS = {
    "quirks": WITH_QUIRKS,
    "fixed": WITHOUT,
    "month ends fixed": Mock(fix=["month-end-call-lost"]),
    "stale keys fixed": Mock(fix=["stale-next-key"]),
}


def hold(mock: Mock, calls: list[tuple[int, int]]) -> None:
    """Calls of one leg, all a user's; an id names the month in which the call began, as Kazoo's do."""
    mock.reset()
    leg = mock.add_call(at=JANUARY).legs[0]
    mock.clear()
    for number, (begin, end) in enumerate(calls):
        began, end_second = JANUARY + begin, JANUARY + end
        own = {"_id": f"{gregorian.month_of(began)}-call-{number:02}", "interaction_time": began}
        times = {"interaction_key": f"{number}", "timestamp": end_second, "pvt_created": end_second}
        variables = {**leg["custom_channel_vars"], "owner_id": mock.user_id}
        mock.add_cdr({**leg, **own, **times, "custom_channel_vars": variables})


@pytest.fixture(params=MOCKS)
def mock(request: pytest.FixtureRequest) -> Iterator[Mock]:
    mock = MOCKS[request.param]
    hold(mock, CALLS)
    yield mock
    mock.reset()


def ways() -> Iterator[dict[str, Any]]:
    names = ("ascending", "is_chunked", "paginate", "page_size", "chunk_size")
    for values in itertools.product(("true", "false"), ("true", "false"), ("true", "false"), (1, 2, 5), (1, 3)):
        yield dict(zip(names, values, strict=True))


@pytest.mark.parametrize("of_user", [False, True])
@pytest.mark.parametrize("path", ["/cdrs", "/cdrs/interaction"])
@pytest.mark.parametrize("stretch", RANGES)
def test_a_walk_over_the_end_of_a_month_ends_with_what_is_expected(
    mock: Mock, path: str, stretch: str, of_user: bool
) -> None:
    path = f"/users/{mock.user_id}{path}" if of_user else path
    for way in ways():
        query: dict[str, Any] = {**RANGES[stretch], **way}
        assert set(walk_ids(mock, path, query)) == set(mock.expected(path, **query).ids), way


def test_a_range_that_begins_with_the_next_month_cannot_reach_them() -> None:
    hold(WITH_QUIRKS, CALLS)
    assert set(WITH_QUIRKS.expected(**RANGES["of January"]).unreachable) == OVER
    assert WITH_QUIRKS.expected(**RANGES["of December"]).unreachable == ()
    assert WITH_QUIRKS.expected(**AROUND).unreachable == ()
    assert set(WITH_QUIRKS.expected(**RANGES["with a margin"]).ids) >= OVER
    for path in ("/cdrs", f"/users/{WITH_QUIRKS.user_id}/cdrs"):
        months = [RANGES["of January"], {"created_from": DECEMBER, "created_to": JANUARY - 1}]
        swept = {cdr_id for month in months for cdr_id in walk_ids(WITH_QUIRKS, path, month)}
        assert (
            swept == {f"{'202512' if begin < 0 else '202601'}-call-{n:02}" for n, (begin, _) in enumerate(CALLS)} - OVER
        )


@pytest.mark.parametrize("way", list(ways()), ids=str)
def test_without_the_quirk_no_walk_over_the_listing_loses_any(way: dict[str, Any]) -> None:
    hold(WITHOUT, CALLS)
    for stretch in RANGES.values():
        truth = WITHOUT.expected(**stretch, **way)
        rows = list(walk_ids(WITHOUT, "/cdrs", {**stretch, **way}))
        assert (truth.unreachable, len(rows)) == ((), len(set(rows)))
        assert rows == list(truth.ids)[:: 1 if way["ascending"] == "false" else -1]


def test_a_page_that_ends_beside_the_months_end_loses_a_call_or_names_itself() -> None:
    hold(WITH_QUIRKS, [(-100, 60), (10, 20), (30, 40), (70, 80)])
    down = WITH_QUIRKS.expected(**AROUND, page_size=2)
    assert down.unreachable == ("202512-call-00",), "the second page begins at a key in January, in December too"
    hold(WITH_QUIRKS, [(-100, 60), (10, 20)])
    client, path = WITH_QUIRKS.client(), f"/v2/accounts/{WITH_QUIRKS.account_id}/cdrs"
    query: dict[str, Any] = {**AROUND, "page_size": 1, "ascending": "true"}
    first = client.simulate_get(path, params=query).json["next_start_key"]
    assert client.simulate_get(path, params={**query, "start_key": first}).json["next_start_key"] == first
    assert WITH_QUIRKS.expected(**query).unreachable == ("202601-call-01",)


def test_a_summary_counts_such_a_call_in_the_month_that_it_was_written_in_only_without_the_quirk() -> None:
    def total(mock: Mock) -> int:
        hold(mock, CALLS)
        path = f"/v2/accounts/{mock.account_id}/cdrs/summary"
        summary = mock.client().simulate_get(path, params=RANGES["of January"]).json["data"]
        return sum(rates["total"] for by in summary.values() for kinds in by.values() for rates in kinds.values())

    assert total(WITHOUT) * 5 == total(MOCKS["stale keys fixed"]) // 2 * 8, (
        "seconds of five calls doubled, and of eight"
    )
