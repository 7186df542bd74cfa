"""What holds for any documents and any question made of valid parts."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockcdrs import strategies
from mockcdrs.control.clock import Clock
from mockcdrs.control.state import State
from mockcdrs.crossbar import quirks
from mockcdrs.crossbar.pipeline import HttpRequest, respond
from mockcdrs.crossbar.settings import Settings
from mockcdrs.crossbar.versions import KAZOO_4_3
from mockcdrs.dataset.store import Document, LoadedStore
from mockcdrs.strategies import History
from tests.crossbar.builders import body_of, escaped, json_of

Query = Mapping[str, Any]

_examples = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
_histories = strategies.histories(accounts=2, days=20, calls=12)
_page_sizes = st.integers(1, 8)
_filters = st.sampled_from(
    [{}, {"filter_call_direction": "inbound"}, {"filter_not_hangup_cause": "USER_BUSY"}, {"has_key": "digits_dialed"}]
)


class _Client:
    """Asks the mock of a history for its first account's calls."""

    def __init__(self, history: History, fixed: Iterable[str] = ()) -> None:
        documents: dict[tuple[str, str], list[Document]] = {}
        for document in history.documents:
            documents.setdefault((document["pvt_account_id"], document["_id"][:6]), []).append(dict(document))
        clock = Clock(history.now_gregorian)
        self.account = history.accounts[0]
        self.state = State(
            LoadedStore(history.accounts, documents), Settings(), clock, quirks.enabled(quirks.COMMON, fixed)
        )

    def ask(self, path: str, query: Query, accept: str = "*/*") -> Any:
        query_string = "&".join(f"{name}={value}" for name, value in query.items())
        headers = {"x-auth-token": self.account.tokens[0].value, "accept": accept}
        incoming = HttpRequest("GET", f"/v2/accounts/{self.account.id}{path}", query_string, headers)
        return respond(incoming, self.state.server_state(), "id")

    def rows(self, path: str, query: Query = {}) -> list[Any]:  # noqa: B006 it is only read
        return list(json_of(self.ask(path, {**query, "paginate": "false"}))["data"])

    def walk(self, path: str, query: Query) -> list[Any]:
        rows, parameters = [], dict(query)
        for _ in range(200):
            page = json_of(self.ask(path, parameters))
            rows += page["data"]
            if "next_start_key" not in page:
                return rows
            parameters["start_key"] = page["next_start_key"]
        raise AssertionError("the walk does not end")


@pytest.mark.parametrize("path", ["/cdrs", "/cdrs/interaction"])
@pytest.mark.parametrize("chunked", ["true", "false"])
@given(history=_histories, page_size=_page_sizes, filters=_filters)
@_examples
def test_an_ascending_walk_gives_what_one_page_of_everything_gives(
    path: str, chunked: str, history: History, page_size: int, filters: Query
) -> None:
    client = _Client(history)
    query = {"ascending": "true", "is_chunked": chunked, **filters}
    walked, whole = client.walk(path, {**query, "page_size": page_size}), client.rows(path, query)
    assert sorted(map(str, walked)) == sorted(map(str, whole))
    if chunked == "true" or path == "/cdrs":
        assert walked == whole


@given(history=_histories, page_size=_page_sizes, filters=_filters)
@_examples
def test_a_descending_walk_over_cdrs_gives_everything_too(history: History, page_size: int, filters: Query) -> None:
    client = _Client(history)
    assert client.walk("/cdrs", {**filters, "page_size": page_size}) == client.rows("/cdrs", filters)


@given(history=_histories, page_size=_page_sizes)
@_examples
def test_a_descending_walk_over_interactions_is_whole_once_the_loss_is_fixed(history: History, page_size: int) -> None:
    client = _Client(history, fixed=["interaction-page-loss"])
    assert client.walk("/cdrs/interaction", {"page_size": page_size}) == client.rows("/cdrs/interaction")


@given(history=_histories, filters=_filters)
@_examples
def test_ascending_is_descending_turned_around(history: History, filters: Query) -> None:
    client = _Client(history)
    assert client.rows("/cdrs", {**filters, "ascending": "true"}) == client.rows("/cdrs", filters)[::-1]


@given(history=_histories)
@_examples
def test_csv_holds_what_json_holds(history: History) -> None:
    client = _Client(history)
    rows = client.rows("/cdrs")
    response = client.ask("/cdrs", {"paginate": "false"}, accept="text/csv")
    lines = list(csv.reader(io.StringIO(body_of(response).decode(), newline="")))
    if not rows:
        assert response.status == 204
        return
    assert lines[0] == ["ID", *KAZOO_4_3.columns[1:]]
    assert lines[1:] == [[_cell(value) for value in row.values()] for row in rows]


def _cell(value: Any) -> str:
    return ",".join(value) if isinstance(value, list) else str(value)


@given(history=_histories, filters=_filters)
@_examples
def test_a_users_calls_are_the_accounts_calls_with_that_owner(history: History, filters: Query) -> None:
    client = _Client(history)
    rows = client.rows("/cdrs", filters)
    for user in client.account.users:
        owned = client.rows(f"/users/{user['id']}/cdrs", filters)
        assert owned == [row for row in rows if row["owner_id"] == user["id"]]


@given(history=_histories)
@_examples
def test_a_row_and_its_document_agree(history: History) -> None:
    client = _Client(history)
    same = ("call_id", "caller_id_number", "caller_id_name", "hangup_cause", "interaction_id", "duration_seconds")
    for row in client.rows("/cdrs"):
        document = json_of(client.ask(f"/cdrs/{escaped(row['id'])}", {}))["data"]
        assert {key: row[key] for key in same} == {key: document.get(key, "") for key in same}
        assert int(row["timestamp"]) == document["timestamp"] - document["duration_seconds"]
        assert not [key for key in document if key.startswith(("_", "pvt_"))]


@given(history=_histories, filters=_filters)
@_examples
def test_filters_agree_with_a_naive_filter(history: History, filters: Query) -> None:
    client = _Client(history)
    mine = [document for document in history.documents if document["pvt_account_id"] == client.account.id]
    wanted = {document["_id"] for document in mine if _passes(document, filters)}
    assert {row["id"] for row in client.rows("/cdrs", filters)} == wanted


def _passes(document: Document, filters: Query) -> bool:
    if "has_key" in filters:
        return filters["has_key"] in document
    if "filter_not_hangup_cause" in filters:
        return bool(document.get("hangup_cause", "") != filters["filter_not_hangup_cause"])
    return all(document.get(name.removeprefix("filter_")) == value for name, value in filters.items())


@given(history=_histories)
@_examples
def test_an_interactions_row_is_one_of_its_legs(history: History) -> None:
    client = _Client(history)
    for row in client.rows("/cdrs/interaction"):
        legs = json_of(client.ask(f"/cdrs/legs/{row['interaction_id']}", {}))["data"]
        assert row["id"] in {leg["id"] for leg in legs}
        assert {leg["interaction_id"] for leg in legs} == {row["interaction_id"]}
