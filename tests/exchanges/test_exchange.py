"""Files of exchanges."""

import json
from pathlib import Path

import pytest

from mockcdrs.cdr import gregorian
from mockcdrs.contract.client import Request
from mockcdrs.control.clock import parse_time
from mockcdrs.dataset.files import DataError
from mockcdrs.dataset.origin import Origin
from mockcdrs.exchanges.exchange import Answer, Exchange, read, write
from mockcdrs.exchanges.server_info import ServerInfo

WHOLE = Exchange(
    "ä",
    Request("PUT", "/v2/x", "a=1", (("X-A", "é"),), "{}"),
    Answer(200, {"etag": '"1"'}, "é", (1, 2)),
    {"crossbar": {"pagination_page_size": 2}},
    ServerInfo("4.3", data=Origin(seed=1)),
)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    bare = Exchange("b", Request("GET", "/v2"), Answer(204))
    assert write(tmp_path / "file", [WHOLE, bare]) == 2
    assert list(read(tmp_path / "file")) == [WHOLE, bare]


def test_a_request_alone_is_one_still_to_be_sent(tmp_path: Path) -> None:
    (tmp_path / "file").write_text('\n{"name": "x", "request": {"method": "GET", "path": "/v2/x"}}\n')
    assert list(read(tmp_path / "file")) == [Exchange("x", Request("GET", "/v2/x"), Answer(0))]


@pytest.mark.parametrize(
    "line",
    [
        *("[", "[]", "{}", '{"name": 1, "request": {"method": "GET", "path": 3}}', "[" * 99_999),
        '{"name": "x", "request": {"method": "GET", "path": "/v2"}, "server": {"kazoo": 4.3}}',
    ],
)
def test_a_line_that_is_none_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "file").write_text(f"\n{line}\n")
    with pytest.raises(DataError, match=r"file, line 2 is .+; expected an exchange"):
        list(read(tmp_path / "file"))


@pytest.mark.parametrize(
    ("answer", "moment"),
    [
        (Answer(200, {}, json.dumps({"timestamp": "2026-01-20T12:00:00Z"})), "2026-01-20T12:00:00Z"),
        (Answer(200, {"date": "Tue, 20 Jan 2026 12:00:01 GMT"}, "a,b"), "2026-01-20T12:00:01Z"),
        (Answer(200, {"date": "Tue, 20 Jan 2026 12:00:01 GMT"}, '{"timestamp": "x"}'), "2026-01-20T12:00:01Z"),
    ],
)
def test_the_moment_is_the_envelopes_or_the_headers(answer: Answer, moment: str) -> None:
    told = Exchange("x", Request("GET", "/"), answer).moment
    assert told is not None
    assert gregorian.iso_8601(told) == moment == gregorian.iso_8601(parse_time(moment))


@pytest.mark.parametrize("headers", [{}, {"date": "today"}])
def test_an_answer_may_tell_no_moment(headers: dict[str, str]) -> None:
    assert Exchange("x", Request("GET", "/"), Answer(204, headers)).moment is None
