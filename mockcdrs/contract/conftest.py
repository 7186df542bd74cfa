"""What `pytest --pyargs mockcdrs.contract` runs against: the mock, or the server that `--mockcdrs-url` names."""

from typing import Any

import pytest

from mockcdrs.contract.server import Server
from mockcdrs.crossbar.quirks import QUIRKS
from mockcdrs.crossbar.versions import version_named

KAZOO, QUIRK = "mockcdrs_kazoo", "mockcdrs_quirk"


@pytest.fixture(scope="session")
def contract_server(mockcdrs_server: Any, pytestconfig: pytest.Config) -> Server:
    """The server under check, one for all checks: it remembers its answers. `--mockcdrs-kazoo` says which version."""
    kazoo = _kazoo(pytestconfig)
    return Server(mockcdrs_server.url, mockcdrs_server.account_id, mockcdrs_server.auth_token, kazoo=kazoo)


def _kazoo(config: pytest.Config) -> str | None:
    said = {
        "the option --mockcdrs-kazoo": config.getoption(KAZOO),
        "the ini setting mockcdrs_kazoo": config.getini(KAZOO),
    }
    return next((version_named(name, origin).name for origin, name in said.items() if name is not None), None)


def pytest_terminal_summary(terminalreporter: "pytest.TerminalReporter") -> None:
    """Which Kazoo the server is, and the quirks that it shows."""
    reports = [report for kind in terminalreporter.stats.values() for report in kind]
    told = [pair for report in reports for pair in getattr(report, "user_properties", ())]
    kazoo = dict.fromkeys(value for name, value in told if name == KAZOO)
    found = {value for name, value in told if name == QUIRK}
    quirks = [name for name in QUIRKS if name in found]
    if kazoo:
        terminalreporter.section("the server under check")
    for line in kazoo:
        terminalreporter.line(line)
    if quirks:
        terminalreporter.section("quirks of Crossbar's that the server shows")
    for name in quirks:
        terminalreporter.line(f"{name:32}{QUIRKS[name].sentence}")
