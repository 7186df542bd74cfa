"""What a line of the log says."""

import json
import logging
import re
import sys
from typing import Any

import pytest

from mockcdrs.control.journal import Record
from mockcdrs.server.request_log import LONGEST_TEXT, JsonFormatter, TextFormatter

AT = 1_768_910_400.25  # 2026-01-20T12:00:00.25Z
EVIL = "\x1b[2J\r\n200 GET /forged\u2028\udcff"


def record(**changes: Any) -> Record:
    usual = {"path": "/v2", "raw_query": "a=1", "query": {}, "headers": {}, "status": 200, "method": "GET"}
    return Record(**{"number": 1, "at_gregorian": 63_936_129_600, **usual, **changes})


def warning(message: str = "words", **more: Any) -> logging.LogRecord:
    return logging.LogRecord("mockcdrs", logging.WARNING, "", 0, message, (), more.get("exc_info"))


def test_a_person_reads_time_status_method_duration_bytes_and_target() -> None:
    line = TextFormatter().request(AT, record(sent_bytes=31_042, duration_seconds=0.0124))
    assert re.fullmatch(r"\d\d:00:00 200 GET          12\.4 ms     31042 B  /v2\?a=1", line)


def test_a_person_reads_fault_advice_and_note_behind_it() -> None:
    told = record(status=0, fault="status=503", advised=["one: x", "two: y", "one: z"], note="why")
    line = TextFormatter().request(AT, told)
    assert " cut GET" in line
    assert line.endswith("/v2?a=1  fault: status=503  advice: one, two  note: why")


@pytest.mark.parametrize(("status", "colour"), [(200, 32), (304, 32), (404, 33), (503, 31), (0, 31)])
def test_on_a_terminal_the_status_has_its_colour(status: int, colour: int) -> None:
    line = TextFormatter(is_coloured=True).request(AT, record(status=status))
    assert f" \x1b[{colour}m{status or 'cut'}\x1b[0m GET" in line


@pytest.mark.parametrize("name", ["method", "path", "raw_query", "fault", "note"])
@pytest.mark.parametrize("form", [TextFormatter(), JsonFormatter()])
def test_a_strangers_bytes_neither_end_the_line_nor_command_the_terminal(form: Any, name: str) -> None:
    line = form.request(AT, record(**{name: EVIL}))
    assert line.isascii()
    assert line.isprintable()
    assert "forged" in line


def test_a_long_target_is_cut_for_a_person_and_whole_for_a_machine() -> None:
    long = record(path="/" + "x" * 5_000, method="M" * 5_000)
    assert len(TextFormatter().request(AT, long)) < 2 * LONGEST_TEXT + 150
    assert "x... (5005 characters)" in TextFormatter().request(AT, long)
    assert json.loads(JsonFormatter().request(AT, long))["path"] == long.path


def test_a_machine_reads_one_object_with_all_of_it() -> None:
    told = record(sent_bytes=5, duration_seconds=0.0124, fault="f", advised=["one: x"], note="why")
    assert json.loads(JsonFormatter().request(AT, told)) == {
        "event": "request",
        "time": "2026-01-20T12:00:00.250Z",
        "clock": "2026-01-20T12:00:00Z",
        "status": 200,
        "method": "GET",
        "path": "/v2",
        "query": "a=1",
        "sent_bytes": 5,
        "duration_ms": 12.4,
        "fault": "f",
        "advice": ["one"],
        "note": "why",
    }


def test_warnings_are_told_on_one_line_and_a_traceback_below() -> None:
    assert TextFormatter().warning(AT, warning(EVIL)).endswith("warning: \\x1b[2J\\r\\n200 GET /forged\\u2028\\udcff")
    assert json.loads(JsonFormatter().warning(AT, warning()))["message"] == "words"
    try:
        raise ValueError(EVIL)
    except ValueError:
        failed = warning(exc_info=sys.exc_info())
    first, second, *_ = TextFormatter().warning(AT, failed).splitlines()
    assert (first[9:], second) == ("warning: words", "Traceback (most recent call last):")
    assert "ValueError" in json.loads(JsonFormatter().warning(AT, failed))["traceback"]


def test_a_person_sees_the_banner_and_a_machine_where_it_listens() -> None:
    assert TextFormatter().listening(AT, ["Müller", "", "b"], {"url": "u"}) == "Müller\n\nb"
    assert TextFormatter().listening(AT, ["Name  x\x1b[2J"], {}) == "Name  x\\x1b[2J"
    assert json.loads(JsonFormatter().listening(AT, ["a"], {"url": "u"})) == {
        "event": "listening",
        "time": "2026-01-20T12:00:00.250Z",
        "url": "u",
    }
