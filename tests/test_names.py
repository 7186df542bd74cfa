"""A name means one thing in the whole package: modules, classes and public functions."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import mockcdrs

PACKAGE = Path(mockcdrs.__file__).parent

# One meaning, in several places.
SHARED_MODULES = {
    "replay": "the command, and what it runs",
}
SHARED_NAMES = {
    "command": "each module of `mockcdrs.cli` has its command under this name",
    "to_number": "Erlang's conversion and JavaScript's, which are always called with their module's name before them",
}


def modules() -> Iterator[tuple[str, Path]]:
    for file in PACKAGE.rglob("*.py"):
        folder = file.parent if file.stem == "__init__" else file
        yield folder.stem, file


def public_names(file: Path) -> Iterator[str]:
    for statement in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef) and not statement.name.startswith("_"):
            yield statement.name


def test_no_two_modules_have_one_name() -> None:
    files = defaultdict(set)
    for name, file in modules():
        files[name].add(str(file.relative_to(PACKAGE)))
    twice = {name: places for name, places in files.items() if len(places) > 1}
    assert twice.keys() == SHARED_MODULES.keys(), twice


def test_no_public_class_or_function_has_the_name_of_another() -> None:
    files = defaultdict(set)
    for _, file in modules():
        for name in public_names(file):
            files[name].add(str(file.relative_to(PACKAGE)))
    twice = {name: places for name, places in files.items() if len(places) > 1}
    assert twice.keys() == SHARED_NAMES.keys(), twice
