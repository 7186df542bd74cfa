"""What Crossbar knows while it answers one request."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from mockcdrs.cdr.documents import MISSING
from mockcdrs.crossbar.buckets import LOCAL_ADDRESS, Buckets
from mockcdrs.crossbar.database import Databases
from mockcdrs.crossbar.request import Request
from mockcdrs.crossbar.settings import Settings
from mockcdrs.crossbar.tokens import Claims
from mockcdrs.crossbar.versions.version import Version
from mockcdrs.dataset.accounts import Account
from mockcdrs.dataset.store import Store

Noun = tuple[str, tuple[str, ...]]

HOOKS = "hooks"
KNOWN_METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS")


@dataclass(frozen=True, slots=True)
class World:
    """What all requests share. `version` is Kazoo's; `now` is in Gregorian seconds; `quirks` are the ones to be seen.

    `claims` gives what a token says, or raises `tokens.Refused`; `token_key` signs new ones. `buckets` are what
    requests are paid from.
    """

    version: Version
    store: Store
    databases: Databases
    settings: Settings
    now: int
    quirks: frozenset[str]
    claims: Callable[[str], Claims]
    token_key: bytes
    buckets: Buckets


@dataclass(slots=True)
class Outcome:
    """What a request came to, for whoever watches: complete when the body has been made.

    `rows` counts items of a listing, `lost` those of them that never got to the client, `next_start_key` is as the
    client gets it, `message` is an error's, `from_body` holds parameters that came in the request's body. `tokens` is
    what it costs of a bucket's tokens, limited or not, `bucket_account` the account whose bucket that is, empty for the
    one of no account. `has_view_rows`: whether interactions came as the view has them.
    """

    rows: int = 0
    next_start_key: str | None = None
    message: str = ""
    from_body: dict[str, Any] = field(default_factory=dict)
    tokens: int = 0
    bucket_account: str = ""
    lost: int = 0
    has_view_rows: bool = False


@dataclass(slots=True)
class Context:
    """One request on its way: what has been found out so far.

    `api_version` is the path's. `auth_token` is as it came: text, but in a body it may be anything. `client_address` is
    what a token bucket is named after.
    """

    world: World
    request: Request
    request_id: str
    api_version: str = "v2"
    client_address: str = LOCAL_ADDRESS
    auth_token: Any = MISSING
    auth_account: Account | None = None
    auth_claims: Claims = field(default_factory=dict)
    tokens_remaining: int = 100
    allow: tuple[str, ...] = KNOWN_METHODS
    nouns: list[Noun] = field(default_factory=list)
    account: Account | None = None
    paging: dict[str, Any] = field(default_factory=dict)
    language: str = ""
    content_type: str = ""
    outcome: Outcome = field(default_factory=Outcome)

    @property
    def version(self) -> Version:
        """The version of Kazoo that answers."""
        return self.world.version

    def shows(self, quirk: str) -> bool:
        """Whether a quirk is to be seen."""
        return quirk in self.world.quirks

    @property
    def is_heard(self) -> bool:
        """Whether any module hears of the request: a point in the version parts the names of Crossbar's events."""
        return "." not in self.api_version

    @property
    def is_v1(self) -> bool:
        """Whether version 1 of the API is asked, which has rules of its own in one that serves it."""
        return self.api_version == "v1"

    @property
    def needs_envelope(self) -> bool:
        """Whether a body has to have `data` in an envelope, as in all versions but that of hooks."""
        return self.api_version != HOOKS

    @property
    def is_reseller(self) -> bool:
        """Whether the token's account sees the reseller's columns."""
        return self.auth_account is not None and self.auth_account.is_reseller
