"""Actions on the answer: an error, a body or a page that is not as it should be, code that runs once it is complete.

They change the cause, where they can, and let Crossbar's own code answer: a database that cannot be asked, a token that
is refused.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any, ClassVar, NoReturn

from mockcdrs import arguments
from mockcdrs.arguments import Kind
from mockcdrs.crossbar.authentication import TokenError
from mockcdrs.crossbar.context import ServerState
from mockcdrs.crossbar.couchdb import Databases
from mockcdrs.crossbar.envelope import encode_json, encode_pretty_json
from mockcdrs.crossbar.errors import SYSTEM_ERRORS, Failure, module_error, system_error
from mockcdrs.crossbar.pipeline import HttpResponse
from mockcdrs.crossbar.versions import Version
from mockcdrs.dataset.store import Overlay, Store
from mockcdrs.faults import RuleError
from mockcdrs.faults.action import Action, AnswerAction, Produce
from mockcdrs.faults.firing import Firing

ERROR_BY_STATUS: dict[int, str] = {
    400: "parse_error",
    401: "invalid_credentials",
    402: "no_credit",
    403: "forbidden",
    404: "not_found",
    405: "invalid_method",
    409: "datastore_conflict",
    429: "too_many_requests",
    500: "unspecified_fault",
    501: "not_implemented",
    503: "datastore_unreachable",
}

_KEYS_OF_ERRORS = ("version", "timestamp", "node", "request_id", "tokens", "auth_token")
_HEADERS_OF_SUCCESS = ("etag", "expires", "location")
_CREATED = 201
_TOKEN_STATUSES = frozenset({401, 403, 429})
# Python's own words for these differ from one version to the next
_FIXED_WORDS = {413: "request entity too large", 416: "range not satisfiable", 422: "unprocessable entity"}
_WORDS = {known.value: known.phrase.lower() for known in HTTPStatus} | _FIXED_WORDS


class _Fails(AnswerAction, ABC):
    """The answer is an error of Crossbar's."""

    @abstractmethod
    def failure(self) -> Failure:
        """The error."""

    def answer(self, firing: Firing, server_state: ServerState, produce: Produce) -> HttpResponse:
        failure = self.failure()
        if failure.status in _TOKEN_STATUSES:
            failing = server_state._replace(claims=_refuse)
        else:
            failing = server_state._replace(databases=_FailingDatabases(server_state.store, failure))
        return _turn_into_error(produce(failing), failure, server_state.version)


class FailWithError(_Fails):
    """Answer with one of Crossbar's own errors, given by its name."""

    keyword, unset = "error", None
    kind = Kind("text", lambda value: isinstance(value, str) and bool(value))
    sentence = "The answer is an error of Crossbar, given by its name."
    example = "too_many_requests"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.value not in SYSTEM_ERRORS:
            nearest = arguments.nearest(self.value, SYSTEM_ERRORS)
            expected = f"expected one of Crossbar's: {', '.join(SYSTEM_ERRORS)}{nearest}"
            raise RuleError(f"error: came {self.value!r}, {expected}", "error")

    def failure(self) -> Failure:
        return system_error(self.value)


class FailWithStatus(_Fails):
    """Answer with an error status, in the words that Crossbar has for it."""

    keyword, unset = "status", None
    kind = Kind("an error's, 400 to 599 (answer with any other one by `respond`)", arguments.whole(400, 599).fits)
    sentence = "The answer has this status, 400 to 599, with Crossbar's message for it."
    example = 503

    def failure(self) -> Failure:
        name = ERROR_BY_STATUS.get(self.value)
        return (
            module_error(self.value, _WORDS.get(self.value, "unspecified fault"))
            if name is None
            else system_error(name)
        )


class LimitRate(_Fails):
    """Answer 429 once a client's bucket of tokens is empty."""

    keyword, unset = "rate_limit", None
    kind = Kind(
        "a bucket of tokens, as in {'max_bucket_tokens': 5, 'tokens_fill_rate': 1}",
        lambda value: isinstance(value, Mapping) and "max_bucket_tokens" in value,
    )
    sentence = (
        "Each client has a bucket of `max_bucket_tokens` for an account, as in Kazoo. Each request takes a token, and "
        "is a 429 if none is left. `tokens_fill_rate` tokens are added in each second of the mock's clock."
    )
    example: ClassVar[Any] = {"max_bucket_tokens": 5, "tokens_fill_rate": 1}

    def __post_init__(self) -> None:
        super().__post_init__()
        kinds = {"max_bucket_tokens": arguments.whole(1), "tokens_fill_rate": arguments.whole(0)}
        arguments.check(self.value, kinds, "rate_limit", RuleError)

    def spares(self, firing: Firing) -> str:
        request, limit = firing.request, self.value
        account = request.path.partition("/accounts/")[2].partition("/")[0]
        left = firing.buckets.take(
            (request.address, account),
            cost=1,
            limit=limit["max_bucket_tokens"],
            fill_rate=limit.get("tokens_fill_rate", firing.server_state.settings.tokens_fill_rate),
            now_gregorian=firing.server_state.now,
        )
        return "" if left is None else "a token of its bucket paid for it"

    def failure(self) -> Failure:
        return system_error("too_many_requests")


class RefuseStartKey(_Fails):
    """Refuse the start key that came."""

    keyword = "stale_key"
    sentence = "The start key of a request is refused, as if its row had been deleted."

    def spares(self, firing: Firing) -> str:
        return "it has no start_key to refuse" if firing.request.start_key is None else ""

    def failure(self) -> Failure:
        return system_error("datastore_fault")


class SendEmpty(AnswerAction):
    """Answer 200 without a body."""

    keyword = "empty"
    sentence = "The answer is a 200 without a body."

    def answer(self, firing: Firing, server_state: ServerState, produce: Produce) -> HttpResponse:
        usual = produce(server_state)
        headers = {name: value for name, value in usual.headers.items() if name != "etag"}
        return replace(usual, status=200, headers=headers, body=b"")


class MalformJson(AnswerAction):
    """Leave out the last byte of the body."""

    keyword = "malformed_json"
    sentence = "The body lacks its last byte, so that it is not JSON although its content type says so."

    def answer(self, firing: Firing, server_state: ServerState, produce: Produce) -> HttpResponse:
        usual = produce(server_state)
        return _with_body(usual, _whole_body(usual)[:-1] or b"{")


class ExpireToken(AnswerAction):
    """Refuse the token of the request from now on."""

    keyword = "token_expired"
    sentence = "The token of the request is refused from then on; a token of a later login is valid."

    def spares(self, firing: Firing) -> str:
        token = firing.request.token
        if token is None:
            return "it has no token that could expire"
        # unless the schedule says when one expires again
        is_fresh = firing.is_open and firing.tokens.is_fresh(token, firing.server_state)
        return "a login gave its token after the last one had expired" if is_fresh else ""

    def begin(self, firing: Firing) -> None:
        firing.tokens.expire(str(firing.request.token), firing.server_state)


class DuplicateRow(AnswerAction):
    """Send the last row of a page twice."""

    keyword = "duplicate_row"
    sentence = "The last row of a page comes twice."

    def answer(self, firing: Firing, server_state: ServerState, produce: Produce) -> HttpResponse:
        usual = produce(server_state)
        if usual.headers.get("content-type") == "text/csv" and usual.status == 200:
            whole = _whole_body(usual)
            usual.outcome.rows += 1
            return _with_body(usual, whole + _last_csv_row(whole))

        def change(envelope: dict[str, Any]) -> dict[str, Any]:
            rows = envelope.get("data")
            if not isinstance(rows, list) or not rows:
                return envelope
            usual.outcome.rows += 1
            doubled = {**envelope, "data": [*rows, rows[-1]]}
            if "page_size" in envelope:  # a number in a plain answer, text in an answer in chunks
                doubled["page_size"] = type(envelope["page_size"])(int(envelope["page_size"]) + 1)
            return doubled

        return _edit_envelope(usual, change)


class RepeatPage(AnswerAction):
    """Have a page's next start key lead to the same page."""

    keyword = "endless_next_key"
    keeps_page = True
    sentence = "The next start key of a page leads to the same page, which a client has to detect. CSV has no keys."

    def answer(self, firing: Firing, server_state: ServerState, produce: Produce) -> HttpResponse:
        usual = produce(server_state)

        def change(envelope: dict[str, Any]) -> dict[str, Any]:
            own = envelope.get("start_key")
            if own is None:
                return envelope
            usual.outcome.next_start_key = own
            items = list(envelope.items())
            at = list(envelope).index("page_size") if "page_size" in envelope else len(items)
            return dict([*items[:at], ("next_start_key", own), *items[at:]])  # in its place, where there is one

        return _edit_envelope(usual, change)


class RunCode(Action):
    """Call a function of the test's with the data, between two pages."""

    keyword, unset = "then", None
    kind = Kind("a callable that takes the overlay over the data", callable)
    sentence = "A function of the test is called with the data when the body is complete, before the next request."
    example = print

    @property
    def runs_code(self) -> bool:
        return True

    def end(self, data: Overlay) -> None:
        self.value(data)

    @classmethod
    def from_json(cls, value: Any) -> NoReturn:
        """Refuse it: code does not travel as JSON."""
        del value
        words = "then: came as JSON, expected Python code; say it in a test, as mockcdrs.fail(then=...)"
        raise RuleError(words, "then")

    def __str__(self) -> str:
        return str(getattr(self.value, "__name__", "callable"))


class _FailingDatabases(Databases):
    """Databases that fail whenever they are asked."""

    def __init__(self, store: Store, failure: Failure) -> None:
        super().__init__(store)
        self._failure = failure

    def query(self, *_positional: Any, **_named: Any) -> NoReturn:
        raise self._failure

    def document(self, *_positional: Any, **_named: Any) -> NoReturn:
        raise self._failure


def _refuse(_token: str) -> NoReturn:
    raise TokenError("invalid_jwt")


def _turn_into_error(answer: HttpResponse, failure: Failure, version: Version) -> HttpResponse:
    """Turn an answer into an error, in the envelope that it has. An answer without an envelope keeps none."""
    if (answer.status, answer.outcome.message) == (failure.status, failure.message):
        return answer

    def change(envelope: dict[str, Any]) -> dict[str, Any]:
        error = {"data": failure.data, "error": str(failure.status), "message": failure.message, "status": "error"}
        changed = {**{name: envelope[name] for name in _KEYS_OF_ERRORS if name in envelope}, **error}
        if failure.status == 429 and "tokens" in changed:
            changed["tokens"] = {"consumed": 1, "remaining": 0}
        if answer.status == _CREATED:  # a login that fails gives no token, and its client is not known yet
            changed.pop("auth_token", None)
            if not version.tells_everybody_its_version:
                changed.pop("version", None)
            if version.tells_token_as_text:
                changed["auth_token"] = "undefined"  # noqa: S105 Kazoo's word for no token
        return {name: changed[name] for name in version.error_keys if name in changed}

    headers = {name: value for name, value in answer.headers.items() if name not in _HEADERS_OF_SUCCESS}
    changed = _edit_envelope(answer, change)
    changed.outcome.message = failure.message
    return replace(changed, status=failure.status, headers=headers)


def _edit_envelope(answer: HttpResponse, change: Callable[[dict[str, Any]], dict[str, Any]]) -> HttpResponse:
    """Change an answer's envelope, in the form that it has. A body without a JSON object stays as it is."""
    whole = _whole_body(answer)
    start, end = whole.find(b"{"), whole.rfind(b"}") + 1
    try:
        envelope = json.loads(whole[start:end].decode("utf-8", "surrogateescape"))
    except ValueError:
        return _with_body(answer, whole)
    encode = encode_pretty_json if b"\n" in whole else encode_json if isinstance(answer.body, bytes) else _chunked
    return _with_body(answer, whole[:start] + encode(change(envelope)) + whole[end:])


def _chunked(envelope: dict[str, Any]) -> bytes:
    pairs = (encode_json({name: value})[1:-1] for name, value in envelope.items())
    return b"{" + b", ".join(pairs) + b"}"


def _last_csv_row(whole: bytes) -> bytes:
    """The last row of a CSV file: a line, or several where a quoted value spans them."""
    *lines, last = whole.splitlines(keepends=True)
    while last.count(b'"') % 2 and lines:
        last = lines.pop() + last
    return last


def _whole_body(answer: HttpResponse) -> bytes:
    """The body in one piece."""
    return answer.body if isinstance(answer.body, bytes) else b"".join(answer.body)


def _with_body(answer: HttpResponse, body: bytes) -> HttpResponse:
    """The answer with another body, in chunks where it was in chunks."""
    return replace(answer, body=body if isinstance(answer.body, bytes) else iter([body]))
