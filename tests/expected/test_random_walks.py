"""A client that walks as it should ends with the ground truth, whatever the calls, the page size and the quirks."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockcdrs import strategies
from mockcdrs.dataset.accounts import Account
from mockcdrs.mock import Mock
from tests.expected.walking import WITH_QUIRKS, WITHOUT, walked

NEWEST = 63_935_956_800  # 2026-01-18

# a descending walk over /interaction loses interactions unless that quirk is fixed
WALKS = [
    pytest.param(mock, path, ascending, id=f"{'fixed' if mock is WITHOUT else 'quirks'}{path}-{ascending}")
    for mock in (WITH_QUIRKS, WITHOUT)
    for path in ("/cdrs", "/cdrs/interaction")
    for ascending in ("true", "false")
    if not (mock is WITH_QUIRKS and path == "/cdrs/interaction" and ascending == "false")
]


@pytest.mark.parametrize(("mock", "path", "ascending"), WALKS)
@settings(max_examples=8, deadline=None)
@given(history=strategies.histories(accounts=1), size=st.integers(1, 9), days=st.integers(1, 31), chosen=st.data())
def test_a_walk_ends_with_what_is_expected(
    mock: Mock, path: str, ascending: str, history: strategies.History, size: int, days: int, chosen: st.DataObject
) -> None:
    end = history.now_gregorian - chosen.draw(st.integers(0, 5 * 86_400))
    query = {"created_from": end - days * 86_400 + 1, "created_to": end}
    with mock.data(history):
        for number, leg in enumerate(chosen.draw(st.lists(st.sampled_from(history.documents or [{}]), max_size=2))):
            if leg:
                bare = {name: value for name, value in leg.items() if name != "custom_channel_vars"}
                mock.add_cdr({**bare, "_id": f"{leg['_id']}-{number}", "pvt_account_id": mock.account_id})
        # the direction decides which of equal legs stands for an interaction
        truth = mock.expected(path, **query, ascending=ascending)
        rows = set(walked(mock, path, {**query, "page_size": size, "ascending": ascending}))
    assert rows == set(truth.ids)
    assert not rows & set(truth.unreachable)


def test_a_call_that_ended_behind_the_range_is_no_interaction_that_a_client_can_reach() -> None:
    mock = WITH_QUIRKS
    mock.reset()
    mock.clear()
    call = mock.add_call(at="2026-01-20T11:00:00Z", seconds=600)
    began = int(call.id.partition("-")[0])
    late, whole = (
        mock.expected("/cdrs/interaction", created_from=began, created_to=began + end) for end in (60, 3_600)
    )
    assert (late.ids, late.unreachable) == ((), (call.cdr_id,))
    assert (whole.ids, whole.unreachable) == ((call.cdr_id,), ())
    assert list(walked(mock, "/cdrs/interaction", {"created_from": began, "created_to": began + 60})) == []


def test_what_is_taken_from_one_account_stays_in_another_that_has_the_same_id(tmp_path: Path) -> None:
    leg = {key: value for key, value in WITHOUT.add_call(at=NEWEST).legs[0].items() if key != "pvt_account_id"}
    lines = [json.dumps({**leg, "pvt_account_id": account}) for account in ("a" * 32, "b" * 32)]
    (tmp_path / "calls.jsonl").write_text("\n".join(lines), encoding="utf-8")
    mock = Mock(data=tmp_path, now="2026-01-20T12:00:00Z")
    other = next(account for account in mock.state.data.accounts.values() if account.id != mock.account_id)
    own = mock.state.data.accounts[mock.account_id]

    def listed(account: Account) -> list[str]:
        headers = {"X-Auth-Token": account.tokens[0].value}
        response = mock.client().simulate_get(f"/v2/accounts/{account.id}/cdrs", headers=headers)
        return [row["id"] for row in response.json["data"]]

    mock.add_cdr({**leg, "pvt_account_id": mock.account_id})
    assert listed(own) == listed(other) == [leg["_id"]]
    mock.remove(leg["_id"])
    assert (listed(own), listed(other)) == ([], [leg["_id"]])
    assert mock.expected().ids == ()
