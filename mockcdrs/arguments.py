"""Checks of what a caller gave, against tables of names and kinds; standard library only.

Every refusal has one form: what came, what was expected, and what to do about it.
"""

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_LONGEST_SHOWN = 200


class ArgumentError(ValueError):
    """A wrong argument. The text says what came, what was expected, and what to do; `name` is the argument's."""

    def __init__(self, text: str, name: str | None = None) -> None:
        super().__init__(text)
        self.name = name


def _no_hint(_value: Any) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Kind:
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
    """Whether a value is a finite integer or float; `True` and `False` are none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


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
FLAG = Kind("True or False", lambda value: isinstance(value, bool))
TEXT = Kind("text", lambda value: isinstance(value, str), _quoted)
NAMES = Kind(
    "a list of names",
    lambda value: isinstance(value, Collection) and not isinstance(value, str | bytes) and _are_texts(value),
    _listed,
)
VALUES = Kind("values by name", lambda value: isinstance(value, Mapping) and _are_texts(value))


def shown(value: Any) -> str:
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
            import difflib  # which a run of pytest would load for nothing

            near = difflib.get_close_matches(str(name), known, n=1)
            meant = f"; did you mean {near[0]}?" if near else ""
            raise error(f"{name}: {what} has no such argument, expected some of {', '.join(known)}{meant}", name)


def check_value(name: str, value: Any, kind: Kind, error: type[ArgumentError] = ArgumentError) -> None:
    """Raise `error` for a value that is not of a kind; the text begins with the name, if it has one."""
    if not kind.fits(value):
        hint = kind.hint(value)
        words = f"came {shown(value)}, expected {kind.expected}{f'; {hint}' if hint else ''}"
        raise error(f"{name}: {words}" if name else words, name)


def check_unnamed(values: Collection[Any], example: str, error: type[ArgumentError] = ArgumentError) -> None:
    """Raise `error` for values that came without the name of their argument; `example` shows a call with names."""
    if values:
        came = ", ".join(map(shown, values))
        raise error(f"came {came} without a name, expected arguments by name, as in {example}")
