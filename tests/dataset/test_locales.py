"""Pools of names: committed ones are read, others are made once."""

import subprocess
import sys
from pathlib import Path

import pytest

from mockcdrs.dataset import fixtures, locales
from mockcdrs.dataset.locales import PLANS, rate_of


@pytest.mark.parametrize("locale", locales.LOCALES)
def test_a_committed_pool_is_of_use_and_of_a_sane_size(locale: str) -> None:
    pool = locales.load_pool(locale)
    assert pool.locale == locale
    assert len(pool.names) >= 2_000
    assert len(pool.companies) >= 2_000
    assert len(pool.towns) > 100
    assert (fixtures.directory() / "pools" / f"{locale}.json").stat().st_size < 400_000


def test_another_locale_makes_its_pool_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = locales.load_pool("nl_NL", tmp_path)
    monkeypatch.setattr(locales, "make_pool", lambda locale: pytest.fail(f"made {locale} again"))
    assert locales.load_pool("nl_NL", tmp_path) == made
    assert made.locale == "nl_NL"
    assert [path.name for path in tmp_path.iterdir()] == ["nl_NL.json"]


def test_the_usual_place_for_made_pools_is_the_users_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    locales.load_pool("it_IT")
    assert (tmp_path / "mockcdrs" / "pools" / "it_IT.json").is_file()


def test_a_locale_that_nobody_knows_is_refused_with_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"'xx_XX' came, expected .*en_US.*see https://"):
        locales.load_pool("xx_XX", tmp_path)


def test_without_faker_another_locale_is_refused_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "faker", None)
    with pytest.raises(locales.UnknownLocale, match=r"'nl_NL' came, .*pip install 'mockcdrs\[generate\]'; .* de_DE, "):
        locales.load_pool("nl_NL", tmp_path)
    assert locales.load_pool("de_DE", tmp_path).locale == "de_DE"


def test_a_committed_pool_is_used_without_faker() -> None:
    script = (
        "import sys; from mockcdrs.dataset.office import generate_accounts; generate_accounts(1); "
        "print([name for name in ('faker', 'hypothesis') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("locale", "number", "classifier", "rate"),
    [
        ("en_US", "+12125550123", "did_us", "Local"),
        ("en_US", "+13035550123", "did_us", "Long Distance"),
        ("en_US", "+13125550123", "did_us", "Regional"),
        ("en_US", "+18005550123", "tollfree_us", "Toll Free"),
        ("en_US", "+442079460123", "international", "United Kingdom"),
        ("en_GB", "+442079460123", "did_gb", "Local"),
        ("de_DE", "+12125550123", "international", "United States"),
        ("ja_JP", "110", "emergency", None),
    ],
)
def test_a_number_has_the_rate_of_where_it_is_dialled_from(
    locale: str, number: str, classifier: str, rate: str | None
) -> None:
    found, charged = rate_of(PLANS[locale], number)
    assert (found, charged and charged.name) == (classifier, rate)
