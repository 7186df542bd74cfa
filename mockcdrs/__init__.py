"""A stand-in for the call detail record part of Kazoo's Crossbar API.

`serving(seed=7)` is a context manager that gives a `Mock`, for whatever is not pytest; with pytest, use the fixture
`mockcdrs`. Both are imported when they are first asked for: the plugin imports this package in every run of pytest.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockcdrs.handle import Mock, serving

__all__ = ["Mock", "serving"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from mockcdrs import handle

    return getattr(handle, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
