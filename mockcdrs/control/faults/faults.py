"""The rules of one mock: which of them fire on a request, and what comes of it."""

import hashlib
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from mockcdrs.control.faults import effects
from mockcdrs.control.faults.asked import Asked, matches
from mockcdrs.control.faults.delivery import AS_EVER, Delivery
from mockcdrs.control.faults.expiry import Expiry
from mockcdrs.control.faults.rule import Rule
from mockcdrs.control.faults.walks import Walks
from mockcdrs.control.latch import Latch
from mockcdrs.crossbar.answer import Answer, Incoming
from mockcdrs.crossbar.context import World
from mockcdrs.dataset.store import Overlay

Produce = Callable[[Incoming, World], Answer]


class RuleFailed(Exception):
    """A rule's own code went wrong within an answer; `Faults.check` raises what happened, in the test."""


class Faults:
    """Rules in order. Of those that answer or break something the first whose turn it is fires, and no other.

    Those that only wait, drip or change data fire besides. Each rule counts its matches by itself, fired or not, so
    that what happens is a function of the seed, the rule and the n-th match. `data` is what `then` is called with.
    """

    def __init__(self, seed: int, data: Overlay) -> None:
        self._seed = seed
        self._data = data
        self._lock = threading.Lock()
        self._lifted: dict[int, Latch] = {}
        self.reset()

    def reset(self) -> None:
        """As it was made: no rule, every token good, no walk known."""
        self.clear()
        self._walks = Walks()

    def clear(self) -> None:
        """Take all rules away, and let go of the answers that they hold back.

        Tokens that they made expire are good again, and numbers begin at 1.
        """
        with self._lock:
            for lifted in self._lifted.values():
                lifted.set()
            self._lifted = {}
            self.failures: list[Exception] = []
            self._rules: dict[int, Rule] = {}
            self._matched: dict[int, int] = {}
            self._fired: dict[int, int] = {}
            self._expiry = Expiry()
            self._last_number = 0

    def add(self, rule: Rule) -> Rule:
        """Put a rule behind the others; gives it with its number, which `remove` and `fired` know it by."""
        with self._lock:
            self._last_number += 1
            numbered = replace(rule, number=self._last_number)
            self._rules[numbered.number] = numbered
            self._matched[numbered.number] = self._fired[numbered.number] = 0
            self._lifted[numbered.number] = Latch()
            return numbered

    def remove(self, rule: Rule) -> bool:
        """Take one rule away, and let go of the answers that it holds back; whether it was there.

        With the last that makes tokens expire, all are good again.
        """
        with self._lock:
            if self._rules.get(rule.number) != rule:
                return False
            del self._rules[rule.number]
            self._lifted.pop(rule.number).set()
            if not any(other.token_expired for other in self._rules.values()):
                self._expiry = Expiry()
            return True

    def __iter__(self) -> Iterator[Rule]:
        with self._lock:
            return iter(list(self._rules.values()))

    def __len__(self) -> int:
        return len(self._rules)

    def fired(self, rule: Rule) -> int:
        """How often a rule fired, removed or not; 0 for one that was never added."""
        return self._fired.get(rule.number, 0)

    def matched(self, rule: Rule) -> int:
        """How many requests a rule was about, whether or not it fired; 0 for one that was never added."""
        return self._matched.get(rule.number, 0)

    def never_fired(self) -> list[Rule]:
        """The rules that have had no effect yet."""
        return [rule for rule in self if not self.fired(rule)]

    def around(self, incoming: Incoming, world: World, produce: Produce) -> tuple[Answer, Delivery]:
        """The answer to a request and how to deliver it: what `produce` gives, unless a rule fires."""
        if not self._rules and not self._expiry:
            answered = produce(incoming, world)
            return _when_made(answered, lambda: self._hand_out(incoming, answered.outcome.next_start_key)), AS_EVER
        asked = Asked.of(incoming)
        page = self._walks.page(asked)
        fired = self._turn(asked, page, world)
        loud = next((rule for rule, _ in fired if rule.is_loud), None)
        answered = effects.answered(loud, self._expiry.world(world), lambda changed: produce(incoming, changed))
        is_endless = loud is not None and loud.endless_next_key

        def made() -> None:
            key = answered.outcome.next_start_key
            if key is not None and page is not None:
                self._walks.hand_out(asked, key, page if is_endless else page + 1)
            for rule, _ in fired:
                self._change_data(rule)

        delivery = Delivery.of(fired)
        try:
            if not delivery.close:
                return _when_made(answered, made), delivery
            made()  # the body will never be asked for
        except RuleFailed:
            delivery = replace(delivery, close=True)
        return answered, delivery

    def _change_data(self, rule: Rule) -> None:
        if rule.then is None:
            return
        try:
            rule.then(self._data)
        except Exception as error:
            error.add_note(f"raised by `then` of {rule}; the client was left with a broken connection")
            self.failures.append(error)
            raise RuleFailed(str(rule)) from error

    def check(self) -> None:
        """Raise what a rule's own code raised first since the last reset, if any did."""
        if self.failures:
            raise self.failures[0]

    def _hand_out(self, incoming: Incoming, key: str | None) -> None:
        if key is None:
            return
        asked = Asked.of(incoming)
        page = self._walks.page(asked)
        if page is not None:
            self._walks.hand_out(asked, key, page + 1)

    def _turn(self, asked: Asked, page: int | None, world: World) -> list[tuple[Rule, Latch]]:
        """The rules whose turn it is, counted, each with what is set when it is taken away."""
        with self._lock:
            fired: list[tuple[Rule, Latch]] = []
            for rule in self._rules.values():
                if not matches(rule, asked, page) or self._spares(rule, asked, world):
                    continue
                self._matched[rule.number] += 1
                is_taken = rule.is_loud and any(other.is_loud for other, _ in fired)
                if not is_taken and self._is_due(rule):
                    self._fired[rule.number] += 1
                    fired.append((rule, self._lifted[rule.number]))
            if any(rule.token_expired for rule, _ in fired) and asked.token is not None:
                self._expiry.expire(asked.token, world)
            return fired

    def _spares(self, rule: Rule, asked: Asked, world: World) -> bool:
        """Whether the token was given since the rule fired, and the rule does not say itself when it fires again."""
        once = rule.token_expired and rule.times is None and rule.nth is None and rule.probability is None
        return once and asked.token is not None and self._expiry.is_fresh(asked.token, world)

    def _is_due(self, rule: Rule) -> bool:
        match = self._matched[rule.number]
        if match <= rule.after or (rule.nth is not None and match != rule.after + rule.nth):
            return False
        if rule.times is not None and self._fired[rule.number] >= rule.times:
            return False
        return rule.probability is None or _share(self._seed, rule.number, match) < rule.probability


def _share(seed: int, number: int, match: int) -> float:
    digest = hashlib.sha256(f"fault/{seed}/{number}/{match}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def _when_made(answered: Answer, made: Callable[[], None]) -> Answer:
    """The answer, with something to do once its body has been made or broke off."""
    if isinstance(answered.body, bytes | tuple):
        made()
        return answered
    status, headers, body = answered.status, answered.headers, _watched(answered.body, made)
    return Answer(status, headers, body, answered.note, answered.is_file, answered.outcome)


def _watched(parts: Iterable[bytes], made: Callable[[], None]) -> Iterator[bytes]:
    try:
        yield from parts
    finally:
        made()
