"""The reference has everything that has a name, and what its examples say happens."""

import re
import shlex
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, cast

import httpx
import pytest
from click.testing import CliRunner

from mockcdrs import reference
from mockcdrs.advice.registry import ADVICE
from mockcdrs.cli import main
from mockcdrs.control.additions import Interaction
from mockcdrs.crossbar.quirks import QUIRKS
from mockcdrs.crossbar.settings import Settings
from mockcdrs.crossbar.versions import VERSIONS
from mockcdrs.dataset import fixtures
from mockcdrs.dataset.accounts import Account
from mockcdrs.dataset.scenarios import SCENARIOS
from mockcdrs.faults.actions import RuleArguments
from mockcdrs.faults.reply import Reply
from mockcdrs.faults.rule import PRESETS, Rule
from mockcdrs.faults.wire_actions import lognormal
from mockcdrs.mock import Mock, serving
from mockcdrs.reference import Entry

STEP = re.compile(r"(GET|POST) ([^\s,]+)(?: with the header ([\w-]+): ([^,]+))?")
BODY = re.compile(r"with the body (.+)$")


def add_leg(mock: Mock, **fields: Any) -> None:
    leg = dict(mock.add_call(at="2026-01-20T11:30:00Z").legs[0])
    mock.state.data.add(mock.account_id, "202601", [leg | fields])


def leave_edge_case_only(mock: Mock, name: str) -> None:
    mock.clear()
    mock.edge(name)


def make_master(mock: Mock) -> None:
    accounts = cast(dict[str, Account], mock.state.base.accounts)
    accounts[mock.account_id] = accounts[mock.account_id]._replace(is_superduper_admin=True)


PREPARATIONS: dict[str, Callable[[Mock], object]] = {
    "big-integer-chunk-lost": lambda mock: add_leg(mock, custom_channel_vars={"owner_id": 2**63}),
    "broken-document-fault": lambda mock: leave_edge_case_only(mock, "no-direction"),
    "interaction-raw-rows": lambda mock: add_leg(mock, _id="a1b2@host", interaction_key="other"),
    "month-end-call-lost": lambda mock: mock.edge("month-boundary"),
    "no-account-500": make_master,
    "no-ccv-not-listed": lambda mock: mock.edge("no-custom-channel-vars"),
}


def send(client: httpx.Client, mock: Mock, example: str, call: Interaction) -> None:
    """Send the requests of an example, in the words that the tables use."""
    values = {"ACCOUNT_ID": mock.account_id, "INTERACTION_ID": call.id, "CALL_ID": call.cdr_id.partition("-")[2]}
    origin = mock.url.removesuffix("/v2")
    for method, path, name, value in STEP.findall(example):
        headers = {"X-Auth-Token": mock.auth_token, **({name: value} if name else {})}
        body = (BODY.findall(example) or [""])[0]
        if body:
            headers["Content-Type"] = "application/json"
        whole = path if path.startswith(("/v", "/accounts")) else f"/v2/accounts/{mock.account_id}{path}"
        for placeholder, text in values.items():
            whole = whole.replace(placeholder, text)
        answer = client.request(method, origin + whole, headers=headers, content=body)
        if answer.headers.get("content-type") == "application/json":
            values["NEXT_START_KEY"] = answer.json().get("next_start_key", "")


def test_everything_that_has_a_name_is_there() -> None:
    names = {kind: [entry.name for entry in reference.of_kind(kind)] for kind in reference.TITLES}
    assert names["version"] == [*VERSIONS]
    assert names["quirk"] == [*QUIRKS]
    assert names["advice"] == [code for code in ADVICE if code not in QUIRKS]
    assert sorted(names["fault"] + names["part of a rule"]) == sorted(RuleArguments.__annotations__)
    assert names["preset"] == [*PRESETS]
    assert names["setting"] == [*Settings.names()]
    assert names["scenario"] == [*SCENARIOS]
    assert names["edge case"] == [*fixtures.load_edge_cases()]


def test_everything_has_a_sentence_an_example_and_a_source() -> None:
    lacking = [
        entry for entry in reference.entries() if not (entry.sentence.endswith(".") and entry.example and entry.source)
    ]
    assert lacking == []


@pytest.mark.parametrize("name", QUIRKS)
def test_each_example_of_a_quirk_is_a_request(name: str) -> None:
    assert all(STEP.match(entry.example) for entry in reference.find(name) if entry.kind == "quirk")


@pytest.mark.parametrize("name", [name for name in QUIRKS if name in ADVICE])
def test_the_example_of_a_quirk_gets_its_advice(name: str) -> None:
    (entry,) = (entry for entry in reference.find(name) if entry.kind == "quirk")
    with serving() as mock, httpx.Client(trust_env=False, verify=False) as client:
        call = mock.add_call()
        if prepare := PREPARATIONS.get(name):
            prepare(mock)
        send(client, mock, entry.example, call)
        assert name in {text.partition(": ")[0] for text in mock.advice()}


@pytest.mark.parametrize("kind", ["fault", "part of a rule", "preset"])
def test_the_example_of_a_fault_makes_that_rule(kind: str) -> None:
    for entry in reference.of_kind(kind):
        with serving() as mock:
            rule = eval(entry.example, {"mockcdrs": mock, "Reply": Reply, "lognormal": lognormal})
            assert isinstance(rule, Rule)
            assert rule.to_python() == entry.example


@pytest.mark.parametrize("entry", reference.of_kind("scenario"), ids=lambda entry: entry.name)
def test_the_example_of_a_scenario_adds_a_call(entry: Entry) -> None:
    with serving() as mock:
        assert eval(entry.example, {"mockcdrs": mock}).legs


def test_the_example_of_an_edge_case_adds_it() -> None:
    entry = reference.find("twelve-legs")[0]
    with serving() as mock:
        assert len(eval(entry.example, {"mockcdrs": mock})) == 12


@pytest.mark.parametrize(
    "entry", reference.of_kind("setting") + reference.of_kind("version"), ids=lambda each: each.name
)
def test_the_example_of_a_setting_or_version_is_a_command_that_is_taken(entry: Entry) -> None:
    program, command, *arguments = shlex.split(entry.example)
    assert program == "mockcdrs"
    main.commands[command].make_context(command, arguments)


def explain(*arguments: str) -> str:
    result = CliRunner().invoke(main, ["explain", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_the_command_lists_all_names_by_kind() -> None:
    listing = explain()
    assert [line for line in listing.splitlines() if line and not line.startswith(" ")] == [*reference.TITLES.values()]
    lines = {line.strip() for line in listing.splitlines()}
    assert {f"{entry.name:30} {entry.sentence}" for entry in reference.entries()} <= lines


def test_the_command_explains_a_name() -> None:
    assert explain("summary-doubling") == (
        "summary-doubling (quirk)\n"
        "\n"
        "The summary's seconds are twice what they should be.\n"
        "Shown by 4.3, master, classic; --fix summary-doubling answers without it.\n"
        "Advice names it when a request meets it.\n"
        "\n"
        "Example: GET /cdrs/summary\n"
        "Source:  cb_cdrs.erl\n"
    )


def test_the_command_tells_the_default_of_a_setting_as_json() -> None:
    assert 'The default is "q5mYv0Zt3Jd8wKcR1nXbUA".\n' in explain("kazoo.node")
    assert "The default is false.\n" in explain("crossbar.cdrs.cdr_stale_view")
    assert "The default is null.\n" in explain("crossbar.request_memory_limit")


def test_the_command_explains_a_quirk_that_is_off_and_one_that_advice_does_not_name() -> None:
    assert "Shown by no version unless asked for: --quirk integer-page-size.\n\nExample" in explain("integer-page-size")


def test_the_command_explains_each_thing_of_a_name_that_two_kinds_have() -> None:
    assert re.findall(r"^unknown-field \((.+)\)$", explain("unknown-field"), re.MULTILINE) == ["advice", "edge case"]


def test_the_command_says_what_a_version_does_otherwise_than_the_default() -> None:
    assert "What differs from 4.3:\n- columns of a listing row" in explain("master")
    assert "\n- whether `/v1` is served; if not, it is a 410: no\n" in explain("master")
    assert "Where the versions differ:\n- columns of a listing row" in explain("4.3")
    assert "`reseller_id`" in explain("classic")
    assert "whether `/v1` is served" not in explain("classic")


def test_the_command_takes_names_in_any_case() -> None:
    assert explain("rate limited").startswith("Rate limited (preset)\n")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("sumary-doublin", "did you mean summary-doubling?"),
        ("maximum_bulk", "did you mean crossbar.cdrs.maximum_bulk"),
        ("xyzzy", "`mockcdrs explain` lists all names"),
    ],
)
def test_the_command_says_which_names_are_nearest_to_a_misspelt_one(name: str, hint: str) -> None:
    result = CliRunner().invoke(main, ["explain", name])
    assert result.exit_code == 2
    assert f"nothing is named {name!r}: {hint}" in result.output


def test_the_control_api_shows_what_the_command_does() -> None:
    with serving() as mock:
        root = mock.url.removesuffix("/v2")
        groups, settings, presets = (
            httpx.get(f"{root}/_mockcdrs/{path}", timeout=30).json()
            for path in ("reference", "settings", "faults/presets")
        )
    assert {group["kind"]: group["title"] for group in groups} == reference.TITLES
    entries = [(group["kind"], entry) for group in groups for entry in group["entries"]]
    assert [
        (kind, {**entry, **{name: tuple(entry[name]) for name in ("notes", "endpoints")}}) for kind, entry in entries
    ] == [
        (entry.kind, {name: value for name, value in asdict(entry).items() if name != "kind"})
        for entry in reference.entries()
    ]
    for kind, texts in (
        (reference.QUIRK, {each["name"]: each["sentence"] for each in settings["quirks"]}),
        (reference.PRESET, {each["name"]: each["says"] for each in presets}),
    ):
        assert texts == {entry["name"]: entry["sentence"] for of_kind, entry in entries if of_kind == kind}
