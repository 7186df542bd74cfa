"""A project that uses the package as it is installed: its tests run, and pass a strict type check."""

import json
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

from mockcdrs import Mock, serving

if TYPE_CHECKING:
    from mockcdrs.cdr.listing_columns import ListingRow


def newest(mock: Mock) -> str:
    """The id of the CDR that a client sees first."""
    request = Request(mock.url_for("/cdrs?page_size=1"), headers={"X-Auth-Token": mock.auth_token})
    with urlopen(request, timeout=10) as answer:
        rows: list[ListingRow] = json.load(answer)["data"]
    return rows[0]["id"]


def test_the_plugin_gives_a_mock(mockcdrs: Mock) -> None:
    mockcdrs.add_call(seconds=75)
    assert newest(mockcdrs) == mockcdrs.expected().ids[0]
    assert [record.status for record in mockcdrs.requests] == [200]


def test_a_mock_needs_no_pytest() -> None:
    with serving(seed=7) as mock:
        assert newest(mock) == mock.expected().ids[0]
