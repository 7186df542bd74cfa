"""A server's answers tell which version of Kazoo it is."""

import json
from pathlib import Path
from typing import Any

import pytest

from mockcdrs.contract import target
from mockcdrs.contract.target import Detection, TargetServer, assume_version, detect_version
from mockcdrs.crossbar.versions import VERSIONS, UnknownVersion
from mockcdrs.mock import Mock, serving
from mockcdrs.recordings import exchanges

SHARED = Path(__file__).parents[3] / "shared"
RECORDED = {"golden-4.3": "4.3", "golden": "master"}

needs_recordings = pytest.mark.skipif(
    not SHARED.exists(), reason="the recorded answers of the real servers are not beside this checkout"
)


def detected(**changes: Any) -> Detection:
    with serving(**changes) as mock:
        return detected_at(mock)


def detected_at(mock: Mock, kazoo: str | None = None) -> Detection:
    return TargetServer(mock.url, mock.account_id, mock.auth_token, kazoo=kazoo).detection


@pytest.mark.parametrize("name", VERSIONS)
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"settings": {"kazoo.version": "5.0.1"}},
        {"settings": {"crossbar.cdrs.should_filter_empty_strings": True}},
    ],
    ids=["office", "another-text", "no-empty-columns"],
)
def test_a_resellers_rows_tell_every_version(name: str, changes: dict[str, Any]) -> None:
    assert detected(kazoo=name, reseller=True, **changes).version is VERSIONS[name]


@pytest.mark.parametrize("name", ["4.3", "master"])
def test_a_row_tells_the_version_and_by_what(name: str) -> None:
    detection = detected(kazoo=name)
    assert detection.version is VERSIONS[name]
    assert detection.reason.startswith("by columns of a row, datetime")


def test_versions_that_answer_alike_are_named() -> None:
    assert str(detected(kazoo="classic", reseller=False)) == (
        "Kazoo 4.3, by columns of a row, datetime (classic would answer alike); it calls itself 4.3.142"
    )


@pytest.mark.parametrize("name", ["4.3", "master"])
@pytest.mark.parametrize(
    "break_it", [lambda _mock: None, lambda mock: mock.edge("no-direction")], ids=["empty", "broken"]
)
def test_without_a_row_the_envelope_tells(name: str, break_it: Any) -> None:
    with serving(kazoo=name) as mock:
        mock.clear()
        break_it(mock)
        detection = detected_at(mock)
    assert detection.version is VERSIONS[name]
    assert detection.reason.startswith("by keys of an envelope")


@pytest.mark.parametrize(
    "body", ["", "<html>", "[]", "[" * 99_999, '{"data":[1,{}]}', '{"message":"no such host"}', '{"version":4}']
)
def test_what_tells_nothing_is_said_to_tell_nothing(body: str) -> None:
    assert str(detect_version([body])) == "Kazoo 4.3, assumed: no answer shows a listing row or a whole envelope"


def test_a_server_that_cannot_be_reached_tells_nothing() -> None:
    assert TargetServer("http://127.0.0.1:9/v2", "a", "b").detection.reason.startswith("assumed")


def test_a_server_between_two_versions_is_held_to_be_the_nearest() -> None:
    columns = dict.fromkeys(VERSIONS["4.3"].columns, "") | {"datetime": "2026-01-20 12:00:00"}
    del columns["disposition"]  # as before Kazoo 4.3.137
    detection = detect_version([json.dumps({"data": [columns]})])
    assert detection.version is VERSIONS["4.3"]
    assert detection.reason == "the nearest by datetime (classic would answer alike)"


def test_most_answers_decide() -> None:
    bodies = [
        json.dumps({"data": [{"unix_timestamp": "1", "datetime": text}]}) for text in ("a 12:00:00", "a_12:00:00")
    ]
    assert detect_version(bodies).version is VERSIONS["4.3"]
    assert detect_version([*bodies, bodies[1]]).version is VERSIONS["master"]


def test_a_version_that_is_asked_for_is_taken_and_doubted() -> None:
    with serving() as mock:
        assert str(detected_at(mock, "4.3")) == "Kazoo 4.3, as given; it calls itself 4.3.142"
        doubted = detected_at(mock, "master")
    assert doubted.version is VERSIONS["master"]
    assert doubted.reason == "as given, though its answers are nearer to 4.3; it calls itself 4.3.142"


def test_a_version_that_nobody_knows_is_refused() -> None:
    with pytest.raises(UnknownVersion, match="'5' is no version of Kazoo that is known"):
        assume_version("5", [])


def test_detection_costs_no_request_of_its_own() -> None:
    with serving() as mock:
        server = TargetServer(mock.url, mock.account_id, mock.auth_token)
        server.check_access()
        assert server.version is VERSIONS["4.3"]
        assert server.request_count == 1


RECORDINGS = [
    (SHARED / folder / file, name) for folder, name in RECORDED.items() for file in ("exchanges.jsonl", "mixed.jsonl")
]


@needs_recordings
@pytest.mark.parametrize(("file", "name"), RECORDINGS)
def test_recorded_answers_of_real_servers_tell_their_version(file: Path, name: str) -> None:
    detection = detect_version(each.response.body for each in exchanges.read_exchanges(file))
    assert detection.version is VERSIONS[name]
    assert not detection.reason.startswith("the nearest")


@needs_recordings
@pytest.mark.parametrize(("file", "name"), RECORDINGS)
def test_no_single_recorded_answer_tells_another_version(file: Path, name: str) -> None:
    wrong = [
        each.name
        for each in exchanges.read_exchanges(file)
        if (detection := detect_version([each.response.body])).version is not VERSIONS[name]
        and not detection.reason.startswith("assumed")
    ]
    assert wrong == []


def test_every_trait_is_compared_with_each_version() -> None:
    assert target._misfits([]) == {name: dict.fromkeys(target._TRAITS, 0) for name in VERSIONS}
