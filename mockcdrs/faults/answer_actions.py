"""Actions on the answer: an error, a reply of the test's own, a body or a page that is not as it should be.

They change the cause, where they can, and let Crossbar's own code answer: a database that cannot be asked, a token that
is refused.
"""

import dataclasses
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any, NoReturn

from mockcdrs import arguments
from mockcdrs.arguments import Kind
from mockcdrs.crossbar.authentication import TokenError
from mockcdrs.crossbar.context import ServerState
from mockcdrs.crossbar.couchdb import Databases
from mockcdrs.crossbar.envelope import encode_json
from mockcdrs.crossbar.errors import SYSTEM_ERRORS, Failure, module_error, system_error
from mockcdrs.crossbar.pipeline import HttpResponse
from mockcdrs.dataset.store import Store
from mockcdrs.faults import answer_editing
from mockcdrs.faults.action_base import Action, Produce
from mockcdrs.faults.matching import RequestView
from mockcdrs.faults.rule_error import RuleError
from mockcdrs.faults.token_expiry import TokenExpiry

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

_TOKEN_STATUSES = frozenset({401, 403, 429})
# Python's own words for these differ from one version to the next
_FIXED_WORDS = {413: "request entity too large", 416: "range not satisfiable", 422: "unprocessable entity"}
_WORDS = {known.value: known.phrase.lower() for known in HTTPStatus} | _FIXED_WORDS


class _Answers(Action):
    group = "answer"


class _Fails(_Answers, ABC):
    """The answer is an error of Crossbar's."""

    @abstractmethod
    def failure(self) -> Failure:
        """The error."""

    def answer(self, server_state: ServerState, produce: Produce) -> HttpResponse:
        failure = self.failure()
        if failure.status in _TOKEN_STATUSES:
            failing = replace(server_state, claims=_refuse)
        else:
            failing = replace(server_state, databases=_FailingDatabases(server_state.store, failure))
        return answer_editing.turn_into_error(produce(failing), failure, server_state.version)


class FailWithError(_Fails):
    """Answer with one of Crossbar's own errors, given by its name."""

    keyword, unset = "error", None
    kind = Kind("text", lambda value: isinstance(value, str) and bool(value))
    sentence = "The answer is one of Crossbar's own errors, given by its name."
    example = "too_many_requests"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.value not in SYSTEM_ERRORS:
            expected = f"expected one of Crossbar's: {', '.join(SYSTEM_ERRORS)}"
            raise RuleError(f"error: came {self.value!r}, {expected}", "error")

    def failure(self) -> Failure:
        return system_error(self.value)


class FailWithStatus(_Fails):
    """Answer with an error status, in the words that Crossbar has for it."""

    keyword, unset = "status", None
    kind = Kind("an error's, 400 to 599 (answer with any other one by `respond`)", arguments.whole(400, 599).fits)
    sentence = "The answer has this status, 400 to 599, and the message that Crossbar gives with it."
    example = 503

    def failure(self) -> Failure:
        name = ERROR_BY_STATUS.get(self.value)
        return (
            module_error(self.value, _WORDS.get(self.value, "unspecified fault"))
            if name is None
            else system_error(name)
        )


class RefuseStartKey(_Fails):
    """Refuse the start key that came."""

    keyword = "stale_key"
    sentence = "The start key of a request is refused, as when its row has gone."

    def concerns(self, request: RequestView) -> bool:
        return request.start_key is not None

    def failure(self) -> Failure:
        return system_error("datastore_fault")


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer without Crossbar's envelope. Raises `RuleError`.

    Arguments:
        json: the body, as JSON; `None` is an empty body.
        status: 200 to 599.
        headers: text by name; the headers that the server writes itself are refused.

    """

    json: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        try:
            json.loads(encode_json(self.json))
            json.dumps(self.json, allow_nan=False)
        except (TypeError, ValueError, RecursionError) as error:
            raise RuleError(f"json: came {repr(self.json)[:80]}, expected what JSON can hold ({error})") from error
        arguments.check_value("status", self.status, arguments.whole(200, 599), RuleError)
        arguments.check_value("headers", self.headers, arguments.VALUES, RuleError)
        for name, value in self.headers.items():
            if not (name and isinstance(value, str)) or any(end in name + value for end in "\r\n"):
                raise RuleError(f"headers: came {name!r}: {value!r}, expected text on one line")
            if name.lower() in _HEADERS_OF_THE_SERVER:
                raise RuleError(f"headers: came {name!r}, which is the server's to write; leave it out")


_HEADERS_OF_THE_SERVER = frozenset(
    {"connection", "content-length", "date", "keep-alive", "transfer-encoding", "upgrade"}
)


class SendReply(_Answers):
    """Send an answer of the test's own."""

    keyword, unset = "reply", None
    kind = Kind(
        "a Reply: json, status, headers",
        lambda value: hasattr(value, "json") and hasattr(value, "status"),
        lambda value: "make it by respond(path, json=..., status=...)" if isinstance(value, Mapping) else "",
    )
    sentence = "The answer is a Reply of the test's own; `respond()` is the shorter way."
    example = Reply({"data": []})

    @classmethod
    def from_json(cls, value: Any) -> Any:
        """The Reply that an object in JSON stands for; any other value as it is."""
        if not isinstance(value, Mapping):
            return value
        arguments.check_names(value, [item.name for item in dataclasses.fields(Reply)], "a reply", RuleError)
        return Reply(**value)

    def to_json(self) -> Any:
        return dataclasses.asdict(self.value)

    def answer(self, server_state: ServerState, produce: Produce) -> HttpResponse:
        del server_state, produce
        headers = {name.lower(): value for name, value in self.value.headers.items()}
        if self.value.json is None:
            return HttpResponse(self.value.status, headers)
        typed = {"content-type": "application/json", **headers}
        return HttpResponse(self.value.status, typed, encode_json(self.value.json))

    def __str__(self) -> str:
        return str(self.value.status)


class SendEmpty(_Answers):
    """Answer 200 without a body."""

    keyword = "empty"
    sentence = "The answer is a 200 without a body."

    def answer(self, server_state: ServerState, produce: Produce) -> HttpResponse:
        usual = produce(server_state)
        headers = {name: value for name, value in usual.headers.items() if name != "etag"}
        return replace(usual, status=200, headers=headers, body=b"")


class MalformJson(_Answers):
    """Leave out the last byte of the body."""

    keyword = "malformed_json"
    sentence = "The body lacks its last byte, so that it is not JSON although its content type says so."

    def answer(self, server_state: ServerState, produce: Produce) -> HttpResponse:
        usual = produce(server_state)
        return answer_editing.with_body(usual, answer_editing.whole_body(usual)[:-1] or b"{")


class ExpireToken(_Answers):
    """Refuse the token of the request from now on."""

    keyword = "token_expired"
    sentence = "The token of the request is refused from then on; a token that a login gives afterwards is good."

    def concerns(self, request: RequestView) -> bool:
        return request.token is not None

    def begin(self, request: RequestView, server_state: ServerState, tokens: TokenExpiry) -> None:
        tokens.expire(str(request.token), server_state)


class DuplicateRow(_Answers):
    """Send the last row of a page twice."""

    keyword = "duplicate_row"
    sentence = "The last row of a page comes twice."

    def answer(self, server_state: ServerState, produce: Produce) -> HttpResponse:
        usual = produce(server_state)
        if usual.headers.get("content-type") == "text/csv" and usual.status == 200:
            whole = answer_editing.whole_body(usual)
            usual.outcome.rows += 1
            return answer_editing.with_body(usual, whole + answer_editing.last_csv_row(whole))

        def change(envelope: dict[str, Any]) -> dict[str, Any]:
            rows = envelope.get("data")
            if not isinstance(rows, list) or not rows:
                return envelope
            usual.outcome.rows += 1
            doubled = {**envelope, "data": [*rows, rows[-1]]}
            if "page_size" in envelope:  # a number in a plain answer, text in an answer in chunks
                doubled["page_size"] = type(envelope["page_size"])(int(envelope["page_size"]) + 1)
            return doubled

        return answer_editing.edit_envelope(usual, change)


class RepeatPage(_Answers):
    """Have a page's next start key lead to the same page."""

    keyword = "endless_next_key"
    keeps_page = True
    sentence = "The next start key of a page leads to the same page, which a client must notice. CSV has no keys."

    def answer(self, server_state: ServerState, produce: Produce) -> HttpResponse:
        usual = produce(server_state)

        def change(envelope: dict[str, Any]) -> dict[str, Any]:
            own = envelope.get("start_key")
            if own is None:
                return envelope
            usual.outcome.next_start_key = own
            items = [item for item in envelope.items() if item[0] != "next_start_key"]
            at = [name for name, _ in items].index("page_size") if "page_size" in envelope else len(items)
            return dict([*items[:at], ("next_start_key", own), *items[at:]])

        return answer_editing.edit_envelope(usual, change)


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
