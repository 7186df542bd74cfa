"""A mock in this process and one elsewhere have the same public methods, with the same signatures."""

import inspect
from dataclasses import fields
from typing import Any, get_type_hints

import pytest

from mockcdrs.cdr.documents import schema_field_names
from mockcdrs.config import MockConfig, MockOptions
from mockcdrs.control.account_interface import ApiAddress
from mockcdrs.control.additions import CallArguments
from mockcdrs.control.clock import Clock, ClockInterface
from mockcdrs.control.mock_interface import MockInterface
from mockcdrs.dataset.call_builder import CALL_SPEC_FIELDS
from mockcdrs.expected.query import _PARAMETERS, ListingQuery
from mockcdrs.faults.actions import ACTIONS, ReplyRuleArguments, RuleArguments, ScriptArguments
from mockcdrs.faults.matching import Match
from mockcdrs.faults.rule import Schedule
from mockcdrs.mock import Mock, serving
from mockcdrs.real_kazoo import RealKazoo
from mockcdrs.remote_mock import RemoteClock, RemoteMock

# what needs the process of the mock: its own state, its server, and its app
OF_THE_PROCESS = {"client", "close", "stop", "wsgi_app"}


def public_members(kind: type) -> dict[str, Any]:
    return {name: value for name, value in inspect.getmembers_static(kind) if not name.startswith("_")}


def form(member: Any) -> object:
    """Names, kinds and defaults of a method's parameters (mypy compares their types); of anything else its type."""
    if not callable(member):
        return type(member)
    return [(each.name, each.kind, each.default) for each in inspect.signature(member).parameters.values()]


def test_a_mock_in_this_process_has_what_the_interface_names_and_what_needs_its_process() -> None:
    interface = public_members(MockInterface)
    assert public_members(Mock).keys() - interface.keys() == OF_THE_PROCESS
    assert public_members(RemoteMock).keys() == interface.keys()
    assert public_members(RealKazoo).keys() == public_members(ApiAddress).keys() | {"is_mock"}


@pytest.mark.parametrize("name", sorted(public_members(MockInterface)))
@pytest.mark.parametrize("kind", [Mock, RemoteMock])
def test_each_method_has_the_signature_of_the_interface(kind: type, name: str) -> None:
    assert form(public_members(kind)[name]) == form(public_members(MockInterface)[name])


@pytest.mark.parametrize("kind", [Clock, RemoteClock])
def test_each_clock_has_the_methods_of_the_interface(kind: type) -> None:
    for name, declared in public_members(ClockInterface).items():
        assert form(public_members(kind)[name]) == form(declared)


@pytest.mark.parametrize("name", sorted(public_members(MockInterface).keys() - {"is_mock", "host"}))
def test_each_method_is_documented_where_an_editor_looks(name: str) -> None:
    for kind in (Mock, RemoteMock):
        assert inspect.getdoc(getattr(kind, name))


def names_in(documented: Any) -> set[str]:
    """The names that a docstring explains: `first, second: what they are`."""
    heads = [line.partition(":")[0] for line in (inspect.getdoc(documented) or "").splitlines() if ":" in line]
    return {name.strip() for head in heads for name in head.split(",")}


@pytest.mark.parametrize(
    ("documented", "arguments"),
    [
        (Mock, MockOptions),
        (MockConfig, MockOptions),
        (Mock.add_call, CallArguments),
        (Mock.fail, RuleArguments),
        (Mock.respond, ReplyRuleArguments),
        (Mock.script, ScriptArguments),
        (serving, MockOptions),
    ],
    ids=["Mock", "MockConfig", "add_call", "fail", "respond", "script", "serving"],
)
def test_each_keyword_argument_is_documented_where_an_editor_looks(documented: Any, arguments: type) -> None:
    assert set(arguments.__annotations__) <= names_in(documented)


def test_the_typed_arguments_are_those_that_are_taken() -> None:
    assert get_type_hints(MockOptions) == get_type_hints(MockConfig)
    assert CallArguments.__annotations__.keys() == CALL_SPEC_FIELDS.keys()
    which = {item.name for part in (Match, Schedule) for item in fields(part)}
    beside_answers = {name for name, action in ACTIONS.items() if action.group != "answer"}
    beside_all = {name for name, action in ACTIONS.items() if not action.group}
    assert ReplyRuleArguments.__annotations__.keys() == which - {"path", "headers"} | beside_answers
    assert ScriptArguments.__annotations__.keys() == which - {"path", "nth", "times"} | beside_all


def test_the_typed_query_has_each_parameter_of_ground_truth_and_a_filter_for_each_field() -> None:
    filters = {f"{prefix}{name}" for prefix in ("filter_", "filter_not_") for name in schema_field_names()}
    others = {name for name in _PARAMETERS if not name.startswith("filter_")}
    assert set(ListingQuery.__annotations__) == filters | others


@pytest.mark.parametrize("call", [Mock.__init__, serving, MockInterface.fail, MockInterface.add_call])
def test_what_is_given_by_name_only_has_no_parameter_for_the_rest_that_an_editor_would_show(call: Any) -> None:
    assert all(each.kind is not each.VAR_POSITIONAL for each in inspect.signature(call).parameters.values())
