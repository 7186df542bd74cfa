"""The options of `mockcdrs serve`: what the mock is made of, and what is refused, and how."""

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mockcdrs import cli
from mockcdrs.cli import sentence, serve
from mockcdrs.config import OPTIONS, MockConfig
from mockcdrs.control.state import default_account
from mockcdrs.crossbar.settings import Settings
from mockcdrs.dataset.accounts import Account
from mockcdrs.dataset.store import LoadedStore
from mockcdrs.mock import build


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli.main, arguments, prog_name="mockcdrs")


def test_an_unknown_setting_is_refused_with_the_known_ones() -> None:
    result = run("serve", "--set", "crossbar.nosuch=1")
    assert result.exit_code == 2
    assert "'crossbar.nosuch' is no known setting: expected one of crossbar.maximum_range, " in result.output
    assert all(name in result.output for name in Settings.names())


def test_an_unknown_quirk_is_refused_with_the_known_ones() -> None:
    result = run("serve", "--fix", "nosuch")
    assert result.exit_code == 2
    assert "'nosuch' is no quirk of Crossbar's: expected one of all, interaction-page-loss" in result.output


def test_a_moment_that_is_none_is_refused_with_an_example() -> None:
    result = run("serve", "--now", "yesterday")
    assert result.exit_code == 2
    assert "came 'yesterday', expected ISO 8601 in UTC, as in 2026-01-20T12:00:00Z, or live" in result.output


def config_of(*arguments: str) -> MockConfig:
    options = serve.command.make_context("serve", ["--no-control", *arguments]).params
    options_of_mock = {name: value for name, value in options.items() if name not in serve.OPTIONS_OF_COMMAND}
    return serve.build_mock(**options_of_mock).config


@pytest.mark.parametrize(
    "moment", ["2026-01-20T12:00:00Z", "2026-01-20T12:00:00", "2026-01-20 13:00+01:00", "20260120T120000Z"]
)
def test_a_moment_may_be_written_in_any_form_of_iso_8601(moment: str) -> None:
    clock = build(config_of("--now", moment)).clock
    assert (clock.is_frozen, clock.now()) == (True, 63_936_129_600)


def test_the_clock_is_live_unless_now_says_otherwise() -> None:
    for arguments in ([], ["--now", "live"]):
        clock = build(config_of(*arguments)).clock
        assert not clock.is_frozen
        assert clock.now() > 63_936_129_600


def test_the_defaults_of_serve_are_those_of_the_table() -> None:
    own = {name: option.serve_default for name, option in OPTIONS.items() if option.serve_default is not None}
    assert own == {"seed": 1, "now": "live", "calls_per_day": 25, "locale": "en_US", "journal": 1_000}
    assert config_of() == MockConfig(**own)


def test_each_option_of_a_mock_is_one_of_serve_with_the_same_help() -> None:
    account = " ".join(run("serve", "--help").output.split())
    for name, option in OPTIONS.items():
        assert f"--{option.serve_flag or name.replace('_', '-')} " in account
        assert sentence(option.help).removesuffix(".") in account


def test_settings_and_quirks_are_told_to_the_mock() -> None:
    config = config_of("--set", "kazoo.node=a=b", "--set", "kazoo.version=9", "--fix", "all", "--quirk", "pdf-500")
    assert config.settings == {"kazoo.node": "a=b", "kazoo.version": "9"}
    assert (config.fix, config.quirk) == (("all",), ("pdf-500",))


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "dev.example"])
def test_listening_beyond_this_machine_takes_a_token_or_no_control(host: str) -> None:
    result = run("serve", "--host", host)
    assert result.exit_code == 2
    assert "--control-token" in result.output
    assert "--no-control" in result.output


def test_bad_data_ends_the_start_with_its_place_and_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "cdrs.jsonl").write_text('{"_id": 7}\n')
    result = run("serve", "--port", "0", "--data", str(tmp_path))
    assert result.exit_code == 1
    assert result.output == (
        f"Error: {tmp_path}/cdrs.jsonl, line 1: _id came as 7; expected text; correct it or take it out\n"
    )


def test_an_unknown_locale_ends_the_start_with_some_of_the_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    result = run("serve", "--port", "0", "--locale", "xx_XX")
    assert result.exit_code == 1
    assert result.output.startswith("Error: locale 'xx_XX' came, expected one that Faker knows, such as de_DE")


def test_a_mistake_of_the_program_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_options: object) -> None:
        raise ValueError("a bug")

    monkeypatch.setattr(serve, "build_mock", fail)
    result = CliRunner().invoke(cli.main, ["serve"])
    assert isinstance(result.exception, ValueError)


def test_a_call_that_is_added_is_one_of_the_people_who_live_where_the_locale_says() -> None:
    mock = build(config_of("--locale", "de_DE"))
    call = mock.add_call()
    owners = {leg["custom_channel_vars"].get("owner_id") for leg in call.legs} - {None}
    assert owners
    assert owners <= {user["id"] for user in mock.state.data.accounts[mock.account_id].users}


def test_a_taken_port_ends_the_start_with_the_option_that_helps(tmp_path: Path) -> None:
    (tmp_path / "accounts.json").write_text('[{"id": "A"}]')
    with socket.create_server(("127.0.0.1", 0)) as listener:
        result = run("serve", "--port", str(listener.getsockname()[1]), "--data", str(tmp_path))
    assert result.exit_code == 1
    assert "give another one with --port" in result.output


def test_a_half_written_env_file_is_not_left_behind(tmp_path: Path) -> None:
    (tmp_path / "accounts.json").write_text('[{"id": "A"}]')
    (tmp_path / "env").mkdir()
    result = run("serve", "--port", "0", "--data", str(tmp_path), "--env-file", str(tmp_path / "env"))
    assert result.exit_code == 1
    assert sorted(each.name for each in tmp_path.iterdir()) == ["accounts.json", "env"]


def test_an_env_file_that_cannot_be_written_ends_the_start(tmp_path: Path) -> None:
    (tmp_path / "accounts.json").write_text('[{"id": "A"}]')
    result = run("serve", "--port", "0", "--data", str(tmp_path), "--env-file", str(tmp_path / "nosuch" / "env"))
    assert result.exit_code == 1
    assert result.output.endswith(
        f"Error: {tmp_path / 'nosuch' / 'env'} cannot be written (No such file or directory): expected a file in a "
        "folder that is there and may be written to; name another one with --env-file\n"
    )


@pytest.mark.parametrize(
    ("accounts", "busy", "account"),
    [
        ([("top", True), ("quiet", False), ("busy", False)], ["top", "busy"], "busy"),
        ([("top", True), ("quiet", False)], ["top"], "top"),
        ([("top", True), ("quiet", False)], [], "quiet"),
    ],
)
def test_the_account_shown_is_an_ordinary_one_with_calls(
    accounts: list[tuple[str, bool]], busy: list[str], account: str
) -> None:
    stored_accounts = (Account(account_id, is_superduper_admin=top) for account_id, top in accounts)
    store = LoadedStore(stored_accounts, {(account_id, "202601"): [] for account_id in busy})
    assert default_account(store).id == account


def test_the_clock_runs_at_a_speed_from_now_on() -> None:
    clock = build(config_of("--now", "2026-01-20T08:00:00Z", "--speed", "60")).clock
    assert (clock.speed, clock.is_frozen) == (60, False)
    assert clock.now() >= 63_936_115_200
    for speed in ("0", "nan", "fast"):
        result = run("serve", "--speed", speed)
        assert result.exit_code == 2
        assert f"Invalid value for '--speed': came {speed}, expected seconds" in result.output or speed == "fast"


@pytest.mark.parametrize(
    "origin", ["localhost:3000", "http://", "http://localhost:3000/panel", "ftp://localhost", "http://a?b"]
)
def test_an_origin_that_is_none_is_refused_with_an_example(origin: str) -> None:
    result = run("serve", "--allow-origin", origin)
    assert result.exit_code == 2
    assert f"came {origin!r}, expected an origin, as in http://localhost:3000" in result.output


def test_pages_from_beyond_this_machine_need_the_control_token() -> None:
    result = run("serve", "--port", "0", "--allow-origin", "https://dev.example")
    assert result.exit_code == 2
    assert "--allow-origin https://dev.example lets a page from elsewhere change everything" in result.output


def test_allowed_origins_are_as_browsers_send_them() -> None:
    options_of_mock = ("--allow-origin", "http://LOCALHOST:3000/", "--allow-origin", "https://dev.example")
    options = serve.command.make_context("serve", ["--control-token", "secret", *options_of_mock]).params
    values = {name: value for name, value in options.items() if name not in serve.OPTIONS_OF_COMMAND}
    assert serve.build_mock(**values).server_config.allow_origin == ("http://localhost:3000", "https://dev.example")


def test_there_is_no_console_to_open_without_a_control_api() -> None:
    result = run("serve", "--open", "--no-control")
    assert result.exit_code == 2
    assert "--open opens the console, which --no-control leaves out" in result.output
