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
# It computes anew, and names alike, what these do, so that a mistake of theirs is none of its own.
INDEPENDENT, REPEATED = "expected", {"cdr", "crossbar"}


def modules() -> Iterator[tuple[str, Path]]:
    for file in PACKAGE.rglob("*.py"):
        folder = file.parent if file.stem == "__init__" else file
        yield folder.stem, file.relative_to(PACKAGE)


def public_names(file: Path) -> Iterator[str]:
    for statement in ast.parse((PACKAGE / file).read_text(encoding="utf-8")).body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef) and not statement.name.startswith("_"):
            yield statement.name


def names_used_twice(places: Iterator[tuple[str, Path]]) -> dict[str, set[str]]:
    files = defaultdict[str, set[Path]](set)
    for name, file in places:
        files[name].add(file)
    for name, used in files.items():
        others = {file for file in used if file.parts[0] != INDEPENDENT}
        if others and {file.parts[0] for file in others} <= REPEATED:
            files[name] = others
    return {name: set(map(str, used)) for name, used in files.items() if len(used) > 1}


def test_no_two_modules_have_one_name() -> None:
    twice = names_used_twice(modules())
    assert twice.keys() == SHARED_MODULES.keys(), twice


def test_no_public_class_or_function_has_the_name_of_another() -> None:
    twice = names_used_twice((name, file) for _, file in modules() for name in public_names(file))
    assert twice.keys() == SHARED_NAMES.keys(), twice
