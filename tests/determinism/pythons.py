"""The Pythons of this machine, and what the mock needs to run under one of them."""

import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
VERSIONS = ("3.11", "3.12", "3.13", "3.14")


def _output(*command: str | Path) -> str:
    """What a command prints, nothing where it fails: a name on the path may stand for a Python that is not there."""
    process = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
    return process.stdout.strip() if process.returncode == 0 else ""


def uv(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run `uv`."""
    command = [sys.executable, "-m", "uv", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _candidates(version: str) -> Iterator[str | Path]:
    if on_path := shutil.which(f"python{version}"):
        yield on_path
    if shutil.which("pyenv") and (pyenv := _output("pyenv", "root")):
        yield from Path(pyenv, "versions").glob(f"{version}*/bin/python")
    if (managed := uv("python", "find", "--managed-python", version)).returncode == 0:
        yield managed.stdout.strip()


def find(version: str) -> str | None:
    """A Python of a version, as `3.12`, on the path, of pyenv's or of uv's."""
    name = "import sys; print(sys.executable, '.'.join(map(str, sys.version_info[:2])))"
    for candidate in _candidates(version):
        executable, _, version_of_candidate = _output(candidate, "-c", name).rpartition(" ")
        if version_of_candidate == version:
            return executable
    return None


def fetch(version: str, folder: Path) -> tuple[str | None, str]:
    """Let uv bring a Python into a folder: where it is then, or else what uv says."""
    process = uv("python", "install", "--no-bin", "--install-dir", folder, version)
    return next(map(str, folder.glob("*/bin/python")), None), process.stderr.strip().rpartition("\n")[2].strip()


def install_needs(python: str, folder: Path) -> None:
    """Put what the project depends on into a folder, as that Python needs it."""
    needs = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    process = uv("pip", "install", "--python", python, "--target", folder, *needs)
    assert process.returncode == 0, process.stderr
