"""A client that walks as it should, and the two mocks it walks over."""

from collections.abc import Iterator
from typing import Any

from mockcdrs.mock import Mock

WITH_QUIRKS, WITHOUT = Mock(), Mock(fix=["all"])
MOST_PAGES = 1_000


def walk_ids(mock: Mock, path: str, query: dict[str, Any]) -> Iterator[str]:
    """The ids that arrive, page after page, until the last one, a 503, or a page that came before."""
    client, key, keys = mock.client(), dict[str, str](), set[str]()
    for _ in range(MOST_PAGES):
        url = f"/v2/accounts/{mock.account_id}{path}"
        response = client.simulate_get(url, params={name: str(value) for name, value in {**query, **key}.items()})
        if response.status_code == 503:
            return
        answer = response.json
        yield from (row["id"] for row in answer["data"])
        if answer.get("next_start_key", "") in {"", *keys}:
            return
        key = {"start_key": answer["next_start_key"]}
        keys.add(answer["next_start_key"])
    raise AssertionError("the pages do not end")
