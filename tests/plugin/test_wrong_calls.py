"""What a test calls wrongly is refused in words, by a mock in this process and by one elsewhere alike."""

import math
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mockcdrs.arguments import ArgumentError
from mockcdrs.handle import Mock, serving
from mockcdrs.remote import RemoteMock
from mockcdrs.remote_control import RemoteControl
from tests.plugin.running import ran

UNIX = 1_768_910_400
LIKE_UNIX = f"this looks like Unix seconds; Gregorian = Unix + 62167219200 = {UNIX + 62_167_219_200}"
NAMES = "expected some of method, path, query, page, nth, after, times, probability, error, status, reply, empty, "
ANSWER_NAMES = "expected some of path, json, status, headers, method, query, page, nth, after, times, probability, "
CALL_NAMES = "expected some of at, scenario, caller, callee, caller_name, callee_name, seconds, owner_id, fields"
Call = Callable[[Any], object]

WRONG: list[tuple[Call, str]] = [
    (lambda mock: mock.fail(staus=503), f"staus: a rule has no such argument, {NAMES}"),
    (lambda mock: mock.fail(staus=503), "; did you mean status?"),
    (lambda mock: mock.fail(503), "came 503 without a name, expected arguments by name, as in fail(status=503)"),
    (lambda mock: mock.fail(), "the rule does nothing: say what happens"),
    (lambda mock: mock.fail(number=3, status=503), f"number: a rule has no such argument, {NAMES}"),
    (lambda mock: mock.fail(status=503, times=-1), "times: came -1, expected a whole number from 1 on"),
    (
        lambda mock: mock.fail(status=503, method="FETCH"),
        "method: came 'FETCH', expected one of CONNECT, DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, TRACE",
    ),
    (
        lambda mock: mock.fail(status=503, path=mock.url_for("/cdrs")),
        "/cdrs', expected the end of a path, as in '/cdrs'; give the path alone: '/cdrs'",
    ),
    (
        lambda mock: mock.fail(status=503, path="/cdrs?x=1&y="),
        "as in '/cdrs'; give the path alone: '/cdrs' and the query apart: {'x': '1', 'y': ''}",
    ),
    (lambda mock: mock.fail(status=503, path="/"), "path: came '/', expected the end of a path, as in '/cdrs'"),
    (lambda mock: mock.fail(status=503, path=7), "path: came 7, expected the end of a path"),
    (
        lambda mock: mock.fail(status=503, query={"x": None}),
        "query: came {'x': None}, expected parameters by name, each",
    ),
    (lambda mock: mock.fail(status=503, query={7: "x"}), "query: came {7: 'x'}, expected parameters by name"),
    (lambda mock: mock.respond("/x", jsn=[]), f"jsn: an answer by `respond` has no such argument, {ANSWER_NAMES}"),
    (lambda mock: mock.respond("/x", error="no_credit"), "error: an answer by `respond` has no such argument"),
    (lambda mock: mock.respond(mock.url_for("/x"), json=1), "give the path alone: '/x'"),
    (lambda mock: mock.respond("/x", headers=[]), "headers: came [], expected values by name"),
    (lambda mock: mock.add_call(callr="1"), f"callr: a call has no such argument, {CALL_NAMES}; did you mean caller?"),
    (lambda mock: mock.add_call("inbound_answered"), "came 'inbound_answered' without a name, expected arguments by"),
    (lambda mock: mock.add_call(caller=4155550100), "caller: came 4155550100, expected text; write it as text: '41555"),
    (lambda mock: mock.add_call(fields="x"), "fields: came 'x', expected values by name"),
    (lambda mock: mock.add_call(fields={"x": object()}), "fields: came what no answer could carry ("),
    (lambda mock: mock.add_call(fields={"timestamp": UNIX}), f"timestamp: came {UNIX}, expected Gregorian seconds; "),
    (lambda mock: mock.add_call(scenario=["x"]), "scenario: came ['x'], expected text"),
    (lambda mock: mock.add_call(seconds=1.5), "seconds: came 1.5, expected whole seconds from 0 to 86400"),
    (lambda mock: mock.add_call(at=UNIX), f"at: came {UNIX}, expected ISO 8601 in UTC, as in 2026-01-20T12:00:00Z, a "),
    (lambda mock: mock.add_call(at=UNIX), LIKE_UNIX),
    (lambda mock: mock.add_call(at=UNIX + 0.5), LIKE_UNIX),
    (lambda mock: mock.add_call(at=str(UNIX)), LIKE_UNIX),
    (lambda mock: mock.add_call(at=UNIX * 1000), "this looks like Unix milliseconds; in Gregorian seconds that is"),
    (
        lambda mock: mock.add_call(at=20260120),
        "this looks like a date in digits; in Gregorian seconds that is 639360864",
    ),
    (
        lambda mock: mock.add_cdr({"timestamp": UNIX}),
        f"timestamp: came {UNIX}, expected Gregorian seconds; {LIKE_UNIX}",
    ),
    (lambda mock: mock.add_cdr({"pvt_created": UNIX}), f"pvt_created: came {UNIX}, expected Gregorian seconds"),
    (lambda mock: mock.add_cdr({"interaction_time": UNIX}), f"interaction_time: came {UNIX}, expected Gregorian"),
    (lambda mock: mock.add_cdr([]), "document: came [], expected a CDR's document: an object"),
    (lambda mock: mock.add_cdr({"to": object()}), "document: came what no answer could carry ("),
    (lambda mock: mock.remove({"_id": "202601-x"}), "expected the id of a CDR, text; give its id alone: '202601-x'"),
    (lambda mock: mock.remove(7), "cdr_id: came 7, expected the id of a CDR, text"),
    (lambda mock: mock.edge(["emoji"]), "name: came ['emoji'], expected text"),
    (
        lambda mock: mock.data("x").__enter__(),
        "history: came 'x', expected a History, as mockcdrs.strategies.histories",
    ),
    (lambda mock: mock.clock.freeze(UNIX), f"moment: came {UNIX}, expected ISO 8601 in UTC"),
    (lambda mock: mock.clock.freeze(UNIX), LIKE_UNIX),
    (lambda mock: mock.clock.freeze([1]), "moment: came [1], expected ISO 8601 in UTC"),
    (lambda mock: mock.clock.advance(40), "step: came 40, expected a timedelta; say what it counts, as in days=40"),
    (lambda mock: mock.clock.advance(weeks=1), "weeks: a step has no such argument, expected some of days, hours, "),
    (lambda mock: mock.clock.advance(days="1"), "days: came '1', expected a number"),
    (lambda mock: mock.clock.advance(days=math.nan), "days: came nan, expected a number"),
    (lambda mock: mock.clock.advance(days=10**9), "came days=1000000000, expected a step within the years 1 to 9999"),
    (lambda mock: mock.clock.advance(days=9_000_000), "expected one that ends in the years 1 to 9999"),
    (lambda mock: mock.clock.advance(seconds=0.5), "came 0.5 seconds, expected whole ones: the clock knows no others"),
    (
        lambda mock: mock.clock.advance(timedelta(1), hours=1),
        "came datetime.timedelta(days=1) and hours=1, expected one",
    ),
    (
        lambda mock: mock.expected(created_from=UNIX),
        f"created_from: came {UNIX}, expected Gregorian seconds; {LIKE_UNIX}",
    ),
    (lambda mock: mock.expected(created_to=str(UNIX)), LIKE_UNIX),
    (lambda mock: mock.expected(created_from="2026-01-20"), "in Gregorian seconds that is 63936086400"),
    (lambda mock: mock.expected(created_from=datetime(2026, 1, 20, tzinfo=UTC)), "in Gregorian seconds that is 639360"),
    (lambda mock: mock.expected(created_from="soon"), "created_from: came 'soon', expected Gregorian seconds"),
    (lambda mock: mock.expected(created_from=0), "created_from: came 0, expected Gregorian seconds"),
    (
        lambda mock: mock.expected(created_from=63_936_000_001, created_to=63_936_000_000),
        "created_from: came 63936000001, which lies behind the range's end 63936000000, expected the earlier one of",
    ),
    (
        lambda mock: mock.expected(created_form=1),
        "created_form: an expected listing has no such argument, expected some",
    ),
    (lambda mock: mock.expected(created_form=1), "; did you mean created_from?"),
    (lambda mock: mock.expected(self=1), "self: an expected listing has no such argument"),
    (
        lambda mock: mock.expected(filter_to={"x": 1}),
        "filter_to: came {'x': 1}, expected text, a number, True or False",
    ),
    (lambda mock: mock.expected(filter_to=None), "filter_to: came None, expected text, a number, True or False, or a"),
    (lambda mock: mock.expected(ascending=1), "ascending: came 1, expected text, True or False"),
    (lambda mock: mock.expected(chunk_size=51), "chunk_size: came '51', expected a whole number from 1 to 50"),
    (lambda mock: mock.expected(mock.url_for("/cdrs")), "give the path alone: '/cdrs'"),
    (
        lambda mock: mock.expected("/cdrs?page_size=2"),
        "the path alone: '/cdrs' and the query apart: {'page_size': '2'}",
    ),
    (lambda mock: mock.expected(7), "path: came 7, expected one of /cdrs, "),
    (lambda mock: mock.wait_for(-1), "count: came -1, expected a whole number from 0 on"),
    (lambda mock: mock.wait_for("1"), "count: came '1', expected a whole number from 0 on"),
    (lambda mock: mock.wait_for(0, timeout=-1), "timeout: came -1, expected seconds from 0 on"),
    (lambda mock: mock.assert_requested(mock.url_for("/cdrs")), "give the path alone: '/cdrs'"),
    (lambda mock: mock.assert_requested("/cdrs", times=-1), "times: came -1, expected a whole number from 0 on"),
    (lambda mock: mock.assert_requested("/cdrs", "FETCH"), "method: came 'FETCH', expected one of CONNECT, "),
    (lambda mock: mock.assert_requested("/cdrs", query="x=1"), "query: came 'x=1', expected parameters by name"),
    (lambda mock: mock.assert_not_requested("/cdrs?x=1"), "the path alone: '/cdrs' and the query apart: {'x': '1'}"),
]


@pytest.fixture(scope="module")
def mocks() -> Iterator[tuple[Mock, RemoteMock]]:
    with serving() as here, serving() as there:
        yield here, RemoteMock(RemoteControl(there.url))


@pytest.mark.parametrize(("call", "words"), WRONG, ids=[words[:60] for _, words in WRONG])
def test_a_wrong_call_is_refused_in_the_same_words_here_and_elsewhere(
    mocks: tuple[Mock, RemoteMock], call: Call, words: str
) -> None:
    said = []
    for mock in mocks:
        before = mock.expected(), mock.clock.now(), mock.never_fired()
        with pytest.raises(ArgumentError, match=re.escape(words)) as refused:
            call(mock)
        assert (mock.expected(), mock.clock.now(), mock.never_fired()) == before
        said.append((type(refused.value), str(refused.value).replace(mock.url, "URL")))
    assert said[0] == said[1]


MOCK_NAMES = "expected some of kazoo, seed, now, calls_per_day, locale, data, reseller, settings, fix, quirk, journal"


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (lambda: Mock(sede=7), f"sede: a mock has no such argument, {MOCK_NAMES}; did you mean seed?"),
        (lambda: serving(sede=7).__enter__(), f"sede: a mock has no such argument, {MOCK_NAMES}"),
        (lambda: Mock("calls"), "came 'calls' without a name, expected arguments by name, as in Mock(seed=7)"),
        (lambda: serving(7).__enter__(), "came 7 without a name, expected arguments by name"),
        (
            lambda: Mock(now=UNIX),
            f"now: came {UNIX}, expected ISO 8601 in UTC, as in 2026-01-20T12:00:00Z, a datetime, ",
        ),
        (lambda: Mock(now=UNIX), LIKE_UNIX),
        (lambda: Mock(now=""), "now: came '', expected ISO 8601"),
        (lambda: Mock(data=5), "data: came 5, expected a folder, as text or a Path"),
        (lambda: Mock(fix="all"), "fix: came 'all', expected a list of names; put it into a list: ['all']"),
        (lambda: Mock(fix=[1, "x"]), "fix: came [1, 'x'], expected a list of names"),
        (lambda: Mock(quirk=[["x"]]), "quirk: came [['x']], expected a list of names"),
        (
            lambda: Mock(kazoo=4.3),
            "kazoo: came 4.3, expected the name of a version of Kazoo as text, as in '4.3'; write it as text: '4.3'",
        ),
        (lambda: Mock(kazoo=None), "kazoo: came None, expected the name of a version of Kazoo as text, as in '4.3'"),
        (lambda: Mock(settings=[("a", 1)]), "settings: came [('a', 1)], expected values by name"),
    ],
)
def test_a_mock_that_cannot_be_made_so_is_refused_in_words(made: Callable[[], object], words: str) -> None:
    with pytest.raises(ArgumentError, match=re.escape(words)):
        made()


def test_a_moment_is_taken_in_any_form_that_names_its_zone_or_epoch(mocks: tuple[Mock, RemoteMock]) -> None:
    for mock in mocks:
        for moment in ("2026-01-19T10:00:00Z", datetime(2026, 1, 19, 10, tzinfo=UTC), 63_936_036_000):
            assert max(leg["timestamp"] for leg in mock.add_call(at=moment).legs) == 63_936_036_000
        mock.reset()


def test_a_step_is_taken_as_a_timedelta_or_in_parts(mocks: tuple[Mock, RemoteMock]) -> None:
    for mock in mocks:
        before = mock.clock.now()
        mock.clock.advance(timedelta(days=1, hours=1))
        mock.clock.advance(hours=0.5, minutes=-15)
        mock.clock.advance()
        assert mock.clock.now() - before == 86_400 + 3_600 + 1_800 - 900
        mock.reset()


def test_what_no_argument_is_wrong_about_works(mocks: tuple[Mock, RemoteMock]) -> None:
    for mock in mocks:
        mock.fail(status=503, method="get", path="cdrs/", query={"x": True, "y": [1, "2"], "z": 1.5}, times=1)
        mock.assert_not_requested("/cdrs", method="get", query={"page_size": 5})
        assert mock.wait_for(0, timeout=0) == []
        mock.reset()


def test_a_marker_is_held_to_its_words_also_on_a_test_without_a_mock(pytester: pytest.Pytester) -> None:
    result = ran(
        pytester,
        """
import pytest

@pytest.mark.mockcdrs(sede=1)
def test_misspelt(): pass

@pytest.mark.mockcdrs(seed="x")
def test_of_another_kind(): pass

@pytest.mark.mockcdrs(allow=["no-advice"])
def test_no_advice(): pass

@pytest.mark.mockcdrs(seed=1, allow=["wrong-epoch"])
def test_right(): pass

def test_further(make_mockcdrs):
    with pytest.raises(ValueError, match="sede: a mock has no such argument, expected some of kazoo, seed"):
        make_mockcdrs(sede=1)
    with pytest.raises(ValueError, match="came 7 without a name, expected arguments by name, as in make_mockcdrs"):
        make_mockcdrs(7)
""",
    )
    result.assert_outcomes(passed=2, errors=3)
    result.stdout.fnmatch_lines(
        [
            "*mockcdrs marker: sede: the marker has no such argument, expected some of kazoo, seed, *allow; did*",
            "*mockcdrs marker: seed: came 'x', expected a whole number*",
            "*mockcdrs marker: allow=*'no-advice'* came, expected a list of some of *",
        ]
    )
