"""What a test calls wrongly is refused in words, by a mock in this process and by one elsewhere alike."""

import math
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mockcdrs import arguments
from mockcdrs.arguments import ArgumentError
from mockcdrs.control.additions import Interaction
from mockcdrs.control_client import ControlClient
from mockcdrs.mock import Mock, serving
from mockcdrs.remote_mock import RemoteMock
from tests.pytest_plugin.running import run_pytest

UNIX = 1_768_910_400
LIKE_UNIX = f"this looks like Unix seconds; Gregorian = Unix + 62167219200 = {UNIX + 62_167_219_200}"
NAMES = "expected some of method, path, query, headers, token, page, nth, after, times, probability, script, error, "
ANSWER_NAMES = "expected some of path, reply, json, text, body, file, status, headers, method, query, token, page, "
CALL_NAMES = (
    "expected some of at, scenario, direction, caller, callee, caller_name, callee_name, seconds, ringing, owner, "
    "device, rate, billing, recording, tags, fields"
)
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
    (lambda mock: mock.respond("/x", {"text": "a"}, status=404), "reply: came beside status, expected one of the two"),
    (lambda mock: mock.respond("/x", {"txt": "a"}), "txt: a reply has no such argument"),
    (lambda mock: mock.respond("/x", 7), "reply: came 7, expected a Reply, or a function of the request"),
    (lambda mock: mock.script("/x", [200], times=1), "times: `script` has no such argument"),
    (lambda mock: mock.script("/x"), "steps: nothing came, expected script(path, steps, **when)"),
    (lambda mock: mock.near_misses(3), "rule: came 3, expected a rule, as fail() returns it"),
    (lambda mock: mock.down(1), "came 1 without a name, expected down()"),
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
    (lambda mock: mock.wait_for(0, timeout=-1), "timeout: came -1, expected seconds from 0 to 1000000000"),
    (lambda mock: mock.assert_requested(mock.url_for("/cdrs")), "give the path alone: '/cdrs'"),
    (lambda mock: mock.assert_requested("/cdrs", times=-1), "times: came -1, expected a whole number from 0 on"),
    (lambda mock: mock.assert_requested("/cdrs", "FETCH"), "method: came 'FETCH', expected one of CONNECT, "),
    (lambda mock: mock.assert_requested("/cdrs", query="x=1"), "query: came 'x=1', expected parameters by name"),
    (lambda mock: mock.assert_not_requested("/cdrs?x=1"), "the path alone: '/cdrs' and the query apart: {'x': '1'}"),
    (
        lambda mock: mock.respond(),
        "path: nothing came, expected respond(path, reply=None, json=None, text=None, body=",
    ),
    (lambda mock: mock.respond("/x", [], 4), "came 4 without a name, expected respond(path, reply=None, "),
    (
        lambda mock: mock.respond("/x", path="/y"),
        "path: came twice, with its name and without, expected respond(path, ",
    ),
    (lambda mock: mock.respond(None), "path: came None, expected the end of a path, as in '/cdrs'"),
    (lambda mock: mock.respond("/x", json=[math.nan]), "json: came [nan], expected what JSON can hold ("),
    (lambda mock: mock.respond("/x", self=1), "self: an answer by `respond` has no such argument"),
    (
        lambda mock: mock.fail(reply={"json": 1}),
        "reply: came {'json': 1}, expected a Reply, or a function of the request that returns one; make it by respond(",
    ),
    (lambda mock: mock.fail(reply=7), "reply: came 7, expected a Reply, or a function of the request that returns one"),
    (
        lambda mock: mock.fail(status=503, path=" /cdrs "),
        "path: came ' /cdrs ', expected the end of a path, as in '/cdr",
    ),
    (lambda mock: mock.fail(status=503, path=" /cdrs "), "; give the path alone: '/cdrs'"),
    (
        lambda mock: mock.fail(status=503, path="GET"),
        "path: came 'GET', expected the end of a path, as in '/cdrs'; this ",
    ),
    (lambda mock: mock.fail(status=503, query={"x": "\ud800"}), "query: came {'x': '\\ud800'}, expected parameters by"),
    (lambda mock: mock.fail(delay_seconds=1e300), "delay_seconds: came 1e+300, expected seconds from 0 to 1000000000"),
    (lambda mock: mock.fail(delay_seconds=10**400), "expected seconds from 0 to 1000000000"),
    (lambda mock: mock.add_call(caller="\ud800"), "caller: came what no answer could carry ("),
    (
        lambda mock: mock.add_call(fields={"_id": "x"}),
        "_id: came 'x', expected text that starts with the month, as in 20",
    ),
    (
        lambda mock: mock.add_call(fields={"timestamp": str(UNIX)}),
        f"timestamp: came '{UNIX}', expected Gregorian seconds",
    ),
    (
        lambda mock: mock.add_call(at="0001-01-02"),
        "at: came 31708800, expected a moment days after the calendar begins",
    ),
    (lambda mock: mock.add_cdr(), "document: nothing came, expected add_cdr(document)"),
    (lambda mock: mock.add_cdr({}, {}), "came {} without a name, expected add_cdr(document)"),
    (lambda mock: mock.add_cdr(caller="1"), "caller: `add_cdr` has no such argument, expected some of document"),
    (
        lambda mock: mock.add_cdr({"_id": None}),
        "_id: came None, expected text that starts with the month, as in 202601",
    ),
    (lambda mock: mock.add_cdr({"timestamp": str(UNIX)}), LIKE_UNIX),
    (lambda mock: mock.add_cdr({"timestamp": float(UNIX)}), LIKE_UNIX),
    (lambda mock: mock.add_cdr({"timestamp": "2026-01-20T12:00:00Z"}), "in Gregorian seconds that is 63936129600"),
    (
        lambda mock: mock.add_cdr({"timestamp": datetime(2026, 1, 20, tzinfo=UTC)}),
        "timestamp: came datetime.datetime(2026, 1, 20, 0, 0, tzinfo=datetime.timezone.utc), expected Gregorian sec",
    ),
    (
        lambda mock: mock.add_cdr({"to": [{1: 2}]}),
        "document: came {'to': [{1: 2}]}, expected text for each key, as JSON",
    ),
    (lambda mock: mock.remove(), "cdr_id: nothing came, expected remove(cdr_id)"),
    (lambda mock: mock.remove(""), "cdr_id: came '', expected the id of a CDR, text"),
    (
        lambda mock: mock.remove(Interaction("63936129421-a8ad8313", ({"_id": "202601-x"},))),
        "expected the id of a CDR, text; give the id of one of its legs: '202601-x'",
    ),
    (lambda mock: mock.edge(), "name: nothing came, expected edge(name)"),
    (lambda mock: mock.data(), "history: nothing came, expected data(history)"),
    (lambda mock: mock.clear(1), "came 1 without a name, expected clear()"),
    (lambda mock: mock.reset(1), "came 1 without a name, expected reset()"),
    (lambda mock: mock.never_fired(1), "came 1 without a name, expected never_fired()"),
    (lambda mock: mock.advice(1), "came 1 without a name, expected advice()"),
    (lambda mock: mock.clock.freeze(at=UNIX), "at: `freeze` has no such argument, expected some of moment"),
    (
        lambda mock: mock.clock.advance(1, 2),
        "came 2 without a name, expected advance(step=None, days=0, hours=0, minutes=0, seconds=0)",
    ),
    (lambda mock: mock.clock.advance(self=1), "self: a step has no such argument, expected some of days, hours, "),
    (lambda mock: mock.clock.advance(days=10**400), "expected a number"),
    (lambda mock: mock.clock.live(1), "came 1 without a name, expected live(speed=None)"),
    (lambda mock: mock.expected("/cdrs", {}), "came {} without a name, expected expected(path='/cdrs', **query)"),
    (
        lambda mock: mock.expected(filter_to="\ud800"),
        "filter_to: came '\\ud800', expected text, a number, True or False",
    ),
    (
        lambda mock: mock.expected(page_size=10**15),
        "page_size: came 1000000000000000, expected a whole number from 1 to ",
    ),
    (
        lambda mock: mock.expected("/users/nobody/cdrs"),
        "path: came '/users/nobody/cdrs', expected one of the account's users: ",
    ),
    (lambda mock: mock.wait_for(), "count: nothing came, expected wait_for(count, timeout=5.0)"),
    (
        lambda mock: mock.wait_for(0, seconds=1),
        "seconds: `wait_for` has no such argument, expected some of count, timeout",
    ),
    (lambda mock: mock.wait_for(0, timeout=1e300), "timeout: came 1e+300, expected seconds from 0 to 1000000000"),
    (lambda mock: mock.wait_for(0, timeout=10**400), "expected seconds from 0 to 1000000000"),
    (
        lambda mock: mock.assert_requested("/cdrs", page_size=5),
        "page_size: `assert_requested` has no such argument, expected some of path, method, query, times",
    ),
    (
        lambda mock: mock.assert_not_requested("/cdrs", times=0),
        "times: `assert_not_requested` has no such argument, expected some of path, method, query",
    ),
    (
        lambda mock: mock.assert_not_requested("GET"),
        "path: came 'GET', expected the end of a path, as in '/cdrs'; this is",
    ),
    (lambda mock: mock.assert_not_requested("GET"), "; this is a method: say method='GET'"),
    (lambda mock: mock.url_for(), "path: nothing came, expected url_for(path)"),
    (lambda mock: mock.url_for(7), "path: came 7, expected a path below the account, as in '/cdrs'"),
    (lambda mock: mock.url_for(mock.url_for("/cdrs")), "as in '/cdrs'; give the path alone: '/cdrs'"),
    (
        lambda mock: mock.url_for("/cdrs", page_size=1),
        "page_size: `url_for` has no such argument, expected some of path",
    ),
]


@pytest.fixture(scope="module")
def mocks() -> Iterator[tuple[Mock, RemoteMock]]:
    with serving() as here, serving() as there:
        yield here, RemoteMock(ControlClient(there.url))


def state_of(mock: Any) -> tuple[object, ...]:
    """What a wrong call must not change: the calls of the last hour, the clock and the rules."""
    now = mock.clock.now()
    return mock.expected(created_from=now - 3_600), now, mock.never_fired()


@pytest.mark.parametrize(("call", "words"), WRONG, ids=[words[:60] for _, words in WRONG])
def test_a_wrong_call_is_refused_in_the_same_words_here_and_elsewhere(
    mocks: tuple[Mock, RemoteMock], call: Call, words: str
) -> None:
    messages = []
    for mock in mocks:
        before = state_of(mock)
        with pytest.raises(ArgumentError, match=re.escape(words)) as refusal:
            call(mock)
        assert state_of(mock) == before
        messages.append((type(refusal.value), str(refusal.value).replace(mock.url, "URL")))
    assert messages[0] == messages[1]


MOCK_NAMES = "expected some of kazoo, seed, now, speed, calls_per_day, locale, data, reseller, settings, fix, quirk, "


# as code calls them that no type checker has seen
untyped_mock: Any = Mock
untyped_serving: Any = serving


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: untyped_mock(sede=7), f"sede: a mock has no such argument, {MOCK_NAMES}"),
        (lambda: untyped_serving(sede=7).__enter__(), f"sede: a mock has no such argument, {MOCK_NAMES}"),
        (lambda: untyped_mock("calls"), "came 'calls' without a name, expected arguments by name, as in Mock(seed=7)"),
        (lambda: untyped_serving(7), "came 7 without a name, expected arguments by name, as in serving(seed=7)"),
        (
            lambda: untyped_mock(now=UNIX),
            f"now: came {UNIX}, expected ISO 8601 in UTC, as in 2026-01-20T12:00:00Z, a datetime, ",
        ),
        (lambda: untyped_mock(now=UNIX), LIKE_UNIX),
        (lambda: untyped_mock(now=""), "now: came '', expected ISO 8601"),
        (lambda: untyped_mock(data=5), "data: came 5, expected a folder, as text or a Path"),
        (lambda: untyped_mock(fix="all"), "fix: came 'all', expected a list of names; put it into a list: ['all']"),
        (lambda: untyped_mock(fix=[1, "x"]), "fix: came [1, 'x'], expected a list of names"),
        (lambda: untyped_mock(quirk=[["x"]]), "quirk: came [['x']], expected a list of names"),
        (
            lambda: untyped_mock(kazoo=4.3),
            "kazoo: came 4.3, expected the name of a version of Kazoo as text, as in '4.3'; write it as text: '4.3'",
        ),
        (
            lambda: untyped_mock(kazoo=None),
            "kazoo: came None, expected the name of a version of Kazoo as text, as in '4.3'",
        ),
        (lambda: untyped_mock(settings=[("a", 1)]), "settings: came [('a', 1)], expected values by name"),
        (
            lambda: untyped_mock(settings={"kazoo.version": {1}}),
            "kazoo.version came as {1}: expected text, a number, true or ",
        ),
    ],
)
def test_a_mock_that_cannot_be_made_so_is_refused_in_words(build: Callable[[], object], words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        build()


def test_an_odd_document_is_taken_as_it_is(mocks: tuple[Mock, RemoteMock]) -> None:
    for mock in mocks:
        odd = [{"timestamp": time} for time in (True, -1, 10**20, "soon", "63936129600", 63_936_129_600.0, None)]
        assert [mock.add_cdr(document)["timestamp"] for document in odd] == [each["timestamp"] for each in odd]
        assert mock.add_call(fields={"timestamp": "x"}).legs[0]["timestamp"] == "x"
        mock.reset()


def test_a_call_may_end_at_either_end_of_the_calendar(mocks: tuple[Mock, RemoteMock]) -> None:
    for mock in mocks:
        for end, month in (("0001-01-03", "000101"), ("9999-12-31T23:59:59Z", "999912")):
            assert mock.add_call(at=end).cdr_id.startswith(month)
            mock.clock.freeze(end)
        mock.reset()


def test_what_a_url_or_a_query_may_hold_is_taken(mocks: tuple[Mock, RemoteMock]) -> None:
    for mock in mocks:
        url = mock.url_for("/cdrs?filter_request=sip://x")
        assert url.endswith(f"/accounts/{mock.account_id}/cdrs?filter_request=sip://x")
        assert mock.expected(filter_to="\udcff").ids == ()


def test_an_account_without_users_has_none_to_ask_for(tmp_path: Path) -> None:
    (tmp_path / "accounts.json").write_text('[{"id": "A"}]')
    with pytest.raises(
        ArgumentError, match="'/users/x/cdrs', expected no user: the account has none; any other is a 404"
    ):
        Mock(data=tmp_path).expected("/users/x/cdrs")


def test_a_misspelt_name_of_a_mock_elsewhere_skips_no_test(mocks: tuple[Mock, RemoteMock]) -> None:
    _, there = mocks
    with pytest.raises(AttributeError, match=re.escape("a mock has no remove_cdr; did you mean remove?")):
        there.remove_cdr("202601-x")
    with pytest.raises(AttributeError, match=r"a mock has no zzz$"):
        there.zzz()
    for name in ("config", "client", "wsgi_app"):
        with pytest.raises(pytest.skip.Exception, match=f"only the mock can do that, .*: {name}"):
            getattr(there, name)


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
    result = run_pytest(
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
            "*mockcdrs marker: allow: came 'no-advice', expected codes of advice (*",
        ]
    )


def test_an_error_from_within_a_method_is_not_taken_for_wrong_arguments() -> None:
    @arguments.checked
    def method(_self: object, count: str) -> int:
        return int(count) + len(None)  # type: ignore[arg-type]

    with pytest.raises(TypeError, match="NoneType"):
        method(None, "1")
    with pytest.raises(ArgumentError, match="came '2' without a name, expected method"):
        method(None, "1", "2")  # type: ignore[call-arg]
