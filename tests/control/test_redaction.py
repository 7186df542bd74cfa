"""Redaction of secrets in requests and bodies."""

import hashlib
import json
import re
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockcdrs.control.redaction import (
    escape,
    redact,
    redact_headers,
    redact_path,
    redact_query,
    redact_text,
    redact_value,
)

SIGNED = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrYXpvbyJ9.c2lnbmF0dXJl"
SECRETS = st.text(st.characters(codec="ascii"), min_size=1)


@pytest.mark.parametrize("login", ["user_auth", "api_auth", "user%5Fauth"])
def test_the_token_in_a_path_is_redacted(login: str) -> None:
    assert redact_path(f"/v2/{login}/tok%2Fen/x") == f"/v2/{login}/{redact('tok/en')}/x"


@pytest.mark.parametrize("raw", ["", "/", "/v2/user_auth", "/v2/user_auth/", "/v2/user_auth/recovery", "/v2/x/y%zz"])
def test_other_paths_stay_as_they_came(raw: str) -> None:
    assert redact_path(raw) == raw


def test_a_signed_token_is_redacted_wherever_it_stands() -> None:
    assert redact_path(f"/v2/{SIGNED}/x") == f"/v2/{redact(SIGNED)}/x"
    assert redact_text(f"your token: {SIGNED}.") == f"your token: {redact(SIGNED)}."


@given(st.text("eyJ.-_a%2", max_size=40))
def test_signed_tokens_are_those_that_a_simpler_pattern_finds(text: str) -> None:
    simple = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)
    assert redact_text(text) == simple.sub(lambda token: redact(token[0]), text)


def test_what_only_begins_as_a_token_costs_no_more_than_its_length() -> None:
    """With the simpler pattern this does not end."""
    text = "eyJ" * 3_000_000
    assert redact_text(text) == text


@pytest.mark.parametrize(
    ("raw", "redacted"),
    [
        ("", ""),
        ("a=1&paginate&&b=%zz&c=x=y", "a=1&paginate&&b=%zz&c=x=y"),
        ("auth_token=tok%2Fen&a=1", f"auth_token={redact('tok/en')}&a=1"),
        ("auth%5Ftoken=s", f"auth%5Ftoken={redact('s')}"),
        ("auth_token=s=", f"auth_token={redact('s=')}"),
        ("auth_token=%FF", "auth_token=" + redact("\udcff")),
        ("auth_token", "auth_token"),
        (f"x={SIGNED}", f"x={redact(SIGNED)}"),
    ],
)
def test_a_query_string_stays_as_it_came_but_for_its_secrets(raw: str, redacted: str) -> None:
    assert redact_query(raw) == redacted


@pytest.mark.parametrize("literal", [r"\ud8e5a", r"\udbff", r"\udc80", r"\udfff\ud800"])
def test_half_a_surrogate_pair_is_a_secret_like_any_other(literal: str) -> None:
    secret = json.loads(f'"{literal}"')
    assert redact_text(f'{{"password":"{literal}"}}') == f'{{"password":"{redact(secret)}"}}'
    assert redact(secret) != redact(secret[:-1])


def test_a_redacted_secret_and_undefined_stay() -> None:
    assert redact(redact("a")) == redact("a") != redact("redacted-a")
    assert redact_text('{"auth_token":"undefined"}') == '{"auth_token":"undefined"}'


@pytest.mark.parametrize("name", ["cookie", "set-cookie", "proxy-authorization"])
def test_what_a_browser_sends_of_other_servers_is_redacted_too(name: str) -> None:
    assert redact_headers({name: "session=1"}) == {name: redact("session=1")}


def test_a_digest_is_that_of_the_secrets_bytes() -> None:
    assert redact("token") == f"redacted-{hashlib.sha256(b'token').hexdigest()[:8]}"
    assert redact("\udcfe") == f"redacted-{hashlib.sha256(bytes([0xFE])).hexdigest()[:8]}"
    lone = "\ud800".encode("utf-8", "surrogatepass")
    assert redact("\ud800") == f"redacted-{hashlib.sha256(lone).hexdigest()[:8]}"


def test_secrets_in_a_list_are_redacted() -> None:
    assert redact_value("auth_token", ["a", 1, {"x": "b"}]) == [redact("a"), 1, {"x": "b"}]


def test_headers_with_a_token_are_redacted() -> None:
    sent = {"x-auth-token": "a", "authorization": "Bearer b", "accept": "*/*"}
    redacted = {"x-auth-token": redact("a"), "authorization": redact("Bearer b"), "accept": "*/*"}
    assert redact_headers(sent) == redacted


@given(SECRETS)
def test_a_body_keeps_its_form_and_loses_its_secret(secret: str) -> None:
    data = {"credentials": secret, "account_name": "a b", "n": [1, {"password": secret}]}
    body = {"data": data, "auth_token": secret}
    for indent in (None, 2):
        assert json.loads(redact_text(json.dumps(body, indent=indent))) == redact_value("", body)
    assert redact_value("", body)["data"]["n"] == [1, {"password": redact(secret)}]


@given(SECRETS)
def test_a_form_loses_its_secret(secret: str) -> None:
    form = urlencode({"a": "1", "api_key": secret, "b": "2"})
    assert redact_text(form) == f"a=1&api_key={redact(secret)}&b=2"
    assert redact_text(f"auth_token={quote(secret, safe='')}") == f"auth_token={redact(secret)}"


@pytest.mark.parametrize(
    ("cut", "redacted"),
    [
        ('{"auth_token":"sec', f'{{"auth_token":"{redact("sec")}"'),
        ('{"auth_token":"XY', f'{{"auth_token":"{redact("XY")}"'),
        ('{"auth_token":"sec\\', f'{{"auth_token":"{redact("sec")}"\\'),
        ('{"password": 1234}', f'{{"password": "{redact("1234")}"}}'),
        ('{"auth_token":', '{"auth_token":'),
        ('{"credentials":{"a":1}}', '{"credentials":{"a":1}}'),
        ("my_password=1", "my_password=1"),
    ],
)
def test_secrets_are_redacted_in_a_body_that_is_cut_off_or_malformed(cut: str, redacted: str) -> None:
    assert redact_text(cut) == redacted


@given(st.text() | st.binary().map(lambda raw: raw.decode("utf-8", "surrogateescape")))
def test_no_text_makes_redaction_raise(raw: str) -> None:
    assert isinstance(redact_path(raw), str)
    assert isinstance(redact_query(raw), str)
    assert isinstance(redact_text(raw), str)


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("plain \\ text", "plain \\ text"),
        ("\x1b[31m\r\n\x00\x7f", "\\x1b[31m\\r\\n\\x00\\x7f"),
        ("\x9b\u202e\u2028\udcff", "\\x9b\\u202e\\u2028\\udcff"),
    ],
)
def test_what_could_end_a_line_or_command_a_terminal_is_escaped(text: str, escaped: str) -> None:
    assert escape(text) == escaped
