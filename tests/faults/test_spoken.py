"""A rule as JSON and as the line of Python: both make the same rule."""

from typing import Any

import pytest

from mockcdrs.faults import Reply, Rule
from mockcdrs.faults.presets import PRESETS
from mockcdrs.mock import Mock

RULES = {
    **{name: rule for name, (rule, _) in PRESETS.items()},
    "reply": Rule(path="/vmboxes", reply=Reply({"data": [1, None]}, 201, {"x-a": "b"}), times=2, query={"a": True}),
    "bare reply": Rule(path="/vmboxes", reply=Reply()),
    "reply to all": Rule(reply=Reply(json={"a": "it's"})),
    "everything": Rule(
        method="GET", path="/cdrs", query={"page_size": "7"}, page=2, after=1, probability=0.5, drip=9.5
    ),
}


@pytest.fixture(scope="module")
def mock() -> Mock:
    return Mock()


@pytest.mark.parametrize("name", RULES)
def test_the_line_of_python_makes_the_rule(mock: Mock, name: str) -> None:
    made: Any = eval(RULES[name].to_python(), {"mockcdrs": mock, "Reply": Reply})
    assert made.with_number(0) == RULES[name]


@pytest.mark.parametrize("name", RULES)
def test_the_json_makes_the_rule(name: str) -> None:
    assert Rule.from_dict(RULES[name].to_dict()) == RULES[name]


def test_code_of_a_tests_own_is_said_by_its_name() -> None:
    assert Rule(then=print).to_python() == "mockcdrs.fail(then=print)"
