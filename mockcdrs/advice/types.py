"""The types of advice: `AdviceRule`, and `AdviceContext`, which is all that a rule may look at beside the requests."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from mockcdrs.control.journal import Record
from mockcdrs.crossbar.settings import Settings
from mockcdrs.crossbar.versions import KAZOO_4_3, Version
from mockcdrs.dataset.store import Document

MAX_COUNT = 1_000
"""The largest number that `AdviceContext.count_cdrs` returns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceContext:
    """What a rule knows beside the requests. Each optional function makes advice more certain.

    Arguments:
        now: the time, in Gregorian seconds.
        settings: the settings of the server.
        version: the Kazoo that answers.
        quirks: the names of the quirks that are enabled.
        is_clock_frozen: whether the mock's clock stands still.
        has_end: whether somebody calls `advise_at_end`. Pages that nobody requested are reported only then: before,
            another thread may still request them.
        count_cdrs: `(account, first, last)` -> the number of CDRs written in that range, at most `MAX_COUNT`.
        count_unlisted: `(account, first, last)` -> the number of them that have no `custom_channel_vars`.
        has_cdr: `(account, id)` -> whether the CDR exists.
        over_month_end: `(account, month)` -> the CDRs in that month's database that were written after the month.

    """

    now: int
    settings: Settings = field(default_factory=Settings)
    version: Version = KAZOO_4_3
    quirks: frozenset[str] = frozenset()
    is_clock_frozen: bool = False
    has_end: bool = False
    count_cdrs: Callable[[str, int, int], int] | None = None
    count_unlisted: Callable[[str, int, int], int] | None = None
    has_cdr: Callable[[str, str], bool] | None = None
    over_month_end: Callable[[str, str], Sequence[Document]] | None = None

    @property
    def maximum_range(self) -> int:
        """The widest range that a listing may cover, in seconds."""
        return self.version.maximum_range(self.settings)


RuleFunction = Callable[[Record, Iterable[Record], AdviceContext], Iterator[str]]
"""`(record, earlier, context)` -> texts about `record`, without the code; `earlier` yields the latest request first."""

EndFunction = Callable[[Sequence[Record], AdviceContext], Iterator[str]]
"""`(records, context)` -> texts about all requests, oldest first, once no more of them come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceRule:
    """One kind of advice.

    Arguments:
        code: the stable name that comes before each text.
        function: what to say of a request; `None` for a rule that only looks at all requests at the end.
        sentence: what the rule reports.
        source: the module or document of Kazoo's that it follows from.
        example: requests, one a line, of which the last one triggers the rule: `METHOD PATH`, the path as the client
            sends it or below the account; then, as needed, `with HEADER: VALUE` or `with body JSON`; and behind `->`
            the status with Crossbar's message, or the number of rows.
        kinds: the CDR endpoints that it applies to; `None` for any request.
        statuses: the statuses of answers that it applies to; `None` for any.
        names: the parameters of which the request must have one; `None` for any request.
        at_end: what to say once all requests are known.

    """

    code: str
    function: RuleFunction | None
    sentence: str
    source: str
    example: str
    kinds: frozenset[str] | None = None
    statuses: frozenset[int] | None = None
    names: frozenset[str] | None = None
    at_end: EndFunction | None = None
