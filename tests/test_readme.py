"""The README's Python is that of tests/examples, its tables are those of the code, and its files exist."""

import re
from pathlib import Path

import click
import pytest

from mockcdrs.advice.registry import ADVICE
from mockcdrs.cli.serve import DEFAULT_SEED, command
from mockcdrs.control.clock import Clock
from mockcdrs.control.state_builder import default_account, generate_store
from mockcdrs.crossbar.quirks import QUIRKS
from mockcdrs.crossbar.settings import Settings
from mockcdrs.crossbar.versions import VERSIONS
from mockcdrs.dataset.accounts import credentials
from mockcdrs.dataset.office import DEFAULT_LOCALE
from mockcdrs.faults import RuleArguments
from tests import making_tables

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.+?)^```", README, re.MULTILINE | re.DOTALL)
EXAMPLES = sorted((ROOT / "tests" / "examples").glob("test_*.py"))
FILES = sorted(set(re.findall(r"`(\w[\w/]*/[\w/]*\.(?:py|json))`", README)))


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading, without its head."""
    section = README.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def names(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_the_readme_shows_examples() -> None:
    assert len(BLOCKS) >= 3


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_each_python_block_is_an_example_that_runs(block: str) -> None:
    assert block in [example.read_text(encoding="utf-8") for example in EXAMPLES]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_each_example_can_be_found_from_the_readme(example: Path) -> None:
    shown = example.read_text(encoding="utf-8") in BLOCKS
    assert shown or f"({example.relative_to(ROOT)})" in README


@pytest.mark.parametrize("file", FILES)
def test_each_file_that_it_names_is_there(file: str) -> None:
    assert (ROOT / file).exists() or (ROOT / "mockcdrs" / file).exists()


def test_each_place_that_it_points_to_is_there() -> None:
    headings = re.findall(r"^#+ (.+)$", README, re.MULTILINE)
    places = {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", README)) <= places


def test_its_tables_are_those_of_the_code() -> None:
    assert making_tables.written(README) == README, "make them again: python tests/making_tables.py"


def test_its_quirks_are_those_of_the_table() -> None:
    told = {cells[0]: cells[1:] for cells in rows("Quirks")}
    assert [*told] == [f"`{name}`" for name in QUIRKS]
    for name, quirk in QUIRKS.items():
        assert [told[f"`{name}`"][0], told[f"`{name}`"][2]] == [quirk.sentence, f"`{quirk.source}`"]
    for name, version in VERSIONS.items():
        assert {
            quirk for quirk in QUIRKS if told[f"`{quirk}`"][1] == "all" or name in names(told[f"`{quirk}`"][1])
        } == (version.quirks)


def test_its_advice_is_that_of_the_table() -> None:
    own = {name: advice for name, advice in ADVICE.items() if name not in QUIRKS}
    assert rows("Advice") == [[f"`{name}`", advice.sentence] for name, advice in own.items()]


def test_its_versions_are_those_there_are() -> None:
    section = README.partition("\n## Which Kazoo\n")[2].partition("\n## ")[0]
    assert re.findall(r"^- `(.+?)`", section, re.MULTILINE) == [*VERSIONS]


def test_its_demo_login_is_that_of_the_command() -> None:
    known = credentials(default_account(generate_store(DEFAULT_SEED, 1, DEFAULT_LOCALE, Clock())))
    assert all(f"`{told}`" in README for told in (known.username, known.password, known.account_name))
    assert f'"api_key": "{known.api_key}"' in README


def test_its_parts_of_a_rule_are_those_of_rules() -> None:
    told = [name for cells in rows("Faults") for name in names(cells[0])]
    assert sorted(told) == sorted(RuleArguments.__annotations__)


def test_its_options_are_those_of_the_command() -> None:
    told = {name.split()[0] for cells in rows("Options of `mockcdrs serve`") for name in names(cells[0])}
    known = {option for parameter in command.params if isinstance(parameter, click.Option) for option in parameter.opts}
    assert {name for name in told if name.startswith("--")} == known
    assert {name for name in told if "." in name} == {*Settings.names()}
