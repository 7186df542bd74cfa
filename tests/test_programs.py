"""A test whose program is missing says so, and where it has to run it fails."""

from pathlib import Path

import pytest

from tests.programs import program


def test_a_program_on_the_path_is_where_it_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "nosuch").touch(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert program("nosuch") == str(tmp_path / "nosuch")


def test_a_missing_program_skips_the_test_and_fails_it_where_ci_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no nosuch on the path: apt-get install nosuch"):
        program("nosuch")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no nosuch on the path: apt-get install nosuch"):
        program("nosuch")
