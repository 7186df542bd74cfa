"""The ways to get `mockcdrs serve` that docs/javascript.md and the Dockerfile show, run step by step."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
import tomllib
import venv
from pathlib import Path

import pytest

from tests.docs.test_documents import ROOT, blocks
from tests.javascript.test_recipes import free_port
from tests.programs import program

BIN = Path(sys.executable).parent
DOCKERFILE = [line.partition(" ") for line in (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()]
PATIENCE_SECONDS = 300


def steps(instruction: str) -> list[str]:
    return [rest for name, _, rest in DOCKERFILE if name == instruction]


def run(*command: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    known = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", **environment}
    known.pop("PYTHONPATH", None)  # what was installed is to run, not this checkout
    return subprocess.run(
        command, env=known, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False, cwd="/"
    )


@pytest.mark.slow
@pytest.mark.parametrize("command", blocks("docs/javascript.md", "sh")[0].splitlines())
def test_a_runner_of_programs_runs_a_checkout(command: str, tmp_path: Path) -> None:
    words = [str(ROOT) if word == "./mockcdrs" else word for word in shlex.split(command)]
    if words[0] == "pipx":
        words = ["uvx", *words]  # which has it, too
    folders = {"UV_TOOL_DIR": str(tmp_path / "uv"), "PIPX_HOME": str(tmp_path / "pipx")}
    result = run(*words, "--help", **folders)
    assert result.returncode == 0, result.stderr
    assert "Serve CDRs until interrupted." in result.stdout


@pytest.mark.slow
def test_the_steps_of_github_actions_start_a_mock_for_the_tests(tmp_path: Path) -> None:
    (workflow,) = blocks("docs/javascript.md", "yaml")
    scripts = re.findall(r"^(?:- |  )run: (?:\|\n((?:    .*\n)+)|(.+)\n)", workflow, re.MULTILINE)
    script = "\n".join(block or line for block, line in scripts)
    assert len(scripts) == 3
    shutil.copy(ROOT / "tests" / "javascript" / "cdrs.test.mjs", tmp_path)
    tools = {"UV_TOOL_DIR": str(tmp_path / "tools"), "UV_TOOL_BIN_DIR": str(tmp_path / "bin")}
    path = (
        f"{tmp_path / 'bin'}{os.pathsep}{Path(program('node')).parent}{os.pathsep}{BIN}{os.pathsep}{os.environ['PATH']}"
    )
    whole = f"set -e; cd {shlex.quote(str(tmp_path))}; export PATH={shlex.quote(path)}; trap 'kill $!' EXIT\n{script}"
    result = run("bash", "-c", whole, MOCKCDRS_SOURCE=str(ROOT), **tools)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "# pass 1" in result.stdout


def test_the_dockerfile_is_short_and_of_a_python_that_the_package_takes() -> None:
    assert len(DOCKERFILE) <= 10
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (image,) = steps("FROM")
    version = tuple(map(int, re.findall(r"\d+", image)))
    assert version >= tuple(map(int, re.findall(r"\d+", project["requires-python"])))
    assert f"Programming Language :: Python :: {'.'.join(map(str, version))}" in project["classifiers"]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the programs that the Dockerfile's installing step installs, in an environment of its own."""
    folder = tmp_path_factory.mktemp("image")
    venv.create(folder / "venv", with_pip=True)
    (install,) = (step for step in steps("RUN") if "pip install" in step)
    words = [str(ROOT) if word == "/src" else word for word in shlex.split(install.partition(" ")[2])]
    result = run(str(folder / "venv" / "bin" / words[0]), *words[1:])
    assert result.returncode == 0, result.stderr
    return folder / "venv" / "bin"


@pytest.mark.slow
def test_the_steps_of_the_dockerfile_end_in_a_server_that_its_health_check_finds(installed: Path) -> None:
    port = free_port()
    (entry,), (command,), (setting,) = map(steps, ("ENTRYPOINT", "CMD", "ENV"))
    words = [port if word == "8000" else word for word in (*json.loads(entry), *json.loads(command))]
    words[0] = str(installed / words[0])
    environment = {**dict([setting.split("=")]), "HOME": "/nonexistent"}
    refused = run(*words, **environment)
    assert "expected --control-token TOKEN with it" in refused.stderr

    check = json.loads(steps("HEALTHCHECK")[0].partition("CMD ")[2])
    healthy = [str(installed / check[0]), *(word.replace(":8000/", f":{port}/") for word in check[1:])]
    assert run(*healthy).returncode != 0
    served = subprocess.Popen(
        words, env={**environment, "MOCKCDRS_CONTROL_TOKEN": "secret"}, stdout=subprocess.DEVNULL, cwd="/"
    )
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while run(*healthy).returncode != 0:
            assert served.poll() is None
            assert time.monotonic() < deadline
    finally:
        served.terminate()
        served.wait(timeout=30)
    assert run(*healthy).returncode != 0
