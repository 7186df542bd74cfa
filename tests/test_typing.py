"""Type checkers take right calls and refuse wrong ones, of the package as it is installed."""

import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CALLS = ROOT / "tests" / "consumer" / "typed_calls.py"
WRONG = {number for number, line in enumerate(CALLS.read_text().splitlines(), 1) if line.endswith("# wrong")}

pytestmark = pytest.mark.slow  # installing takes a while


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    # without the checkout on the way, so that the package can only be that of the wheel
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd, env=environment)


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a new environment in which the wheel is installed."""
    folder = tmp_path_factory.mktemp("installed")
    uv = Path(sysconfig.get_path("scripts")) / "uv"
    build = run(sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", folder, ROOT, cwd=folder)
    assert build.returncode == 0, build.stderr
    (wheel,) = folder.glob("*.whl")
    for command in (
        ("venv", "--python", sys.executable, folder / "venv"),
        ("pip", "install", "--python", folder / "venv" / "bin" / "python", f"{wheel}[pytest]"),
    ):
        process = run(uv, *command, cwd=folder)
        assert process.returncode == 0, process.stderr
    return folder / "venv" / "bin" / "python"


@pytest.mark.parametrize(
    "checker",
    [["mypy", "--strict", "--python-executable"], ["pyright", "--pythonpath"]],
    ids=["mypy", "pyright"],
)
def test_each_wrong_call_is_an_error_and_no_right_one(checker: list[str], python: Path, tmp_path: Path) -> None:
    name, *options = checker
    checked = run(sys.executable, "-m", name, *options, python, CALLS, cwd=tmp_path)
    matches = re.findall(r"^.*typed_calls\.py:(\d+):.*? error", checked.stdout, re.MULTILINE)
    assert {int(number) for number in matches} == WRONG, checked.stdout + checked.stderr
    assert len(WRONG) >= 10
