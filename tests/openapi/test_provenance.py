"""What is told of a behaviour's origin is so."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from mockcdrs.crossbar.quirks import QUIRKS
from mockcdrs.exchanges import exchange
from mockcdrs.exchanges.replaying import replay
from mockcdrs.handle import Mock, serving
from mockcdrs.openapi import provenance
from mockcdrs.openapi.document import document
from tests.openapi.making_checked import GOLDEN, made, recorded

ROOT = Path(__file__).parents[2]


@pytest.fixture
def mock() -> Iterator[Mock]:
    with serving() as mock:
        yield mock


def test_every_quirk_operation_and_column_is_told_with_its_source() -> None:
    told = {(each["kind"], each["name"]): each for each in provenance.behaviours()}
    assert {name for kind, name in told if kind == "quirk"} == QUIRKS.keys()
    assert {name for kind, name in told if kind == "operation"} == {
        f"{method.upper()} {path}" for path, methods in document()["paths"].items() for method in methods
    }
    assert sum(kind == "column" for kind, _ in told) == 37
    assert all(each["source"] and each["sentence"] for each in told.values())


def test_the_tests_named_are_there() -> None:
    for each in provenance.behaviours():
        assert all((ROOT / test).exists() for test in each["checked"]["tests"])


def test_the_checks_named_are_those_that_ask_for_it_or_may_meet_it() -> None:
    assert provenance.checked() == made(), "name them again: python tests/openapi/making_checked.py"


def test_all_but_some_preflights_which_are_alike_were_seen_at_a_real_server_or_are_checked_there() -> None:
    for each in provenance.behaviours():
        assert each["checked"]["tests"], each["name"]
        seen = each["checked"]["exchanges"] or each["checked"]["checks"]
        assert seen or each["name"].startswith("OPTIONS "), each["name"]


@pytest.mark.skipif(not GOLDEN.exists(), reason="the recorded answers of the real server are not beside this checkout")
def test_the_recorded_answers_named_are_of_the_operation() -> None:
    told = provenance.recorded()
    assert {name: told[name] for name in ("operations", "columns")} == recorded(GOLDEN)


@pytest.mark.skipif(not GOLDEN.exists(), reason="the recorded answers of the real server are not beside this checkout")
def test_the_recorded_answers_named_are_given_only_with_their_quirk() -> None:
    known = {each.name: each for each in exchange.read(GOLDEN / "exchanges.jsonl")}
    for quirk, names in provenance.recorded()["quirks"].items():
        for each in replay([known[name] for name in names], data=GOLDEN / "data", fix=(quirk,)):
            assert each.differences, f"{each.exchange.name} is the same without {quirk}"


def test_document_and_provenance_are_served(mock: Mock) -> None:
    control = mock.url.removesuffix("/v2") + "/_mockcdrs"
    assert httpx.get(f"{control}/openapi.json", timeout=10).json() == document()
    assert httpx.get(f"{control}/provenance", timeout=10).json() == provenance.behaviours()
