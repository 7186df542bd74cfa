"""The machine's clocks for waits and durations, which go on while a test has stopped the time of its process.

freezegun replaces the clocks of the `time` module wherever a module holds one, those that it bound at its import too,
and a module that is imported later gets the stopped ones. So this is a second instance of `time` that nobody knows of.
time-machine changes the functions themselves, up to its version 3 that of `monotonic` too, but none of `perf_counter`.
"""

from collections.abc import Callable
from importlib.util import find_spec, module_from_spec
from typing import Any


def _second_instance(name: str) -> Any:
    spec = find_spec(name)
    if spec is None or spec.loader is None:
        raise ImportError(f"{name}: not found, where a module of Python's own was expected")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


monotonic: Callable[[], float] = _second_instance("time").perf_counter
