"""Whatever happens between two syncs, in whatever order: the file has each call once."""

import csv
from collections.abc import Collection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from mockcdrs.config import MockOptions
from mockcdrs.state_machine import SyncMachine
from tests.client_project.cdr_sync import CdrSync, Login
from tests.client_project.conftest import to_datetime
from tests.client_project.test_bugs import StopsAfterPageOne


class Syncs(SyncMachine):
    options: ClassVar[MockOptions] = {"settings": {"crossbar.pagination_page_size": 5}}
    kind: ClassVar[type[CdrSync]] = CdrSync

    def __init__(self) -> None:
        super().__init__()
        known = self.mock.credentials
        login = Login(known.account_name, known.username, known.password)
        self.client = self.kind(self.mock.url, login, sleep=lambda _seconds: None)
        self.directory = TemporaryDirectory()
        self.out = Path(self.directory.name) / "cdrs.csv"

    def sync(self) -> None:
        self.client.sync(to_datetime(self.start), to_datetime(self.mock.clock.now()), self.out)

    def synced_ids(self) -> Collection[str]:
        with self.out.open(newline="", encoding="utf-8") as file:
            return [row["id"] for row in csv.DictReader(file)]

    def teardown(self) -> None:
        self.client.close()
        self.directory.cleanup()
        super().teardown()


class SyncsPageOne(Syncs):
    kind = StopsAfterPageOne


TestSync = Syncs.TestCase
TestSync.settings = settings(max_examples=10, stateful_step_count=10, deadline=None)


def test_a_sync_that_stops_after_page_one_is_found() -> None:
    quick = settings(derandomize=True, deadline=None, phases=[Phase.generate])
    with pytest.raises(AssertionError, match=r"the client has 5 CDRs, expected \d+; missing: 202601-"):
        run_state_machine_as_test(SyncsPageOne, settings=quick)
