"""One request's way through Crossbar: its checks in the server's order, the module that answers, the answer's headers.

`respond` is a pure function of the request and the server's state. A long answer's body is an iterator: it is made
while it is sent. Sources followed: `api_resource.erl`; `cowboy_http.erl` for limits of the head;
`crossbar_default_handler.erl` for the greeting.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from mockcdrs.cdr import erlang
from mockcdrs.cdr.documents import MISSING
from mockcdrs.crossbar import envelope, negotiation, request_body, routing, start_key
from mockcdrs.crossbar.authentication import check_account, check_permission, check_resources, find_token
from mockcdrs.crossbar.context import (
    KNOWN_METHODS,
    NULL,
    Context,
    Noun,
    Outcome,
    ParsedRequest,
    ServerState,
    UnreadableQuery,
    decode_start_key,
    parse_query,
)
from mockcdrs.crossbar.errors import EmptyResponse, Failure, ModuleCrash, handler_crash, module_error, system_error
from mockcdrs.crossbar.resources import ResourceResult
from mockcdrs.crossbar.token_bucket import LOCAL_ADDRESS, client_address

MAX_REQUEST_LINE_BYTES = 8_000
MAX_HEADER_VALUE_BYTES = 4_096
MAX_HEADERS = 100
_REQUEST_LINE_OVERHEAD = len("  HTTP/1.1")

EXPIRES = "Fri, 01 Jan 1999 00:00:00 GMT"
VARY = "accept-language, accept"

GREETING_TYPE = "text/plain; charset=UTF-8"
_GREETING_BYTES = 2_611
_GREETING_TEXT = """

    This is a telephone platform's API. The path of a request to it begins with the API's version: /v2/accounts/...

"""
GREETING = _GREETING_TEXT.ljust(_GREETING_BYTES - 1).encode() + b"\n"
"""The answer to whatever is no request to the API: as long as Kazoo's own greeting, which is not ours to repeat."""

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
_CORS_REQUEST_HEADERS = ("origin", "access-control-request-method", "access-control-request-headers")


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request as it came: `query` and `path` raw, header names in small letters, `peer` the address it came from."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    peer: str = LOCAL_ADDRESS


@dataclass(frozen=True, slots=True)
class HttpResponse:
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


def respond(http_request: HttpRequest, state: ServerState, request_id: str) -> HttpResponse:
    """Crossbar's answer to a request."""
    target = f"{http_request.path}?{http_request.query}"
    if refusal := check_limits(http_request.method, target, http_request.headers):
        status, excess = refusal
        return HttpResponse(status, note=f"this is Crossbar's own behaviour, it takes no request with {excess}")
    if not routing.is_path(http_request.path):
        return HttpResponse(400)
    if not (state.version.ignores_bad_encodings or _has_valid_encodings(http_request)):
        return HttpResponse(500, note=_crash_note("an Accept-Encoding that cannot be read"))
    api_version = routing.parse_api_version(http_request.path)
    if not api_version:
        return HttpResponse(200, {"content-type": GREETING_TYPE}, GREETING)
    if http_request.method == "TRACE":
        return HttpResponse(501)
    address = client_address(http_request.peer, http_request.headers)
    context = Context(state, _without_parameters(http_request), request_id, api_version, address)
    try:
        response = _respond(context, http_request)
    except EmptyResponse as error:
        response = _empty_response(context, error)
    return replace(response, outcome=context.outcome)


def check_limits(method: str, target: str, headers: Mapping[str, str]) -> tuple[int, str] | None:
    """The status for a head at which Cowboy hangs up, 414 or 431, and what exceeds the limit; `None` for any other.

    Crossbar lets pass what is a little longer, where the last of it comes in one piece with the line's end.
    """
    if len(method) + len(target) + _REQUEST_LINE_OVERHEAD > MAX_REQUEST_LINE_BYTES:
        return 414, f"a request line of more than {MAX_REQUEST_LINE_BYTES} bytes"
    if len(headers) > MAX_HEADERS:
        return 431, f"more than {MAX_HEADERS} headers"
    longest = max(headers, key=lambda name: _byte_length(headers[name]), default="")
    if longest and _byte_length(headers[longest]) > MAX_HEADER_VALUE_BYTES:
        return 431, f"more than {MAX_HEADER_VALUE_BYTES} bytes in the header {longest:.60}"
    return None


def _byte_length(value: str) -> int:
    """How long a header's value was before it was read as UTF-8."""
    return len(value) if value.isascii() else len(value.encode("utf-8", "surrogateescape"))


def _has_valid_encodings(http_request: HttpRequest) -> bool:
    try:
        negotiation.accepts_gzip(http_request.headers.get("accept-encoding", ""))
    except ValueError:
        return False
    return True


def _without_parameters(http_request: HttpRequest) -> ParsedRequest:
    """What Crossbar knows of a request until its body is read: not how an answer is to be printed, nor its query."""
    headers = {name: value for name, value in http_request.headers.items() if name != "x-pretty-print"}
    return ParsedRequest(http_request.method, http_request.path, headers=headers)


def _respond(context: Context, http_request: HttpRequest) -> HttpResponse:
    try:
        return _run_checks(context, http_request)
    except Failure as failure:
        return _failure_response(context, failure)


def _run_checks(context: Context, http_request: HttpRequest) -> HttpResponse:
    """Each of Crossbar's checks in its order, then the response of the module that the path names."""
    request_body.check_version(context)
    request = _read_request(context, http_request)
    context.outcome.from_body = request.body_parameters()
    context.request = _decode_start_key(context, request)
    find_token(context)
    if context.request.method not in KNOWN_METHODS:
        raise EmptyResponse(501)
    tokens = routing.split_path(http_request.path, decodes_twice=context.version.decodes_path_twice)
    context.nouns = _route(context, tokens)
    verb = _check_method(context)
    methods = ("OPTIONS",) if verb == "OPTIONS" else context.allow
    if context.nouns and context.request.method not in methods:
        return _method_not_allowed(context, methods)
    if verb == "OPTIONS":
        return HttpResponse(200, {**_cors_headers(context), "x-request-id": context.request_id})
    check_account(context)
    check_permission(context, routing.required_access(context))
    _negotiate(context)
    if not context.nouns:
        raise _no_module(context)
    check_resources(context)
    result = _call_module(context, verb)
    if verb != "GET":
        return _json_response(context, result.data, result.revision, result.headers, 201 if verb == "PUT" else 200)
    if context.request.method == "POST" and context.has_quirk("post-as-get-empty"):
        return _posted_get_response(context, result)
    return _get_response(context, result)


def _read_request(context: Context, http_request: HttpRequest) -> ParsedRequest:
    try:
        query = parse_query(http_request.query)
    except UnreadableQuery:
        raise handler_crash("a query string that cannot be read") from None
    body = request_body.read_body(context, http_request.body)
    return ParsedRequest(http_request.method, http_request.path, query, http_request.headers, body)


def _decode_start_key(context: Context, request: ParsedRequest) -> ParsedRequest:
    try:
        return decode_start_key(request, looks_into=context.version.looks_into_values)
    except start_key.BadTerm as error:
        raise handler_crash(f"a start_key with {error} in it") from error


def _route(context: Context, tokens: list[str]) -> list[Noun]:
    if tokens and tokens[0] == "account":
        if context.auth_account is None:
            raise module_error(401, "invalid credentials")
        tokens = ["accounts", context.auth_account.id, *tokens[1:]]
    return routing.parse_nouns(tokens, routing.known_modules(context))


def _verb(context: Context) -> str:
    """The method that a request stands for: `verb` where it is sent, else its own."""
    verb = context.request.value("verb", MISSING)
    if verb is MISSING:
        return context.request.method
    try:
        return erlang.to_text(None if verb is NULL else verb).upper()
    except erlang.BadArgument:
        raise handler_crash("a verb that has no text") from None


def _check_method(context: Context) -> str:
    verb = _verb(context)
    if not context.nouns:
        return verb if verb != "OPTIONS" else "GET"
    allowed = routing.allowed_methods(context.nouns[0]) if context.is_dispatched else ()
    if context.request.method == "POST" and verb in allowed and verb != "POST":
        allowed = ("POST", *allowed)
    context.allow = allowed
    if verb == "OPTIONS" and _is_cors_request(context):
        return verb
    if not allowed:
        raise system_error("not_found")
    if verb not in allowed:
        raise system_error("invalid_method")
    return verb


def _method_not_allowed(context: Context, methods: tuple[str, ...]) -> HttpResponse:
    """The verb in the query would do, but Cowboy looks at the method itself."""
    cors = _cors_headers(context) if _is_cors_request(context) else {}
    return HttpResponse(405, {**cors, "allow": ", ".join(methods), "x-request-id": context.request_id})


def _negotiate(context: Context) -> None:
    headers = context.request.headers
    context.content_type = negotiation.negotiate_type(headers.get("accept"), context.version.accepts_parameters)
    context.language = negotiation.negotiate_language(headers.get("accept-language"))


def _no_module(context: Context) -> Failure | EmptyResponse:
    """What a path without a module comes to for whom nothing is forbidden (`cowboy_rest:if_match_must_not_exist/2`)."""
    if "if-match" in context.request.headers:
        return EmptyResponse(412)
    return ModuleCrash("a write to no module") if context.request.method in {"POST", "PUT"} else EmptyResponse(404)


def _call_module(context: Context, verb: str) -> ResourceResult:
    handler = routing.RESOURCES[context.nouns[0][0]].handlers.get(verb)
    if handler is None:
        raise system_error("not_implemented")
    return handler(context)


def _get_response(context: Context, result: ResourceResult) -> HttpResponse:
    etag = envelope.etag(context, result)
    negotiation.check_preconditions(context.request.method, context.request.headers, etag)
    headers: dict[str, str | None] = {**_common_headers(context), "expires": EXPIRES}
    if etag is not None:
        headers["etag"] = f'"{etag}"'
    rendered = envelope.render_result(context, result, etag)
    headers |= rendered.headers
    if rendered.failure is not None:
        return _failure_response(context, rendered.failure, headers)
    return HttpResponse(200, _present(headers), rendered.body, is_file=rendered.is_file)


def _posted_get_response(context: Context, result: ResourceResult) -> HttpResponse:
    """A GET in a POST, which answers as a PUT would: with what there is before a listing in chunks has loaded any."""
    negotiation.check_preconditions(context.request.method, context.request.headers, envelope.etag(context, result))
    if not request_body.is_accepted_type(context):
        raise EmptyResponse(415)
    revision = result.revision or ("automatic" if result.has_digest else None)
    return _json_response(context, result.unchunked(), revision)


def _json_response(
    context: Context, data: object, revision: str | None, headers: Mapping[str, str] | None = None, status: int = 200
) -> HttpResponse:
    """The answer to a PUT or POST: JSON, whatever was negotiated."""
    body, _ = envelope.encode_envelope(context, envelope.success_envelope(context, data, revision))
    return HttpResponse(
        status, {**_common_headers(context), "content-type": envelope.JSON_TYPE, **(headers or {})}, body
    )


def _failure_response(
    context: Context, failure: Failure, headers: Mapping[str, str | None] | None = None
) -> HttpResponse:
    context.outcome.message = failure.message
    body, content_type = envelope.encode_envelope(context, envelope.error_envelope(context, failure))
    all_headers = dict(_common_headers(context) if headers is None else headers)
    if content_type == envelope.JAVASCRIPT_TYPE or (content_type and context.version.always_says_json):
        all_headers["content-type"] = content_type
    note = _crash_note(failure.why) if isinstance(failure, ModuleCrash) else ""
    return HttpResponse(failure.status, {**_present(all_headers), **_cors_headers(context)}, body, note)


def _empty_response(context: Context, error: EmptyResponse) -> HttpResponse:
    headers: dict[str, str] = {}
    if error.with_request_id:
        headers["x-request-id"] = context.request_id
        if context.language:
            headers |= {"content-language": context.language, "vary": VARY}
        if _is_cors_request(context) and context.nouns:
            headers |= _cors_headers(context)
        if error.status == 304:
            headers |= {"expires": EXPIRES, **({"etag": f'"{error.why}"'} if error.why else {})}
    return HttpResponse(error.status, headers, note=_crash_note(error.why) if error.status == 500 else "")


def _crash_note(reason: str) -> str:
    return f"this is Crossbar's own behaviour, it dies of {reason}"


def _common_headers(context: Context) -> dict[str, str]:
    headers = {"x-request-id": context.request_id}
    if context.language:
        headers |= {"content-language": context.language, "vary": VARY}
    if context.content_type:
        headers["content-type"] = context.content_type
    if _is_cors_request(context) and context.nouns:
        headers |= _cors_headers(context)
    return headers


def _present(headers: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if value is not None}


def _is_cors_request(context: Context) -> bool:
    return any(name in context.request.headers for name in _CORS_REQUEST_HEADERS)


def _cors_headers(context: Context) -> dict[str, str]:
    return cors_headers(context.allow, context.request.headers)


def cors_headers(allowed: Iterable[str], request_headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that let pages of other origins read an answer; `allowed` are the methods of the path."""
    methods = ("OPTIONS", *allowed)
    requested = request_headers.get("access-control-request-method")
    if requested and requested not in methods:
        methods = (requested, *methods)
    return {**_CORS, "access-control-allow-methods": ", ".join(methods)}
