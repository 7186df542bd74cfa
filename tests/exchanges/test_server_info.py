"""What a recording says of the server that it was made of."""

import json
from typing import Any

import pytest

from mockcdrs.dataset import fixtures
from mockcdrs.dataset.origin import Origin
from mockcdrs.dataset.overlay import Overlay
from mockcdrs.dataset.store import LoadedStore
from mockcdrs.exchanges.server_info import ServerInfo, described
from mockcdrs.mock import serving
from tests.exchanges.asking import told

WHOLE = ServerInfo(
    "4.3", "0.1.0", ("pdf-500",), ("integer-page-size",), True,
    Origin(seed=0, calls_per_day=0, locale="de_DE", opened="2020-01-01", changed=True),
)  # fmt: skip


@pytest.mark.parametrize(
    "info", [ServerInfo(), ServerInfo("master"), WHOLE, ServerInfo(data=Origin(directory="calls"))]
)
def test_what_is_written_is_read_again(info: ServerInfo) -> None:
    assert ServerInfo.from_json(json.loads(json.dumps(info.to_json()))) == info


def test_of_a_real_server_only_the_version_is_said() -> None:
    assert ServerInfo("4.3").to_json() == {"kazoo": "4.3"}
    assert ServerInfo().to_json() == {}


def test_what_a_later_version_may_say_besides_is_passed_over() -> None:
    assert ServerInfo.from_json({"kazoo": "4.3", "more": 1, "data": {"seed": 1, "more": 1}}) == (
        ServerInfo("4.3", data=Origin(seed=1))
    )


@pytest.mark.parametrize(
    "held",
    [[], "4.3", {"kazoo": 4.3}, {"fix": [1]}, {"fix": 1}, {"reseller": 1}, {"data": []}, {"data": {"seed": "1"}}],
)
def test_what_is_none_is_refused(held: Any) -> None:
    with pytest.raises((TypeError, AttributeError)):
        ServerInfo.from_json(held)


def test_a_mock_tells_all_that_another_one_is_made_like_it_with() -> None:
    options = {"seed": 5, "calls_per_day": 30, "locale": "fr_FR"}
    more = {"fix": ["pdf-500"], "quirk": ["integer-page-size"], "settings": {"crossbar.cdrs.maximum_bulk": 5}}
    with serving(kazoo="master", reseller=True, **options, **more) as mock:
        info, config = told(mock)
    assert info == ServerInfo(
        "master", info.mockcdrs, ("pdf-500",), ("integer-page-size",), True, Origin(opened="2020-01-01", **options)
    )
    assert config == {"crossbar.cdrs": {"maximum_bulk": 5}}


def test_a_mock_that_is_as_usual_has_no_settings_to_tell() -> None:
    with serving() as mock:
        info, config = told(mock)
    assert (info.fix, info.quirk, info.reseller, config) == ((), (), False, {})
    office = fixtures.manifest()
    assert info.data == Origin(
        seed=office.seed, calls_per_day=office.calls_per_day, locale=office.locale, opened=office.first_day.isoformat()
    )


@pytest.mark.parametrize("change", [lambda mock: mock.add_call(), lambda mock: mock.clear()], ids=["added", "emptied"])
def test_a_mock_tells_that_its_calls_were_changed(change: Any) -> None:
    with serving() as mock:
        change(mock)
        info, _ = told(mock)
        assert info.data is not None
        assert info.data.changed
        mock.reset()
        assert not mock.state.data.origin.changed


def test_a_mock_over_calls_that_a_program_put_together_tells_all_else() -> None:
    with serving() as mock:
        mock.state.data = Overlay(LoadedStore([mock.account], {}))
        info, _ = told(mock)
    assert info == ServerInfo("4.3", info.mockcdrs)


def test_where_calls_come_from_is_said_in_words() -> None:
    assert described(Origin(directory="calls")) == "the calls of the directory calls"
    assert described(Origin(seed=1, calls_per_day=25, locale="en_US")) == ("calls made up from seed 1, 25 a day, en_US")
