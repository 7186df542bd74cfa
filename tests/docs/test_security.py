"""docs/security.md: each claim names a test that is there, and what it says of all modules holds."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ROWS = [line for line in TEXT.splitlines() if line.startswith("|") and not re.match(r"\| (---|claim|where)", line)]
TESTS = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)))
MODULES = {str(path.relative_to(ROOT)): ast.parse(path.read_bytes()) for path in (ROOT / "mockcdrs").rglob("*.py")}
RUN_OR_RUN_BY = {"code", "marshal", "multiprocessing", "pickle", "pty", "shelve", "subprocess", "xml", "yaml"}


@pytest.mark.parametrize("row", ROWS)
def test_each_claim_names_its_test_or_says_that_none_holds_it(row: str) -> None:
    assert re.search(r"`tests/[\w/]+\.py::test_\w+` \|$|\| none: .+ \|$", row)


@pytest.mark.parametrize(("file", "name"), TESTS)
def test_each_test_that_is_named_is_there(file: str, name: str) -> None:
    body = ast.parse((ROOT / file).read_bytes()).body
    assert name in {each.name for each in body if isinstance(each, ast.FunctionDef)}


@pytest.mark.parametrize("module", MODULES)
def test_no_module_reads_what_may_run(module: str) -> None:
    for node in ast.walk(MODULES[module]):
        if isinstance(node, ast.Import):
            assert {each.name.partition(".")[0] for each in node.names}.isdisjoint(RUN_OR_RUN_BY)
        elif isinstance(node, ast.ImportFrom):
            assert (node.module or "").partition(".")[0] not in RUN_OR_RUN_BY
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in {"eval", "exec", "compile", "__import__"}
        elif isinstance(node, ast.Attribute):
            assert not (isinstance(node.value, ast.Name) and node.value.id == "os" and node.attr in {"system", "popen"})
