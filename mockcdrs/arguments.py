"""Checks of what a caller gave, against tables of names and kinds; standard library only.

Every refusal has one form: what came, what was expected, and what to do about it. Each run of pytest imports this
module and `config`. Their records are named tuples: such a class is made in a fifth of the time of a frozen dataclass.
"""

import functools
import inspect
import sys
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, NamedTuple, Never, ParamSpec, TypeVar

_LONGEST_SHOWN = 200
LONGEST_SECONDS = 1_000_000_000  # no clock of a machine waits longer than some times this

_P = ParamSpec("_P")
_R = TypeVar("_R")


class ArgumentError(ValueError):
    """A wrong argument. The text says what came, what was expected, and what to do; `name` is the argument's."""

    def __init__(self, text: str, name: str | None = None) -> None:
        super().__init__(text)
        self.name = name


def _no_hint(_value: Any) -> str:
    return ""


class Kind(NamedTuple):
    """What an argument may be: a test of a value, and `expected` in words.

    `hint` says of a value that failed the test what was probably meant, or nothing.
    """

    expected: str
    fits: Callable[[Any], bool]
    hint: Callable[[Any], str] = _no_hint

    def optional(self) -> "Kind":
        """The same, with `None` for what is left out."""
        return Kind(self.expected, lambda value: value is None or self.fits(value), self.hint)


def is_whole(value: Any) -> bool:
    """Whether a value is an integer; `True` and `False` are none."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: Any) -> bool:
    """Whether a value is an integer or float that a finite float can hold; `True` and `False` are none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= sys.float_info.max


def whole(least: int, most: int | None = None, what: str = "a whole number") -> Kind:
    """An integer from `least` to `most`, both included."""
    return Kind(
        f"{what} from {least} {'on' if most is None else f'to {most}'}",
        lambda value: is_whole(value) and least <= value and (most is None or value <= most),
    )


def _quoted(value: Any) -> str:
    return f"write it as text: {str(value)!r}" if is_number(value) else ""


def _listed(value: Any) -> str:
    return f"put it into a list: [{value!r}]" if isinstance(value, str) else ""


def _are_texts(values: Iterable[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


ANYTHING = Kind("anything", lambda _value: True)
WHOLE = Kind("a whole number", is_whole)
NUMBER = Kind("a number", is_number)
SECONDS = Kind(f"seconds from 0 to {LONGEST_SECONDS}", lambda value: is_number(value) and 0 <= value <= LONGEST_SECONDS)
FLAG = Kind("True or False", lambda value: isinstance(value, bool))
TEXT = Kind("text", lambda value: isinstance(value, str), _quoted)
NAMES = Kind(
    "a list of names",
    lambda value: isinstance(value, Collection) and not isinstance(value, str | bytes) and _are_texts(value),
    _listed,
)
VALUES = Kind("values by name", lambda value: isinstance(value, Mapping) and _are_texts(value))


def short_repr(value: Any) -> str:
    """A value as messages show it: its `repr`, short."""
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 3]}..."


def check(
    given: Mapping[str, Any], kinds: Mapping[str, Kind], what: str, error: type[ArgumentError] = ArgumentError
) -> None:
    """Raise `error` for a name that `what` does not have, and for a value that is not of its kind."""
    check_names(given, kinds, what, error)
    for name, value in given.items():
        check_value(name, value, kinds[name], error)


def check_names(
    given: Iterable[str], known: Collection[str], what: str, error: type[ArgumentError] = ArgumentError
) -> None:
    """Raise `error` for the first name that `what` does not have; the text lists those that it has."""
    for name in given:
        if name not in known:
            text = f"{name}: {what} has no such argument, expected some of {', '.join(known)}{nearest(name, known)}"
            raise error(text, name)


def nearest(name: str, known: Collection[str]) -> str:
    """The words that ask for the known name that was probably meant, if there is one."""
    import difflib  # which a run of pytest would load for nothing

    near = difflib.get_close_matches(str(name), known, n=1)
    return f"; did you mean {near[0]}?" if near else ""


def check_value(name: str, value: Any, kind: Kind, error: type[ArgumentError] = ArgumentError) -> None:
    """Raise `error` for a value that is not of a kind; the text begins with the name, if it has one."""
    if not kind.fits(value):
        hint = kind.hint(value)
        words = f"came {short_repr(value)}, expected {kind.expected}{f'; {hint}' if hint else ''}"
        raise error(f"{name}: {words}" if name else words, name)


def check_present(given: Collection[str], needed: Iterable[str], what: str) -> None:
    """Raise `ArgumentError` for the first name that `what` needs and that was not given."""
    for name in needed:
        if name not in given:
            raise ArgumentError(f"{name}: nothing came, expected a value: {what} needs one", name)


def check_unnamed(values: Collection[Any], example: str, error: type[ArgumentError] = ArgumentError) -> None:
    """Raise `error` for values that came without the name of their argument; `example` shows a call with names."""
    if values:
        came = ", ".join(map(short_repr, values))
        raise error(f"came {came} without a name, expected arguments by name, as in {example}")


def named_only(
    example: str, error: type[ArgumentError] = ArgumentError
) -> Callable[[Callable[_P, _R]], Callable[_P, _R]]:
    """Have a function raise `error`, where Python has a `TypeError`, for arguments without a name.

    `example` shows a call with names. A method has its `self` before a `/`.
    """

    def decorate(function: Callable[_P, _R]) -> Callable[_P, _R]:
        places = sum(each.kind is each.POSITIONAL_ONLY for each in inspect.signature(function).parameters.values())

        @functools.wraps(function)
        def call(*given: _P.args, **named: _P.kwargs) -> _R:
            check_unnamed(given[places:], example, error)
            return function(*given, **named)

        return call

    return decorate


def checked(method: Callable[_P, _R]) -> Callable[_P, _R]:
    """A method that raises `ArgumentError` where Python has a `TypeError` for arguments that do not fit its names."""

    @functools.wraps(method)
    def call(*given: _P.args, **named: _P.kwargs) -> _R:
        try:
            return method(*given, **named)
        except TypeError:
            signature = inspect.signature(method)
            try:
                signature.bind(*given, **named)
            except TypeError:
                raise _misfit(method.__name__, list(signature.parameters.values())[1:], given[1:], named) from None
            raise  # they fit: it comes from within

    return call


def _misfit(
    name: str, parameters: list[inspect.Parameter], given: Collection[Any], named: Mapping[str, Any]
) -> ArgumentError:
    shown_parameters = [each.replace(annotation=each.empty) for each in parameters if each.annotation is not Never]
    form = f"{name}({', '.join(map(str, shown_parameters))})"
    in_order = [each.name for each in parameters if each.kind is each.POSITIONAL_OR_KEYWORD]
    if len(given) > len(in_order):
        return ArgumentError(f"came {short_repr(list(given)[len(in_order)])} without a name, expected {form}")
    twice = [each for each in in_order[: len(given)] if each in named]
    if twice:
        return ArgumentError(f"{twice[0]}: came twice, with its name and without, expected {form}", twice[0])
    if not any(each.kind is each.VAR_KEYWORD for each in parameters):
        try:
            check_names(named, [each.name for each in parameters], f"`{name}`")
        except ArgumentError as unknown:
            return unknown
    missing = next(each for each in in_order[len(given) :] if each not in named)
    return ArgumentError(f"{missing}: nothing came, expected {form}", missing)
