"""Tokens as a login gives them: JSON Web Tokens (`kz_auth.erl`, `kz_auth_jwt.erl`).

Header and claims are Kazoo's, in its order; the signature is HS256 with a key of the mock's own, where Kazoo has RS256:
a client has no key to check either with. Nothing is kept: whoever has the key can read the token.
"""

import base64
import functools
import hashlib
import hmac
import json
import math
import re
from collections.abc import Mapping
from typing import Any

from mockcdrs.cdr import gregorian

Claims = Mapping[str, Any]

_ALGORITHM = "HS256"
_SIGNED = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)
_HEADER_ORDER = ("alg", "typ", "kid")


class Refused(Exception):
    """A token that opens nothing; `reason` is Kazoo's word for why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _Header(json.JSONEncoder):
    """A token's header in Kazoo's order."""

    def encode(self, o: Any) -> str:
        return super().encode({name: o[name] for name in _HEADER_ORDER})


def key_of(seed: int) -> bytes:
    """The key that a seed's mocks sign with, in whatever process they run."""
    return hashlib.sha256(f"mockcdrs token key {seed}".encode()).digest()


def issue(key: bytes, account_id: str, owner_id: str, method: str, expires_unix: int) -> str:
    """A token for an account, and for a user of it where `owner_id` is not empty."""
    identity = {"iss": "kazoo", "identity_sig": _identity(key, account_id, owner_id), "account_id": account_id}
    owner = {"owner_id": owner_id} if owner_id else {}
    return sign(key, {**identity, **owner, "method": method, "exp": expires_unix})


def sign(key: bytes, claims: Claims) -> str:
    """A token that says just this."""
    import jwt  # a login's alone: a server that nobody logs into goes without

    payload = json.dumps(claims, separators=(",", ":")).encode()
    kid = hashlib.md5(key, usedforsecurity=False).hexdigest()
    return jwt.PyJWS().encode(payload, key, _ALGORITHM, headers={"kid": kid}, json_encoder=_Header, sort_headers=False)


def read(key: bytes, token: str, now_gregorian: int) -> Claims:
    """What a token says; raises `Refused` with `invalid_jwt`, `token_expired`, or the reason for another fault.

    A token is good until the second that `exp` names, without one for ever (`kz_auth_jwt:verify_expiration/1`).
    """
    if not _SIGNED.fullmatch(token):
        raise Refused("invalid_jwt")
    claims = _verified(key, token)
    account_id, owner_id, expires = claims.get("account_id"), claims.get("owner_id"), claims.get("exp", math.inf)
    if not isinstance(account_id, str) or not isinstance(owner_id or "", str) or type(expires) not in {int, float}:
        raise Refused("invalid_jwt")
    if expires <= gregorian.to_unix(now_gregorian):
        raise Refused("token_expired")
    if "identity_sig" in claims and claims["identity_sig"] != _identity(key, account_id, owner_id or ""):
        raise Refused("invalid_identity_signature")
    return claims


@functools.lru_cache(maxsize=256)  # a client sends the same one with each of its requests
def _verified(key: bytes, token: str) -> Claims:
    import jwt  # as above

    try:
        claims = json.loads(jwt.PyJWS().decode(token, key, algorithms=[_ALGORITHM]))
    except (jwt.InvalidTokenError, ValueError, RecursionError):
        raise Refused("invalid_jwt_signature") from None
    if not isinstance(claims, dict):
        raise Refused("invalid_jwt")
    return claims


def _identity(key: bytes, account_id: str, owner_id: str) -> str:
    made = hmac.digest(key, f"{account_id}/{owner_id}".encode("utf-8", "surrogateescape"), "sha256")
    return base64.urlsafe_b64encode(made).decode().rstrip("=")
