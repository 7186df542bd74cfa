"""JavaScript projects: each recipe of docs/javascript.md runs, and a published client from npm.

The folder's files are the recipes. They run in a copy with the packages of `package.json`.
"""

import fcntl
import hashlib
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest

from mockcdrs.cli import listening
from mockcdrs.config import MockConfig
from mockcdrs.mock import Mock, build
from tests.docs.test_documents import blocks
from tests.programs import program

HERE = Path(__file__).parent
NOT_SHOWN = {"package.json", "reperio.test.mjs"}
RECIPES = sorted(file.name for file in HERE.iterdir() if file.suffix in {".mjs", ".cjs", ".ts", ".html"})
PATIENCE_SECONDS = 120


@pytest.fixture(scope="session")
def node_modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages of `package.json`, installed once for all processes of the run."""
    wanted = (HERE / "package.json").read_bytes()
    shared = tmp_path_factory.getbasetemp().parent / f"npm-{hashlib.sha256(wanted).hexdigest()[:12]}"
    shared.mkdir(exist_ok=True)
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "installed").exists():
            (shared / "package.json").write_bytes(wanted)
            install = [program("npm"), "install", "--no-audit", "--no-fund", "--ignore-scripts"]
            subprocess.run(install, cwd=shared, check=True, capture_output=True, timeout=300)
            (shared / "installed").touch()
    return shared / "node_modules"


@pytest.fixture
def project(node_modules: Path, tmp_path: Path) -> Path:
    """A project with the recipes in it and their packages."""
    for file in HERE.iterdir():
        if file.is_file() and file.suffix != ".py":
            shutil.copy(file, tmp_path)
    (tmp_path / "node_modules").symlink_to(node_modules)
    return tmp_path


@pytest.fixture
def mock() -> Iterator[Mock]:
    with build(MockConfig(now="2026-01-20T12:00:00Z")) as running:
        yield running


def run(project: Path, *command: str, **environment: str) -> str:
    """Run a command of a project, with the `mockcdrs` of this environment; its output, of which a failure tells."""
    scripts = f"{project / 'node_modules' / '.bin'}{os.pathsep}{Path(sys.executable).parent}"
    known = {**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}", "CI": "1", **environment}
    process = subprocess.run(
        [*command], cwd=project, env=known, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )
    assert process.returncode == 0, f"{command}: {process.stdout}\n{process.stderr}"
    return process.stdout + process.stderr


def free_port() -> str:
    with socket.socket() as listening_socket:
        listening_socket.bind(("127.0.0.1", 0))
        return str(listening_socket.getsockname()[1])


@pytest.mark.parametrize("name", [name for name in RECIPES if name not in NOT_SHOWN])
def test_each_recipe_is_shown_as_it_runs(name: str) -> None:
    shown = [block for language in ("js", "ts", "html") for block in blocks("docs/javascript.md", language)]
    assert (HERE / name).read_text(encoding="utf-8") in shown


def test_nothing_else_is_shown() -> None:
    shown = [block for language in ("js", "ts", "html") for block in blocks("docs/javascript.md", language)]
    known = [(HERE / name).read_text(encoding="utf-8") for name in RECIPES]
    assert [block for block in shown if block not in known] == []


@pytest.mark.slow
def test_vitest_runs_against_a_mock_that_its_global_set_up_started(project: Path) -> None:
    assert re.search(r"Tests +2 passed", re.sub(r"\x1b\[\d*m", "", run(project, "vitest", "run")))


@pytest.mark.slow
def test_jest_runs_against_a_mock_that_its_global_set_up_started(project: Path) -> None:
    assert "2 passed" in run(project, "jest", NODE_OPTIONS="--experimental-vm-modules")


@pytest.mark.slow
def test_playwright_starts_the_mock_and_a_page_that_vite_serves(project: Path) -> None:
    ports = {"MOCK_PORT": free_port(), "PAGE_PORT": free_port()}
    assert "1 passed" in run(project, "playwright", "test", **ports, CHROMIUM=program("chromium"))


@pytest.mark.slow
def test_the_types_of_the_control_api_are_generated_and_hold_a_client_to_them(project: Path, mock: Mock) -> None:
    document = f"{mock.url.removesuffix('/v2')}/_mockcdrs/control.json"
    run(project, "openapi-typescript", document, "--empty-objects-unknown", "-o", "mockcdrs.ts")
    compile_strictly = ("tsc", "--strict", "--skipLibCheck", "--target", "es2022", "--module", "nodenext")
    code = (project / "control.ts").read_text(encoding="utf-8")
    (project / "wrong.ts").write_text(code.replace('"/reset"', '"/rest"'), encoding="utf-8")
    with pytest.raises(AssertionError, match=r'"/rest".* is not assignable'):
        run(project, *compile_strictly, "wrong.ts")
    run(project, *compile_strictly, "control.ts")
    printed = run(project, program("node"), "control.js", MOCKCDRS_URL=mock.url)
    assert int(printed) == mock.expected().count


@pytest.mark.slow
def test_a_cypress_task_asks_the_control_api(project: Path, mock: Mock) -> None:
    script = """
        const tasks = {}
        require("./cypress.config.cjs").e2e.setupNodeEvents((event, more) => Object.assign(tasks, more))
        const rule = { status: 503, path: "/cdrs", times: 1 }
        Promise.resolve()
          .then(() => tasks.mockcdrs({ method: "POST", path: "/faults", body: rule }))
          .then(() => tasks.mockcdrs({ path: "/faults" }))
          .then((rules) => console.log(rules[0].python))
          .then(() => tasks.mockcdrs({ method: "POST", path: "/reset" }))
    """
    port = str(httpx.URL(mock.url).port)
    printed = run(project, program("node"), "-e", script, MOCK_PORT=port)
    assert printed == "mockcdrs.fail(path='/cdrs', times=1, status=503)\n"
    assert mock.never_fired() == []


@pytest.mark.slow
def test_the_npm_package_of_reperio_works_unmodified(project: Path, mock: Mock) -> None:
    known: Mapping[str, str] = listening.variables(mock)
    assert "fail 0" in run(project, program("node"), "--test", "reperio.test.mjs", **known)
