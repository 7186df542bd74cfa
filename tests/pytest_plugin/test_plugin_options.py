"""What a mock is made of, said in four places: call before marker before option before ini file."""

import re
from typing import Any

import pytest

from mockcdrs.config import OPTIONS, OptionError
from mockcdrs.mock import serving
from tests.pytest_plugin.running import run_pytest


def test_call_before_marker_before_option_before_ini(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nmockcdrs_seed = 11\nmockcdrs_calls_per_day = 11")
    result = run_pytest(
        pytester,
        """
import pytest

def test_option_and_ini(mockcdrs):
    assert (mockcdrs.state.seed, mockcdrs.config.calls_per_day) == (12, 11)

@pytest.mark.mockcdrs(seed=13)
def test_marker(mockcdrs):
    assert (mockcdrs.state.seed, mockcdrs.config.calls_per_day) == (13, 11)

@pytest.mark.mockcdrs(seed=13)
def test_call(make_mockcdrs):
    assert make_mockcdrs(seed=14).state.seed == 14
    assert make_mockcdrs().state.seed == 13

def test_call_without_a_marker(make_mockcdrs):
    assert make_mockcdrs().state.seed == 12
""",
        "--mockcdrs-seed=12",
    )
    result.assert_outcomes(passed=4)


EVERY_PART = {
    "seed": ("1", "2", 3, 4),
    "speed": ("1.5", "2", 3, 60),
    "calls_per_day": ("11", "12", 13, 14),
    "now": ("2026-01-01", "2026-01-02", "2026-01-03", "live"),
    "kazoo": ("master", "classic", "master", "4.3"),
    "locale": ("de_DE", "fr_FR", "en_GB", "ja_JP"),
    "data": ("one", "two", "three", "four"),
    "reseller": ("false", None, False, True),
    "tls": ("false", None, False, True),
    "remote_webhooks": ("false", None, False, True),
    "fix": ("pdf-500", "summary-51-rows", ["summary-doubling"], ["all"]),
    "quirk": ("integer-page-size", "trailer-unescaped", ["pdf-500"], ["legs-turned"]),
    "settings": ("kazoo.node=a\n  kazoo.version=1", "kazoo.node=b", {"kazoo.node": "c"}, {"kazoo.node": "d"}),
    "journal": ("21", "22", 23, 24),
}
SHOW = """
import pytest
from mockcdrs.pytest_plugin import MockSession

class NoMock:
    def __init__(self, options):
        self.mock_options = options

    close = check_faults = lambda self: None
    never_fired = kept_advice = lambda self: []

@pytest.fixture(autouse=True)
def no_mocks(monkeypatch):
    monkeypatch.setattr(MockSession, "make", lambda self, options, test="": NoMock(options))
"""


@pytest.mark.parametrize("name", OPTIONS)
def test_each_part_of_a_mock_is_said_in_four_places_that_go_before_each_other(
    pytester: pytest.Pytester, name: str
) -> None:
    ini, option, marker, call = EVERY_PART[name]
    pytester.makeini(f"[pytest]\nmockcdrs_{name} = {ini}")
    read = {
        "seed": (1, 2),
        "calls_per_day": (11, 12),
        "speed": (1.5, 2.0),
        "reseller": (False, True),
        "tls": (False, True),
        "remote_webhooks": (False, True),
        "fix": (["pdf-500"], ["summary-51-rows"]),
        "quirk": (["integer-page-size"], ["trailer-unescaped"]),
        "settings": ({"kazoo.node": "a"}, {"kazoo.node": "b"}),
        "journal": (21, 22),
    }.get(name, (ini, option))

    def test(expected: object, marked: str = "", call_arguments: str = "") -> str:
        expected = {**expected, "kazoo.version": "1"} if isinstance(expected, dict) else expected
        return (
            f"{marked}\ndef test_it(make_mockcdrs):\n"
            f"    assert make_mockcdrs({call_arguments}).mock_options[{name!r}] == {expected!r}\n"
        )

    mark, flag = f"@pytest.mark.mockcdrs({name}={marker!r})", f"--mockcdrs-{name.replace('_', '-')}"
    flag = flag if option is None else f"{flag}={option}"
    cases = [
        (test(read[0]), []),
        (test(read[1]), [flag]),
        (test(marker, mark), [flag]),
        (test(call, mark, f"{name}={call!r}"), [flag]),
    ]
    for nth, (source, options) in enumerate(cases):
        file = pytester.makepyfile(**{f"test_{nth}": SHOW + source})
        pytester.runpytest_inprocess(file, "-p", "no:cacheprovider", *options).assert_outcomes(passed=1)


def test_what_is_no_part_of_a_mock_is_refused_in_words(pytester: pytest.Pytester) -> None:
    marked = "\nimport pytest\n\n@pytest.mark.mockcdrs(sede=1)\ndef test_it(mockcdrs): pass\n"
    result = run_pytest(pytester, marked)
    result.stdout.fnmatch_lines(
        ["*sede: the marker has no such argument, expected some of kazoo, seed, now*did you mean seed?*"]
    )
    result = run_pytest(pytester, "\ndef test_it(mockcdrs): pass\n", "--mockcdrs-settings=kazoo.node")
    result.stdout.fnmatch_lines(["*mockcdrs_settings: came 'kazoo.node', expected NAME=VALUE*"])


@pytest.mark.parametrize(
    ("marked", "option", "ini", "origin"),
    [
        ('@pytest.mark.mockcdrs(kazoo="4.3.142")', "", "", "the marker mockcdrs"),
        ("", "--mockcdrs-kazoo=4.3.142", "", "the option --mockcdrs-kazoo"),
        ("", "", "mockcdrs_kazoo = 4.3.142", "the ini setting mockcdrs_kazoo"),
    ],
    ids=["marker", "option", "ini"],
)
def test_an_unknown_version_is_refused_with_the_known_ones_and_with_where_it_was_said(
    pytester: pytest.Pytester, marked: str, option: str, ini: str, origin: str
) -> None:
    pytester.makeini(f"[pytest]\n{ini}\n")
    result = run_pytest(
        pytester, f"\nimport pytest\n\n{marked}\ndef test_it(mockcdrs): pass\n", *filter(None, [option])
    )
    result.assert_outcomes(errors=1)
    assert (
        f"'4.3.142', from {origin}, is no version of Kazoo that is known: expected one of 4.3, master, classic; "
        "did you mean 4.3?"
    ) in result.stdout.str()


ODD_MARKERS = {
    "3": "came 3 without a name, expected arguments by name, as in mockcdrs(seed=7)",
    "kazoo=None": "kazoo: came None, expected the name of a version of Kazoo as text, as in '4.3'",
    "kazoo=4.3": "kazoo: came 4.3, expected the name of a version of Kazoo as text, as in '4.3'; write it as text",
    "seed='x'": "seed: came 'x', expected a whole number",
    "seed=True": "seed: came True, expected a whole number",
    "calls_per_day=-1": "calls_per_day: came -1, expected a whole number from 0 to 1000000",
    "reseller='no'": "reseller: came 'no', expected True or False",
    "fix='all'": "fix: came 'all', expected a list of names",
    "settings='a=1'": "settings: came 'a=1', expected values by name",
    "now='nonsense'": "now: came 'nonsense', expected ISO 8601",
    "allow=['wrong-epok']": "allow: came 'wrong-epok', expected codes of advice (wrong-epoch, ignored-time, ",
    "allow=['summary-51-row']": "did you mean summary-51-rows?",
    "allow='wrong-epoch'": "allow: came 'wrong-epoch', expected a list of names; put it into a list: ['wrong-epoch']",
    "strict=1": "strict: came 1, expected True or False",
    "speed=0": "speed: came 0, expected seconds of the mock's clock in a second, more than 0 and at most 1000000",
}


def test_a_marker_that_says_something_odd_is_refused_in_words(pytester: pytest.Pytester) -> None:
    marked = (
        f"@pytest.mark.mockcdrs({arguments})\ndef test_{nth}(mockcdrs): pass\n"
        for nth, arguments in enumerate(ODD_MARKERS)
    )
    result = run_pytest(pytester, "\n".join(["", "import pytest", *marked]))
    result.assert_outcomes(errors=len(ODD_MARKERS))
    reports = re.split("ERROR at setup of test_", result.stdout.str())[1:]
    assert [
        arguments for arguments, words in zip(ODD_MARKERS, reports, strict=True) if ODD_MARKERS[arguments] not in words
    ] == []


def test_options_that_no_mock_can_be_made_of_are_refused_without_a_traceback(pytester: pytest.Pytester) -> None:
    marked = """
import pytest

@pytest.mark.mockcdrs(now="yesterday")
def test_a_time(mockcdrs): pass

@pytest.mark.mockcdrs(data="no/such")
def test_a_directory(mockcdrs): pass
"""
    result = run_pytest(pytester, marked)
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(
        [
            "mockcdrs: now: came 'yesterday', expected ISO 8601 in UTC, *",
            "mockcdrs: *no/such does not exist; expected a directory with *; name the directory that holds them",
        ]
    )
    result.stdout.no_fnmatch_line("*Error:*")


def test_without_pytest_what_a_mock_is_made_of_is_held_to_its_kind_too() -> None:
    wrong: dict[str, Any] = {"seed": "7"}
    with pytest.raises(OptionError, match="seed: came '7', expected a whole number"), serving(**wrong):
        raise AssertionError("a mock was made")


def test_a_number_that_is_none_is_refused_in_words(pytester: pytest.Pytester) -> None:
    result = run_pytest(pytester, "\ndef test_it(mockcdrs): pass\n", "--mockcdrs-seed=many")
    result.stdout.fnmatch_lines(["*mockcdrs_seed: came 'many', expected a whole number*"])


STRICT = """
import pytest

def test_it(mockcdrs):
    ask(mockcdrs, "?filter_not_nosuch=x&paginate=false")
"""


@pytest.mark.parametrize(
    ("ini", "option", "marker", "fixture", "passes"),
    [
        ("", "", "", "", True),
        ("mockcdrs_strict = true", "", "", "", False),
        ("", "--mockcdrs-strict", "", "", False),
        ("", "", "strict=True", "", False),
        ("", "", "", "{'strict': True}", False),
        ("mockcdrs_strict = true", "", "strict=False", "", True),
        ("mockcdrs_strict = true\nmockcdrs_allow = unknown-field", "", "", "", True),
        ("mockcdrs_strict = true", "--mockcdrs-allow=unknown-field", "", "", True),
        ("mockcdrs_strict = true", "", "allow=['unknown-field']", "", True),
        ("mockcdrs_strict = true", "", "", "{'allow': ['unknown-field']}", True),
        ("mockcdrs_strict = true\nmockcdrs_allow = wrong-epoch", "--mockcdrs-allow=unknown-field", "", "", True),
    ],
)
def test_strictness_and_what_it_allows_are_said_in_four_places(
    pytester: pytest.Pytester, ini: str, option: str, marker: str, fixture: str, passes: bool
) -> None:
    pytester.makeini(f"[pytest]\n{ini}\n")
    mark = f"\n@pytest.mark.mockcdrs({marker})\ndef test_it" if marker else "\ndef test_it"
    source = STRICT.replace("\ndef test_it", mark)
    if fixture:
        source += f"\n@pytest.fixture(scope='session')\ndef mockcdrs_options():\n    return {fixture}\n"
    run_pytest(pytester, source, *filter(None, [option])).assert_outcomes(passed=passes, failed=not passes)


@pytest.mark.parametrize(
    ("ini", "option", "fixture", "words"),
    [
        (
            "mockcdrs_allow = unknown-feild",
            "",
            "",
            "mockcdrs_allow: allow: came 'unknown-feild', *; did you mean unknown-fi",
        ),
        (
            "",
            "--mockcdrs-allow=unknown-feild",
            "",
            "--mockcdrs-allow: allow: came 'unknown-feild', *did you mean unknown-",
        ),
        ("", "", "{'sede': 7}", "the fixture mockcdrs_options: sede: a test has no such argument, *did you mean seed"),
        ("", "--mockcdrs-speed=fast", "", "mockcdrs_speed: came 'fast', expected a number"),
    ],
)
def test_what_is_misspelt_is_refused_with_the_nearest(
    pytester: pytest.Pytester, ini: str, option: str, fixture: str, words: str
) -> None:
    pytester.makeini(f"[pytest]\n{ini}\n")
    source = "\nimport pytest\n\ndef test_it(mockcdrs): pass\n"
    if fixture:
        source += f"\n@pytest.fixture(scope='session')\ndef mockcdrs_options():\n    return {fixture}\n"
    result = run_pytest(pytester, source, *filter(None, [option]))
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*{words}*"])


@pytest.mark.parametrize(("name", "near"), [("sede", "seed"), ("acount", "account")])
def test_a_misspelt_setting_in_the_ini_file_is_refused_with_the_nearest(
    pytester: pytest.Pytester, name: str, near: str
) -> None:
    pytester.makeini(f"[pytest]\nmockcdrs_{name} = 7\n")
    result = run_pytest(pytester, "\ndef test_it(mockcdrs): pass\n")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        [f"ERROR: mockcdrs_{name}: the ini file has no such setting, expected *; did you mean mockcdrs_{near}[?]"]
    )


def test_an_unknown_setting_of_another_plugin_is_left_to_pytest(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nothers_sede = 7\n")
    result = run_pytest(pytester, "\ndef test_it(mockcdrs): pass\n")
    result.assert_outcomes(passed=1, warnings=1)


def test_a_server_elsewhere_is_said_in_the_ini_file_too(pytester: pytest.Pytester) -> None:
    with serving(seed=7) as mock:
        pytester.makeini(f"[pytest]\nmockcdrs_url = {mock.url}\n")
        source = f"\ndef test_it(mockcdrs):\n    assert mockcdrs.url == {mock.url!r}\n    ask(mockcdrs)\n"
        run_pytest(pytester, source).assert_outcomes(passed=1)
        pytester.makeini("[pytest]\nmockcdrs_url = http://127.0.0.1:1/v2\n")
        run_pytest(pytester, source, f"--mockcdrs-url={mock.url}").assert_outcomes(passed=1)


def test_settings_come_from_fixture_and_marker(pytester: pytest.Pytester) -> None:
    result = run_pytest(
        pytester,
        """
import pytest

@pytest.fixture(scope="session")
def mockcdrs_options():
    return {"settings": {"crossbar.pagination_page_size": 7, "kazoo.version": "5.0.0"}}

@pytest.mark.mockcdrs(settings={"kazoo.version": "5.1.0"})
def test_it(mockcdrs, mockcdrs_server):
    assert mockcdrs_server is not mockcdrs
    answer = ask(mockcdrs)
    assert (len(answer["data"]), answer["version"]) == (7, "5.1.0")
""",
    )
    result.assert_outcomes(passed=1)
