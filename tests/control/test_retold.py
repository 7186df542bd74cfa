"""A request told again."""

import shlex

import pytest

from mockcdrs.control.journal import Journal, Record
from mockcdrs.control.redaction import redacted
from mockcdrs.control.retold import curl, target, visible
from mockcdrs.crossbar.answer import Incoming


def came(query: str) -> Record:
    return Journal().open(Incoming("GET", "/v2/a%2Fb", query), at_gregorian=7)


@pytest.mark.parametrize("query", ["paginate", "b=2&a=1&b=3", "a=%zz", "a=x+y%20z", "="])
def test_the_curl_asks_what_was_asked_in_its_order_and_spelling(query: str) -> None:
    assert shlex.split(curl(came(query), "http://x"))[-1] == f"http://x/v2/a%2Fb?{query}"


def test_a_target_without_a_query_has_no_question_mark_and_one_with_a_secret_a_digest() -> None:
    assert target(came("")) == "/v2/a%2Fb"
    assert target(came("a=1&auth_token=s")) == f"/v2/a%2Fb?a=1&auth_token={redacted('s')}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain \\ text", "plain \\ text"),
        ("\x1b[31m\r\n\x00\x7f", "\\x1b[31m\\r\\n\\x00\\x7f"),
        ("\x9b\u202e\u2028\udcff", "\\x9b\\u202e\\u2028\\udcff"),
    ],
)
def test_what_could_end_a_line_or_command_a_terminal_is_escaped(text: str, shown: str) -> None:
    assert visible(text) == shown
