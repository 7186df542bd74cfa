"""Advice on tokens, ids, how often is asked, and what is not here to be asked."""

import re
from collections.abc import Iterable, Iterator, Sequence

from mockcdrs.control.advice import asked
from mockcdrs.control.advice.asked import first, sent, shown, target, where
from mockcdrs.control.advice.facts import Advice, Facts
from mockcdrs.control.journal import Record
from mockcdrs.crossbar import routing
from mockcdrs.crossbar.buckets import Buckets

_LOGINS = ("/user_auth", "/api_auth")
_CDR_ID = re.compile(r"(\d{4})(0[1-9]|1[0-2])-(.+)", re.ASCII | re.DOTALL)
_INTERACTION_ID = re.compile(r"\d{11}-.+", re.ASCII | re.DOTALL)
_TOO_OFTEN = 3
_TOKENS, _FILL_RATE = 100, 10  # of Kazoo's buckets where nobody sets them
_NOT_FOUND = frozenset({404})
_BY_ID = frozenset({asked.ONE, asked.LEGS})


def _token(record: Record) -> object:
    return record.headers.get("x-auth-token") or first(record, "auth_token")


def _is_login(record: Record) -> bool:
    return where(record).endswith(_LOGINS)


def _ignored_401(record: Record, earlier: Iterable[Record], facts: Facts) -> Iterator[str]:
    if _is_login(record):
        return
    before = next(iter(earlier), None)
    if before is not None and before.status == 401 and not _is_login(before) and _token(before) == _token(record):
        alone = " without the old token" if facts.version.refuses_expired_tokens_first else ""
        yield (
            f"request {before.number} was refused with 401 and this one came without a login between them: log in "
            f"again (PUT /v2/user_auth or /v2/api_auth{alone}), then repeat with the new token"
        )


def _bearer(record: Record, _earlier: Iterable[Record], _facts: Facts) -> Iterator[str]:
    if record.headers.get("authorization") and not _token(record):
        yield "a token in Authorization is refused here: send it as X-Auth-Token"


def _polling(record: Record, earlier: Iterable[Record], facts: Facts) -> Iterator[str]:
    if facts.is_clock_frozen or "start_key" in sent(record):
        return
    recent = [record]
    for other in earlier:
        if recent[-1].at_gregorian - other.at_gregorian >= 1 or len(recent) == _TOO_OFTEN:
            break
        if where(other) == where(record) and sent(other) == sent(record) and asked.has_answered(other):
            recent.append(other)
    if len(recent) == _TOO_OFTEN:
        limit = (
            f", as Kazoo {facts.version.name} answers 429 at some point" if facts.version.charges_every_request else ""
        )
        yield (
            f"the same question as in requests {recent[2].number} and {recent[1].number}, less than a second apart: "
            f"ask again after some seconds{limit}"
        )


def _rate_limited(records: Sequence[Record], facts: Facts) -> Iterator[str]:
    if facts.settings.max_bucket_tokens is not None:  # the mock itself refuses then
        return
    buckets, paid_by = Buckets(), dict[tuple[str, str], list[Record]]()
    for record in records:
        if record.outcome.tokens:
            paid_by.setdefault((record.client_address, record.outcome.bucket_account), []).append(record)
    for name, charged in paid_by.items():
        refused = [record for record in charged if _is_refused(buckets, name, record, charged[0])]
        if refused:
            yield (
                f"{len(refused)} of {len(charged)} requests {_for_account(name[1])} came so fast that Kazoo "
                f"{facts.version.name} would have answered them with 429, the first of them request "
                f"{refused[0].number}: a client address has {_TOKENS} tokens for an account, of which {_FILL_RATE} a "
                "second come back, by the machine's clock; ask for fewer and larger pages, and less at once"
            )


def _is_refused(buckets: Buckets, name: tuple[str, str], record: Record, first: Record) -> bool:
    """Whether a bucket that fills once a second since its first request is too empty for another."""
    elapsed_seconds = int(record.arrived_seconds - first.arrived_seconds)
    costs = [1] * record.outcome.tokens  # a login pays twice, and is refused at once where it cannot pay the first
    return any(buckets.take(name, cost, _TOKENS, _FILL_RATE, elapsed_seconds) is None for cost in costs)


def _for_account(account_id: str) -> str:
    return f"for account {shown(account_id)}" if account_id else "for no account"


def _wrong_month(record: Record, _earlier: Iterable[Record], facts: Facts) -> Iterator[str]:
    given = _refused_id(record)
    if given is None:
        return
    others = [f"{month}-{given[3]}" for month in _neighbours(int(given[1]), int(given[2]))]
    account = target(record).account
    if facts.has_cdr is None or not account:
        rule = "the month is that of the interaction's start, even where the leg ended in the next"
        yield f"no CDR {shown(given[0])}: {rule}; send the id as a listing has it, do not build it"
        return
    for found in (other for other in others if facts.has_cdr(account, other)):
        yield f"no CDR {shown(given[0])}, but there is {shown(found)}: send the id as a listing has it, do not build it"


def _refused_id(record: Record) -> re.Match[str] | None:
    return None if record.fault else _CDR_ID.fullmatch(target(record).item)


def _neighbours(year: int, month: int) -> Iterator[str]:
    for months in (year * 12 + month - 2, year * 12 + month):
        yield f"{months // 12:04}{months % 12 + 1:02}"


def _no_month(record: Record, _earlier: Iterable[Record], _facts: Facts) -> Iterator[str]:
    asked_for = target(record)
    if record.fault:
        return
    if asked_for.kind == asked.ONE and _INTERACTION_ID.fullmatch(asked_for.item):
        yield f"{shown(asked_for.item)} is an interaction id: ask /cdrs/legs/{shown(asked_for.item)}"
    elif not re.match(r"\d{6}-|\d{11}-", asked_for.item, re.ASCII):
        yield f"{shown(asked_for.item)} is no CDR id: send YYYYMM-CALL_ID, the id of a listing's row, not its call_id"


def _not_served(record: Record, _earlier: Iterable[Record], _facts: Facts) -> Iterator[str]:
    if record.fault:
        return
    if record.status == 501 and record.outcome.message == "not_implemented":
        yield f"{record.method} would write, which this mock does not: answer it by mockcdrs.respond(path, json=...)"
    name = _unknown_module(record.path) if record.status in {401, 404} else ""
    if name:
        yield (
            f"{shown(name)} is not served here, whatever a Crossbar with that module would say: answer it by "
            "mockcdrs.respond(path, json=...)"
        )


def _unknown_module(path: str) -> str:
    """What a path names where a module is due; empty where that is served."""
    tokens = routing.tokens(path)
    nouns = routing.nouns(tokens)
    if not nouns:
        first = next(iter(tokens), "")
        return "" if first == "account" or asked.VERSION.fullmatch(first) else first
    module, parameters = nouns[0]
    is_unknown = module == "accounts" and len(parameters) > 1 and not routing.allowed_methods(nouns[0])
    return parameters[1] if is_unknown else ""


ADVICE: dict[str, Advice] = {
    "ignored-401": Advice(
        _ignored_401,
        "The same token again after it was refused, without a login between.",
        "cb_token_auth.erl",
        statuses=frozenset({401}),
        example="GET /cdrs with a token that expired, answered with 401, then the same again",
    ),
    "bearer-refused": Advice(
        _bearer,
        "A token in the Authorization header, which opens nothing.",
        "cb_token_auth.erl",
        statuses=frozenset({401}),
        example="GET /cdrs with the header Authorization: Bearer TOKEN and no X-Auth-Token",
    ),
    "polling-too-fast": Advice(
        _polling,
        "The same question several times within a second.",
        "kz_buckets.erl",
        asked.RANGED,
        example="GET /cdrs, three times within a second",
    ),
    "rate-limited": Advice(
        None,
        "More requests, and faster, than a server pays for from its token buckets.",
        "cb_token_auth.erl",
        at_end=_rate_limited,
        example="GET /cdrs, 150 times within a second",
    ),
    "not-served": Advice(
        _not_served,
        "A part of Crossbar that the mock does not have.",
        "api_util.erl",
        statuses=frozenset({401, 404, 501}),
        example="GET /callflows",
    ),
    "wrong-month": Advice(
        _wrong_month,
        "A CDR id with a month that its CDR does not lie in.",
        "cb_cdrs.erl",
        _BY_ID,
        _NOT_FOUND,
        example="GET /cdrs/202512-CALL_ID, where the id of the CDR is 202601-CALL_ID",
    ),
    "id-without-month": Advice(
        _no_month,
        "A call id or interaction id where a CDR id is due.",
        "cb_cdrs.erl",
        _BY_ID,
        _NOT_FOUND,
        example="GET /cdrs/CALL_ID",
    ),
}
