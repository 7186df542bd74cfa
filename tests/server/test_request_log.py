"""The log of a server that runs on its own."""

import logging
import threading
from collections.abc import Callable, Iterator

import httpx
import pytest

from mockcdrs.control.journal import Record
from mockcdrs.mock import Mock, serving
from mockcdrs.server import request_log
from mockcdrs.server.log_lines import LineFormatter, Text
from mockcdrs.server.request_log import RequestLog


@pytest.fixture
def mock() -> Iterator[Mock]:
    with serving() as made:
        yield made


def ask(mock: Mock, path: str = "/cdrs", **more: str) -> None:
    httpx.get(mock.url_for(path), headers={"X-Auth-Token": mock.auth_token}, params=more, timeout=10)


def ended() -> None:
    """Wait for what a log has still to write, longer than it does itself."""
    for thread in threading.enumerate():
        if thread.name == "mockcdrs-log-end":
            thread.join(20)


def lines_of(mock: Mock, act: Callable[[], None], formatter: LineFormatter | None = None) -> list[str]:
    written: list[bytes] = []

    def write(some: bytes) -> int:
        written.append(some[:7])  # as a pipe does that is nearly full
        return len(written[-1])

    log = RequestLog(mock.state.journal, formatter or Text(), write)
    with log:
        act()
    ended()
    return b"".join(written).decode("ascii").splitlines()


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
    assert "note: this is Crossbar's own behaviour, it dies of" in line


def test_what_python_s_log_is_told_stands_between(mock: Mock) -> None:
    (line,) = lines_of(mock, lambda: logging.getLogger("mockcdrs.journal").warning("full of %d", 3))
    assert line.endswith(" warning: full of 3")


def test_a_name_in_the_banner_is_in_its_own_letters(mock: Mock) -> None:
    written: list[bytes] = []

    def write(some: bytes) -> int:
        written.append(some)
        return len(some)

    log = RequestLog(mock.state.journal, Text(), write)
    with log:
        log.listening(["Account     Müller & Söhne"], {})
    ended()
    assert b"".join(written).decode("utf-8") == "Account     Müller & Söhne\n"


def test_after_the_end_it_hears_no_more(mock: Mock) -> None:
    assert lines_of(mock, lambda: None) == []
    assert len(mock.state.journal.on_complete) == 1  # the adviser
    assert not [each for each in logging.getLogger().handlers if isinstance(each, RequestLog)]


def test_a_reader_that_has_stopped_holds_up_no_request_and_what_it_missed_is_counted(
    mock: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_log, "MOST_WAITING", 2)
    entered, reading, written = threading.Event(), threading.Event(), list[bytes]()

    def write(some: bytes) -> int:
        entered.set()
        assert reading.wait(20)
        written.append(some)
        return len(some)

    log = RequestLog(mock.state.journal, Text(), write)
    with log:
        ask(mock)
        assert entered.wait(20)
        for _ in range(5):
            ask(mock)  # two of these wait, three are left out
    reading.set()
    ended()
    told = b"".join(written).decode().splitlines()
    assert [" GET " in line for line in told] == [True, False, True, True]
    assert "3 lines left out here" in told[1]


def test_a_reader_that_is_gone_is_not_written_to_again(mock: Mock) -> None:
    tries: list[bytes] = []

    def write(some: bytes) -> int:
        tries.append(some)
        raise BrokenPipeError

    log = RequestLog(mock.state.journal, Text(), write)
    with log:
        for _ in range(3):
            ask(mock)
    ended()
    assert len(tries) == 1


class Failing(Text):
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
    written: list[bytes] = []

    def write(some: bytes) -> int:
        written.append(some)
        return len(some)

    log = RequestLog(mock.state.journal, Text(), write)
    for number in range(2_000):
        log.listening([f"line {number}"], {})
    with log:
        pass
    ended()
    assert b"".join(written).decode().splitlines() == [f"line {number}" for number in range(2_000)]
    assert 4 <= len(written) <= 6
