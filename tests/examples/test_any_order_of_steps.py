"""A state machine: Hypothesis looks for an order of steps after which a client has other calls than it should."""

import httpx
import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from mockcdrs.state_machine import SyncMachine


class Copy:
    """A client that keeps an account's calls. It fetches what was written since the last time."""

    def __init__(self, mock):
        transport = httpx.WSGITransport(app=mock.wsgi_app)
        self.http = httpx.Client(transport=transport, base_url="http://mock", headers={"X-Auth-Token": mock.auth_token})
        self.mock, self.rows, self.fetched_until = mock, {}, mock.clock.now()

    def sync(self):
        end, rows = self.mock.clock.now(), {}
        for page in self.pages({"created_from": self.fetched_until, "created_to": end}):
            rows |= {row["id"]: row for row in page["data"]}
        self.rows |= rows
        self.fetched_until = end

    def pages(self, query):
        while True:
            answer = self.http.get(f"/v2/accounts/{self.mock.account_id}/cdrs", params=query)
            page = answer.raise_for_status().json()
            yield page
            if "next_start_key" not in page:
                return
            query = {**query, "start_key": page["next_start_key"]}


class HastyCopy(Copy):
    """It notes how far it got before the last page is there: if that page fails, the calls on it are lost."""

    def sync(self):
        start, self.fetched_until = self.fetched_until, self.mock.clock.now()
        for page in self.pages({"created_from": start, "created_to": self.fetched_until}):
            self.rows |= {row["id"]: row for row in page["data"]}


class Syncs(SyncMachine):
    options = {"settings": {"crossbar.pagination_page_size": 5}}
    kind = Copy

    def __init__(self):
        super().__init__()
        self.copy = self.kind(self.mock)

    def sync(self):
        self.copy.sync()

    def synced_ids(self):
        return self.copy.rows


class SyncsHastily(Syncs):
    kind = HastyCopy


TestCopy = Syncs.TestCase
TestCopy.settings = settings(max_examples=10, stateful_step_count=20, deadline=None)

UNTIL_FOUND = settings(
    max_examples=500,
    stateful_step_count=10,
    derandomize=True,
    phases=[Phase.generate],  # nobody reads the fewest steps that lead there, for which it would look next
    report_multiple_bugs=False,
)


def test_a_copy_that_loses_calls_is_found():
    with pytest.raises(AssertionError, match=r"the client has \d+ CDRs, expected \d+; missing: 202601-"):
        run_state_machine_as_test(SyncsHastily, settings=UNTIL_FOUND)
