"""The README's Python is run as it stands there."""

import re
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "README.md"


def test_the_readmes_examples_pass(pytester: pytest.Pytester) -> None:
    blocks = re.findall(r"^```python\n(.+?)^```", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    as_test = blocks[1].replace("\n", "\n    ")
    pytester.makepyfile(f"{blocks[0]}\n\ndef test_outside():\n    {as_test}\n")
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=2)
