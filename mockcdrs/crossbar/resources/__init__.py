"""What a module of Crossbar is to a request (`crossbar_bindings.erl`).

Each file of this package holds some of Crossbar's modules; `pipeline.RESOURCES` names them all.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import Enum, auto
from typing import NamedTuple

from mockcdrs.crossbar.context import Context
from mockcdrs.crossbar.envelope import ResourceResult

Parameters = tuple[str, ...]


class AccessLevel(Enum):
    """Whom a path lets in: holders of a token for the account in it or one above, of any token, all, or nobody."""

    ACCOUNT = auto()
    ANY_TOKEN = auto()
    ANYBODY = auto()
    NOBODY = auto()


ResourceHandler = Callable[[Context], ResourceResult]


class Resource(NamedTuple):
    """One module of Crossbar.

    `methods` gives the methods of a path, by the parameters behind the module's name, in Crossbar's order; none where
    the module knows no such path. `handlers` answer requests, by verb; they raise `Failure`. A method without a handler
    would write. `access` says whom a path without an account lets in.
    """

    methods: Callable[[Parameters], tuple[str, ...]]
    handlers: Mapping[str, ResourceHandler]
    access: Callable[[Context], AccessLevel] = lambda _context: AccessLevel.ACCOUNT


def path_matches(pattern: Sequence[str], parts: Sequence[str]) -> bool:
    """Whether the parts of a path are those of a pattern, in which `*` is any one."""
    return len(pattern) == len(parts) and all(
        wanted in {"*", part} for wanted, part in zip(pattern, parts, strict=True)
    )
