"""The committed fixtures are what would be made, and a difference is told."""

import hashlib
import json
from importlib import metadata
from pathlib import Path

import pytest

from mockcdrs.dataset import files, fixtures
from mockcdrs.dataset.export import ExportSpan
from mockcdrs.dataset.generator import Traffic, blocks_of_day
from mockcdrs.dataset.office import generate_accounts, generate_office, main_account_id
from mockcdrs.dataset.scenarios import SCENARIOS
from mockcdrs.dataset.store import Document
from tests.dataset.calls import calls_of_block

MANIFEST = fixtures.manifest()
OFFICE = generate_office(MANIFEST.seed, main_account_id(MANIFEST.seed), MANIFEST.locale)
LOAD = Traffic.of(MANIFEST.calls_per_day, MANIFEST.locale)
SPAN = ExportSpan(MANIFEST.seed, LOAD, MANIFEST.days, MANIFEST.moment_gregorian)


def office_documents() -> list[Document]:
    held = files.load(fixtures.directory() / "office").documents
    return [document for key in sorted(held) for document in held[key]]


def test_the_manifest_tells_the_digest_of_every_file() -> None:
    for name, digest in MANIFEST.sha256.items():
        assert hashlib.sha256((fixtures.directory() / name).read_bytes()).hexdigest() == digest


def test_the_office_holds_the_rows_that_generating_gives() -> None:
    assert office_documents() == [document for day in SPAN.dates() for document in SPAN.documents(day)]


def test_the_office_has_about_1500_documents_and_none_after_the_moment() -> None:
    created = [document["pvt_created"] for document in office_documents()]
    assert 1_350 < len(created) < 1_650
    assert max(created) <= MANIFEST.moment_gregorian
    assert MANIFEST.moment_gregorian - min(created) > 55 * 86_400


def test_all_scenarios_occur_in_the_office() -> None:
    legs = {
        name: legs
        for day in SPAN.dates()
        for block in blocks_of_day(LOAD, day)
        for name, legs in calls_of_block(OFFICE, LOAD, block)
        if all(leg["pvt_created"] <= MANIFEST.moment_gregorian for leg in legs)
    }
    assert legs.keys() == SCENARIOS.keys()
    held = {document["_id"] for document in office_documents()}
    assert all(leg["_id"] in held for scenario in legs.values() for leg in scenario)


def test_the_accounts_are_those_of_the_seed() -> None:
    held = files.load(fixtures.directory() / "office").accounts
    assert [account.id for account in held] == [account.id for account in generate_accounts(MANIFEST.seed)]
    assert [account.months for account in held] == [(), (), ("202511", "202512", "202601"), (), ()]
    assert [account.tokens for account in held] == [account.tokens for account in generate_accounts(MANIFEST.seed)]


@pytest.mark.slow
def test_what_is_written_is_made_again_by_a_check(tmp_path: Path) -> None:
    fixtures.write_fixtures(tmp_path)
    assert fixtures.check_fixtures(tmp_path) == []


def test_a_check_tells_what_is_changed_missing_spare_or_made_by_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [(name, (fixtures.directory() / name).read_bytes()) for name in MANIFEST.sha256]
    monkeypatch.setattr(fixtures, "_files", lambda: made)
    fixtures.write_fixtures(tmp_path)
    (tmp_path / "office" / "accounts.json").write_text("[]\n")
    (tmp_path / "pools" / "ja_JP.json").unlink()
    (tmp_path / "pools" / "de_DE.json").write_text("{}\n")
    (tmp_path / "edge" / "notes.txt").touch()
    differences = fixtures.check_fixtures(tmp_path)
    assert [difference.partition(":")[0] for difference in differences] == [
        "pools/ja_JP.json",
        "edge/notes.txt",
        "office/accounts.json",
        "pools/de_DE.json",
    ]


def test_a_check_under_other_versions_says_so_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [(name, (fixtures.directory() / name).read_bytes()) for name in MANIFEST.sha256]
    monkeypatch.setattr(fixtures, "_files", lambda: made)
    fixtures.write_fixtures(tmp_path)
    (tmp_path / "pools" / "de_DE.json").write_text("{}\n")
    (tmp_path / "edge" / "documents.jsonl").write_text("{}\n")
    manifest = json.loads((tmp_path / "manifest.json").read_bytes())
    manifest["versions"]["Faker"] = "1.0"
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    (only,) = fixtures.check_fixtures(tmp_path)
    installed = f"Faker {metadata.version('Faker')} installed"
    assert only.startswith(f"versions differ: {installed}, Faker 1.0 made the fixtures; ")
    (tmp_path / "office" / "accounts.json").write_text("[]\n")
    assert len(fixtures.check_fixtures(tmp_path)) == 2


def test_without_a_manifest_nobody_is_said_to_have_made_the_fixtures(tmp_path: Path) -> None:
    assert fixtures._other_versions(tmp_path) == []
