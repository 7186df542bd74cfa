"""A reset makes a mock as new, whatever was done to it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mockcdrs.crossbar.pipeline import HttpRequest
from mockcdrs.mock import Mock

Change = Callable[[Mock], object]


def new_mock() -> Mock:
    return Mock(settings={"token_buckets.max_bucket_tokens": 100})


def get_listing(mock: Mock, **query: Any) -> Any:
    return mock.client().simulate_get(f"/v2/accounts/{mock.account_id}/cdrs", params=query)


def by_control_api(mock: Mock, body: dict[str, Any]) -> None:
    answer = mock.client().simulate_patch("/_mockcdrs/settings", host="localhost", json=body)
    assert answer.status_code == 200


def then_fails(mock: Mock) -> None:
    mock.fail(then=lambda _data: 1 / 0, times=1)
    with pytest.raises(ConnectionError):
        get_listing(mock)


def token_expires(mock: Mock) -> None:
    mock.fail(token_expired=True, times=1)
    get_listing(mock)


# what is in a state, or beside it in a mock, and how a test or its client changes it
CHANGES: dict[str, Change] = {
    "settings": lambda mock: setattr(mock.state, "settings", replace(mock.state.settings, pagination_page_size=3)),
    "settings by the control API": lambda mock: by_control_api(mock, {"settings": {"kazoo.version": "9.9.9"}}),
    "quirks": lambda mock: by_control_api(mock, {"quirks": {"pdf-500": False}}),
    "clock": lambda mock: mock.clock.advance(days=1),
    "clock runs": lambda mock: mock.clock.live(),
    "data added": lambda mock: mock.add_call(),
    "data removed": lambda mock: mock.remove(mock.expected().ids[0]),
    "data emptied": lambda mock: mock.clear(),
    "faults": lambda mock: mock.fail(status=503),
    "faults expire a token": token_expires,
    "faults have failed": then_fails,
    "journal": get_listing,
    "journal capacity": lambda mock: setattr(mock.state.journal, "capacity", 1),
    "request ids": lambda mock: mock.state.ids.of(HttpRequest("GET", "/v2", "", {}), 0),
    "token buckets": lambda mock: mock.state.server_state().buckets.take(("", ""), 1, 100, 1, mock.clock.now()),
    "serials of what is added": lambda mock: mock.add_cdr({}),
}


def snapshot(mock: Mock) -> tuple[Any, ...]:
    """All that a client sees, and a test."""
    state = mock.state
    answer = get_listing(mock)
    return (
        (answer.status_code, dict(answer.headers), answer.text),
        mock.expected(),
        mock.clock.is_frozen,
        dict(state.settings.items()),
        state.quirks,
        [(record.number, record.path, record.fault) for record in mock.kept_requests().records],
        mock.kept_requests().capacity,
        [str(rule) for rule in state.faults],
        len(state.faults.failures),
        len(state.server_state().buckets),
        mock.advice(),
        mock.add_cdr({})["_id"],
    )


def test_the_changes_are_seen() -> None:
    initial = snapshot(new_mock())
    assert snapshot(new_mock()) == initial
    for name, change in CHANGES.items():
        mock = new_mock()
        change(mock)
        assert snapshot(mock) != initial, name


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_reset_takes_back(change: Change) -> None:
    mock = new_mock()
    change(mock)
    mock.reset()
    assert snapshot(mock) == snapshot(new_mock())
