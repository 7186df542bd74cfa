"""What `pytest --pyargs mockcdrs.contract` runs against: the mock, or the server that `--mockcdrs-url` names."""

from typing import Any

import pytest

from mockcdrs.contract.server import Server
from mockcdrs.crossbar.quirks import QUIRKS

QUIRK = "mockcdrs_quirk"


@pytest.fixture(scope="session")
def contract_server(mockcdrs_server: Any) -> Server:
    """The server under check, one for all checks: it remembers its answers."""
    return Server(mockcdrs_server.url, mockcdrs_server.account_id, mockcdrs_server.auth_token)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The quirks that the server shows, so that one sees which Kazoo one has."""
    reports = [report for kind in terminalreporter.stats.values() for report in kind]
    found = {value for report in reports for name, value in getattr(report, "user_properties", ()) if name == QUIRK}
    if found:
        terminalreporter.section("quirks of Crossbar's that the server shows")
        for name in (name for name in QUIRKS if name in found):
            terminalreporter.line(f"{name:32}{QUIRKS[name].sentence}")
