import json
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockcdrs.control import redaction
from mockcdrs.control.redaction import redact

SIGNED = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrYXpvbyJ9.c2lnbmF0dXJl"
SECRETS = st.text(st.characters(codec="ascii"), min_size=1)


@pytest.mark.parametrize("login", ["user_auth", "api_auth", "user%5Fauth"])
def test_the_token_in_a_path_is_redacted(login: str) -> None:
    assert redaction.redact_path(f"/v2/{login}/tok%2Fen/x") == f"/v2/{login}/{redact('tok/en')}/x"


@pytest.mark.parametrize("raw", ["", "/", "/v2/user_auth", "/v2/user_auth/", "/v2/user_auth/recovery", "/v2/x/y%zz"])
def test_other_paths_stay_as_they_came(raw: str) -> None:
    assert redaction.redact_path(raw) == raw


def test_a_signed_token_is_known_wherever_it_stands() -> None:
    assert redaction.redact_path(f"/v2/{SIGNED}/x") == f"/v2/{redact(SIGNED)}/x"
    assert redaction.redact_text(f"your token: {SIGNED}.") == f"your token: {redact(SIGNED)}."


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("", ""),
        ("a=1&paginate&&b=%zz&c=x=y", "a=1&paginate&&b=%zz&c=x=y"),
        ("auth_token=tok%2Fen&a=1", f"auth_token={redact('tok/en')}&a=1"),
        ("auth%5Ftoken=s", f"auth%5Ftoken={redact('s')}"),
        ("auth_token", "auth_token"),
        (f"x={SIGNED}", f"x={redact(SIGNED)}"),
    ],
)
def test_a_query_string_stays_as_it_came_but_for_its_secrets(raw: str, shown: str) -> None:
    assert redaction.redact_query(raw) == shown


def test_what_is_no_secret_any_more_and_no_token_at_all_stay() -> None:
    assert redact(redact("a")) == redact("a") != redact("redacted-a")
    assert redaction.redact_text('{"auth_token":"undefined"}') == '{"auth_token":"undefined"}'


def test_headers_that_open_an_account_are_redacted() -> None:
    sent = {"x-auth-token": "a", "authorization": "Bearer b", "accept": "*/*"}
    shown = {"x-auth-token": redact("a"), "authorization": redact("Bearer b"), "accept": "*/*"}
    assert redaction.redact_headers(sent) == shown


@given(SECRETS)
def test_a_body_keeps_its_form_and_loses_its_secret(secret: str) -> None:
    data = {"credentials": secret, "account_name": "a b", "n": [1, {"password": secret}]}
    body = {"data": data, "auth_token": secret}
    for indent in (None, 2):
        assert json.loads(redaction.redact_text(json.dumps(body, indent=indent))) == redaction.redact_value("", body)
    assert redaction.redact_value("", body)["data"]["n"] == [1, {"password": redact(secret)}]


@given(SECRETS)
def test_a_form_loses_its_secret(secret: str) -> None:
    form = urlencode({"a": "1", "api_key": secret, "b": "2"})
    assert redaction.redact_text(form) == f"a=1&api_key={redact(secret)}&b=2"
    assert redaction.redact_text(f"auth_token={quote(secret, safe='')}") == f"auth_token={redact(secret)}"


@pytest.mark.parametrize(
    ("cut", "shown"),
    [
        ('{"auth_token":"sec', f'{{"auth_token":"{redact("sec")}"'),
        ('{"auth_token":"sec\\', f'{{"auth_token":"{redact("sec")}"\\'),
        ('{"password": 1234}', f'{{"password": "{redact("1234")}"}}'),
        ('{"auth_token":', '{"auth_token":'),
        ('{"credentials":{"a":1}}', '{"credentials":{"a":1}}'),
        ("my_password=1", "my_password=1"),
    ],
)
def test_a_body_that_is_cut_off_or_odd_is_no_way_round(cut: str, shown: str) -> None:
    assert redaction.redact_text(cut) == shown


@given(st.text() | st.binary().map(lambda raw: raw.decode("utf-8", "surrogateescape")))
def test_no_strangers_text_makes_it_raise(raw: str) -> None:
    assert isinstance(redaction.redact_path(raw), str)
    assert isinstance(redaction.redact_query(raw), str)
    assert isinstance(redaction.redact_text(raw), str)
