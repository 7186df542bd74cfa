"""The rules of one mock: which of them fire on a request, and what comes of it."""

import contextlib
import itertools
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from mockcdrs.crossbar.authentication import TokenBuckets
from mockcdrs.crossbar.context import Outcome, ServerState
from mockcdrs.crossbar.pipeline import HttpRequest, HttpResponse
from mockcdrs.dataset.store import Overlay
from mockcdrs.faults.firing import Firing, TokenExpiry
from mockcdrs.faults.request_view import KEPT_KEYS, PageTracker, RequestView
from mockcdrs.faults.wire_effect import NO_EFFECT, Latch, Line, WireEffect

if TYPE_CHECKING:  # a mock without rules does without these
    from mockcdrs.faults.actions import Actions
    from mockcdrs.faults.rule import Rule

MOST_REMOVED = 1_000
"""The number of removed rules whose counts are kept."""

_DOWN = WireEffect(reset=True, fault="the server is down")
_MAX_MISSES = 3

Respond = Callable[[HttpRequest, ServerState], HttpResponse]


class RuleFailed(Exception):
    """A function of a rule's raised within an answer; `Faults.check` raises what it raised, in the test."""


class _Entry:
    """A rule in force, or one that was removed. `lifted` is set when it is removed.

    `misses` are requests that it did not fire on, with the differences that kept it from that; the nearest first.
    """

    def __init__(self, rule: "Rule") -> None:
        self.rule = rule
        self.lifted = Latch()
        self.line = Line()
        self.buckets = TokenBuckets()
        self.matched = self.fired = 0
        self.misses = list[tuple[str, list[str]]]()

    def note_miss(self, request: RequestView, differences: list[str]) -> None:
        """Keep a request that the rule did not fire on, if it is one of the nearest and the rule never fired."""
        miss = request.describe(), differences
        if not self.fired and miss not in self.misses:
            self.misses = sorted([*self.misses, miss], key=lambda each: len(each[1]))[:_MAX_MISSES]


class _Fired(NamedTuple):
    """A rule that fires on a request, and what happens."""

    entry: _Entry
    actions: "Actions"
    firing: Firing


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
        with self._lock:
            self._pages = PageTracker()
            # path, query and next start key of requests whose pages nobody has numbered yet, as there was no rule
            self._unnumbered: deque[tuple[str, str, str]] = deque(maxlen=KEPT_KEYS // 2)

    def clear(self) -> None:
        """Remove all rules and let go of the answers that they hold back. The server is no longer down.

        Tokens that they made expire are good again, and numbers begin at 1.
        """
        with self._lock:
            for entry in self._rules.values():
                entry.lifted.set()
            self._rules = {}
            self._removed: dict[int, _Entry] = {}
            self._numbers = itertools.count(1)
            self.failures: list[Exception] = []
            self.is_down = False
            self._tokens = TokenExpiry()

    def add(self, rule: "Rule") -> "Rule":
        """Put a rule behind the others. Returns it with its number."""
        with self._lock:
            numbered = rule.with_number(next(self._numbers))
            self._rules[numbered.number] = _Entry(numbered)
            return numbered

    def remove(self, rule: "Rule") -> bool:
        """Remove a rule and let go of the answers that it holds back. Returns whether it was there.

        With the last rule that makes tokens expire, all tokens are good again.
        """
        with self._lock:
            entry = self._rules.get(rule.number)
            if entry is None or entry.rule != rule:
                return False
            self._removed[rule.number] = self._rules.pop(rule.number)
            if len(self._removed) > MOST_REMOVED:
                del self._removed[next(iter(self._removed))]
            entry.lifted.set()
            self._forget_tokens()
            return True

    def replace(self, number: int, rule: "Rule") -> "Rule | None":
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

    @contextlib.contextmanager
    def down(self) -> Iterator[None]:
        """Reset all connections for a `with` block, whatever the rules."""
        self.is_down = True
        try:
            yield
        finally:
            self.is_down = False

    def __iter__(self) -> "Iterator[Rule]":
        with self._lock:
            return iter([entry.rule for entry in self._rules.values()])

    def __len__(self) -> int:
        return len(self._rules)

    def fired(self, rule: "Rule") -> int:
        """How often a rule fired; 0 for one that is unknown, or removed before the last `MOST_REMOVED`."""
        entry = self._entry(rule)
        return entry.fired if entry else 0

    def matched(self, rule: "Rule") -> int:
        """How many requests a rule matched, fired or not; 0 as for `fired`."""
        entry = self._entry(rule)
        return entry.matched if entry else 0

    def _entry(self, rule: "Rule") -> _Entry | None:
        return self._rules.get(rule.number) or self._removed.get(rule.number)

    def never_fired(self) -> "list[Rule]":
        """The rules that have not fired yet."""
        return [rule for rule in self if not self.fired(rule)]

    def near_misses(self, rule: "Rule") -> list[str]:
        """The requests that a rule which never fired came nearest to, and in what they differ; the nearest first."""
        entry = self._entry(rule)
        misses = [] if entry is None or entry.fired else entry.misses
        return [f"{request}: {'; '.join(differences)}" for request, differences in misses]

    def check(self) -> None:
        """Raise the first error since the last reset that a function given as `then` raised, if one did."""
        if self.failures:
            raise self.failures[0]

    def apply(
        self, incoming: HttpRequest, server_state: ServerState, produce: Respond
    ) -> tuple[HttpResponse, WireEffect]:
        """The answer to a request and how to send it: what `produce` gives, unless a rule fires."""
        if self.is_down:
            return HttpResponse(503), _DOWN
        if self._rules:  # without them there is no token that one of them made expire, either
            return self._apply_rules(incoming, server_state, produce)
        answer = produce(incoming, server_state)
        return _when_complete(answer, partial(self._note_key, incoming, answer.outcome)), NO_EFFECT

    def _note_key(self, incoming: HttpRequest, outcome: Outcome) -> None:
        if outcome.next_start_key is not None and incoming.method == "GET":
            self._unnumbered.append((incoming.path, incoming.query, outcome.next_start_key))

    def _number_pages(self) -> None:
        """Number the pages of the requests that came before there was a rule."""
        with self._lock:
            while self._unnumbered:
                path, query, key = self._unnumbered.popleft()
                request = RequestView.of(HttpRequest("GET", path, query))
                if (page := self._pages.page(request)) is not None:
                    self._pages.hand_out(request, key, page + 1)

    def _apply_rules(
        self, incoming: HttpRequest, server_state: ServerState, produce: Respond
    ) -> tuple[HttpResponse, WireEffect]:
        self._number_pages()
        request = RequestView.of(incoming)
        page = self._pages.page(request)
        fired = self._fire(request, page, server_state)
        effect = _wire_effect(fired)
        try:
            answer = self._answer(fired, server_state, lambda changed: produce(incoming, changed))
        except RuleFailed:
            return HttpResponse(500), effect._replace(close=True)

        def complete() -> None:
            key = answer.outcome.next_start_key
            if key is not None and page is not None:
                is_same_page = any(action.keeps_page for each in fired for action in each.actions)
                self._pages.hand_out(request, key, page if is_same_page else page + 1)
            for each in fired:
                try:
                    for action in each.actions:
                        action.end(self._data)
                except Exception as error:
                    raise self._failed(each.entry.rule, error) from error

        try:
            if not effect.is_silent:
                return _when_complete(answer, complete), effect
            complete()  # nobody will ask for the body
        except RuleFailed:
            effect = effect._replace(close=True)
        return answer, effect

    def _failed(self, rule: "Rule", error: Exception) -> RuleFailed:
        """Keep what a rule's own code raised, for the end of the test."""
        error.add_note(f"raised by the code of {rule}; the client was left with a broken connection")
        self.failures.append(error)
        return RuleFailed(str(rule))

    def _answer(
        self, fired: list[_Fired], server_state: ServerState, produce: Callable[[ServerState], HttpResponse]
    ) -> HttpResponse:
        shown_state = self._tokens.applied_to(server_state)
        actions = ((each, action) for each in fired for action in each.actions if action.group == "answer")
        each, action = next(actions, (None, None))
        if each is None or action is None:
            return produce(shown_state)
        if not action.runs_code:
            return action.answer(each.firing, shown_state, produce)
        try:
            return action.answer(each.firing, shown_state, produce)
        except Exception as error:
            raise self._failed(each.entry.rule, error) from error

    def _fire(self, request: RequestView, page: int | None, server_state: ServerState) -> list[_Fired]:
        """Count the rules that match, and return those that fire."""
        with self._lock:
            fired: list[_Fired] = []
            for entry in self._rules.values():
                due = self._find_due(entry, request, page, server_state, fired)
                if isinstance(due, _Fired):
                    entry.fired += 1
                    fired.append(due)
                else:
                    entry.note_miss(request, due)
            for each in fired:
                for action in each.actions:
                    action.begin(each.firing)
            return fired

    def _find_due(
        self, entry: _Entry, request: RequestView, page: int | None, server_state: ServerState, fired: list[_Fired]
    ) -> _Fired | list[str]:
        """What happens by a rule, or why it does not fire. A match is counted, fired or not."""
        rule = entry.rule
        if differences := rule.match.differences(request, page):
            return differences
        actions = rule.actions_after(entry.fired)
        identity = self._seed, rule.number, entry.matched + 1
        is_open = rule.schedule.is_open and not rule.steps
        firing = Firing(request, server_state, self._tokens, is_open, identity, entry.lifted, entry.line, entry.buckets)
        if reasons := [reason for action in actions if (reason := action.spares(firing))]:
            return reasons
        entry.matched += 1
        other = next((each.entry.rule for each in fired if each.entry.rule.fires_alone), None)
        if rule.fires_alone and other is not None:
            return [f"{other} fired on it"]
        obstacle = rule.obstacle(self._seed, entry.matched, entry.fired)
        return [obstacle] if obstacle else _Fired(entry, actions, firing)


def _wire_effect(fired: list[_Fired]) -> WireEffect:
    texts = [str(each.entry.rule) for each in fired if each.actions]  # a step of a script may be none
    effect = WireEffect(fault="; ".join(texts)) if texts else NO_EFFECT
    for each in fired:
        for action in each.actions:
            effect = action.change_wire(effect, each.firing)
    return effect


def _when_complete(answer: HttpResponse, complete: Callable[[], None]) -> HttpResponse:
    """The answer, with `complete` called once its body has been made, or has broken off."""
    if isinstance(answer.body, bytes):
        complete()
    else:
        answer.body = _then(answer.body, complete)
    return answer


def _then(parts: Iterable[bytes], complete: Callable[[], None]) -> Iterator[bytes]:
    try:
        yield from parts
    finally:
        complete()
