"""The document's examples are answers that the committed data gives, and fit what the document says of them."""

import json

import pytest

from mockcdrs.openapi import examples
from mockcdrs.openapi.document import document
from tests.openapi.making_examples import FILE, made
from tests.openapi.test_document import fitting


def test_the_examples_are_those_made_of_the_committed_data() -> None:
    assert made() == json.loads(FILE.read_bytes()), "make them again: python tests/openapi/making_examples.py"


def test_every_form_of_every_good_answer_and_every_error_has_one() -> None:
    described = document()
    contents = [
        (f"{held['operationId']} {kind}", content)
        for methods in described["paths"].values()
        for name, held in methods.items()
        if name != "options"
        for kind, content in next(iter(held["responses"].values())).get("content", {}).items()
        if kind != "application/x-json"
    ]
    contents += [
        (name, answer["content"]["application/json"])
        for name, answer in described["components"]["responses"].items()
        if "content" in answer
    ]
    without = {where.partition(" ")[0] for where, content in contents if not content.get("examples")}
    assert without == {"listSiblings", "getWhitelabel", "getWhitelabelOfDomain"}, "which the office has not"
    assert len([where for where, _ in contents if where.startswith("Error")]) == 11


@pytest.mark.parametrize("name", examples.load())
def test_an_example_has_the_status_and_schema_of_what_it_stands_for(name: str) -> None:
    held = examples.load()[name]
    if held["of"].startswith("Error"):
        assert held["of"] == f"Error{held['status']}"
        fitting("Error", held["value"] if held["kind"] == "application/json" else json.loads(held["value"]))
        return
    (operation,) = [
        each
        for methods in document()["paths"].values()
        for each in methods.values()
        if each["operationId"] == held["of"]
    ]
    schema = operation["responses"][str(held["status"])]["content"][held["kind"]]["schema"]
    if held["kind"] == "application/json":
        refs = [each["$ref"] for each in schema.get("anyOf", [schema])]
        names = [ref.rpartition("/")[2] for ref in refs]
        fitting(next(each for each in names if each.startswith("Chunked") is name.endswith("-chunked")), held["value"])
    else:
        assert held["value"].count("\n") >= 2
