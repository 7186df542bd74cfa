"""The README's Python is that of tests/examples, which run as they stand."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.+?)^```", README, re.MULTILINE | re.DOTALL)
EXAMPLES = sorted((ROOT / "tests" / "examples").glob("test_*.py"))


def test_the_readme_shows_examples() -> None:
    assert len(BLOCKS) >= 2


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_each_python_block_is_an_example_that_runs(block: str) -> None:
    assert block in [example.read_text(encoding="utf-8") for example in EXAMPLES]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_each_example_can_be_found_from_the_readme(example: Path) -> None:
    assert f"({example.relative_to(ROOT)})" in README
