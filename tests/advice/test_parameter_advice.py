"""Advice on names and values of parameters."""

from typing import Any

import pytest

from mockcdrs.mock import Mock


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("pagesize", "page_size"),
        ("start_date", "created_from"),
        ("from", "created_from"),
        ("limit", "page_size"),
        ("offset", "start_key"),
        ("createdFrom", "created_from"),
        ("startkey", "start_key"),
        ("callback", "jsonp"),
        ("caller_id_number", "filter_caller_id_number=VALUE"),
    ],
)
def test_a_misspelt_parameter_is_reported_with_the_nearest_known_one(client: Any, sent: str, meant: str) -> None:
    client().sends(query=f"{sent}=1").is_advised("misspelt-parameter", sent, meant)


def test_a_parameter_like_no_other_is_reported_without_a_guess(client: Any) -> None:
    client().sends("/v2/account/cdrs", "zzzz=1").is_advised("misspelt-parameter", "zzzz")
    client().sends(query="zzzz=1").is_advised("misspelt-parameter", "zzzz is no parameter of Crossbar's")
    assert "did you mean" not in "".join(client().sends(query="zzzz=1").advice())


@pytest.mark.parametrize("sent", ["_=1768", "page_size=5", "has_key=to", "filter_to=x", "auth_token=t", "verb=GET"])
def test_a_known_parameter_is_right(client: Any, sent: str) -> None:
    client().sends(query=sent).is_not_advised("misspelt-parameter")
    client().sends("/devices", "anything=1").is_not_advised("misspelt-parameter")
    client().sends("/cdrs/legs/a/b", "anything=1").is_not_advised("misspelt-parameter")


def test_a_filter_by_no_field_is_reported_with_the_nearest_one(client: Any) -> None:
    client().sends(query="filter_caller_id=1").is_advised(
        "unknown-field", "filter_caller_id", "caller_id_name or caller_id_number"
    )
    client().sends(query="filter_not_hangupcause=1").is_advised("unknown-field", "hangup_cause")
    client().sends(query="has_key=zzzz").is_advised("unknown-field", "has_key=zzzz")
    client().sends(query="filter_zzzz=1").is_advised("unknown-field", "filter_zzzz")


@pytest.mark.parametrize(
    "sent",
    ["filter_call_direction=x", "filter_custom_channel_vars.owner_id=x", "filter_pvt_type=cdr", "has_key=channel_name"],
)
def test_a_filter_by_a_field_of_documents_is_right(client: Any, sent: str) -> None:
    client().sends(query=sent).is_not_advised("unknown-field")
    client().sends(query=sent).is_not_advised("listing-column")


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("filter_direction=inbound", "call_direction"),
        ("filter_owner_id=x", "custom_channel_vars.owner_id"),
        ("filter_not_cost=0", "in the client"),
        ("filter_datetime=x", "in the client"),
        ("has_value=rate_name", "custom_channel_vars.rate_name"),
    ],
)
def test_a_filter_by_a_listings_column_is_reported_with_the_documents_key(client: Any, sent: str, meant: str) -> None:
    client().sends(query=sent).is_advised("listing-column", meant)
    client().sends(query=sent).is_not_advised("unknown-field")


def test_a_repeated_parameter_is_reported(client: Any) -> None:
    client().sends(query="filter_to=a&filter_to=b").is_advised("repeated-parameter", "2 times", "JSON array")
    client().sends(query="page_size=5&page_size=6").is_advised("repeated-parameter", "the first, 5")
    client().sends(query="has_key=to&has_key=from").is_not_advised("repeated-parameter")
    client().sends(query="page_size=5").is_not_advised("repeated-parameter")


@pytest.mark.parametrize(
    ("sent", "reading"),
    [
        ("paginate=0", "all rows"),
        ("ascending=0", "oldest first"),
        ("descending=1", "only true"),
        ("is_chunked=1", "only true"),
    ],
)
def test_a_switch_that_is_neither_true_nor_false_is_reported_with_its_effect(
    client: Any, sent: str, reading: str
) -> None:
    client().sends(query=sent).is_advised("odd-boolean", reading)
    client().sends(query="paginate=false&ascending=true").is_not_advised("odd-boolean")


def advice_on(mock: Mock, path: str, query: str = "", **body: Any) -> str:
    """Return the advice on a request whose parameters are in its body, `data` apart from the rest."""
    mock.reset()
    headers = {"X-Auth-Token": mock.auth_token, "Content-Type": "application/json"}
    url = f"/v2/accounts/{mock.account_id}{path}"
    mock.client().simulate_get(url, query_string=query, headers=headers, json={"data": {}, **body})
    return "\n".join(mock.advice())


def test_a_parameter_in_the_body_is_seen_as_crossbar_reads_it() -> None:
    mock = Mock()
    assert "wrong-epoch: created_from=1700000000" in advice_on(mock, "/cdrs", data={"created_from": 1700000000})
    assert "odd-boolean: paginate=maybe" in advice_on(mock, "/cdrs", paginate="maybe")
    # the body's data counts before the query string, the rest of the body behind it
    assert "paginate=maybe" in advice_on(mock, "/cdrs", "paginate=true", data={"paginate": "maybe"})
    assert "paginate=maybe" not in advice_on(mock, "/cdrs", "paginate=true", paginate="maybe")
    assert "bad-start-key: start_key=null" in advice_on(mock, "/cdrs", data={"start_key": "null"})
    # of the direction only the query string is asked
    assert "odd-boolean" not in advice_on(mock, "/cdrs", data={"ascending": "maybe"})
    assert mock.requests[0].query == {}


def test_what_a_body_holds_is_kept_short_and_plain() -> None:
    mock = Mock()
    advice_on(mock, "/cdrs", data={"page_size": "9" * 5_000, "utc_offset": [1], "auth_token": "secret"})
    assert mock.requests[0].outcome.from_body == {"page_size": "9" * 1_000}
