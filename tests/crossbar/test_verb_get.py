"""A POST that says `verb=GET`: it is let through as a GET and answers as a PUT would (`api_resource:from_json/2`)."""

import json
from typing import Any

import pytest

from mockcdrs.crossbar.pipeline import HttpResponse
from tests.crossbar.builders import ask, body_of, calls, data_of, json_of, leg, state_of

DOCUMENT = leg("one@host", _rev="3-x")


def posted(path: str = "/cdrs", query: str = "", **more: Any) -> HttpResponse:
    return ask(state_of([DOCUMENT, *calls(2)], months=("202601",)), path, f"verb=GET&{query}", method="POST", **more)


@pytest.mark.parametrize("path", ["/cdrs", "/cdrs/interaction"])
def test_a_listing_in_chunks_has_loaded_nothing_by_then(path: str) -> None:
    answered = json_of(posted(path))
    assert answered["data"] == []
    assert not {"page_size", "start_key", "revision"} & answered.keys()


def test_a_plain_listing_is_all_there() -> None:
    answered = json_of(posted(query="is_chunked=false&page_size=2"))
    assert (len(answered["data"]), answered["page_size"], answered["revision"]) == (2, 2, "automatic")
    assert "next_start_key" in answered


def test_interactions_are_rows_of_their_view_with_an_id() -> None:
    row = data_of(posted("/cdrs/interaction", "is_chunked=false"))[0]
    assert [*row] == ["key", "value", "id"]
    assert row["id"] == row["value"]["id"]


@pytest.mark.parametrize(
    ("path", "revision"), [("/cdrs/202601-one@host", "3-x"), ("/cdrs/summary", "automatic"), ("/cdrs/legs/1", None)]
)
def test_a_document_has_its_revision_and_what_has_none_an_automatic_one(path: str, revision: str | None) -> None:
    assert json_of(posted(path)).get("revision") == revision


@pytest.mark.parametrize("accept", ["*/*", "text/csv", "application/x-json"])
def test_it_is_json_whatever_is_wanted(accept: str) -> None:
    answered = posted(query="is_chunked=false", headers={"accept": accept})
    assert answered.headers["content-type"] == "application/json"
    assert not {"etag", "expires"} & answered.headers.keys()
    assert len(data_of(answered)) == 3


def test_what_a_get_refuses_it_refuses() -> None:
    assert json_of(posted(query="page_size=0"))["data"]["message"] == "page size must be at least 1"
    assert posted(headers={"accept": "text/html"}).status == 406


@pytest.mark.parametrize(
    ("path", "tag", "status"),
    [("/cdrs/202601-one@host", "*", 412), ("/cdrs/202601-one@host", '"3-x"', 412), ("/cdrs", '"x"', 412)],
)
def test_a_tag_that_matches_is_a_failed_precondition(path: str, tag: str, status: int) -> None:
    answered = posted(path, headers={"if-none-match": tag})
    assert (answered.status, body_of(answered)) == (status, b"")
    assert "etag" not in answered.headers


def test_a_tag_that_does_not_match_is_none() -> None:
    assert posted("/cdrs/202601-one@host", headers={"if-none-match": '"2-x"'}).status == 200


@pytest.mark.parametrize(
    ("verb", "status"),
    [
        ("get", 200),
        (["GET"], 200),
        (["G", "E", ["T"]], 200),
        (None, 405),
        (True, 405),
        (1, 405),
        ("", 405),
        ({}, 405),
        ([1000], 500),
    ],
)
def test_a_verb_in_a_body_is_made_text(verb: Any, status: int) -> None:
    """`api_util:get_http_verb/2`."""
    body = json.dumps({"data": {"verb": verb}}).encode()
    assert ask(state_of(calls(1)), method="POST", body=body).status == status


def test_a_verb_beside_the_data_that_is_null_is_none() -> None:
    assert ask(state_of(calls(1)), body=b'{"data":{},"verb":null}').status == 200
