"""What is in the packages that people install: the wheel, and the sdist that it can be made from."""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from email import message_from_string
from email.message import Message
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def build(source: Path, target: Path) -> Path:
    # the wheel is made from the sdist, so that what the sdist lacks is missed
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(target), str(source)]
    subprocess.run(command, check=True, capture_output=True)
    return target


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def contents(distributions: Path) -> dict[str, bytes]:
    (file,) = distributions.glob("*.whl")
    with zipfile.ZipFile(file) as wheel:
        return {name: wheel.read(name) for name in wheel.namelist()}


@pytest.fixture(scope="module")
def metadata(contents: dict[str, bytes]) -> Message:
    (name,) = [name for name in contents if name.endswith(".dist-info/METADATA")]
    return message_from_string(contents[name].decode())


def files_below(directory: Path, under: str) -> set[str]:
    files = (each for each in directory.rglob("*") if each.is_file() and "__pycache__" not in each.parts)
    return {f"{under}/{each.relative_to(directory).as_posix()}" for each in files}


def test_the_sdist_holds_what_the_checkout_does_and_no_more(distributions: Path) -> None:
    (file,) = distributions.glob("*.tar.gz")
    with tarfile.open(file) as sdist:
        names = {member.name.partition("/")[2] for member in sdist.getmembers() if member.isfile()}
    folders = [files_below(ROOT / name, name) for name in ("mockcdrs", "fixtures", "tests", "docs")]
    documents = {"README.md", "CONTRIBUTING.md", "CHANGELOG.md"}
    of_build = {"PKG-INFO", ".gitignore", "pyproject.toml"}  # by the build itself
    assert names == set[str]().union(*folders) | documents | {"LICENSE", "Dockerfile", "conftest.py"} | of_build


def test_both_are_built_to_the_same_bytes_wherever_and_whenever_they_are_built(
    distributions: Path, tmp_path: Path
) -> None:
    ignored = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "dist", "build")
    copy = Path(shutil.copytree(ROOT, tmp_path / "checkout", ignore=ignored))
    shutil.copy(ROOT / ".gitignore", copy)
    for file in copy.rglob("*.py"):
        os.utime(file, (1_000_000_000, 1_000_000_000))
        file.chmod(0o600)
    again = build(copy, tmp_path / "dist")
    assert {each.name: each.read_bytes() for each in again.iterdir()} == {
        each.name: each.read_bytes() for each in distributions.iterdir()
    }


def test_it_holds_the_package_and_the_fixtures_and_nothing_else(contents: dict[str, bytes]) -> None:
    expected = files_below(ROOT / "mockcdrs", "mockcdrs") | files_below(ROOT / "fixtures", "mockcdrs/_fixtures")
    assert {name for name in contents if ".dist-info/" not in name} == expected
    assert {"mockcdrs/py.typed", "mockcdrs/console/index.html"} <= contents.keys()


def test_it_brings_the_command_and_the_licence(contents: dict[str, bytes]) -> None:
    info = {name.partition(".dist-info/")[2]: raw for name, raw in contents.items()}
    assert b"mockcdrs = mockcdrs.cli:main" in info["entry_points.txt"]
    assert info["licenses/LICENSE"].startswith(b"MIT License")
    assert b"UNICODE LICENSE V3" in info["licenses/mockcdrs/crossbar/root_collation.dat.license"]


def test_it_needs_only_what_serving_and_logging_in_need(metadata: Message) -> None:
    needed = [each for each in metadata.get_all("Requires-Dist", []) if "extra ==" not in each]
    assert {each.partition(">")[0] for each in needed} == {"click", "falcon", "orjson", "pyjwt", "waitress"}


def test_nobody_is_held_back_from_newer_versions(metadata: Message) -> None:
    capped = [each for each in metadata.get_all("Requires-Dist", []) if "<" in each or "==" in each.partition(";")[0]]
    # what makes mutants is used by its inside, and the clients that are run unmodified are fixed, too: one of them has
    # only ever come as a pre-release
    assert capped == [
        "mutmut==3.8.1; extra == 'mutation'",
        "kazoo-sdk==0.2.4; extra == 'test'",
        "pykazoo==0.0a8; extra == 'test'",
    ]


def test_its_extras_are_those_of_users_and_those_of_its_tests(metadata: Message) -> None:
    extras = set(metadata.get_all("Provides-Extra", []))
    assert extras == {
        "contract",
        "generate",
        "mutation",
        "parquet",
        "pytest",
        "strategies",
        "test",
        "test-plugin",
        "tls",
    }
