"""Advice on access: base URL and API version, tokens, rate, ids, accepted types, and paths that are not served."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice

from mockcdrs.advice import advice_rule
from mockcdrs.advice.advice_rule import (
    LEGS,
    ONE,
    PAGED_KINDS,
    RANGE_KINDS,
    VERSION_SEGMENT,
    AdviceContext,
    AdviceRule,
    first_value,
    path_without_slash,
    quote,
    requested_endpoint,
    sent_parameters,
)
from mockcdrs.control.journal import Record
from mockcdrs.crossbar import cowboy, pipeline
from mockcdrs.crossbar.authentication import TokenBuckets
from mockcdrs.crossbar.context import Noun
from mockcdrs.crossbar.errors import EmptyResponse
from mockcdrs.crossbar.pipeline import RESOURCES
from mockcdrs.crossbar.resources.plain import find_unserved
from mockcdrs.faults.reply import Reply
from mockcdrs.faults.rule import Rule

_LOGINS = ("/user_auth", "/api_auth")
_CDR_ID = re.compile(r"(\d{4})(0[1-9]|1[0-2])-(.+)", re.ASCII | re.DOTALL)
_INTERACTION_ID = re.compile(r"\d{11}-.+", re.ASCII | re.DOTALL)
_MAX_REPEATS = 3
_MAX_EARLIER = 20  # a busy server gets thousands in a second, and a client that repeats itself sends few in between
_BUCKET_TOKENS, _TOKENS_PER_SECOND = 100, 10  # Kazoo's defaults
_FIRST_SEGMENTS = frozenset({*RESOURCES, "account"})
_SOME_REPLY = {"data": {}, "status": "success"}
_HOST = re.compile(r"[\w.:\[\]-]{1,100}", re.ASCII)


def _ignored_401(record: Record, earlier: Iterable[Record], context: AdviceContext) -> Iterator[str]:
    if _is_login(record):
        return
    before = next(iter(earlier), None)
    if before is not None and before.status == 401 and not _is_login(before) and _token(before) == _token(record):
        alone = " without the old token" if context.version.refuses_expired_tokens_first else ""
        yield (
            f"request {before.number} was refused with 401 and this one came without a login between them: log in "
            f"again (PUT /v2/user_auth or /v2/api_auth{alone}), then repeat with the new token"
        )


def _is_login(record: Record) -> bool:
    return path_without_slash(record).endswith(_LOGINS)


def _token(record: Record) -> object:
    return record.headers.get("x-auth-token") or first_value(record, "auth_token")


def _bearer_refused(record: Record, _earlier: Iterable[Record], _context: AdviceContext) -> Iterator[str]:
    if record.headers.get("authorization") and not _token(record):
        yield "a token in Authorization is refused here: send it as X-Auth-Token"


def _polling_too_fast(record: Record, earlier: Iterable[Record], context: AdviceContext) -> Iterator[str]:
    if context.is_clock_frozen or "start_key" in sent_parameters(record):
        return
    query, path, recent, at = record.raw_query, path_without_slash(record), [record], record.at_gregorian
    for other in islice(earlier, _MAX_EARLIER):
        if other.at_gregorian < at:
            break
        is_same = other.raw_query == query and path_without_slash(other) == path
        if is_same and other.outcome.from_body == record.outcome.from_body and advice_rule.is_answered(other):
            recent.append(other)
            at = other.at_gregorian
            if len(recent) == _MAX_REPEATS:
                break
    if len(recent) == _MAX_REPEATS:
        version = context.version
        limit = f", as Kazoo {version.name} answers 429 at some point" if version.charges_every_request else ""
        yield (
            f"the same question as in requests {recent[2].number} and {recent[1].number}, less than a second apart: "
            f"ask again after some seconds{limit}"
        )


def _rate_limited(records: Sequence[Record], context: AdviceContext) -> Iterator[str]:
    if context.settings.max_bucket_tokens is not None:  # the mock itself refuses then
        return
    buckets, paid_by = TokenBuckets(), dict[tuple[str, str], list[Record]]()
    for record in records:
        if record.outcome.tokens:
            paid_by.setdefault((record.client_address, record.outcome.bucket_account), []).append(record)
    for name, charged in paid_by.items():
        refused = [record for record in charged if _is_refused(buckets, name, record, charged[0])]
        if refused:
            account = f"for account {quote(name[1])}" if name[1] else "for no account"
            yield (
                f"{len(refused)} of {len(charged)} requests {account} came so fast that Kazoo "
                f"{context.version.name} would have answered them with 429, the first of them request "
                f"{refused[0].number}: a client address has {_BUCKET_TOKENS} tokens for an account, of which "
                f"{_TOKENS_PER_SECOND} a second come back, by the machine's clock; ask for fewer and larger pages, "
                "and less at once"
            )


def _is_refused(buckets: TokenBuckets, name: tuple[str, str], record: Record, first: Record) -> bool:
    """Whether a bucket that fills once a second since its first request has too few tokens for another request."""
    elapsed_seconds = int(record.arrived_seconds - first.arrived_seconds)
    costs = [1] * record.outcome.tokens  # a login pays twice, and is refused at once where it cannot pay the first
    results = (buckets.take(name, cost, _BUCKET_TOKENS, _TOKENS_PER_SECOND, elapsed_seconds) for cost in costs)
    return any(result is None for result in results)


def _wrong_month(record: Record, _earlier: Iterable[Record], context: AdviceContext) -> Iterator[str]:
    endpoint = requested_endpoint(record)
    parts = None if record.fault else _CDR_ID.fullmatch(endpoint.item)
    if parts is None:
        return
    if context.has_cdr is None or not endpoint.account:
        rule = "the month is that of the interaction's start, even where the leg ended in the next"
        yield f"no CDR {quote(parts[0])}: {rule}; send the id as a listing has it, do not build it"
        return
    for month in _neighbouring_months(int(parts[1]), int(parts[2])):
        other = f"{month}-{parts[3]}"
        if context.has_cdr(endpoint.account, other):
            there_is = f"no CDR {quote(parts[0])}, but there is {quote(other)}"
            yield f"{there_is}: send the id as a listing has it, do not build it"


def _neighbouring_months(year: int, month: int) -> Iterator[str]:
    for months in (year * 12 + month - 2, year * 12 + month):
        yield f"{months // 12:04}{months % 12 + 1:02}"


def _id_without_month(record: Record, _earlier: Iterable[Record], _context: AdviceContext) -> Iterator[str]:
    endpoint = requested_endpoint(record)
    item = quote(endpoint.item)
    if record.fault:
        return
    if endpoint.kind == ONE and _INTERACTION_ID.fullmatch(endpoint.item):
        yield f"{item} is an interaction id: ask /cdrs/legs/{item}"
    elif not re.match(r"\d{6}-|\d{11}-", endpoint.item, re.ASCII):
        yield f"{item} is no CDR id: send YYYYMM-CALL_ID, the id of a listing's row, not its call_id"


def _not_served(record: Record, _earlier: Iterable[Record], _context: AdviceContext) -> Iterator[str]:
    if record.fault:
        return
    is_refused = record.status == 501
    if is_refused and record.outcome.message != "not_implemented":
        return
    segments = pipeline.split_path(record.path)
    nouns = pipeline.parse_nouns(segments)
    if is_refused and record.method != "GET":
        yield f"{record.method} would write, which this mock does not: {_reply_by_rule(record)}"
    elif name := "/".join((nouns[0][0], *nouns[0][1])) if is_refused else find_unserved(segments, nouns):
        yield f"Kazoo 4.3 serves {quote(name)}, this mock does not: {_reply_by_rule(record)}"
    elif name := _unknown_module(segments, nouns):
        yield (
            f"{quote(name)} is not served here, whatever a Crossbar with that module would say: "
            f"{_reply_by_rule(record)}"
        )


def _reply_by_rule(record: Record) -> str:
    """Return how to have a request answered: by a rule in Python, and in JSON as `curl` sends it."""
    segments = _segments_below_version(record.path)
    below = segments[2:] if segments[:1] == ["accounts"] and len(segments) > 2 else segments
    path = f"/{'/'.join(below)}"
    rule = Rule(method=record.method, path=path if quote(path) == path else "PATH", reply=Reply(_SOME_REPLY))
    host = record.headers.get("host", "")
    url = f"http://{host if _HOST.fullmatch(host) else '127.0.0.1:8000'}/_mockcdrs/faults"
    curl = f"curl -H 'Content-Type: application/json' -d '{json.dumps(rule.to_dict())}' {url}"
    return f"answer it by {rule.to_python()}, or send the same rule as JSON: {curl}"


def _unknown_module(segments: Sequence[str], nouns: Sequence[Noun]) -> str:
    """Return what a path names in the place of a module; empty where that is served."""
    if not nouns:
        first = next(iter(segments), "")
        return "" if first == "account" or VERSION_SEGMENT.fullmatch(first) else first
    module, parameters = nouns[0]
    is_unknown = module == "accounts" and len(parameters) > 1 and not RESOURCES[module].methods(parameters)
    return parameters[1] if is_unknown else ""


def _wrong_base_url(record: Record, _earlier: Iterable[Record], context: AdviceContext) -> Iterator[str]:
    version = context.version
    error = "" if record.fault else _base_url_error(record.path, version.name, version.serves_v1)
    if error:
        right = f"/v2/{'/'.join(_segments_below_version(record.path))}"
        yield f"{error}, so ask {quote(right)}"


@lru_cache(maxsize=256)
def _base_url_error(path: str, kazoo: str, serves_v1: bool) -> str:
    """Return what a base URL did to a path, and what it ought to be; empty where nothing is wrong."""
    version = advice_rule.version_in_path(path)
    first, *others = pipeline.split_path(path) or [""]
    if not version:
        slashes = "; this one begins with a slash too many" if path.startswith("//") else ""
        return (
            f"{quote(path)} got the greeting, as every path does that does not begin with /v2, for any method and "
            f"without a token{slashes}: the base URL ends in /v2"
        )
    if others and not first:
        return f"there is a slash too many behind {quote(f'/{version}')}: the base URL ends in /v2, without a slash"
    if VERSION_SEGMENT.fullmatch(first):
        return "the API's version is in this path twice: the base URL ends in /v2, once"
    if "." in version:
        return f"the API has no version {quote(version)}, only whole numbers: the base URL ends in /v2"
    if version == "v1" and not serves_v1:
        return f"Kazoo {kazoo} does not serve /v1, and answers 410: the base URL ends in /v2"
    return ""


def _segments_below_version(path: str) -> list[str]:
    """Return the segments behind the last version, or without one those from the first that Crossbar knows on."""
    segments = [segment for segment in path.split("/") if segment]
    versions = [place for place, segment in enumerate(segments) if VERSION_SEGMENT.fullmatch(segment)]
    known = (place for place, segment in enumerate(segments) if segment in _FIRST_SEGMENTS)
    return segments[versions[-1] + 1 :] if versions else segments[next(known, 0) :]


def _v1_unpaged(record: Record, _earlier: Iterable[Record], context: AdviceContext) -> Iterator[str]:
    if advice_rule.api_version(record) == "v1" and context.version.serves_v1:
        yield (
            f"page_size does nothing under /v1, where Kazoo {context.version.name} answers all rows of the range at "
            "once and names no next page: ask the same under /v2"
        )


def _accept_parameter(record: Record, _earlier: Iterable[Record], context: AdviceContext) -> Iterator[str]:
    accept = record.headers.get("accept")
    if accept is None or record.fault or context.version.accepts_parameters:
        return
    try:
        accepted = cowboy.negotiate_type(accept, accepts_parameters=True)
    except EmptyResponse:
        return
    yield (
        f"this bare 406 is Accept: {quote(accept)}, of which Kazoo {context.version.name} takes no type that has a "
        f"parameter: send {accepted} alone"
    )


RULES = (
    AdviceRule(
        code="ignored-401",
        function=_ignored_401,
        sentence="A refused token that the client sends again, without a login in between.",
        source="cb_token_auth.erl",
        example="GET /cdrs with X-Auth-Token: OLD -> 401\nGET /cdrs with X-Auth-Token: OLD -> 401",
        statuses=frozenset({401}),
    ),
    AdviceRule(
        code="bearer-refused",
        function=_bearer_refused,
        sentence="A token in the Authorization header, which Crossbar does not read.",
        source="cb_token_auth.erl",
        example="GET /cdrs with Authorization: Bearer TOKEN -> 401",
        statuses=frozenset({401}),
    ),
    AdviceRule(
        code="polling-too-fast",
        function=_polling_too_fast,
        sentence="The same request several times within a second.",
        source="kz_buckets.erl",
        example="GET /cdrs\nGET /cdrs\nGET /cdrs",
        kinds=RANGE_KINDS,
    ),
    AdviceRule(
        code="rate-limited",
        function=None,
        sentence="More requests than the token buckets of a real server allow.",
        source="cb_token_auth.erl",
        example="101 times GET /cdrs/summary",
        at_end=_rate_limited,
    ),
    AdviceRule(
        code="not-served",
        function=_not_served,
        sentence="A part of Crossbar that the mock does not have.",
        source="api_util.erl",
        example="GET /media -> 404",
        statuses=frozenset({401, 404, 501}),
    ),
    AdviceRule(
        code="wrong-month",
        function=_wrong_month,
        sentence="A CDR id with the wrong month.",
        source="cb_cdrs.erl",
        example="GET /cdrs/202601-CALL_ID -> 404",
        kinds=frozenset({ONE, LEGS}),
        statuses=frozenset({404}),
    ),
    AdviceRule(
        code="id-without-month",
        function=_id_without_month,
        sentence="A call id or interaction id in place of a CDR id.",
        source="cb_cdrs.erl",
        example="GET /cdrs/CALL_ID -> 404",
        kinds=frozenset({ONE, LEGS}),
        statuses=frozenset({404}),
    ),
    AdviceRule(
        code="wrong-base-url",
        function=_wrong_base_url,
        sentence=(
            "A path with a missing, repeated, fractional or unserved version of the API, or with a slash too many."
        ),
        source="crossbar_default_handler.erl",
        example="GET /v2/v2/accounts/ACCOUNT_ID/cdrs -> 404",
        statuses=frozenset({200, 401, 404, 410}),
    ),
    AdviceRule(
        code="v1-unpaged",
        function=_v1_unpaged,
        sentence="A page_size under /v1, which never pages.",
        source="cb_context.erl",
        example="GET /v1/accounts/ACCOUNT_ID/cdrs?page_size=10",
        kinds=PAGED_KINDS,
        names=frozenset({"page_size"}),
    ),
    AdviceRule(
        code="accept-parameter",
        function=_accept_parameter,
        sentence=(
            "A type with a parameter in Accept, as in application/json;charset=utf-8, which some versions refuse."
        ),
        source="api_resource.erl",
        example="GET /cdrs with Accept: application/json;charset=utf-8 -> 406",
        statuses=frozenset({406}),
    ),
)
