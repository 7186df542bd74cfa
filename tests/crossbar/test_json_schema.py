from typing import Any

import pytest

from mockcdrs.crossbar.errors import Failure
from mockcdrs.crossbar.json_schema import check_schema

SCHEMA: dict[str, Any] = {
    "properties": {
        "name": {"minLength": 2, "maxLength": 4, "pattern": "^[a-z]+$"},
        "method": {"enum": ["md5", "sha"]},
        "credentials": {"required": True},
    }
}


def broken(data: Any, schema: dict[str, Any] = SCHEMA) -> Any:
    with pytest.raises(Failure) as refused:
        check_schema(data, schema)
    assert (refused.value.status, refused.value.message) == (400, "validation error")
    return refused.value.data


@pytest.mark.parametrize("data", [{"credentials": "x"}, {"credentials": "", "name": "abc", "method": "sha", "x": 1}])
def test_what_keeps_the_rules_passes(data: Any) -> None:
    check_schema(data, SCHEMA)


def test_a_missing_field_is_named() -> None:
    assert broken({}) == {
        "credentials": {"required": {"message": "Field is required but missing", "value": "credentials"}}
    }


@pytest.mark.parametrize(
    ("name", "rules"), [("a", ["minLength"]), ("abcde", ["maxLength"]), ("A", ["minLength", "pattern"])]
)
def test_every_broken_rule_of_a_text_is_named_with_what_came(name: str, rules: list[str]) -> None:
    broken_rules = broken({"credentials": "x", "name": name})["name"]
    assert list(broken_rules) == rules
    assert all(each["value"] == name for each in broken_rules.values())


@pytest.mark.parametrize(
    ("field", "value", "rule", "error"),
    [
        ("name", "a", "minLength", {"message": "String must be at least 2 characters", "target": 2, "cause": "a"}),
        (
            "name",
            "abcde",
            "maxLength",
            {"message": "String must not be more than 4 characters", "target": 4, "cause": "abcde"},
        ),
        ("name", "A1", "pattern", {"message": "Failed to match pattern '^[a-z]+$'", "target": "^[a-z]+$"}),
        ("method", "x", "enum", {"message": "Value not found in enumerated list of values", "target": ["md5", "sha"]}),
    ],
)
def test_a_broken_rule_is_told_in_kazoos_words(field: str, value: str, rule: str, error: dict[str, Any]) -> None:
    assert broken({"credentials": "x", field: value}) == {field: {rule: {**error, "value": value}}}


def test_every_broken_field_is_named_in_the_schemas_order() -> None:
    assert list(broken({"method": "x", "name": "a"})) == ["name", "method", "credentials"]


@pytest.mark.parametrize("value", [5, None, ["x"], {"a": 1}])
def test_a_field_that_is_no_text_is_of_the_wrong_type(value: Any) -> None:
    wrong = {"message": "Value did not match type(s): string", "target": "string", "value": value}
    assert broken({"credentials": value}) == {"credentials": {"type": wrong}}


def test_data_that_is_no_object_breaks_a_rule_of_no_field() -> None:
    wrong = {"message": "Value did not match type(s): object", "target": "object", "value": []}
    assert broken([]) == {"": {"type": wrong}}


def test_spare_fields_are_refused_where_the_schema_is_strict() -> None:
    strict = {**SCHEMA, "additionalProperties": False}
    data = {"credentials": "x", "y": 1, "z": 2}
    words = "Strict checking of data is enabled; only include schema-defined properties"
    spare = {"additionalProperties": {"message": words, "value": data}}
    assert broken(data, strict) == {"y": spare, "z": spare}
