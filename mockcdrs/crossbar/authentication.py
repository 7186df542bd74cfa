"""Who asks and whether they may: tokens, accounts, permissions, and the buckets that requests are paid from.

Tokens are JSON Web Tokens as a login to Kazoo gives them (`kz_auth.erl`, `kz_auth_jwt.erl`). Header and claims are
Kazoo's, in its order; the signature is HS256 with a key of the mock's own, where Kazoo has RS256: a client has no key
to check either with. No token is stored: whoever has the key can read it.

The checks follow `cb_token_auth.erl`, `cb_simple_authz.erl`, `cb_accounts.erl` and `cb_users.erl`; the buckets follow
`kz_buckets.erl` and `cb_modules_util:bucket_name/1`.
"""

import base64
import functools
import hashlib
import hmac
import json
import math
import re
import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from mockcdrs.cdr import erlang, gregorian
from mockcdrs.cdr.documents import MISSING, integer_at
from mockcdrs.crossbar.context import Claims, Context
from mockcdrs.crossbar.errors import build_system_error, handler_crash, module_error, system_error, validation_error
from mockcdrs.crossbar.resources import AccessLevel
from mockcdrs.dataset.accounts import Account

DEVICE_STATUS = "status"
"""What stands in the place of a device's id to ask for all that are registered."""

_ACCOUNT_ID_LENGTH = 32
_MAX_ACCOUNT_PARAMETERS = 2
_ALGORITHM = "HS256"
_JWT = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)
_HEADER_ORDER = ("alg", "typ", "kid")
MAX_BUCKETS = 10_000

BucketName = tuple[str, str]


def find_token(context: Context) -> None:
    """Put the token of a request, and the account that it opens, into the context.

    A token in an `Authorization` header is echoed but opens nothing. Raises `Failure`: 400 for a token of an account
    that has expired, 401 for a token that has expired itself, in a version that looks at that first.
    """
    request = context.request
    token = request.headers.get("x-auth-token", request.value("auth_token", MISSING))
    if token is MISSING:
        authorization = request.headers.get("authorization", request.value("authorization"))
        if isinstance(authorization, str):
            kind, _, rest = authorization.partition(" ")
            context.auth_token = rest if kind in {"Basic", "Bearer"} else authorization
        return
    context.auth_token = token
    if not isinstance(token, str) or not context.is_dispatched:
        return
    try:
        claims = context.state.claims(token)
    except TokenError as error:
        if error.reason == "token_expired" and context.version.refuses_expired_tokens_first:
            raise module_error(401, "invalid credentials") from None
        return
    account_id = claims["account_id"]
    account = context.state.store.accounts.get(account_id)
    if account is None or request.headers.get("x-auth-account-id", account_id) != account_id:
        return
    check_account_expiry(context, account)
    context.auth_account, context.auth_claims = account, claims


def check_account(context: Context) -> None:
    """Put the account that the path names into the context; `Failure` 404 where there is none, token or not."""
    parameters = dict(context.nouns).get("accounts")
    if not parameters:
        return
    account_id = parameters[0]
    if not account_id:
        raise build_system_error(404, "bad identifier", "missing account_id")
    if len(account_id) != _ACCOUNT_ID_LENGTH:
        raise build_system_error(404, "bad identifier", f"invalid account_id '{account_id}'")
    if len(parameters) > _MAX_ACCOUNT_PARAMETERS:
        raise handler_crash("more behind an account than cb_accounts can look at")
    context.account = context.state.store.accounts.get(account_id)
    if context.account is None:
        raise system_error("bad_identifier", cause=account_id)


def check_permission(context: Context, access: AccessLevel) -> None:
    """Pay for the request, then check that its token is let in where `access` is demanded.

    Raises `Failure`: 429 without tokens in the bucket, 401 without a good token, 403 for what is not the token's to see
    or do.
    """
    asking, seen = context.auth_account, context.account
    if asking is not None:
        is_charged = context.version.charges_every_request
    else:  # never for an `Authorization` header, which nobody looks at
        is_charged = context.auth_token is MISSING or _is_auth_token_sent(context)
    spend_tokens(context, 1 if is_charged else 0)
    if asking is None:
        is_let_in = False
        if access in {AccessLevel.ACCOUNT, AccessLevel.ANY_TOKEN}:
            raise system_error("invalid_credentials")
    else:
        is_let_in = asking.is_superduper_admin or (
            seen is not None and (asking.id == seen.id or asking.id in seen.tree)
        )
    if access is AccessLevel.NOBODY or (access is AccessLevel.ACCOUNT and not is_let_in):
        raise system_error("forbidden" if context.nouns else "not_found")


def _is_auth_token_sent(context: Context) -> bool:
    return "x-auth-token" in context.request.headers or context.request.value("auth_token") is not None


def check_resources(context: Context) -> None:
    """`Failure` 404 for a user or device that the account does not have."""
    if context.account is None:
        return
    for module, parameters in context.nouns[::-1]:
        if module not in {"users", "devices"} or not parameters:
            continue
        if (module, parameters) == ("devices", (DEVICE_STATUS,)):
            continue
        documents = context.account.users if module == "users" else context.account.devices
        if all(item["id"] != parameters[0] for item in documents):
            raise system_error("bad_identifier", cause=parameters[0])


def check_account_expiry(context: Context, account: Account) -> None:
    """`Failure` 400 for an account whose trial is over; its tokens are refused as its logins are."""
    if "pvt_trial_expires" not in account.document:
        return
    expires = trial_expiration(account.document)
    if expires is not None and expires <= context.state.now:
        raise validation_error("account", "expired", message="account expired", cause=expires)


def trial_expiration(document: Mapping[str, Any]) -> int | None:
    """When an account's trial is over, in Gregorian seconds; `None` for one that is on no trial."""
    expires: int | None = integer_at(document, ("pvt_trial_expires",))
    return expires


def is_account_enabled(context: Context, account: Account) -> bool:
    """Whether nobody has switched an account off."""
    return not any(erlang.is_false(account.document.get(name)) for name in context.version.account_switches)


class TokenError(Exception):
    """A token that opens nothing; `reason` is Kazoo's word for why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _HeaderEncoder(json.JSONEncoder):
    """A token's header in Kazoo's order."""

    def encode(self, o: Any) -> str:
        return super().encode({name: o[name] for name in _HEADER_ORDER})


def signing_key(seed: int) -> bytes:
    """The key that a seed's mocks sign with, in whatever process they run."""
    return hashlib.sha256(f"mockcdrs token key {seed}".encode()).digest()


def issue_token(key: bytes, account_id: str, owner_id: str, method: str, expires_unix: int) -> str:
    """A token for an account, and for a user of it where `owner_id` is not empty."""
    identity = {
        "iss": "kazoo",
        "identity_sig": _identity_signature(key, account_id, owner_id),
        "account_id": account_id,
    }
    owner = {"owner_id": owner_id} if owner_id else {}
    return sign_token(key, {**identity, **owner, "method": method, "exp": expires_unix})


def sign_token(key: bytes, claims: Claims) -> str:
    """A token with just these claims."""
    import jwt  # only a login needs it: a server that nobody logs into starts without

    payload = json.dumps(claims, separators=(",", ":")).encode()
    kid = hashlib.md5(key, usedforsecurity=False).hexdigest()
    return jwt.PyJWS().encode(
        payload, key, _ALGORITHM, headers={"kid": kid}, json_encoder=_HeaderEncoder, sort_headers=False
    )


def read_token(key: bytes, token: str, now_gregorian: int) -> Claims:
    """What a token says; raises `TokenError` with `invalid_jwt`, `token_expired`, or the reason for another fault.

    A token is good until the second that `exp` names, without one for ever (`kz_auth_jwt:verify_expiration/1`).
    """
    if not _JWT.fullmatch(token):
        raise TokenError("invalid_jwt")
    claims = _verify(key, token)
    account_id, owner_id, expires = claims.get("account_id"), claims.get("owner_id"), claims.get("exp", math.inf)
    if not isinstance(account_id, str) or not isinstance(owner_id or "", str) or type(expires) not in {int, float}:
        raise TokenError("invalid_jwt")
    if expires <= gregorian.to_unix(now_gregorian):
        raise TokenError("token_expired")
    if "identity_sig" in claims and claims["identity_sig"] != _identity_signature(key, account_id, owner_id or ""):
        raise TokenError("invalid_identity_signature")
    return claims


@functools.lru_cache(maxsize=256)  # a client sends the same one with each of its requests
def _verify(key: bytes, token: str) -> Claims:
    import jwt  # as above

    try:
        claims = json.loads(jwt.PyJWS().decode(token, key, algorithms=[_ALGORITHM]))
    except (jwt.InvalidTokenError, ValueError, RecursionError):
        raise TokenError("invalid_jwt_signature") from None
    if not isinstance(claims, dict):
        raise TokenError("invalid_jwt")
    return claims


def _identity_signature(key: bytes, account_id: str, owner_id: str) -> str:
    signature = hmac.digest(key, f"{account_id}/{owner_id}".encode("utf-8", "surrogateescape"), "sha256")
    return base64.urlsafe_b64encode(signature).decode().rstrip("=")


class _Bucket:
    """What was taken out of a bucket, as of a moment."""

    def __init__(self, at_gregorian: int) -> None:
        self.spent = 0
        self.at_gregorian = at_gregorian


class TokenBuckets:
    """All buckets of a mock, one for each client address and account of a path: clients behind one proxy share theirs.

    Each is full when first used. They fill by the mock's clock. Of more than `MAX_BUCKETS` the longest unused is
    forgotten, as Kazoo forgets one after some minutes.
    """

    def __init__(self) -> None:
        self._buckets: OrderedDict[BucketName, _Bucket] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, name: BucketName, cost: int, limit: int, fill_rate: int, now_gregorian: int) -> int | None:
        """How many are left in a bucket once `cost` are taken, `None` where there were too few.

        It holds up to `limit` tokens; each second `fill_rate` come back.
        """
        with self._lock:
            bucket = self._buckets.setdefault(name, _Bucket(now_gregorian))
            self._buckets.move_to_end(name)
            if len(self._buckets) > MAX_BUCKETS:
                self._buckets.popitem(last=False)
            filled = max(0, now_gregorian - bucket.at_gregorian) * fill_rate
            bucket.spent, bucket.at_gregorian = max(0, bucket.spent - filled), now_gregorian
            if cost and bucket.spent + cost > limit:
                return None
            bucket.spent += cost
            return max(0, limit - bucket.spent)

    def __len__(self) -> int:
        return len(self._buckets)


def spend_tokens(context: Context, cost: int = 1) -> None:
    """Pay for a request; `Failure` 429 where the operator limits the tokens and too few are left."""
    settings, outcome = context.state.settings, context.outcome
    outcome.tokens += cost
    outcome.bucket_account = "" if context.account is None else context.account.id
    if settings.max_bucket_tokens is None:
        context.tokens_remaining -= cost
        return
    name = context.client_address, outcome.bucket_account
    left = context.state.buckets.take(
        name, cost, settings.max_bucket_tokens, settings.tokens_fill_rate, context.state.now
    )
    context.tokens_remaining = left or 0
    if left is None:
        raise system_error("too_many_requests")
