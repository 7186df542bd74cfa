"""A name means one thing in the whole package: modules, classes and public functions."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import mockcdrs

PACKAGE = Path(mockcdrs.__file__).parent
TESTS = Path(__file__).parent

# One meaning, in several places.
SHARED_MODULES = {
    "generate": "the command, and calls for whoever shares the work",
    "replay": "the command, and what it runs",
}
SHARED_NAMES = {
    "command": "each module of `mockcdrs.cli` has its command under this name",
    "to_number": "Erlang's conversion and JavaScript's, which are always called with their module's name before them",
}
# What users see of a room, and not a module, has a file of tests; CONTRIBUTING.md names these folders.
TESTED_AS_A_WHOLE = {"console", "pytest_plugin"}
TESTS_OF_THE_PACKAGE = {"imports", "names", "public_names", "typing", "wheel"}
TESTS_OF_TESTS = {"programs"}
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
    for name, paths in files.items():
        others = {file for file in paths if file.parts[0] != INDEPENDENT}
        if others and {file.parts[0] for file in others} <= REPEATED:
            files[name] = others
    return {name: set(map(str, paths)) for name, paths in files.items() if len(paths) > 1}


def test_no_two_modules_have_one_name() -> None:
    twice = names_used_twice(modules())
    assert twice.keys() == SHARED_MODULES.keys(), twice


def test_no_public_class_or_function_has_the_name_of_another() -> None:
    twice = names_used_twice((name, file) for _, file in modules() for name in public_names(file))
    assert twice.keys() == SHARED_NAMES.keys(), twice


def has_module(test: Path) -> bool:
    """Whether the name of a file of tests begins with that of a module of its room, or with the room's own."""
    room = PACKAGE / test.parent.relative_to(TESTS)
    files = room.glob("*.py") if room == PACKAGE else room.rglob("*.py")
    names = {file.parent.name if file.stem == "__init__" else file.stem for file in files}
    name = test.stem.removeprefix("test_")
    return any(f"{name}_".startswith(f"{module}_") for module in names)


def test_each_file_of_tests_is_named_for_the_module_that_it_tests() -> None:
    rooms = [room for room in TESTS.iterdir() if (PACKAGE / room.name).is_dir() and room.name not in TESTED_AS_A_WHOLE]
    strangers = {file.name for room in rooms for file in room.glob("test_*.py") if not has_module(file)}
    assert strangers == set()
    at_the_top = {file.stem.removeprefix("test_") for file in TESTS.glob("test_*.py") if not has_module(file)}
    assert at_the_top == TESTS_OF_THE_PACKAGE | TESTS_OF_TESTS


def test_contributing_names_each_folder_of_tests_that_is_no_room() -> None:
    text = (TESTS.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rooms = {room.name for room in PACKAGE.iterdir()} - TESTED_AS_A_WHOLE
    folders = {folder.name for folder in TESTS.iterdir() if any(folder.glob("[!_.]*.*"))} - rooms
    assert {name for name in folders if f"`tests/{name}/`" not in text} == set()
