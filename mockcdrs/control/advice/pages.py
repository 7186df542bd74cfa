"""Advice on pages: sizes, keys, and who asks for which page."""

from collections.abc import Iterable, Iterator, Sequence

from mockcdrs.control.advice import asked
from mockcdrs.control.advice.asked import first, question, sent, shown, where
from mockcdrs.control.advice.facts import Advice, Facts
from mockcdrs.control.journal import Record
from mockcdrs.crossbar import start_key

MANY_PAGES = 20
_KEY = frozenset({"start_key"})


def _page_size(record: Record, _earlier: Iterable[Record], facts: Facts) -> Iterator[str]:
    value = first(record, "page_size")
    size = asked.integer(value)
    if value is not None and (size is None or size < 1) and asked.api_version(record) != "v1":
        usual = facts.settings.pagination_page_size
        yield (
            f"page_size={shown(value)} is no whole number of 1 or more, a 404 faulty_request unless paginate=false: "
            f"send one, or none for {usual}"
        )


def _bad_start_key(record: Record, _earlier: Iterable[Record], _facts: Facts) -> Iterator[str]:
    value = first(record, "start_key")
    if value is not None and not _is_key(value):
        yield (
            f"start_key={shown(value)} is no key: send next_start_key exactly as the page before had it, and no "
            "start_key at all for the first page"
        )


def _is_key(value: object) -> bool:
    try:
        return isinstance(value, str) and isinstance(start_key.decode(value), list)
    except start_key.NoStartKey:
        return False


def _origin(record: Record, earlier: Iterable[Record]) -> Record | None:
    """The page whose next_start_key a request sends."""
    key = first(record, "start_key")
    if not isinstance(key, str):
        return None
    return next((page for page in earlier if page.outcome.next_start_key == key), None)


def _changed_query(record: Record, earlier: Iterable[Record], _facts: Facts) -> Iterator[str]:
    origin = _origin(record, earlier)
    if origin is None:
        return
    if where(origin) != where(record):
        yield f"this start_key came from request {origin.number}, of {shown(where(origin))}: a key is good for its path"
    before, after = question(origin), question(record)
    changed = [name for name in before | after if before.get(name) != after.get(name)]
    if changed:
        yield (
            f"the next page was asked with other parameters than request {origin.number} that named it: "
            f"{', '.join(map(shown, changed))}; send every page the same ones, only start_key differs"
        )


def _page_twice(record: Record, earlier: Iterable[Record], _facts: Facts) -> Iterator[str]:
    here = where(record)
    for page in earlier:
        if where(page) != here:
            continue
        if "start_key" not in sent(page):
            return
        if _is_same_page(page, record) and asked.has_answered(page):
            yield (
                f"this page was fetched by request {page.number} already, and came whole: its rows are now there "
                "twice; go on at the last answer's next_start_key, and stop where there is none"
            )
            return


def _is_same_page(page: Record, other: Record) -> bool:
    return first(page, "start_key") == first(other, "start_key") and question(page) == question(other)


def _unfollowed(record: Record, earlier: Iterable[Record], facts: Facts) -> Iterator[str]:
    if facts.has_end or "start_key" in sent(record):
        return
    last = next((page for page in earlier if where(page) == where(record)), None)
    if last is not None and asked.has_more(last):
        yield _unfollowed_words(last)


def _unfollowed_at_end(records: Sequence[Record], _facts: Facts) -> Iterator[str]:
    asked_for: set[tuple[str, object]] = set()
    unfollowed: list[Record] = []
    for record in reversed(records):
        if asked.has_more(record) and (where(record), record.outcome.next_start_key) not in asked_for:
            unfollowed.append(record)
        key = first(record, "start_key")
        if isinstance(key, str):
            asked_for.add((where(record), key))
    yield from map(_unfollowed_words, reversed(unfollowed))


def _unfollowed_words(page: Record) -> str:
    return (
        f"request {page.number} got {page.outcome.rows} rows and a next_start_key that nobody asked for, so rows may "
        "be missing: ask again with start_key set to it, until an answer has none"
    )


def _short_page(record: Record, _earlier: Iterable[Record], facts: Facts) -> Iterator[str]:
    if not asked.has_more(record):
        return
    size = asked.integer(first(record, "page_size")) or facts.settings.pagination_page_size
    if record.outcome.rows < size:
        yield (
            f"{record.outcome.rows} rows where {shown(str(size))} were asked, and still a next_start_key: the page "
            "ended in a month without more rows, or at a CDR that no row can be made of, so the next may repeat the "
            "last chunk: drop rows whose id came before"
        )


def _unpaged(record: Record, _earlier: Iterable[Record], facts: Facts) -> Iterator[str]:
    wanted, many = first(record, "paginate"), MANY_PAGES * facts.settings.pagination_page_size
    if wanted in {None, "true", True}:
        return
    is_refused = record.status == 416 and not record.fault
    if is_refused or (asked.has_answered(record) and record.outcome.rows > many):
        yield (
            f"paginate={shown(wanted)} on a large account, {_came(record)}: a real server takes long over that or "
            "runs into crossbar.request_memory_limit (416); ask page by page"
        )


def _came(record: Record) -> str:
    return "refused here" if record.status == 416 else f"{record.outcome.rows} rows in one answer"


ADVICE: dict[str, Advice] = {
    "bad-page-size": Advice(
        _page_size,
        "A page_size that is no number, or below 1.",
        "crossbar_view.erl",
        asked.WALKS,
        names=frozenset({"page_size"}),
        example="GET /cdrs?page_size=0",
    ),
    "bad-start-key": Advice(
        _bad_start_key,
        "A start_key that no answer can have had, such as None, null or an empty one.",
        "api_util.erl",
        asked.WALKS,
        names=_KEY,
        example="GET /cdrs?start_key=None",
    ),
    "changed-query": Advice(
        _changed_query,
        "A next page asked with other parameters, or of another path, than the page before.",
        "crossbar_view.erl",
        asked.WALKS,
        names=_KEY,
        example="GET /cdrs?created_from=63934500000, then GET /cdrs?start_key=NEXT_START_KEY",
    ),
    "page-twice": Advice(
        _page_twice,
        "The same page fetched twice in one walk.",
        "crossbar_view.erl",
        asked.WALKS,
        names=_KEY,
        example="GET /cdrs?page_size=10, then GET /cdrs?page_size=10&start_key=NEXT_START_KEY, then the same again",
    ),
    "unfollowed-pages": Advice(
        _unfollowed,
        "A next_start_key that was never asked for: the walk stopped too early.",
        "crossbar_view.erl",
        asked.WALKS,
        at_end=_unfollowed_at_end,
        example="GET /cdrs?page_size=10, and nothing more",
    ),
    "short-page": Advice(
        _short_page,
        "A page with less rows than asked that still names a next one, which repeats rows.",
        "crossbar_view.erl",
        asked.LISTINGS,
        asked.ANSWERED,
        example="GET /cdrs?page_size=1000, where all CDRs are of this month",
    ),
    "unpaged-large": Advice(
        _unpaged,
        "paginate=false, or another value than true, where there are many pages.",
        "api_util.erl",
        asked.LISTINGS,
        asked.ANSWERED | {416},
        names=frozenset({"paginate"}),
        example="GET /cdrs?paginate=false, where the answer has more than 20 pages of rows",
    ),
}
