"""One request's way through Crossbar: each step in the server's order, then the content (`api_resource.erl`).

`answer` is a pure function of the request and the world. A long answer's body is an iterator: it is made as it is sent.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from mockcdrs.cdr import erlang
from mockcdrs.cdr.documents import MISSING
from mockcdrs.crossbar import envelope, greeting, limits, negotiation, rendering, request_data, routing, start_key
from mockcdrs.crossbar.access import check_account, check_permission, check_resources, find_token
from mockcdrs.crossbar.buckets import LOCAL_ADDRESS, client_address
from mockcdrs.crossbar.content import Content
from mockcdrs.crossbar.context import KNOWN_METHODS, Context, Outcome, World
from mockcdrs.crossbar.errors import BareAnswer, Crashed, Failure, died, plain, system
from mockcdrs.crossbar.request import NULL, Request, UnreadableQuery, decode_start_key, parse_query
from mockcdrs.crossbar.resources.table import RESOURCES

EXPIRES = "Fri, 01 Jan 1999 00:00:00 GMT"
VARY = "accept-language, accept"

_CORS = {
    "access-control-allow-headers": (
        "content-type, depth, user-agent, x-http-method-override, x-file-size, x-requested-with, if-modified-since, "
        "x-file-name, cache-control, x-auth-token, x-kazoo-cluster-id, if-match"
    ),
    "access-control-allow-origin": "*",
    "access-control-expose-headers": (
        "content-type, x-auth-token, x-request-id, x-kazoo-cluster-id, location, etag, etag"
    ),
    "access-control-max-age": "86400",
}
_TAG = re.compile(r'(?:W/)?"[^"\s]*"')
_TAGS = re.compile(rf"[ \t,]*(?:{_TAG.pattern}[ \t]*(?:,[ \t,]*|\Z))+")
_CORS_QUESTIONS = ("origin", "access-control-request-method", "access-control-request-headers")


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers, and a body: bytes, or an iterable of them for a chunked answer.

    `note` says in one line why Crossbar itself fails on a request, for the log. `is_file`: never compressed. `outcome`
    is complete when the body has been made.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Iterable[bytes] = b""
    note: str = ""
    is_file: bool = False
    outcome: Outcome = field(default_factory=Outcome)


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request as it came: `query` and `path` raw, header names in small letters, `peer` the address it came from."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    peer: str = LOCAL_ADDRESS


def answer(incoming: Incoming, world: World, request_id: str) -> Answer:
    """Crossbar's answer to a request."""
    if refusal := limits.refusal(incoming.method, f"{incoming.path}?{incoming.query}", incoming.headers):
        status, what = refusal
        return Answer(status, note=f"this is Crossbar's own behaviour, it takes no request with {what}")
    if not routing.is_path(incoming.path):
        return Answer(400)
    if not (world.version.ignores_bad_encodings or _has_encodings(incoming)):
        return Answer(500, note=_died_of("an Accept-Encoding that cannot be read"))
    api_version = routing.api_version(incoming.path)
    if not api_version:
        return Answer(200, {"content-type": greeting.CONTENT_TYPE}, greeting.TEXT)
    if incoming.method == "TRACE":
        return Answer(501)
    address = client_address(incoming.peer, incoming.headers)
    context = Context(world, _unread(incoming), request_id, api_version, address)
    try:
        answered = _answer(context, incoming)
    except BareAnswer as bare:
        answered = _bare(bare, context)
    return replace(answered, outcome=context.outcome)


def _has_encodings(incoming: Incoming) -> bool:
    """Whether what a client says of encodings, if anything, can be read."""
    try:
        negotiation.takes_gzip(incoming.headers.get("accept-encoding", ""))
    except ValueError:
        return False
    return True


def _unread(incoming: Incoming) -> Request:
    """What Crossbar knows of a request until its body is read: not how an answer is to be printed, nor its query."""
    headers = {name: value for name, value in incoming.headers.items() if name != "x-pretty-print"}
    return Request(incoming.method, incoming.path, headers=headers)


def _answer(context: Context, incoming: Incoming) -> Answer:
    try:
        return _checked(context, incoming)
    except Failure as failure:
        return _failed(context, failure)


def _checked(context: Context, incoming: Incoming) -> Answer:
    request_data.check_version(context)
    request = _read(context, incoming)
    context.outcome.from_body = request.from_body()
    context.request = _with_start_key(context, request)
    find_token(context)
    if context.request.method not in KNOWN_METHODS:
        raise BareAnswer(501)
    _route(context, routing.tokens(incoming.path, decodes_twice=context.version.decodes_path_twice))
    verb = _check_method(context)
    if context.nouns and context.request.method not in (
        methods := ("OPTIONS",) if verb == "OPTIONS" else context.allow
    ):
        return _not_allowed(context, methods)
    if verb == "OPTIONS":
        return Answer(200, {**_cors(context), "x-request-id": context.request_id})
    check_account(context)
    check_permission(context)
    _negotiate(context)
    if not context.nouns:
        raise _nowhere(context)
    check_resources(context)
    found = _found(context, verb)
    if verb == "GET":
        is_posted = context.request.method == "POST" and context.shows("post-as-get-empty")
        return _posted(context, found) if is_posted else _shown(context, found)
    return _made(context, found, 201 if verb == "PUT" else 200)


def _read(context: Context, incoming: Incoming) -> Request:
    try:
        query = parse_query(incoming.query)
    except UnreadableQuery:
        raise died("a query string that cannot be read") from None
    body = request_data.read_body(context, incoming.body)
    return Request(incoming.method, incoming.path, query, incoming.headers, body)


def _with_start_key(context: Context, request: Request) -> Request:
    try:
        return decode_start_key(request, looks_into=context.version.looks_into_values)
    except start_key.BadTerm as bad:
        raise died(f"a start_key with {bad} in it") from bad


def _route(context: Context, tokens: list[str]) -> None:
    if tokens and tokens[0] == "account":
        if context.auth_account is None:
            raise plain(401, "invalid credentials")
        tokens = ["accounts", context.auth_account.id, *tokens[1:]]
    context.nouns = routing.nouns(tokens, routing.modules(context))


def _verb(context: Context) -> str:
    verb = context.request.value("verb", MISSING)
    if verb is MISSING:
        return context.request.method
    try:
        return erlang.to_text(None if verb is NULL else verb).upper()
    except erlang.BadArgument:
        raise died("a verb that has no text") from None


def _check_method(context: Context) -> str:
    verb = _verb(context)
    if not context.nouns:
        return verb if verb != "OPTIONS" else "GET"
    allowed = routing.allowed_methods(context.nouns[0]) if context.is_heard else ()
    if context.request.method == "POST" and verb in allowed and verb != "POST":
        allowed = ("POST", *allowed)
    context.allow = allowed
    if verb == "OPTIONS" and _asks_cors(context):
        return verb
    if not allowed:
        raise system("not_found")
    if verb not in allowed:
        raise system("invalid_method")
    return verb


def _not_allowed(context: Context, methods: tuple[str, ...]) -> Answer:
    """The verb in the query would do, but Cowboy looks at the method itself."""
    cors = _cors(context) if _asks_cors(context) else {}
    return Answer(405, {**cors, "allow": ", ".join(methods), "x-request-id": context.request_id})


def _negotiate(context: Context) -> None:
    headers = context.request.headers
    context.content_type = negotiation.content_type(headers.get("accept"), context.version.accepts_parameters)
    context.language = negotiation.language(headers.get("accept-language"))


def _found(context: Context, verb: str) -> Content:
    answering = RESOURCES[context.nouns[0][0]].answers.get(verb)
    if answering is None:
        raise system("not_implemented")
    return answering(context)


def _made(context: Context, found: Content, status: int) -> Answer:
    """What a PUT or POST made: JSON, whatever was negotiated."""
    body, _ = envelope.render(context, envelope.success(context, found.data, found.revision))
    headers = {**_headers(context), "content-type": envelope.JSON, **found.headers}
    return Answer(status, headers, body)


def _shown(context: Context, found: Content) -> Answer:
    etag = found.etag(context)
    _check_preconditions(context, etag)
    headers: dict[str, str | None] = {**_headers(context), "expires": EXPIRES}
    if etag is not None:
        headers["etag"] = f'"{etag}"'
    rendered = rendering.render(context, found, etag)
    headers |= rendered.headers
    if rendered.failure is not None:
        return _failed(context, rendered.failure, headers)
    return Answer(200, _held(headers), rendered.body, is_file=rendered.is_file)


def _held(headers: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if value is not None}


def _check_preconditions(context: Context, etag: str | None) -> None:
    given = context.request.headers
    match, none_match = given.get("if-match"), given.get("if-none-match")
    if match is None and none_match is None:
        return
    tag = None if etag is None else f'"{etag}"'
    if match is not None and match.strip() != "*" and tag not in _tags(match):
        raise BareAnswer(412)
    if none_match is not None:
        if none_match.strip() == "*" or tag in [held.removeprefix("W/") for held in _tags(none_match)]:
            raise BareAnswer(304 if context.request.method == "GET" else 412, why=etag or "")
        if tag is None:
            raise BareAnswer(412)


def _tags(header: str) -> list[str]:
    """The tags in a header, weak ones with their `W/`; `BareAnswer` 400 where there is none or something else."""
    if not _TAGS.fullmatch(header):
        raise BareAnswer(400, with_request_id=False)
    return _TAG.findall(header)


def _asks_cors(context: Context) -> bool:
    return any(name in context.request.headers for name in _CORS_QUESTIONS)


def _cors(context: Context) -> dict[str, str]:
    methods = ("OPTIONS", *context.allow)
    asked = context.request.headers.get("access-control-request-method")
    if asked and asked not in methods:
        methods = (asked, *methods)
    return {**_CORS, "access-control-allow-methods": ", ".join(methods)}


def _headers(context: Context) -> dict[str, str]:
    headers = {"x-request-id": context.request_id}
    if context.language:
        headers |= {"content-language": context.language, "vary": VARY}
    if context.content_type:
        headers["content-type"] = context.content_type
    if _asks_cors(context) and context.nouns:
        headers |= _cors(context)
    return headers


def _nowhere(context: Context) -> Failure | BareAnswer:
    """What a path without a module comes to for whom nothing is forbidden (`cowboy_rest:if_match_must_not_exist/2`)."""
    if "if-match" in context.request.headers:
        return BareAnswer(412)
    return Crashed("a write to no module") if context.request.method in {"POST", "PUT"} else BareAnswer(404)


def _posted(context: Context, found: Content) -> Answer:
    """A GET in a POST, which answers as a PUT would: with what there is before a listing in chunks has loaded any."""
    _check_preconditions(context, found.etag(context))
    if not request_data.is_taken(context):
        raise BareAnswer(415)
    revision = found.revision or ("automatic" if found.has_etag() else None)
    body, _ = envelope.render(context, envelope.success(context, found.unchunked(), revision))
    return Answer(200, {**_headers(context), "content-type": envelope.JSON}, body)


def _failed(context: Context, failure: Failure, headers: Mapping[str, str | None] | None = None) -> Answer:
    context.outcome.message = failure.message
    body, content_type = envelope.render(context, envelope.error(context, failure))
    shown = dict(_headers(context) if headers is None else headers)
    if content_type == envelope.JAVASCRIPT or (content_type and context.version.always_says_json):
        shown["content-type"] = content_type
    note = _died_of(failure.why) if isinstance(failure, Crashed) else ""
    return Answer(failure.status, {**_held(shown), **_cors(context)}, body, note)


def _died_of(what: str) -> str:
    return f"this is Crossbar's own behaviour, it dies of {what}"


def _bare(bare: BareAnswer, context: Context) -> Answer:
    headers: dict[str, str] = {}
    if bare.with_request_id:
        headers["x-request-id"] = context.request_id
        if context.language:
            headers |= {"content-language": context.language, "vary": VARY}
        if _asks_cors(context) and context.nouns:
            headers |= _cors(context)
        if bare.status == 304:
            headers |= {"expires": EXPIRES, **({"etag": f'"{bare.why}"'} if bare.why else {})}
    return Answer(bare.status, headers, note=_died_of(bare.why) if bare.status == 500 else "")
