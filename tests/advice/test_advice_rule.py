"""Views of a record: the CDR endpoint that it asked, and its parameters as Crossbar takes them."""

from typing import Any

import pytest

from mockcdrs.advice import advice_rule
from mockcdrs.advice.advice_rule import AdviceContext, CdrEndpoint, endpoint_of_path, requested_endpoint
from mockcdrs.control.journal import Journal, Record
from mockcdrs.crossbar.pipeline import HttpRequest

NOW = 63_936_129_600  # 2026-01-20T12:00:00Z


def record_of(path: str = "/v2/accounts/a/cdrs", query: str = "", method: str = "GET") -> Record:
    return Journal().open(HttpRequest(method, path, query), NOW)


@pytest.mark.parametrize(
    ("path", "endpoint"),
    [
        ("/v2/accounts/a/cdrs", CdrEndpoint("listing", "a")),
        ("/v2/accounts/a/cdrs/", CdrEndpoint("listing", "a")),
        ("/v1/accounts/a/cdrs/interaction", CdrEndpoint("interaction", "a")),
        ("/v2/accounts/a/users/u/cdrs/summary", CdrEndpoint("summary", "a", user="u", is_of_user=True)),
        ("/v2/accounts/a/cdrs/legs/1-i", CdrEndpoint("legs", "a", "1-i")),
        ("/v2/account/cdrs/202601-c", CdrEndpoint("one", "", "202601-c")),
        ("/v2/accounts/a/cdrs/legs/1-i/x", CdrEndpoint("", "a")),
        ("/v2/accounts/a/users", CdrEndpoint()),
        ("/accounts/a/cdrs", CdrEndpoint()),
        ("*", CdrEndpoint()),
    ],
)
def test_a_path_names_a_cdr_endpoint_or_none(path: str, endpoint: CdrEndpoint) -> None:
    assert endpoint_of_path(record_of(path)) == endpoint


def test_only_a_get_requests_an_endpoint() -> None:
    assert requested_endpoint(record_of()).kind == advice_rule.LISTING
    assert requested_endpoint(record_of(method="PUT")) == CdrEndpoint()


def test_parameters_in_the_body_replace_those_of_the_query_string() -> None:
    record = record_of(query="page_size=5&page_size=6&paginate")
    assert advice_rule.first_value(record, "page_size") == "5"
    assert list(advice_rule.parameter_pairs(record)) == [("page_size", "5"), ("page_size", "6"), ("paginate", True)]
    record.outcome.from_body["page_size"] = 7
    assert advice_rule.first_value(record, "page_size") == 7
    assert advice_rule.row_parameters(record) == {"paginate": True}


@pytest.mark.parametrize(
    ("query", "times"),
    [
        ("", (NOW - 2_682_000, NOW)),
        (f"created_from={NOW - 60}", (NOW - 60, NOW)),
        (f"created_to={NOW - 60}", (NOW - 60 - 2_682_000, NOW - 60)),
        (f"created_from=x&created_to={NOW}", (NOW - 2_682_000, NOW)),
    ],
)
def test_a_range_has_crossbars_defaults(query: str, times: tuple[int, int]) -> None:
    assert advice_rule.requested_range(record_of(query=query), AdviceContext(now=NOW)) == times


@pytest.mark.parametrize(
    ("value", "quoted"),
    [("page_size", "page_size"), ("a b", "'a b'"), ("ü", "'\\xfc'"), (True, "True"), ("x" * 200, f"'{'x' * 59}")],
)
def test_what_a_client_sent_is_quoted_as_short_ascii(value: Any, quoted: str) -> None:
    assert advice_rule.quote(value) == quoted
