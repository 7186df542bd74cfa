"""The document's examples are answers that the committed data gives, and fit what the document says of them."""

import json

import pytest

from mockcdrs import openapi
from mockcdrs.crossbar.versions import VERSIONS, Version
from mockcdrs.openapi import build_document
from tests.openapi.build_examples import examples_of, texts
from tests.openapi.test_openapi import fitting

EXAMPLES = [(version, name) for version in VERSIONS.values() for name in openapi.load_examples(version)]


@pytest.mark.parametrize("version", VERSIONS.values(), ids=VERSIONS)
def test_the_examples_are_those_made_of_the_committed_data(version: Version) -> None:
    assert texts(examples_of(version)) == texts(openapi.load_examples(version)), (
        "make them again: python tests/openapi/build_examples.py"
    )


@pytest.mark.parametrize("version", VERSIONS.values(), ids=VERSIONS)
def test_every_form_of_every_good_answer_and_every_error_has_one(version: Version) -> None:
    described = build_document(version)
    contents = [
        (f"{operation['operationId']} {kind}", content)
        for methods in described["paths"].values()
        for name, operation in methods.items()
        if name != "options"
        for kind, content in next(iter(operation["responses"].values())).get("content", {}).items()
        if kind != "application/x-json"
    ]
    contents += [
        (name, answer["content"]["application/json"])
        for name, answer in described["components"]["responses"].items()
        if "content" in answer
    ]
    without = {where.partition(" ")[0] for where, content in contents if not content.get("examples")}
    assert without == {"listSiblings", "getWhitelabel", "getWhitelabelOfDomain"}, "which the office has not"
    assert len([where for where, _ in contents if where.startswith("Error")]) == (10 if version.serves_v1 else 11)


@pytest.mark.parametrize(("version", "name"), EXAMPLES, ids=[f"{version.name}-{name}" for version, name in EXAMPLES])
def test_an_example_has_the_status_and_schema_of_what_it_stands_for(version: Version, name: str) -> None:
    example = openapi.load_examples(version)[name]
    if example["of"].startswith("Error"):
        assert example["of"] == f"Error{example['status']}"
        fitting(
            version,
            "Error",
            example["value"] if example["kind"] == "application/json" else json.loads(example["value"]),
        )
        return
    (operation,) = [
        each
        for methods in build_document(version)["paths"].values()
        for each in methods.values()
        if each["operationId"] == example["of"]
    ]
    schema = operation["responses"][str(example["status"])]["content"][example["kind"]]["schema"]
    if example["kind"] == "application/json":
        refs = [each["$ref"] for each in schema.get("anyOf", [schema])]
        names = [ref.rpartition("/")[2] for ref in refs]
        fitting(
            version,
            next(each for each in names if each.startswith("Chunked") is name.endswith("-chunked")),
            example["value"],
        )
    else:
        assert example["value"].count("\n") >= 2
