"""What a module of Crossbar is to a request (`crossbar_bindings.erl`)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from mockcdrs.crossbar.content import Content
from mockcdrs.crossbar.context import Context

Parameters = tuple[str, ...]
Answering = Callable[[Context], Content]


class Entry(Enum):
    """Whom a path lets in: holders of a token for the account in it or one above, of any token, all, or nobody."""

    ACCOUNT = auto()
    ANY_TOKEN = auto()
    ANYBODY = auto()
    NOBODY = auto()


def _with_account(_context: Context) -> Entry:
    return Entry.ACCOUNT


@dataclass(frozen=True, slots=True)
class Resource:
    """One module.

    `methods` gives what a path takes, by the parameters behind the module's name, in Crossbar's order; nothing where
    the module knows no such path. `answers` finds, by verb, what a request asks for; raises `Failure`. A method that is
    taken but has no answer would write. `entry` says whom a path without an account lets in.
    """

    methods: Callable[[Parameters], tuple[str, ...]]
    answers: Mapping[str, Answering] = field(default_factory=dict)
    entry: Callable[[Context], Entry] = _with_account
