"""All that one mock holds: data, settings, clock, fixes, faults, journal, the source of request ids."""

import os

from mockcdrs.control.clock import Clock
from mockcdrs.control.ids import ByOrder, Ids
from mockcdrs.control.journal import CAPACITY, Journal
from mockcdrs.crossbar import authentication, context
from mockcdrs.crossbar.context import ServerState
from mockcdrs.crossbar.couchdb import Databases
from mockcdrs.crossbar.response_cache import ResponseCache
from mockcdrs.crossbar.settings import Settings
from mockcdrs.crossbar.token_bucket import TokenBuckets
from mockcdrs.crossbar.versions import KAZOO_4_3, Version
from mockcdrs.dataset.office import DEFAULT_LOCALE
from mockcdrs.dataset.store import Overlay, Store
from mockcdrs.faults import Faults


class State:
    """One mock's state. Two of them never see each other, and have another `identity`, in whichever process they are.

    `version` is the Kazoo that it stands in for.

    `data` is the store with what a test adds and removes. `quirks_shown` names the quirks to be seen
    (`crossbar/quirks.py`). Without `ids` each request has a new one, by its place in the order.
    The people of calls that a test adds are those of `seed` and `locale`. `journal` says how many requests are kept.
    `beside` is a state over the same `base` data, with which is shared what is derived from that, and nothing else.
    """

    def __init__(  # noqa: PLR0913 a mock is made of this much
        self,
        store: Store,
        settings: Settings | None = None,
        clock: Clock | None = None,
        quirks_shown: frozenset[str] | None = None,
        *,
        seed: int = 0,
        ids: Ids | None = None,
        locale: str = DEFAULT_LOCALE,
        version: Version = KAZOO_4_3,
        journal: int = CAPACITY,
        beside: "State | None" = None,
    ) -> None:
        self.identity = os.urandom(8).hex()
        self.version = version
        self.base = store
        self.data = Overlay(store)
        self.settings = settings or Settings(kazoo_version=version.release)
        self.clock = clock or Clock()
        self.quirks = version.quirks if quirks_shown is None else quirks_shown
        self.seed = seed
        self.locale = locale
        self.databases: Databases = Databases(self.data, None if beside is None else beside.databases)
        self.answers = ResponseCache()
        self.faults = Faults(seed, self.data)
        self.journal = Journal(journal)
        self.ids = ids or ByOrder(seed)
        self._as_made = self.settings, self.quirks, self.clock.now() if self.clock.is_frozen else None, journal
        self._buckets = TokenBuckets()
        self._token_key = authentication.signing_key(seed)
        self._tokens: dict[str, context.Claims] = {
            token.value: {"account_id": account.id, "owner_id": token.owner_id}
            for account in store.accounts.values()
            for token in account.tokens
        }

    def reset(self) -> None:
        """As it was made: data, faults, journal, clock, settings, quirks, request ids, the token buckets."""
        self.settings, self.quirks, frozen_at, self.journal.capacity = self._as_made
        self.data.reset()
        self.faults.reset()
        self.journal.clear()
        self._buckets = TokenBuckets()
        self.ids.reset()
        if frozen_at is None:
            self.clock.live()
        else:
            self.clock.freeze(frozen_at)

    def claims(self, token: str) -> context.Claims:
        """What a token says: one of the data's, which are always good, or one that a login gave.

        Raises `tokens.Refused`.
        """
        return self._tokens.get(token) or authentication.read_token(self._token_key, token, self.clock.now())

    def world(self) -> ServerState:
        """What a request sees at this moment."""
        return ServerState(
            version=self.version,
            store=self.data,
            databases=self.databases,
            settings=self.settings,
            now=self.clock.now(),
            quirks=self.quirks,
            claims=self.claims,
            token_key=self._token_key,
            buckets=self._buckets,
        )
