"""What a client sends, checked by Kazoo's schemas (`kz_json_schema.erl`, `cb_context.erl`)."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mockcdrs.crossbar.errors import schema_error

Schema = Mapping[str, Any]


def check_schema(data: Any, schema: Schema) -> None:
    """`Failure` 400 that names every field and rule that the data breaks; `schema` is for an object of texts."""
    if not isinstance(data, Mapping):
        raise schema_error({"": {"type": _type_error(data, "object")}})
    broken = {
        name: errors for name, rules in schema["properties"].items() if (errors := _field_errors(name, data, rules))
    }
    if not schema.get("additionalProperties", True):
        broken |= {name: _unknown_field_error(data) for name in data if name not in schema["properties"]}
    if broken:
        raise schema_error(broken)


def _field_errors(name: str, data: Mapping[str, Any], rules: Schema) -> dict[str, Any]:
    if name not in data:
        missing = {"required": {"message": "Field is required but missing", "value": name}}
        return missing if rules.get("required") else {}
    value = data[name]
    if not isinstance(value, str):
        return {"type": _type_error(value, "string")}
    return dict(_broken_rules(value, rules))


def _broken_rules(value: str, rules: Schema) -> Iterator[tuple[str, dict[str, Any]]]:
    for rule, (is_broken, words, has_cause) in _RULES.items():
        if rule in rules and is_broken(value, rules[rule]):
            cause = {"cause": value} if has_cause else {}
            yield rule, {"message": words.format(rules[rule]), "target": rules[rule], **cause, "value": value}


_RULES: dict[str, tuple[Callable[[str, Any], bool], str, bool]] = {
    "minLength": (lambda value, least: len(value) < least, "String must be at least {} characters", True),
    "maxLength": (lambda value, most: len(value) > most, "String must not be more than {} characters", True),
    "enum": (lambda value, known: value not in known, "Value not found in enumerated list of values", False),
    "pattern": (lambda value, form: not re.search(form, value), "Failed to match pattern '{}'", False),
}


def _type_error(value: Any, expected: str) -> dict[str, Any]:
    return {"message": f"Value did not match type(s): {expected}", "target": expected, "value": value}


def _unknown_field_error(data: Mapping[str, Any]) -> dict[str, Any]:
    words = "Strict checking of data is enabled; only include schema-defined properties"
    return {"additionalProperties": {"message": words, "value": data}}
