"""Every check of the contract suite as a test."""

from collections.abc import Callable

import pytest

from mockcdrs.contract.check import Check, describe_differences
from mockcdrs.contract.checks import CHECKS
from mockcdrs.contract.target import TargetServer


@pytest.mark.parametrize("contract_check", CHECKS, ids=[each.name for each in CHECKS])
def test_contract(
    contract_check: Check, contract_server: TargetServer, record_property: Callable[[str, object], None]
) -> None:
    """The server answers as Crossbar does. The test is skipped if the server's data does not allow the check."""
    record_property("mockcdrs_kazoo", str(contract_server.detection))
    result = contract_check.run(contract_server)
    for quirk in result.quirks:
        record_property("mockcdrs_quirk", quirk)
    if result.differences:
        pytest.fail("\n".join(describe_differences(result)), pytrace=False)
    if result.skipped:
        pytest.skip("; ".join(result.skipped))
