"""One check of the contract suite, run against a mock."""

from mockcdrs.contract.check import CheckResult
from mockcdrs.contract.checks import CHECKS
from mockcdrs.contract.target import TargetServer
from mockcdrs.mock import Mock


def run_check(name: str, mock: Mock, url: str | None = None) -> CheckResult:
    """Run the check of a name, by way of another URL than the mock's where one is given."""
    (check,) = [check for check in CHECKS if check.name == name]
    return check.run(TargetServer(url or mock.url, mock.account_id, mock.auth_token))
