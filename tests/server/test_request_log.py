"""The log of a server that runs on its own."""

import json
import logging
import re
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from mockcdrs.control.journal import Record
from mockcdrs.mock import Mock, serving
from mockcdrs.server import request_log
from mockcdrs.server.request_log import LONGEST_TEXT, JsonFormatter, LineFormatter, RequestLog, TextFormatter


@pytest.fixture
def mock() -> Iterator[Mock]:
    with serving() as mock:
        yield mock


def ask(mock: Mock, path: str = "/cdrs", **more: str) -> None:
    httpx.get(mock.url_for(path), headers={"X-Auth-Token": mock.auth_token}, params=more, timeout=10)


def wait_for_log() -> None:
    """Wait for what a log has still to write, longer than it does itself."""
    for thread in threading.enumerate():
        if thread.name == "mockcdrs-log-end":
            thread.join(20)


def lines_of(mock: Mock, act: Callable[[], None], formatter: LineFormatter | None = None) -> list[str]:
    output: list[bytes] = []

    def write(some: bytes) -> int:
        output.append(some[:7])  # as a pipe does that is nearly full
        return len(output[-1])

    log = RequestLog(mock.state.journal, formatter or TextFormatter(), write)
    with log:
        act()
    wait_for_log()
    return b"".join(output).decode("ascii").splitlines()


def test_each_request_has_one_line_with_its_advice_and_without_its_token(mock: Mock) -> None:
    def act() -> None:
        ask(mock, page_sice="2")
        ask(mock, auth_token="secret")

    first, second = lines_of(mock, act)
    assert "200 GET" in first
    assert first.endswith("/cdrs?page_sice=2  advice: misspelt-parameter")
    assert "secret" not in second
    assert mock.auth_token not in first + second


def test_why_crossbar_fails_stands_in_the_line_of_the_request_and_nowhere_else(mock: Mock) -> None:
    (line,) = lines_of(mock, lambda: ask(mock, "/cdrs/abcdef-x"))
    assert " 500 GET " in line
    assert "note: this is Crossbar's own behaviour: it crashes on" in line


def test_what_python_s_log_is_told_stands_between(mock: Mock) -> None:
    (line,) = lines_of(mock, lambda: logging.getLogger("mockcdrs.journal").warning("full of %d", 3))
    assert line.endswith(" warning: full of 3")


def test_a_name_in_the_banner_is_in_its_own_letters(mock: Mock) -> None:
    output: list[bytes] = []

    def write(some: bytes) -> int:
        output.append(some)
        return len(some)

    log = RequestLog(mock.state.journal, TextFormatter(), write)
    with log:
        log.listening(["Account     Müller & Söhne"], {})
    wait_for_log()
    assert b"".join(output).decode("utf-8") == "Account     Müller & Söhne\n"


def test_after_the_end_it_hears_no_more(mock: Mock) -> None:
    assert lines_of(mock, lambda: None) == []
    assert len(mock.state.journal.on_complete) == 1  # the adviser
    assert not [each for each in logging.getLogger().handlers if isinstance(each, RequestLog)]


def test_a_reader_that_has_stopped_holds_up_no_request_and_what_it_missed_is_counted(
    mock: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_log, "MOST_WAITING", 2)
    entered, reading, output = threading.Event(), threading.Event(), list[bytes]()

    def write(some: bytes) -> int:
        entered.set()
        assert reading.wait(20)
        output.append(some)
        return len(some)

    log = RequestLog(mock.state.journal, TextFormatter(), write)
    with log:
        ask(mock)
        assert entered.wait(20)
        for _ in range(5):
            ask(mock)  # two of these wait, three are left out
    reading.set()
    wait_for_log()
    lines = b"".join(output).decode().splitlines()
    assert [" GET " in line for line in lines] == [True, False, True, True]
    assert "3 lines left out here" in lines[1]


def test_a_reader_that_is_gone_is_not_written_to_again(mock: Mock) -> None:
    tries: list[bytes] = []

    def write(some: bytes) -> int:
        tries.append(some)
        raise BrokenPipeError

    log = RequestLog(mock.state.journal, TextFormatter(), write)
    with log:
        for _ in range(3):
            ask(mock)
    wait_for_log()
    assert len(tries) == 1


class Failing(TextFormatter):
    """Cannot format one request."""

    def request(self, at: float, record: Record) -> str:
        if record.raw_query == "page_size=13":
            raise ValueError("no such luck")
        return super().request(at, record)


def test_what_cannot_be_formatted_is_told_and_the_log_goes_on(mock: Mock, capsys: pytest.CaptureFixture[str]) -> None:
    def act() -> None:
        ask(mock, page_size="12")
        ask(mock, page_size="13")
        ask(mock, page_size="14")

    lines = lines_of(mock, act, Failing())
    assert [line.rpartition("=")[2] for line in lines] == ["12", "14"]
    assert "ValueError: no such luck" in capsys.readouterr().err


def test_many_lines_are_written_some_hundreds_at_a_time(mock: Mock) -> None:
    output: list[bytes] = []

    def write(some: bytes) -> int:
        output.append(some)
        return len(some)

    log = RequestLog(mock.state.journal, TextFormatter(), write)
    for number in range(2_000):
        log.listening([f"line {number}"], {})
    with log:
        pass
    wait_for_log()
    assert b"".join(output).decode().splitlines() == [f"line {number}" for number in range(2_000)]
    assert 4 <= len(output) <= 6


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
    entry = record(status=0, fault="status=503", final_advice=["one: x", "two: y", "one: z"], note="why")
    line = TextFormatter().request(AT, entry)
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
    entry = record(sent_bytes=5, duration_seconds=0.0124, fault="f", final_advice=["one: x"], note="why")
    assert json.loads(JsonFormatter().request(AT, entry)) == {
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
        failure = warning(exc_info=sys.exc_info())
    first, second, *_ = TextFormatter().warning(AT, failure).splitlines()
    assert (first[9:], second) == ("warning: words", "Traceback (most recent call last):")
    assert "ValueError" in json.loads(JsonFormatter().warning(AT, failure))["traceback"]


def test_a_person_sees_the_banner_and_a_machine_where_it_listens() -> None:
    assert TextFormatter().listening(AT, ["Müller", "", "b"], {"url": "u"}) == "Müller\n\nb"
    assert TextFormatter().listening(AT, ["Name  x\x1b[2J"], {}) == "Name  x\\x1b[2J"
    assert json.loads(JsonFormatter().listening(AT, ["a"], {"url": "u"})) == {
        "event": "listening",
        "time": "2026-01-20T12:00:00.250Z",
        "url": "u",
    }
