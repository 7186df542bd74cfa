"""What a piece of advice is, and what it may look at beside the requests."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from mockcdrs.control.journal import Record
from mockcdrs.crossbar.settings import Settings
from mockcdrs.crossbar.versions import KAZOO_4_3, Version
from mockcdrs.dataset.store import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What advice knows beside the requests. `now` is in Gregorian seconds; `quirks` are the ones to be seen.

    `version` is the Kazoo that answers.

    With `has_end` somebody calls `at_end`, and pages that nobody asked for are told of only then: until then another
    thread may still ask. Optional, each making advice surer: `count_cdrs(account, from, to)` says how many CDRs an
    account has in a range (`COUNTED_AT_MOST` where it has more), `count_unlisted(account, from, to)` how many of them
    have no `custom_channel_vars`, `has_cdr(account, id)` whether there is one of that id, `over_month_end(account,
    month)` gives those that lie in a month and were written after it.
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


Piece = Callable[[Record, Iterable[Record], Facts], Iterator[str]]
PieceAtEnd = Callable[[Sequence[Record], Facts], Iterator[str]]


@dataclass(frozen=True, slots=True)
class Advice:
    """One piece: a pure function from a request and those before it to what to say of it, without the code.

    The requests before it come the last first. `sentence` says what it is about, `source` is the server's module or
    document that it rests on, `example` a request that gets it; the advice on a quirk has none, as the quirk has one.
    `at_end` looks once at all requests; a piece that does only that has no `function`.

    It is asked only of requests for one of `kinds` of CDR endpoints, of those that were answered with one of
    `statuses`, and of those that sent one of the parameters `names`; where one of these is `None`, of all.
    """

    function: Piece | None
    sentence: str
    source: str
    kinds: frozenset[str] | None = None
    statuses: frozenset[int] | None = None
    names: frozenset[str] | None = None
    at_end: PieceAtEnd | None = None
    example: str = ""
