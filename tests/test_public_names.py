"""What the package offers by its own name."""

import subprocess
import sys

import pytest

import mockcdrs


def test_the_package_names_what_it_offers() -> None:
    names = {"Mock", "serving", "MockConfig", "Rule", "Reply", "Interaction", "Record", "Expected", "Credentials"}
    assert set(mockcdrs.__all__) == names | {"UnusedFault", "jitter", "lognormal", "uniform"}
    assert names <= set(dir(mockcdrs))


@pytest.mark.parametrize("name", mockcdrs.__all__)
def test_each_name_can_be_imported_and_is_documented(name: str) -> None:
    offered = getattr(mockcdrs, name)
    assert offered.__name__ == name
    assert offered.__doc__


def test_a_wrong_name_is_refused_as_by_any_module() -> None:
    with pytest.raises(AttributeError, match="module 'mockcdrs' has no attribute 'serve'"):
        _ = mockcdrs.serve


def test_a_mock_is_served_by_the_packages_name_alone() -> None:
    script = "import mockcdrs\nwith mockcdrs.serving(seed=7) as mock: print(type(mock) is mockcdrs.Mock, mock.url[-3:])"
    process = subprocess.run([sys.executable, "-X", "dev", "-c", script], capture_output=True, text=True, check=True)
    assert (process.stdout, process.stderr) == ("True /v2\n", "")
