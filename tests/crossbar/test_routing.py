import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockcdrs.crossbar.routing import allowed_methods, is_path, nouns, split


@pytest.mark.parametrize("raw", ["/", "/v2/accounts", "/v2//cdrs/", "/v2/a%2Fb%c3", "/v2/~!$&'()*+,;=:@"])
def test_these_are_paths(raw: str) -> None:
    assert is_path(raw)


@pytest.mark.parametrize("raw", ["", "v2", "*", "/a b", "/%", "/%2", "/%zz", "/é", '/"', "/<", "/a\n", "/a#b", "/a?b"])
def test_these_are_none(raw: str) -> None:
    assert not is_path(raw)


@pytest.mark.parametrize(
    ("raw", "version", "tokens"),
    [
        ("/v2/accounts/x/cdrs", "v2", ["accounts", "x", "cdrs"]),
        ("/v2/cdrs/", "v2", ["cdrs"]),
        ("/v2/x//cdrs//", "v2", ["x", "", "cdrs"]),
        ("/v33/x", "v33", ["x"]),
        ("/v-2/x", "v-2", ["x"]),
        ("/", "v1", []),
        ("/accounts/x", "v1", ["x"]),
        ("/v2.0/x", "v1", ["x"]),
        ("/v2/a%2Fb", "v2", ["a/b"]),
        ("/v2/%c3%a9%ff", "v2", ["é\udcff"]),
        ("/v2/a+b", "v2", ["a+b"]),
    ],
)
def test_a_path_is_a_version_and_tokens(raw: str, version: str, tokens: list[str]) -> None:
    assert split(raw) == (version, tokens)


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
    assert nouns(tokens) == expected


@given(st.lists(st.sampled_from(["accounts", "cdrs", "users", "x", "y"])))
def test_no_token_is_lost_once_a_module_is_named(tokens: list[str]) -> None:
    found = [token for module, parameters in nouns(tokens)[::-1] for token in (module, *parameters)]
    assert found == (tokens if tokens and tokens[0] not in {"x", "y"} else [])


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
    assert allowed_methods((module, parameters)) == methods
