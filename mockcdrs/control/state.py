"""The state of one mock: data, settings, clock, quirks, faults, journal, request ids; how it is made from options."""

import hashlib
import itertools
import json
import os
import threading
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Protocol, cast

from mockcdrs.arguments import short_repr
from mockcdrs.config import MockConfig
from mockcdrs.control.clock import ANY_TIME, Clock, parse_time
from mockcdrs.control.journal import DEFAULT_CAPACITY, Journal
from mockcdrs.control.webhooks import Webhooks
from mockcdrs.crossbar import authentication, context, quirks
from mockcdrs.crossbar.authentication import TokenBuckets
from mockcdrs.crossbar.context import ServerState
from mockcdrs.crossbar.couchdb import Databases
from mockcdrs.crossbar.pipeline import HttpRequest
from mockcdrs.crossbar.response_cache import ResponseCache
from mockcdrs.crossbar.settings import SettingError, Settings
from mockcdrs.crossbar.versions import KAZOO_4_3, Version, version_named
from mockcdrs.dataset import fixtures
from mockcdrs.dataset.accounts import Account
from mockcdrs.dataset.generated_store import OPENED, GeneratedStore
from mockcdrs.dataset.generator import Traffic
from mockcdrs.dataset.office import DEFAULT_LOCALE
from mockcdrs.dataset.random_stream import hex_id
from mockcdrs.dataset.store import LoadedStore, Origin, Overlay, Store
from mockcdrs.faults.engine import Faults

_MOST_TOKENS = 10_000


class RequestIds(Protocol):
    """A source of ids, 32 hexadecimal digits, for requests that have none in `X-Request-Id`."""

    def of(self, incoming: HttpRequest, now: int) -> str:
        """Return a request's id; `now` is in Gregorian seconds."""

    def reset(self) -> None:
        """Begin again, as at the start."""


class SequentialRequestIds:
    """Ids that depend on the seed and on how many there were before: always new, and the same in each run."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self.reset()

    def reset(self) -> None:
        """Count from the beginning."""
        self._count = itertools.count()

    def of(self, incoming: HttpRequest, now: int) -> str:
        """Return the next id, whatever the request."""
        del incoming, now
        return _hex_digest(f"{self._seed}/{next(self._count)}")


class HashedRequestIds:
    """Ids that depend on the seed, the time and the request, so that several processes agree without sharing state.

    Different requests have different ids in all processes; the same request twice in a second has one id.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def reset(self) -> None:
        """Do nothing: there is no state."""

    def of(self, incoming: HttpRequest, now: int) -> str:
        """Return the id that belongs to the request."""
        headers = sorted(incoming.headers.items())
        identity = (self._seed, now, incoming.method, incoming.path, incoming.query, headers, incoming.body)
        return _hex_digest(repr(identity))


def _hex_digest(identity: str) -> str:
    return hashlib.sha256(identity.encode()).hexdigest()[:32]


class TokenRegister:
    """Tokens that were given to one test each: `names` has the test's name for each token.

    They tell the requests of a test that has ended. A test's tokens depend on its name and on how many it got before.
    """

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self._latest: dict[str, int] = {}  # the number of a test's latest token, if that is in `names`
        self._lock = threading.Lock()

    def issue(self, name: str) -> str:
        """Return a new token for a test of this name. The oldest tokens are forgotten when there are very many."""
        with self._lock:
            number = self._latest[name] = self._latest.get(name, -1) + 1
            token = _token_of_test(name, number)
            self.names[token] = name
            while len(self.names) > _MOST_TOKENS:
                self._forget_oldest()
            return token

    def _forget_oldest(self) -> None:
        token = next(iter(self.names))
        name = self.names.pop(token)
        if token == _token_of_test(name, self._latest[name]):
            del self._latest[name]


def _token_of_test(name: str, number: int) -> str:
    return hex_id("token of a test", name, number)


class State:
    """The state of one mock. Two of them share nothing that changes, and each has another `identity` in any process.

    Arguments:
        store: the data that the mock begins with; `data` is this and what a test adds and removes.
        settings: the settings of the server.
        clock: the clock; without one a live one.
        quirks_shown: the names of the enabled quirks (`crossbar/quirks.py`); without them the version's.
        seed: of request ids, tokens, fault decisions, and people of calls that a test adds.
        ids: the source of request ids; without one each request has a new one.
        locale: of the people of calls that a test adds.
        version: the Kazoo that the mock stands in for.
        journal: how many requests the journal keeps.
        beside: a state with the same `store`, whose view indexes of it are used; nothing else is shared.

    """

    def __init__(  # noqa: PLR0913 these are all that a mock consists of
        self,
        store: Store,
        settings: Settings | None = None,
        clock: Clock | None = None,
        quirks_shown: frozenset[str] | None = None,
        *,
        seed: int = 0,
        ids: RequestIds | None = None,
        locale: str = DEFAULT_LOCALE,
        version: Version = KAZOO_4_3,
        journal: int = DEFAULT_CAPACITY,
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
        self.webhooks = Webhooks(self.data, self.clock, seed)
        self.ids = ids or SequentialRequestIds(seed)
        self._initial = self.settings, self.quirks, self.clock.snapshot(), journal
        self._buckets = TokenBuckets()
        self._token_key = authentication.signing_key(seed)
        self.serials = itertools.count(1)
        self.register = TokenRegister()
        self._test_name = ""
        self._test_tokens: dict[str, str] = {}
        self._usual_tokens: dict[str, str] = {}
        self._tokens = _claims_by_token(store.accounts.values())

    def reset(self) -> None:
        """Go back to the beginning: data, faults, webhooks, journal, clock, settings, quirks, request ids, buckets."""
        self.settings, self.quirks, clock, self.journal.capacity = self._initial
        self.data.reset()
        self.faults.reset()
        self.webhooks.clear()
        self.journal.clear()
        self._buckets = TokenBuckets()
        self._tokens = _claims_by_token(self.base.accounts.values())
        self.serials = itertools.count(1)
        self.ids.reset()
        self.clock.restore(clock)

    def add_account(self, account: Account) -> None:
        """Add an account, which its tokens open, until the next reset."""
        self.data.add_account(account)
        self._tokens.update(_claims_by_token([account]))  # in one step: another thread may add another account

    def issue_token(self, account_id: str, name: str) -> str:
        """Give the test of a name a token of an account, for good: a reset does not take it away."""
        self._test_name = name
        token = self.register.issue(name)
        self._usual_tokens = {token: self.data.accounts[account_id].tokens[0].value}
        self._test_tokens = {account_id: token}
        return token

    def token_of(self, account: Account) -> str:
        """Return the token that a client of an account is to use: the test's, where it was given one."""
        return self._test_tokens.get(account.id) or account.tokens[0].value

    def name_other_test(self, incoming: HttpRequest) -> str:
        """Return the name of the test whose token came, if that is another than the present one; else nothing."""
        token = incoming.headers.get("x-auth-token", "")
        name = self.register.names.get(token, "")
        return "" if name == self._test_name else name

    def claims(self, token: str) -> context.Claims:
        """Return the claims of a token: one of the data's, which never expire, or one that a login issued.

        Raises `TokenError`.
        """
        known = self._tokens.get(self._usual_tokens.get(token, token))
        return known or authentication.read_token(self._token_key, token, self.clock.now())

    def server_state(self) -> ServerState:
        """Return what a request sees of the server now."""
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
            change_account=self.data.change_account,
        )


def _claims_by_token(accounts: Iterable[Account]) -> dict[str, context.Claims]:
    return {
        token.value: {"account_id": account.id, "owner_id": token.owner_id}
        for account in accounts
        for token in account.tokens
    }


def build_state(
    config: MockConfig, beside: State | None = None, *, is_one_of_many: bool = False
) -> tuple[State, Account]:
    """A mock's state, and the account to ask for.

    Args:
        config: What the mock is made of.
        beside: A state made of the same; its data is shared, and nothing that was done to it.
        is_one_of_many: Whether other processes answer the same clients. Request ids follow from the request then, not
            from the number of requests before.

    Raises:
        DataError, SettingError, UnknownLocale, UnknownQuirk, UnknownVersion: for values that name nothing.
        ArgumentError: for a `now` that is no moment.

    """
    clock = Clock()
    seed = fixtures.manifest().seed if config.seed is None else config.seed
    store = _make_store(config, seed, clock) if beside is None else view_store_at(beside.base, clock)
    if config.now is None:
        clock.freeze(end_of_data(store) or fixtures.manifest().moment_gregorian)
    elif config.now != "live":
        clock.freeze(parse_time(config.now, "now", f"{ANY_TIME.expected}, or live"))
    if config.speed is not None:
        clock.live(speed=config.speed)
    account = default_account(store)
    if config.reseller:
        account = store.accounts[account.id] = account._replace(is_reseller=True)
    version = version_named(config.kazoo)
    state = State(
        store,
        parse_settings(config.settings, version),
        clock,
        quirks.enabled(version.quirks, config.fix, config.quirk),
        seed=seed,
        ids=HashedRequestIds(seed) if is_one_of_many else None,
        locale=config.locale or fixtures.manifest().locale,
        version=version,
        journal=config.journal,
        beside=beside,
    )
    state.webhooks.allows_remote = config.remote_webhooks
    return state, account


def parse_settings(values: Mapping[str, Any], version: Version) -> Settings:
    """Settings by Kazoo's names, the others as that version has them. Raises `SettingError`."""
    return Settings.parse([_assignment(name, value) for name, value in values.items()], kazoo_version=version.release)


def _assignment(name: str, value: Any) -> str:
    try:
        return f"{name}={value if isinstance(value, str) else json.dumps(value)}"
    except (TypeError, ValueError) as error:
        raise SettingError(f"{name} came as {short_repr(value)}: expected text, a number, true or false") from error


def _make_store(config: MockConfig, seed: int, clock: Clock) -> LoadedStore | GeneratedStore:
    if config.data is not None:
        return load_store(Path(config.data))
    office = fixtures.manifest()
    is_office = all(value is None for value in (config.seed, config.calls_per_day, config.locale))
    calls_per_day = office.calls_per_day if config.calls_per_day is None else config.calls_per_day
    opened = office.first_day if is_office else OPENED
    return generate_store(seed, calls_per_day, config.locale or office.locale, clock, opened)


def load_store(data: Path) -> LoadedStore:
    """The store of a data directory. Raises `DataError`."""
    from mockcdrs.dataset import files

    loaded = files.load(data)
    return LoadedStore(loaded.accounts, loaded.documents, Origin(directory=data.resolve().name))


def generate_store(seed: int, calls_per_day: int, locale: str, clock: Clock, opened: date = OPENED) -> GeneratedStore:
    """The store of calls made up from a seed, from the day on which the office opened until the clock's now."""
    return GeneratedStore(seed, Traffic.of(calls_per_day, locale), clock.now, locale, opened)


def view_store_at(store: Store, clock: Clock) -> LoadedStore | GeneratedStore:
    """The same store under another clock; what is worked out from its data is shared."""
    return store.with_clock(clock.now) if isinstance(store, GeneratedStore) else cast("LoadedStore", store)


def end_of_data(store: Store) -> int | None:
    """When the last call of a data directory ended, in Gregorian seconds; `None` for calls that are made up."""
    return store.end_gregorian if isinstance(store, LoadedStore) else None


def default_account(store: Store) -> Account:
    """The account that a newcomer tries first: one with calls and no superduper admin, as far as there is one."""
    accounts = store.accounts.values()
    return min(accounts, key=lambda account: (not store.months(account.id), account.is_superduper_admin))
