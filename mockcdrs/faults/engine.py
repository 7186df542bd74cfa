"""The rules of one mock: which of them fire on a request, and what comes of it."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from mockcdrs.crossbar.context import ServerState
from mockcdrs.crossbar.pipeline import HttpRequest, HttpResponse
from mockcdrs.dataset.store import Overlay
from mockcdrs.faults.action import TokenExpiry
from mockcdrs.faults.matching import PageTracker, RequestView
from mockcdrs.faults.rule import Rule
from mockcdrs.faults.wire_effect import NO_EFFECT, Latch, WireEffect

Respond = Callable[[HttpRequest, ServerState], HttpResponse]


class RuleFailed(Exception):
    """The function of a rule's `then` raised within an answer; `Faults.check` raises what it raised, in the test."""


@dataclass(slots=True)
class _Entry:
    """A rule in force, or one that was removed: its counts stay. `lifted` is set when it is removed."""

    rule: Rule
    lifted: Latch = field(default_factory=Latch)
    matched: int = 0
    fired: int = 0


class Faults:
    """Rules in order.

    Of the rules that change or break an answer only the first that is due fires; those that only delay, drip or call a
    function fire besides. Each rule counts its matches by itself, fired or not, so that what happens is a function of
    the seed, the rule's number and the number of the match. `data` is what the functions given as `then` are called
    with.
    """

    def __init__(self, seed: int, data: Overlay) -> None:
        self._seed = seed
        self._data = data
        self._lock = threading.Lock()
        self._rules: dict[int, _Entry] = {}
        self.reset()

    def reset(self) -> None:
        """Remove all rules and forget the start keys that were handed out."""
        self.clear()
        self._pages = PageTracker()

    def clear(self) -> None:
        """Remove all rules and let go of the answers that they hold back.

        Tokens that they made expire are good again, and numbers begin at 1.
        """
        with self._lock:
            for entry in self._rules.values():
                entry.lifted.set()
            self._rules = {}
            self._removed: dict[int, _Entry] = {}
            self.failures: list[Exception] = []
            self._tokens = TokenExpiry()

    def add(self, rule: Rule) -> Rule:
        """Put a rule behind the others. Returns it with its number."""
        with self._lock:
            numbered = rule.with_number(len(self._rules) + len(self._removed) + 1)
            self._rules[numbered.number] = _Entry(numbered)
            return numbered

    def remove(self, rule: Rule) -> bool:
        """Remove a rule and let go of the answers that it holds back. Returns whether it was there.

        With the last rule that makes tokens expire, all tokens are good again.
        """
        with self._lock:
            entry = self._rules.get(rule.number)
            if entry is None or entry.rule != rule:
                return False
            self._removed[rule.number] = self._rules.pop(rule.number)
            entry.lifted.set()
            self._forget_tokens()
            return True

    def replace(self, number: int, rule: Rule) -> Rule | None:
        """Put a rule in the place of another, under its number; it begins to count anew. `None` where there is none."""
        with self._lock:
            entry = self._rules.get(number)
            if entry is None:
                return None
            entry.lifted.set()
            numbered = rule.with_number(number)
            self._rules[number] = _Entry(numbered)
            self._forget_tokens()
            return numbered

    def order(self, numbers: Sequence[int]) -> bool:
        """Put the rules into an order. Returns whether the numbers are those of all rules, each once."""
        with self._lock:
            if sorted(numbers) != sorted(self._rules):
                return False
            self._rules = {number: self._rules[number] for number in numbers}
            return True

    def _forget_tokens(self) -> None:
        if not any(other.rule.expires_tokens for other in self._rules.values()):
            self._tokens = TokenExpiry()

    def __iter__(self) -> Iterator[Rule]:
        with self._lock:
            return iter([entry.rule for entry in self._rules.values()])

    def __len__(self) -> int:
        return len(self._rules)

    def fired(self, rule: Rule) -> int:
        """How often a rule fired, removed or not; 0 for one that was never added."""
        entry = self._entry(rule)
        return entry.fired if entry else 0

    def matched(self, rule: Rule) -> int:
        """How many requests a rule matched, fired or not; 0 for a rule that was never added."""
        entry = self._entry(rule)
        return entry.matched if entry else 0

    def _entry(self, rule: Rule) -> _Entry | None:
        return self._rules.get(rule.number) or self._removed.get(rule.number)

    def never_fired(self) -> list[Rule]:
        """The rules that have not fired yet."""
        return [rule for rule in self if not self.fired(rule)]

    def check(self) -> None:
        """Raise the first error since the last reset that a function given as `then` raised, if one did."""
        if self.failures:
            raise self.failures[0]

    def apply(
        self, incoming: HttpRequest, server_state: ServerState, produce: Respond
    ) -> tuple[HttpResponse, WireEffect]:
        """The answer to a request and how to send it: what `produce` gives, unless a rule fires."""
        if not self._rules and not self._tokens:
            answer = produce(incoming, server_state)
            outcome = answer.outcome
            return _when_complete(answer, lambda: self._hand_out_key(incoming, outcome.next_start_key)), NO_EFFECT
        request = RequestView.of(incoming)
        page = self._pages.page(request)
        fired = self._fire(request, page, server_state)
        answer = _answer(fired, self._tokens.applied_to(server_state), lambda changed: produce(incoming, changed))

        def complete() -> None:
            key = answer.outcome.next_start_key
            if key is not None and page is not None:
                is_same_page = any(action.keeps_page for entry in fired for action in entry.rule.actions)
                self._pages.hand_out(request, key, page if is_same_page else page + 1)
            for entry in fired:
                self._end(entry.rule)

        effect = _wire_effect(fired)
        try:
            if not effect.close:
                return _when_complete(answer, complete), effect
            complete()  # nobody will ask for the body
        except RuleFailed:
            effect = replace(effect, close=True)
        return answer, effect

    def _end(self, rule: Rule) -> None:
        for action in rule.actions:
            try:
                action.end(self._data)
            except Exception as error:
                error.add_note(f"raised by `then` of {rule}; the client was left with a broken connection")
                self.failures.append(error)
                raise RuleFailed(str(rule)) from error

    def _hand_out_key(self, incoming: HttpRequest, key: str | None) -> None:
        if key is None:
            return
        request = RequestView.of(incoming)
        page = self._pages.page(request)
        if page is not None:
            self._pages.hand_out(request, key, page + 1)

    def _fire(self, request: RequestView, page: int | None, server_state: ServerState) -> list[_Entry]:
        """Count the rules that match, and return those that fire."""
        with self._lock:
            fired: list[_Entry] = []
            for entry in self._rules.values():
                rule = entry.rule
                if not rule.matches(request, page) or rule.spares(request, server_state, self._tokens):
                    continue
                entry.matched += 1
                is_taken = rule.fires_alone and any(other.rule.fires_alone for other in fired)
                if not is_taken and rule.schedule.is_due(self._seed, rule.number, entry.matched, entry.fired):
                    entry.fired += 1
                    fired.append(entry)
            for entry in fired:
                for action in entry.rule.actions:
                    action.begin(request, server_state, self._tokens)
            return fired


def _answer(
    fired: list[_Entry], server_state: ServerState, produce: Callable[[ServerState], HttpResponse]
) -> HttpResponse:
    actions = (action for entry in fired for action in entry.rule.actions if action.group == "answer")
    action = next(actions, None)
    return produce(server_state) if action is None else action.answer(server_state, produce)


def _wire_effect(fired: list[_Entry]) -> WireEffect:
    if not fired:
        return NO_EFFECT
    effect = WireEffect(fault="; ".join(str(entry.rule) for entry in fired))
    for entry in fired:
        for action in entry.rule.actions:
            effect = action.change_wire(effect, entry.lifted)
    return effect


def _when_complete(answer: HttpResponse, complete: Callable[[], None]) -> HttpResponse:
    """The answer, with `complete` called once its body has been made, or has broken off."""
    if isinstance(answer.body, bytes | tuple):
        complete()
        return answer
    status, headers, body = answer.status, answer.headers, _then(answer.body, complete)
    return HttpResponse(status, headers, body, answer.note, answer.is_file, answer.outcome)


def _then(parts: Iterable[bytes], complete: Callable[[], None]) -> Iterator[bytes]:
    try:
        yield from parts
    finally:
        complete()
