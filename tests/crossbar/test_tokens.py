import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockcdrs.cdr import gregorian
from mockcdrs.crossbar import authentication
from mockcdrs.crossbar.authentication import TokenError
from tests.crossbar.builders import ACCOUNT, NOW, OWNER

KEY = authentication.signing_key(1)
PARTS = st.binary(max_size=40) | st.sampled_from([b'{"alg":"HS256"}', b"{}", b"[]", b"1e999", b'{"alg":1}'])
UNTIL = gregorian.to_unix(NOW) + 3_600


def part(token: str, number: int) -> dict[str, Any]:
    text = token.split(".")[number]
    read: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return read


def encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def reason(token: str, now: int = NOW) -> str:
    with pytest.raises(TokenError) as refused:
        authentication.read_token(KEY, token, now)
    return refused.value.reason


def test_a_token_has_kazoos_header_and_claims_in_its_order() -> None:
    token = authentication.issue_token(KEY, ACCOUNT, OWNER, "cb_user_auth", UNTIL)
    header, claims = part(token, 0), part(token, 1)
    assert list(header) == ["alg", "typ", "kid"]
    assert (header["typ"], len(header["kid"])) == ("JWT", 32)
    assert list(claims) == ["iss", "identity_sig", "account_id", "owner_id", "method", "exp"]
    assert len(claims["identity_sig"]) == 43
    assert authentication.read_token(KEY, token, NOW) == claims


def test_a_token_for_no_user_names_none() -> None:
    assert "owner_id" not in part(authentication.issue_token(KEY, ACCOUNT, "", "cb_api_auth", UNTIL), 1)


def test_a_seed_signs_the_same_token_each_time_and_another_seed_another() -> None:
    def made(seed: int) -> str:
        return authentication.issue_token(authentication.signing_key(seed), ACCOUNT, OWNER, "cb_user_auth", UNTIL)

    assert made(1) == made(1) != made(2)
    # written down, so that another process, Python or hash seed that signs otherwise is noticed
    assert made(1).endswith(".NjNjRFsnMxd8gDarelf7V8f1a-fG0nwLNtYfftcp7aA")


@pytest.mark.parametrize(("late", "is_good"), [(3_599, True), (3_600, False)])
def test_a_token_is_good_for_as_long_as_it_says(late: int, is_good: bool) -> None:
    token = authentication.issue_token(KEY, ACCOUNT, OWNER, "cb_user_auth", UNTIL)
    if is_good:
        assert authentication.read_token(KEY, token, NOW + late)["owner_id"] == OWNER
    else:
        assert reason(token, NOW + late) == "token_expired"


@pytest.mark.parametrize(
    "token",
    [
        "",
        "garbage",
        "a.b.c",
        "eyJx",
        "eyJx.eyJx",
        "eyJx.eyJx.eyJx.eyJx",
        "eyJ\udcff.eyJx.x",
        "eyJx.eyJx.\u0663",
        "eyJé.eyJx.x",
    ],
)
def test_what_looks_like_no_token_is_none(token: str) -> None:
    assert reason(token) == "invalid_jwt"


@pytest.mark.parametrize(
    "header",
    [{"alg": "HS256", "typ": "JWT"}, {"alg": "none"}, {"alg": "RS256"}, {"alg": ["x"]}, {"alg": "HS256", "kid": 5}],
    ids=str,
)
def test_a_token_that_another_key_signed_or_none_is_refused(header: object) -> None:
    claims = part(authentication.issue_token(KEY, ACCOUNT, OWNER, "cb_user_auth", UNTIL), 1)
    assert reason(f"{encoded(header)}.{encoded(claims)}.c2lnbmVk") == "invalid_jwt_signature"


def test_a_header_as_deep_as_a_stranger_likes_is_refused() -> None:
    deep = base64.urlsafe_b64encode(b'{"x":' + b"[" * 100_000).decode().rstrip("=")
    assert reason(f"{deep}.{encoded({})}.c2lnbmVk") == "invalid_jwt_signature"


@pytest.mark.parametrize(
    "changes", [{"account_id": None}, {"account_id": 5}, {"owner_id": 5}, {"exp": "soon"}, {"exp": None}], ids=str
)
def test_claims_that_say_nothing_useful_are_refused(changes: dict[str, Any]) -> None:
    claims = {**part(authentication.issue_token(KEY, ACCOUNT, OWNER, "cb_user_auth", UNTIL), 1), **changes}
    assert reason(authentication.sign_token(KEY, claims)) == "invalid_jwt"


def test_a_token_that_does_not_say_when_it_expires_never_does() -> None:
    claims = part(authentication.issue_token(KEY, ACCOUNT, OWNER, "cb_user_auth", UNTIL), 1)
    del claims["exp"]
    assert authentication.read_token(KEY, authentication.sign_token(KEY, claims), NOW + 10**9) == claims


def test_a_token_that_has_expired_is_told_so_before_its_identity_is_looked_at() -> None:
    claims = part(authentication.issue_token(KEY, ACCOUNT, OWNER, "cb_user_auth", UNTIL), 1)
    assert reason(authentication.sign_token(KEY, {**claims, "identity_sig": "x"}), NOW + 3_600) == "token_expired"


def test_claims_that_are_no_object_are_refused() -> None:
    assert reason(authentication.sign_token(KEY, ["x"])) == "invalid_jwt"  # type: ignore[arg-type]


def test_the_identity_may_be_left_out_but_not_be_anothers() -> None:
    claims = part(authentication.issue_token(KEY, ACCOUNT, OWNER, "cb_user_auth", UNTIL), 1)
    assert reason(authentication.sign_token(KEY, {**claims, "identity_sig": "x" * 43})) == "invalid_identity_signature"
    del claims["identity_sig"]
    assert authentication.read_token(KEY, authentication.sign_token(KEY, claims), NOW) == claims


@given(st.lists(PARTS, min_size=2, max_size=3))
@settings(deadline=None)
def test_a_token_of_any_bytes_is_refused_or_nothing(parts: list[bytes]) -> None:
    text = ".".join("eyJ" + base64.urlsafe_b64encode(each).decode().rstrip("=") for each in parts)
    assert reason(text)
