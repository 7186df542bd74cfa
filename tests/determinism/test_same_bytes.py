"""The same requests get the same bytes, wherever and whenever and in whichever order.

`sha256` holds their digest for each version of Kazoo. Where answers were changed on purpose, put the new ones there:

    python tests/determinism/answers.py
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mockcdrs.crossbar.versions import VERSIONS
from tests.determinism import answers, pythons
from tests.profile import IS_LONG

FOLDER = Path(__file__).parent
DIGESTS = dict(line.split() for line in (FOLDER / "sha256").read_text().splitlines())
ENVIRONMENTS = {
    "plain": {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C.UTF-8"},
    "far away": {"PYTHONHASHSEED": "1", "TZ": "Asia/Kathmandu", "LC_ALL": "de_DE.UTF-8"},
    "ASCII": {"PYTHONHASHSEED": "2", "TZ": "America/St_Johns", "LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0"},
}


def run_answers(python: str, order: int, environment: dict[str, str]) -> dict[str, Any]:
    """What another process says: its Python, and the digests of the answers."""
    command = [python, str(FOLDER / "answers.py"), str(order)]
    environment = {**os.environ, **environment}
    process = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr
    return dict(json.loads(process.stdout))


def test_there_are_200_requests_each_with_a_name_and_a_question_of_its_own() -> None:
    requests = answers.requests()
    assert len(requests) == len({each.name for each in requests}) == 200
    assert len({(each.method, each.path, each.query, str(each.headers), each.body) for each in requests}) == 200


def test_each_version_has_a_digest_of_its_own() -> None:
    assert [*DIGESTS] == [*VERSIONS]
    assert len({*DIGESTS.values()}) == len(VERSIONS)


@pytest.mark.slow
@pytest.mark.parametrize(("order", "environment"), list(enumerate(ENVIRONMENTS.values())), ids=ENVIRONMENTS)
def test_each_process_gives_the_same_bytes_whatever_its_hashes_time_zone_locale_and_order(
    order: int, environment: dict[str, str]
) -> None:
    assert run_answers(sys.executable, order, environment)["sha256"] == DIGESTS


@pytest.mark.slow
@pytest.mark.parametrize("version", pythons.VERSIONS)
def test_each_python_gives_the_same_bytes(version: str, tmp_path: Path) -> None:
    python, why = pythons.find(version), "LONG=1 lets uv bring it"
    if python is None and IS_LONG:
        python, why = pythons.fetch(version, tmp_path / "python")
    if python is None:
        pytest.skip(f"no Python {version} on this machine: {why}")
    pythons.install_needs(python, tmp_path / "needs")
    path = os.pathsep.join([str(tmp_path / "needs"), str(pythons.ROOT)])
    report = run_answers(python, 3, {"PYTHONPATH": path})
    assert report["python"].startswith(f"{version}.")
    assert report["sha256"] == DIGESTS
