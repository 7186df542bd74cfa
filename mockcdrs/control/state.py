"""All that one mock holds: data, settings, clock, fixes, faults, journal, the count of requests."""

import hashlib
import itertools

from mockcdrs.control.clock import Clock
from mockcdrs.control.faults import Faults
from mockcdrs.control.journal import Journal
from mockcdrs.crossbar import quirks
from mockcdrs.crossbar.context import World
from mockcdrs.crossbar.database import Databases
from mockcdrs.crossbar.kept_answers import KeptAnswers
from mockcdrs.crossbar.settings import Settings
from mockcdrs.dataset.accounts import Account, Token
from mockcdrs.dataset.overlay import Overlay
from mockcdrs.dataset.store import Store


class State:
    """One mock's state. Two of them never see each other.

    `data` is the store with what a test adds and removes. `quirks_shown` names the quirks to be seen
    (`crossbar/quirks.py`).
    """

    def __init__(
        self,
        store: Store,
        settings: Settings | None = None,
        clock: Clock | None = None,
        quirks_shown: frozenset[str] | None = None,
        seed: int = 0,
    ) -> None:
        self.data = Overlay(store)
        self.settings = settings or Settings()
        self.clock = clock or Clock()
        self.quirks = quirks.shown() if quirks_shown is None else quirks_shown
        self.seed = seed
        self._databases = Databases(self.data)
        self.answers = KeptAnswers()
        self.faults = Faults(seed, self.data)
        self.journal = Journal()
        self._count = itertools.count()
        self._frozen_at = self.clock.now() if self.clock.is_frozen else None
        self._tokens = {
            token.value: (account, token) for account in store.accounts.values() for token in account.tokens
        }

    def reset(self) -> None:
        """As it was made: data, faults, journal, clock, request ids. Settings and quirks stay."""
        self.data.reset()
        self.faults.reset()
        self.journal.clear()
        self._count = itertools.count()
        if self._frozen_at is None:
            self.clock.live()
        else:
            self.clock.freeze(self._frozen_at)

    def next_hex(self, digits: int) -> str:
        """Hex digits for a request id or file name: a function of the seed and of how many were asked for before."""
        return hashlib.sha256(f"{self.seed}/{next(self._count)}".encode()).hexdigest()[:digits]

    def resolve(self, token: str) -> tuple[Account, Token] | None:
        """The account and token behind an `X-Auth-Token`."""
        return self._tokens.get(token)

    def world(self) -> World:
        """What a request sees at this moment."""
        return World(
            self.data, self._databases, self.settings, self.clock.now(), self.quirks, self.resolve, self.next_hex
        )
