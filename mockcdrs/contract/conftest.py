"""The fixture and the report of `pytest --pyargs mockcdrs.contract`.

The suite runs against the mock, or against the server that `--mockcdrs-url` names.
"""

from typing import Any

import pytest

from mockcdrs.contract.client import ClientError, require_h11
from mockcdrs.contract.target import TargetServer
from mockcdrs.crossbar.quirks import QUIRKS
from mockcdrs.crossbar.versions import version_named

TARGET_PROPERTY, QUIRK_PROPERTY = "mockcdrs_kazoo", "mockcdrs_quirk"


@pytest.fixture(scope="session")
def contract_server(mockcdrs_server: Any, pytestconfig: pytest.Config) -> TargetServer:
    """The server under check, one for all checks because it keeps its responses.

    `--mockcdrs-kazoo` or the ini option `mockcdrs_kazoo` names the version that it is checked for.
    """
    try:
        require_h11()
    except ClientError as error:
        pytest.fail(str(error), pytrace=False)
    kazoo = _version_to_check(pytestconfig)
    return TargetServer(mockcdrs_server.url, mockcdrs_server.account_id, mockcdrs_server.auth_token, kazoo=kazoo)


def _version_to_check(config: pytest.Config) -> str | None:
    names = {
        "the option --mockcdrs-kazoo": config.getoption("mockcdrs_kazoo"),
        "the ini setting mockcdrs_kazoo": config.getini("mockcdrs_kazoo"),
    }
    return next((version_named(name, origin).name for origin, name in names.items() if name is not None), None)


def pytest_terminal_summary(terminalreporter: "pytest.TerminalReporter") -> None:
    """Report the version of Kazoo that the server is checked for, and the quirks observed."""
    reports = [report for kind in terminalreporter.stats.values() for report in kind]
    properties = [pair for report in reports for pair in getattr(report, "user_properties", ())]
    versions = dict.fromkeys(value for name, value in properties if name == TARGET_PROPERTY)
    observed = {value for name, value in properties if name == QUIRK_PROPERTY}
    if versions:
        terminalreporter.section("the server under check")
    for line in versions:
        terminalreporter.line(line)
    if observed:
        terminalreporter.section("quirks of Crossbar's that the server shows")
    for name, quirk in QUIRKS.items():
        if name in observed:
            terminalreporter.line(f"{name:32}{quirk.sentence}")
