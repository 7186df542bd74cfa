"""README.md, CONTRIBUTING.md and docs/: tables are those of the code, links lead somewhere, and examples are tests."""

import json
import re
import shlex
import tomllib
from pathlib import Path

import click
import pytest

from mockcdrs.cli import main
from mockcdrs.config import OPTIONS
from mockcdrs.control.clock import Clock
from mockcdrs.control.state import default_account, generate_store
from mockcdrs.crossbar.versions import VERSIONS
from mockcdrs.dataset.accounts import credentials
from mockcdrs.dataset.call_builder import CALL_SPEC_FIELDS
from mockcdrs.dataset.office import DEFAULT_LOCALE
from mockcdrs.mock import serving
from tests.tools import make_tables

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "mockcdrs"
DOCUMENTS = [*make_tables.DOCUMENTS, ROOT / "CHANGELOG.md"]
TEXTS = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in DOCUMENTS}
EXAMPLES = sorted((ROOT / "tests" / "examples").glob("test_*.py"))
RUN_ELSEWHERE = {"README.md": 1}  # the test that fails, whose report is held by test_commands.py
each_document = pytest.mark.parametrize("name", TEXTS)


def blocks(name: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.+?)^```", TEXTS[name], re.MULTILINE | re.DOTALL)


def anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


@each_document
def test_its_tables_are_those_of_the_code(name: str, tables: dict[str, str]) -> None:
    assert make_tables.with_tables(TEXTS[name], tables) == TEXTS[name], "run python tests/tools/make_tables.py"


def test_each_table_stands_in_a_document(tables: dict[str, str]) -> None:
    shown = [table for text in TEXTS.values() for table in make_tables.names(text)]
    assert sorted(shown) == sorted(tables)


@pytest.fixture(scope="session")
def tables() -> dict[str, str]:
    return make_tables.tables()


@each_document
def test_each_link_leads_to_a_file_and_a_heading(name: str) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", TEXTS[name]):
        if target.startswith("https://"):
            continue
        path, _, anchor = target.partition("#")
        file = (ROOT / name).parent / path if path else ROOT / name
        assert file.exists(), target
        assert not anchor or anchor in anchors(file.read_text(encoding="utf-8")), target


def test_the_readme_leads_to_each_page() -> None:
    pages = {f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md")}
    assert pages <= set(re.findall(r"\]\(([^)#]+)\)", TEXTS["README.md"]))


def test_the_readme_is_a_first_quarter_of_an_hour() -> None:
    assert len(TEXTS["README.md"].splitlines()) <= 200


def test_the_picture_is_small() -> None:
    assert (ROOT / "docs" / "console.png").stat().st_size < 150_000


@each_document
def test_each_python_block_is_an_example_that_runs(name: str) -> None:
    known = [example.read_text(encoding="utf-8") for example in EXAMPLES]
    assert len([block for block in blocks(name, "python") if block not in known]) == RUN_ELSEWHERE.get(name, 0)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_each_example_can_be_found_from_a_document(example: Path) -> None:
    code = example.read_text(encoding="utf-8")
    link = f"(../{example.relative_to(ROOT).as_posix()})"
    assert any(code in blocks(name, "python") or link in text for name, text in TEXTS.items())


@each_document
def test_each_file_of_the_package_that_it_names_is_there(name: str) -> None:
    named = re.findall(r"`((?:mockcdrs|tests|fixtures)/[\w/.-]+)`", TEXTS[name])
    assert [file for file in named if not (ROOT / file).exists()] == []


def test_each_file_that_a_recipe_names_is_there() -> None:
    # an sdist, whose tests run too, has nothing of .ci/
    named = set(re.findall(r"`(\w[\w.]*/[\w./-]*)`", TEXTS["CONTRIBUTING.md"]))
    assert len(named) > 60
    assert [file for file in sorted(named) if not any((each / file).exists() for each in (ROOT, PACKAGE))] == []


def test_what_one_looks_for_is_in_the_file_that_is_named() -> None:
    table = TEXTS["CONTRIBUTING.md"].partition("## Where is ...?")[2].partition("\n## ")[0]
    rows = re.findall(r"^\|.+\| `([\w/.]+)` \| `(\w+)` \|$", table, re.MULTILINE)
    assert len(rows) == len(table.strip().splitlines()) - 2
    defined = r"^\s*(?:def |class |export function |)NAME\b *[(:=]"
    texts = {file: (PACKAGE / file).read_text(encoding="utf-8") for file, _ in rows}
    assert [row for row in rows if not re.search(defined.replace("NAME", row[1]), texts[row[0]], re.MULTILINE)] == []


def test_the_layers_are_those_of_import_linter_in_order() -> None:
    picture = TEXTS["CONTRIBUTING.md"].partition("## Layers")[2].partition("```text\n")[2].partition("```")[0]
    shown = [set(re.findall(r"^(\w+)(?:/|\.py) ", group, re.MULTILINE)) for group in picture.split("\n\n")]
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    layers = tools["importlinter"]["contracts"][0]["layers"]
    assert shown == [set(re.findall(r"\w+", layer)) for layer in layers]


@each_document
def test_each_block_of_json_can_be_read(name: str) -> None:
    for block in blocks(name, "json"):
        json.loads(block)


def commands(name: str) -> list[list[str]]:
    lines = [line for block in blocks(name, "sh") for line in block.splitlines()]
    lines += re.findall(r"`((?:mockcdrs|pytest) [^`]+)`", TEXTS[name])
    return [shlex.split(line, comments=True) for line in lines]


@each_document
def test_each_command_of_mockcdrs_and_each_option_is_there(name: str) -> None:
    for words in commands(name):
        if words[:1] != ["mockcdrs"] or words[1] in {"COMMAND", "--help"}:
            continue
        command = main.commands[words[1]]
        known = {option for each in command.params if isinstance(each, click.Option) for option in each.opts}
        assert {word.partition("=")[0] for word in words if word.startswith("--")} <= known | {"--help"}, words


@each_document
def test_each_option_of_the_plugin_is_there(name: str, tables: dict[str, str]) -> None:
    known = set(re.findall(r"`(--mockcdrs-[\w-]+)`", tables["plugin-options"]))
    assert set(re.findall(r"--mockcdrs-[\w-]+\w", TEXTS[name])) <= known


def test_the_members_of_the_fixture_that_it_shows_are_there() -> None:
    table = TEXTS["docs/pytest-plugin.md"].partition("| of `mockcdrs` |")[2].partition("\n\n")[0]
    named = [name for line in table.splitlines() for name in re.findall(r"`(?:await )?(\w+)", line.split(" | ")[0])]
    assert len(named) > 20
    with serving() as mock:
        assert [name for name in named if not hasattr(mock, name)] == []


def test_the_arguments_of_a_call_are_all_there() -> None:
    table = TEXTS["docs/data.md"].partition("| argument | meaning |")[2].partition("\n\n")[0]
    named = [name for line in table.splitlines() for name in re.findall(r"`(\w+)`", line.split(" | ")[0])]
    assert sorted(named) == sorted({"at", *CALL_SPEC_FIELDS})


def test_the_plugins_help_names_each_version() -> None:
    assert f": {', '.join(VERSIONS)}" in OPTIONS["kazoo"].help


def test_the_login_that_it_shows_is_that_of_the_command() -> None:
    text = TEXTS["docs/logging-in.md"]
    known = credentials(default_account(generate_store(OPTIONS["seed"].serve_default, 1, DEFAULT_LOCALE, Clock())))
    assert all(f"`{value}`" in text for value in (known.username, known.password, known.account_name))


def test_the_changelog_is_in_the_form_that_it_names() -> None:
    versions = re.findall(r"^## \[(.+?)\](.*)$", TEXTS["CHANGELOG.md"], re.MULTILINE)
    assert versions[0] == ("Unreleased", "")
    assert all(re.fullmatch(r" - \d{4}-\d\d-\d\d", date) for _, date in versions[1:])
    kinds = set(re.findall(r"^### (.+)$", TEXTS["CHANGELOG.md"], re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
