"""The type of a listing's row is true of the rows that each version answers with."""

from typing import Any, get_origin, get_type_hints

import pytest

from mockcdrs import serving
from mockcdrs.cdr.listing_row import ListingRow
from mockcdrs.crossbar.versions import VERSIONS

TYPES = get_type_hints(ListingRow)


def columns(*, is_reseller: bool) -> list[set[str]]:
    return [
        set(version.row_columns(is_reseller=is_reseller, interactions_of=interactions_of))
        for version in VERSIONS.values()
        for interactions_of in ("", "account", "user")
    ]


def test_it_has_each_column_of_each_version_and_no_other() -> None:
    assert set[str]().union(*columns(is_reseller=True)) == TYPES.keys()


def test_columns_that_not_all_rows_have_are_not_required() -> None:
    assert ListingRow.__required_keys__ == set.intersection(*columns(is_reseller=False))


def is_of_type(value: Any, kind: Any) -> bool:
    return isinstance(value, get_origin(kind) or kind) if get_origin(kind) is list else isinstance(value, kind)


@pytest.mark.parametrize("kazoo", VERSIONS)
@pytest.mark.parametrize("path", ["/cdrs", "/cdrs/interaction"])
def test_the_rows_of_the_office_are_of_that_type(kazoo: str, path: str) -> None:
    with serving(kazoo=kazoo, reseller=True) as mock:
        client = mock.client()
        rows = client.simulate_get(f"/v2/accounts/{mock.account_id}{path}?paginate=false").json["data"]
    assert len(rows) > 100
    wrong = {(name, type(value)) for row in rows for name, value in row.items() if not is_of_type(value, TYPES[name])}
    assert wrong == set()
