"""Programs that some tests need, and that are no Python packages."""

import os
import shutil

import pytest


def program(name: str) -> str:
    """Where a program is. A test that needs a missing one is skipped; where `CI` is set, it fails."""
    path = shutil.which(name)
    if path is None:
        why = f"no {name} on the path: apt-get install {name}"
        if os.environ.get("CI"):
            pytest.fail(f"{why}; with CI set no test is skipped for it")
        pytest.skip(why)
    return path
