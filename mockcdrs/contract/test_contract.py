"""Every check as a test."""

from collections.abc import Callable

import pytest

from mockcdrs.contract import report
from mockcdrs.contract.check import Check, run
from mockcdrs.contract.server import Server
from mockcdrs.contract.table import CHECKS


@pytest.mark.parametrize("made", CHECKS, ids=[made.name for made in CHECKS])
def test_contract(made: Check, contract_server: Server, record_property: Callable[[str, object], None]) -> None:
    """The server answers as Crossbar does; what cannot be checked with what is there skips."""
    record_property("mockcdrs_kazoo", str(contract_server.detection))
    result = run(made, contract_server)
    for quirk in result.quirks:
        record_property("mockcdrs_quirk", quirk)
    if result.differences:
        pytest.fail("\n".join(report.differed(result)), pytrace=False)
    if result.not_made:
        pytest.skip("; ".join(result.not_made))
