"""What a module of Crossbar is to a request (`crossbar_bindings.erl`)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from mockcdrs.crossbar.content import Content
from mockcdrs.crossbar.context import Context

Parameters = tuple[str, ...]
Answering = Callable[[Context], Content]


@dataclass(frozen=True, slots=True)
class Resource:
    """One module.

    `methods` gives what a path takes, by the parameters behind the module's name, in Crossbar's order; nothing where
    the module knows no such path. `answers` finds, by verb, what a request asks for; raises `Failure`.
    """

    methods: Callable[[Parameters], tuple[str, ...]]
    answers: Mapping[str, Answering] = field(default_factory=dict)
