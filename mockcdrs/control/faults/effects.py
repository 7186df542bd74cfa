"""What a rule makes of an answer. Crossbar's own code answers as far as it can: only the cause is made up."""

import json
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Any, NoReturn

from mockcdrs.control.faults.rule import BY_STATUS, Reply, Rule
from mockcdrs.crossbar import json_codec
from mockcdrs.crossbar.authentication import TokenError
from mockcdrs.crossbar.context import ServerState
from mockcdrs.crossbar.couchdb import Databases
from mockcdrs.crossbar.errors import Failure, module_error, system_error
from mockcdrs.crossbar.pipeline import HttpResponse
from mockcdrs.crossbar.versions import Version
from mockcdrs.dataset.store import Store

Produce = Callable[[ServerState], HttpResponse]

_REFUSED_BY_TOKEN = frozenset({401, 403, 429})
_HEAD = ("version", "timestamp", "node", "request_id", "tokens", "auth_token")
_OF_A_TOKEN = frozenset({"version", "auth_token"})
_OF_GOOD_ANSWERS = ("etag", "expires", "location")
_CREATED = 201
# where Python's words differ from one version to the next
_OWN_WORDS = {413: "request entity too large", 416: "range not satisfiable", 422: "unprocessable entity"}
_WORDS = {known.value: known.phrase.lower() for known in HTTPStatus} | _OWN_WORDS


def answered(rule: Rule | None, world: ServerState, produce: Produce) -> HttpResponse:
    """The answer that a rule leaves, or the usual one."""
    effect = None if rule is None else _EFFECTS.get(rule.answer_effect or "")
    return produce(world) if rule is None or effect is None else effect(rule, world, produce)


class _Failing(Databases):
    """Databases that cannot be asked."""

    def __init__(self, store: Store, failure: Failure) -> None:
        super().__init__(store)
        self._failure = failure

    def query(self, *_asked: Any, **_named: Any) -> NoReturn:
        raise self._failure

    def document(self, *_asked: Any, **_named: Any) -> NoReturn:
        raise self._failure


def _refused(_token: str) -> NoReturn:
    raise TokenError("invalid_jwt")


def _fails(rule: Rule, world: ServerState, produce: Produce) -> HttpResponse:
    failure = _failure(rule)
    if failure.status in _REFUSED_BY_TOKEN:
        failing = replace(world, claims=_refused)
    else:
        failing = replace(world, databases=_Failing(world.store, failure))
    return reworded(produce(failing), failure, world.version)


def _failure(rule: Rule) -> Failure:
    if rule.stale_key:
        return system_error("datastore_fault")
    name = rule.error or BY_STATUS.get(rule.status or 0)
    if name is not None:
        return system_error(name)
    status = rule.status or 500
    return module_error(status, _WORDS.get(status, "unspecified fault"))


def reworded(answer: HttpResponse, failure: Failure, version: Version) -> HttpResponse:
    """An answer turned into a failure, in its own envelope. One without an envelope keeps none."""
    if (answer.status, answer.outcome.message) == (failure.status, failure.message):
        return answer

    def change(envelope: dict[str, Any]) -> dict[str, Any]:
        said = {"data": failure.data, "error": str(failure.status), "message": failure.message, "status": "error"}
        told = {**{name: envelope[name] for name in _HEAD if name in envelope}, **said}
        if failure.status == 429 and "tokens" in told:
            told["tokens"] = {"consumed": 1, "remaining": 0}
        if answer.status == _CREATED:  # a login that fails tells no token, and whoever asked for it is nobody yet
            told = {name: value for name, value in told.items() if name not in _OF_A_TOKEN}
            told |= {"version": envelope["version"]} if version.tells_everybody_its_version else {}
            told |= {"auth_token": "undefined"} if version.tells_token_as_text else {}
        return {name: told[name] for name in version.error_keys if name in told}

    headers = {name: value for name, value in answer.headers.items() if name not in _OF_GOOD_ANSWERS}
    changed = edited(answer, change)
    changed.outcome.message = failure.message
    return replace(changed, status=failure.status, headers=headers)


def edited(answer: HttpResponse, change: Callable[[dict[str, Any]], dict[str, Any]]) -> HttpResponse:
    """An answer with another envelope, in the form of its own; one that holds no JSON object stays as it is."""
    whole = _whole(answer)
    start, end = whole.find(b"{"), whole.rfind(b"}") + 1
    try:
        envelope = json.loads(whole[start:end].decode("utf-8", "surrogateescape"))
    except ValueError:
        return _with_body(answer, whole)
    encode = (
        json_codec.encode_pretty_json
        if b"\n" in whole
        else json_codec.encode_json
        if isinstance(answer.body, bytes)
        else _chunked
    )
    return _with_body(answer, whole[:start] + encode(change(envelope)) + whole[end:])


def _chunked(envelope: dict[str, Any]) -> bytes:
    pairs = (json_codec.encode_json({name: value})[1:-1] for name, value in envelope.items())
    return b"{" + b", ".join(pairs) + b"}"


def _whole(answer: HttpResponse) -> bytes:
    return answer.body if isinstance(answer.body, bytes) else b"".join(answer.body)


def _with_body(answer: HttpResponse, body: bytes) -> HttpResponse:
    # an iterator, not a list: what came in chunks is to go out in chunks
    return replace(answer, body=body if isinstance(answer.body, bytes) else iter([body]))


def _replies(rule: Rule, _world: ServerState, _produce: Produce) -> HttpResponse:
    reply = rule.reply or Reply()
    headers = {name.lower(): value for name, value in reply.headers.items()}
    if reply.json is None:
        return HttpResponse(reply.status, headers)
    return HttpResponse(
        reply.status, {"content-type": "application/json", **headers}, json_codec.encode_json(reply.json)
    )


def _empty(_rule: Rule, world: ServerState, produce: Produce) -> HttpResponse:
    usual = produce(world)
    headers = {name: value for name, value in usual.headers.items() if name != "etag"}
    return replace(usual, status=200, headers=headers, body=b"")


def _malformed(_rule: Rule, world: ServerState, produce: Produce) -> HttpResponse:
    usual = produce(world)
    return _with_body(usual, _whole(usual)[:-1] or b"{")


def _with_duplicate(_rule: Rule, world: ServerState, produce: Produce) -> HttpResponse:
    usual = produce(world)
    if usual.headers.get("content-type") == "text/csv" and usual.status == 200:
        whole = _whole(usual)
        usual.outcome.rows += 1
        return _with_body(usual, whole + _last_csv_row(whole))

    def change(envelope: dict[str, Any]) -> dict[str, Any]:
        rows = envelope.get("data")
        if not isinstance(rows, list) or not rows:
            return envelope
        usual.outcome.rows += 1
        doubled = {**envelope, "data": [*rows, rows[-1]]}
        if "page_size" in envelope:  # a number in a plain answer, text behind chunks
            doubled["page_size"] = type(envelope["page_size"])(int(envelope["page_size"]) + 1)
        return doubled

    return edited(usual, change)


def _last_csv_row(whole: bytes) -> bytes:
    """The last line, and those before it as long as a quoted value spans them."""
    *lines, last = whole.splitlines(keepends=True)
    while last.count(b'"') % 2 and lines:
        last = lines.pop() + last
    return last


def _endless(_rule: Rule, world: ServerState, produce: Produce) -> HttpResponse:
    usual = produce(world)

    def change(envelope: dict[str, Any]) -> dict[str, Any]:
        own = envelope.get("start_key")
        if own is None:
            return envelope
        usual.outcome.next_start_key = own
        items = [item for item in envelope.items() if item[0] != "next_start_key"]
        at = [name for name, _ in items].index("page_size") if "page_size" in envelope else len(items)
        return dict([*items[:at], ("next_start_key", own), *items[at:]])

    return edited(usual, change)


_EFFECTS: dict[str, Callable[[Rule, ServerState, Produce], HttpResponse]] = {
    "error": _fails,
    "status": _fails,
    "stale_key": _fails,
    "reply": _replies,
    "empty": _empty,
    "malformed_json": _malformed,
    "duplicate_row": _with_duplicate,
    "endless_next_key": _endless,
}
