"""The suite passes against what is a Crossbar, and tells which one it is."""

import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from mockcdrs.cli import main
from mockcdrs.contract.check import CheckResult
from mockcdrs.contract.checks import CHECKS
from mockcdrs.contract.target import MAX_REQUESTS, TargetServer
from mockcdrs.crossbar import quirks as table
from mockcdrs.crossbar.quirks import QUIRKS
from mockcdrs.dataset import fixtures
from mockcdrs.mock import Mock, serving
from mockcdrs.server.waitress_server import Server as Listener
from tests.contract.running import run_check
from tests.server_process import serve_in_process

NEED_OTHER_DATA = {
    "no-ccv-not-listed", "broken-document-fault", "interaction-raw-rows", "no-account-500", "month-end-call-lost",
}  # fmt: skip
USUAL = table.COMMON - NEED_OTHER_DATA


def results_of(**changes: Any) -> list[CheckResult]:
    with serving(**changes) as mock:
        return results_at(mock)


def results_at(mock: Mock) -> list[CheckResult]:
    server = TargetServer(mock.url, mock.account_id, mock.auth_token)
    results = [check.run(server) for check in CHECKS]
    assert server.request_count < MAX_REQUESTS
    return results


def differing(results: list[CheckResult]) -> list[tuple[str, str]]:
    return [(result.check.name, each.text) for result in results for each in result.differences]


def quirks_of(results: list[CheckResult]) -> set[str]:
    return {quirk for result in results for quirk in result.quirks}


@pytest.mark.parametrize(
    ("changes", "quirks"),
    [
        ({}, USUAL),
        ({"kazoo": "master"}, USUAL),
        ({"kazoo": "classic", "reseller": True}, USUAL),
        ({"fix": ("all",)}, set()),
        ({"quirk": ("integer-page-size",)}, USUAL | {"integer-page-size"}),
        ({"seed": 3, "calls_per_day": 100, "now": "2026-03-05T10:00:00Z"}, USUAL),
        ({"reseller": True}, USUAL),
        ({"settings": {"crossbar.cdrs.should_filter_empty_strings": True}}, USUAL),
        ({"settings": {"crossbar.pagination_page_size": 7, "crossbar.cdrs.maximum_bulk": 5}}, USUAL),
    ],
    ids=[
        "office",
        "master",
        "classic",
        "fixed",
        "kazoo-5",
        "other-seed",
        "reseller",
        "no-empty-columns",
        "small-pages",
    ],
)
def test_the_mock_passes_and_shows_the_quirks_that_it_was_made_with(changes: dict[str, Any], quirks: set[str]) -> None:
    results = results_of(**changes)
    assert differing(results) == []
    assert quirks_of(results) == quirks


def test_a_key_that_names_an_interaction_which_is_left_out_anyway_does_not_disturb_the_walk() -> None:
    with serving(seed=5, calls_per_day=400, now="2026-06-30T23:59:00Z", locale="ja_JP") as mock:
        result = run_check("interactions-down", mock)
    assert (result.outcome, result.quirks) == ("passed", ("interaction-page-loss",))


def test_a_page_whose_interactions_are_all_left_out_does_not_end_the_check() -> None:
    results = results_of(seed=9, calls_per_day=50, now="2026-03-05T10:00:00Z")
    assert differing(results) == []


def test_no_check_names_a_quirk_that_it_does_not_announce() -> None:
    assert all(set(result.quirks) <= set(result.check.quirks) for result in results_of())
    assert {quirk for check in CHECKS for quirk in check.quirks} == set(QUIRKS)


@pytest.mark.parametrize("name", sorted(USUAL))
def test_a_quirk_that_is_fixed_is_not_reported(name: str) -> None:
    with serving(fix=(name,)) as mock:
        server = TargetServer(mock.url, mock.account_id, mock.auth_token)
        results = [check.run(server) for check in CHECKS if name in check.quirks]
    assert results
    assert differing(results) == []
    assert name not in quirks_of(results)


def test_an_empty_account_says_what_could_not_be_checked() -> None:
    with serving() as mock:
        mock.clear()
        results = results_at(mock)
    assert differing(results) == []
    reasons = {why for result in results for why in result.skipped}
    assert "no CDR in the last 31 days" in reasons
    assert {result.outcome for result in results if result.check.name.startswith("walk")} == {"skipped"}


@pytest.mark.parametrize("fix", [(), ("broken-document-fault",), ("all",)])
def test_whatever_real_databases_hold_makes_no_difference(fix: tuple[str, ...]) -> None:
    with serving(fix=fix) as mock:
        mock.clear()
        for document in itertools.chain.from_iterable(fixtures.load_edge_cases().values()):
            mock.state.data.add(mock.account_id, document["_id"][:6], [document])
        results = results_at(mock)
    assert differing(results) == []
    assert ("broken-document-fault" in quirks_of(results)) is (fix == ())


def test_a_cdr_that_only_its_interaction_shows_is_named_as_the_quirk_it_is() -> None:
    with serving() as mock:
        leg = dict(mock.add_call(at="2026-01-01T01:00:00Z").legs[0])
        mock.remove(leg["_id"])
        del leg["custom_channel_vars"]
        mock.add_cdr(leg)
        result = run_check("every-leg-is-listed", mock)
    assert (result.outcome, result.quirks) == ("passed", ("no-ccv-not-listed",))


def test_a_cdr_that_cannot_be_shown_is_named_as_the_quirk_it_is() -> None:
    with serving() as mock:
        mock.clear()
        mock.add_call()
        mock.edge("no-direction")
        assert run_check("broken-documents", mock).quirks == ("broken-document-fault",)
        reasons = run_check("walk-down", mock).skipped
    assert reasons == ("the listing is a 503: broken-document-fault hides all CDRs there are",)


def test_an_interaction_whose_id_has_no_month_is_named_as_the_quirk_it_is() -> None:
    with serving() as mock:
        leg = dict(mock.add_call(at="2026-01-01T01:00:00Z").legs[0])
        mock.state.data.add(mock.account_id, "202601", [leg | {"_id": "no-month", "interaction_key": "other"}])
        result = run_check("ids-without-months", mock)
    assert (result.outcome, result.quirks) == ("passed", ("interaction-raw-rows",))


@pytest.mark.parametrize(("fix", "quirks"), [((), ("big-integer-chunk-lost",)), (("big-integer-chunk-lost",), ())])
def test_a_leg_with_an_integer_beyond_64_bits_is_named_as_the_quirk_it_is(
    fix: tuple[str, ...], quirks: tuple[str, ...]
) -> None:
    with serving(fix=fix) as mock:
        leg = dict(mock.add_call(at="2026-01-01T01:00:00Z").legs[0])
        mock.state.data.add(mock.account_id, "202601", [leg | {"x": 2**63}])
        result = run_check("big-integers-in-a-chunk", mock)
    assert (result.outcome, result.quirks) == ("passed", quirks)


def test_the_masters_token_shows_what_is_only_the_masters(tmp_path: Path) -> None:
    account = {"id": "8f3c1e5a7b9d4c2e8a6f0b1d3e5f7a90", "is_superduper_admin": True, "tokens": [{"token": "a-token"}]}
    (tmp_path / "accounts.json").write_text(json.dumps([account]))
    with serving(data=tmp_path) as mock:
        assert run_check("no-account", mock).quirks == ("no-account-500",)


def test_a_single_bare_cdr_says_what_could_not_be_checked_with_it() -> None:
    with serving() as mock:
        mock.clear()
        end = mock.clock.now() - 3600
        mock.add_cdr({"call_direction": "inbound", "custom_channel_vars": {}, "timestamp": end})
        results = results_at(mock)
    assert differing(results) == []
    reasons = {result.check.name: result.skipped for result in results}
    assert reasons["filter-any-of"] == ("no CDR around the last month's end holds hangup_cause",)
    assert reasons["legs-by-cdr-id"] == ("no CDR around the last month's end has an interaction id",)
    assert reasons["directions"] == ("fewer than two CDRs around the last month's end",)
    assert reasons["walk-down"] == ()


def odd_app(_environ: Any, start_response: Any) -> list[bytes]:
    row = {"id": "202601-x", "interaction_id": 1, "timestamp": None, "duration_seconds": None}
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps({"data": [row], "timestamp": "2026-01-20T12:00:00Z"}).encode()]


def test_no_answer_of_another_shape_stops_the_checks() -> None:
    with Listener(odd_app) as listener:
        server = TargetServer(f"{listener.url}/v2", "an-account", "hush-hush")
        results = [check.run(server) for check in CHECKS]
    assert sum(result.outcome == "differs" for result in results) > len(CHECKS) / 2
    assert any("another shape than Crossbar's" in what for _, what in differing(results))


def test_verify_exits_with_1_and_shows_what_differs_where_it_is_no_crossbar() -> None:
    with Listener(odd_app) as listener:
        url = f"{listener.url}/v2"
        result = CliRunner().invoke(main, ["verify", url, "--account", "an-account", "--token", "hush-hush"])
    assert result.exit_code == 1, result.output
    assert "instead of" in result.output
    assert "hush-hush" not in result.output


def test_verify_gives_its_results_to_a_machine_as_one_object() -> None:
    with Listener(odd_app) as listener:
        url = f"{listener.url}/v2"
        outcome = CliRunner().invoke(main, ["verify", url, "--account", "an-account", "--token", "hush", "--json"])
    assert outcome.exit_code == 1
    result = json.loads(outcome.output)
    assert [check["name"] for check in result["checks"]] == [each.name for each in CHECKS]
    differing_checks = [check for check in result["checks"] if check["outcome"] == "differs"]
    assert len(differing_checks) == result["counts"]["differs"] > 0
    assert all(check["differences"][0].keys() == {"text", "request"} for check in differing_checks)
    assert result["requests"] > 0
    assert "hush" not in outcome.output


def test_each_check_says_in_a_sentence_what_it_is_about_and_what_it_rests_on() -> None:
    assert len({check.name for check in CHECKS}) == len(CHECKS)
    for check in CHECKS:
        assert check.sentence.endswith("."), check.name
        assert "\n" not in check.sentence, check.name
        assert check.source.endswith((".erl", ".json")), check.name


@pytest.fixture(scope="module", params=["4.3", "master"])
def other_process(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A server of each version in a process of its own: what its env file tells, and its version."""
    options = "--now", "2026-01-20T12:00:00Z", "--kazoo", request.param
    with serve_in_process(tmp_path_factory.mktemp("served"), *options) as server:
        yield server.variables | {"KAZOO": request.param}


def verify(other_process: dict[str, str], *options: str, **environment: str) -> Result:
    url, account, token = (other_process[f"MOCKCDRS_{name}"] for name in ("URL", "ACCOUNT_ID", "AUTH_TOKEN"))
    arguments = ["verify", url, "--account", account, "--token", token, *options]
    return CliRunner().invoke(main, arguments, env=environment)


def test_verify_finds_out_the_version_of_another_process_and_checks_it(other_process: dict[str, str]) -> None:
    result = verify(other_process)
    assert result.exit_code == 0, result.output
    assert result.output.startswith(f"Kazoo {other_process['KAZOO']}, by columns of a row, datetime")
    assert " 0 differs" in result.output
    assert other_process["MOCKCDRS_AUTH_TOKEN"] not in result.output


@pytest.mark.parametrize(
    ("options", "environment"), [(("--kazoo", "{other}"), {}), ((), {"MOCKCDRS_KAZOO": "{other}"})]
)
def test_verify_checks_for_the_version_that_is_asked_for(
    options: tuple[str, ...], environment: dict[str, str], other_process: dict[str, str]
) -> None:
    own = other_process["KAZOO"]
    other = {"4.3": "master", "master": "4.3"}[own]
    variables = {name: value.format(other=other) for name, value in environment.items()}
    result = verify(other_process, *(each.format(other=other) for each in options), **variables)
    assert result.exit_code == 1
    assert result.output.startswith(f"Kazoo {other}, as given, though its answers are nearer to {own};")
    assert re.search(r"^version-1 +differs", result.output, re.MULTILINE)


def test_verify_without_a_url_checks_the_mock_as_the_version_that_is_asked_for() -> None:
    result = CliRunner().invoke(main, ["verify", "--kazoo", "master"])
    assert result.exit_code == 0, result.output
    assert result.output.startswith("Kazoo master, as given; it calls itself 4.3.0\n")


def test_verify_refuses_a_version_that_nobody_knows() -> None:
    result = CliRunner().invoke(main, ["verify", "--kazoo", "5"])
    assert result.exit_code == 2
    assert "'5' is no version of Kazoo that is known: expected one of 4.3, master, classic" in result.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["http://127.0.0.1:1/v2"], "give both, with --account and --token"),
        (["nonsense", "--account", "a", "--token", "t"], "'nonsense' is no URL of a Crossbar"),
        (["http://127.0.0.1:1/v2", "--account", "a", "--token", "hush-hush"], "is the server there"),
    ],
)
def test_verify_says_what_it_needs(arguments: list[str], words: str) -> None:
    result = CliRunner().invoke(
        main, ["verify", *arguments], env={"MOCKCDRS_ACCOUNT_ID": "", "MOCKCDRS_AUTH_TOKEN": ""}
    )
    assert result.exit_code in {1, 2}
    assert words in " ".join(result.output.split())


def test_verify_makes_no_check_with_a_token_that_opens_nothing() -> None:
    with serving() as mock:
        result = CliRunner().invoke(main, ["verify", mock.url, "--account", mock.account_id, "--token", "hush-hush"])
        assert len(mock.requests) == 1
    assert result.exit_code == 1
    assert f"account {mock.account_id} with this token got 401; expected one that the token opens" in result.output
    assert "hush-hush" not in result.output


def test_pytest_runs_the_same_checks_as_tests(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_subprocess("--pyargs", "mockcdrs.contract", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=len(CHECKS) - 8, skipped=8)
    result.stdout.fnmatch_lines(
        ["Kazoo 4.3, by *", "*quirks of Crossbar's that the server shows*", "interaction-page-loss *"]
    )


def test_pytest_says_nothing_of_a_server_that_no_check_looked_at(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_subprocess("--pyargs", "mockcdrs.contract", "-k", "nosuch", "-p", "no:cacheprovider")
    result.assert_outcomes(deselected=len(CHECKS))
    result.stdout.no_fnmatch_line("*the server under check*")


def test_pytest_shows_what_differs_and_the_request(pytester: pytest.Pytester) -> None:
    with Listener(odd_app) as listener:
        where = ["--mockcdrs-url", f"{listener.url}/v2", "--mockcdrs-account", "a", "--mockcdrs-token", "hush-hush"]
        result = pytester.runpytest_subprocess(
            "--pyargs", "mockcdrs.contract", *where, "-k", "envelope-of-an-error", "-p", "no:cacheprovider"
        )
    result.assert_outcomes(failed=1, deselected=len(CHECKS) - 1)
    result.stdout.fnmatch_lines(["*status: 200 instead of 404*", '*curl -sS -H "X-Auth-Token: $TOKEN"*'])
    result.stdout.no_fnmatch_line("*hush-hush*")


@pytest.mark.parametrize(
    ("option", "ini", "origin"),
    [
        ("--mockcdrs-kazoo=5.0", "", "the option --mockcdrs-kazoo"),
        ("", "mockcdrs_kazoo = 5.0", "the ini setting mockcdrs_kazoo"),
    ],
    ids=["option", "ini"],
)
def test_pytest_refuses_a_version_that_nobody_knows_for_a_server_elsewhere_too(
    pytester: pytest.Pytester, option: str, ini: str, origin: str
) -> None:
    pytester.makeini(f"[pytest]\n{ini}\n")
    with Listener(odd_app) as listener:
        where = ["--mockcdrs-url", f"{listener.url}/v2", "--mockcdrs-account", "a", "--mockcdrs-token", "t"]
        result = pytester.runpytest_subprocess(
            "--pyargs", "mockcdrs.contract", *where, *filter(None, [option]), "-k", "envelope-of-an-error"
        )
    result.assert_outcomes(errors=1, deselected=len(CHECKS) - 1)
    assert f"'5.0', from {origin}, is no version of Kazoo that is known" in result.stdout.str()


def test_requests_end_where_more_would_not_be_gentle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockcdrs.contract.target.MAX_REQUESTS", 2)
    with serving() as mock:
        server = TargetServer(mock.url, mock.account_id, mock.auth_token)
        results = [check.run(server) for check in CHECKS]
    assert server.request_count == 2
    assert any("2 requests are spent" in why for result in results for why in result.skipped)
