"""The cases of the tests that passed are added up, whichever process they ran in."""

from pathlib import Path

import pytest

CONFTEST = Path(__file__).parents[2] / "conftest.py"


@pytest.mark.parametrize("processes", [[], ["-n", "2"]], ids=["one", "two"])
def test_cases_are_counted_by_kind_and_in_all_but_those_of_a_failed_test(
    pytester: pytest.Pytester, processes: list[str]
) -> None:
    pytester.makeconftest(CONFTEST.read_text(encoding="utf-8"))
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("number", [1_000, 234])
        def test_pears(number, count_case):
            for _ in range(number):
                count_case("pears")
            count_case("plums")

        def test_no_more(count_case):
            count_case("pears")
            raise AssertionError
        """
    )
    pytester.runpytest(*processes).stdout.fnmatch_lines(
        ["    1,234 pears", "        2 plums", "    1,236 cases in all"]
    )
