import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockcdrs.crossbar.errors import EmptyResponse
from mockcdrs.crossbar.pipeline import RESOURCES, HttpRequest, parse_api_version, parse_nouns, respond, split_path
from tests.crossbar.builders import state_of


def status_of(raw: str) -> int:
    return respond(HttpRequest("GET", raw), state_of().server_state(), "request-1").status


@pytest.mark.parametrize("raw", ["/", "/v2/accounts", "/v2//cdrs/", "/v2/a%2Fb%c3", "/v2/~!$&'()*+,;=:@"])
def test_these_are_paths(raw: str) -> None:
    assert status_of(raw) != 400


@pytest.mark.parametrize("raw", ["", "v2", "*", "/a b", "/%", "/%2", "/%zz", "/é", '/"', "/<", "/a\n", "/a#b", "/a?b"])
def test_these_are_none(raw: str) -> None:
    assert status_of(raw) == 400


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("/v2/accounts/x/cdrs", ["accounts", "x", "cdrs"]),
        ("/v2/cdrs/", ["cdrs"]),
        ("/v2/x//cdrs//", ["x", "", "cdrs"]),
        ("/v2", []),
        ("/", []),
        ("/v2/a%2Fb", ["a/b"]),
        ("/v2/%c3%a9%ff", ["é\udcff"]),
        ("/v2/a+b", ["a+b"]),
        ("/v2/%2541", ["%41"]),
    ],
)
def test_a_path_has_tokens_behind_its_version(raw: str, expected: list[str]) -> None:
    assert split_path(raw) == expected


@pytest.mark.parametrize(
    ("token", "twice"),
    [
        ("%2541", "A"),
        ("%25c3%25a9", "é"),
        ("%254", "%4"),
        ("%25", "%"),
        ("%252F", "/"),
        ("a+b", "a+b"),
        ("%2500", "\0"),
    ],
)
def test_escapes_may_be_undone_twice(token: str, twice: str) -> None:
    assert split_path(f"/v2/{token}", decodes_twice=True) == [twice]


@pytest.mark.parametrize("token", ["%25zz", "a%25g1b", "%25%0a4"])
def test_an_escape_that_is_none_the_second_time_kills(token: str) -> None:
    with pytest.raises(EmptyResponse) as caught:
        split_path(f"/v2/{token}", decodes_twice=True)
    assert caught.value.status == 500


@pytest.mark.parametrize(
    ("raw", "version"),
    [
        ("/v2/accounts", "v2"),
        ("/v1", "v1"),
        ("/v33/x", "v33"),
        ("/v02/x", "v02"),
        ("/v-2/x", "v-2"),
        ("/v+2/x", "v+2"),
        ("/v2.0/x", "v2.0"),
        ("/%762/x", "v2"),
        ("/", ""),
        ("//v2/accounts", ""),
        ("/accounts/x", ""),
        ("/V2/accounts", ""),
        ("/v/accounts", ""),
        ("/v%202/accounts", ""),
        ("/v2x/accounts", ""),
        ("/2/accounts", ""),
    ],
)
def test_what_begins_with_no_version_is_none_of_the_apis(raw: str, version: str) -> None:
    """`crossbar_init:api_version_constraint/2`."""
    assert parse_api_version(raw) == version


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        ([], []),
        (["nosuch"], []),
        (["x", "cdrs"], []),
        (["accounts", "x", "cdrs"], [("cdrs", ()), ("accounts", ("x",))]),
        (["accounts", "", "cdrs"], [("cdrs", ()), ("accounts", ("",))]),
        (["accounts", "x", "nosuch", "cdrs"], [("cdrs", ()), ("accounts", ("x", "nosuch"))]),
        (
            ["accounts", "x", "users", "u", "cdrs", "legs", "l"],
            [("cdrs", ("legs", "l")), ("users", ("u",)), ("accounts", ("x",))],
        ),
        (["accounts", "cdrs"], [("cdrs", ()), ("accounts", ())]),
    ],
)
def test_tokens_become_modules_with_their_parameters_the_last_one_first(
    tokens: list[str], expected: list[tuple[str, tuple[str, ...]]]
) -> None:
    assert parse_nouns(tokens) == expected


@given(st.lists(st.sampled_from(["accounts", "cdrs", "users", "x", "y"])))
def test_no_token_is_lost_once_a_module_is_named(tokens: list[str]) -> None:
    words = [token for module, parameters in parse_nouns(tokens)[::-1] for token in (module, *parameters)]
    assert words == (tokens if tokens and tokens[0] not in {"x", "y"} else [])


@pytest.mark.parametrize(
    ("module", "parameters", "methods"),
    [
        ("cdrs", (), ("GET",)),
        ("cdrs", ("summary",), ("GET",)),
        ("cdrs", ("202601-x",), ("GET",)),
        ("cdrs", ("legs", "x"), ("GET",)),
        ("cdrs", ("interaction", "x"), ()),
        ("cdrs", ("legs", "x", "y"), ()),
        ("users", (), ("PUT", "GET")),
    ],
)
def test_a_noun_takes_methods(module: str, parameters: tuple[str, ...], methods: tuple[str, ...]) -> None:
    assert RESOURCES[module].methods(parameters) == methods
