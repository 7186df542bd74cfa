"""One request's way through Crossbar: its path, its checks in the server's order, the module that answers, the headers.

Sources followed: `crossbar_init.erl`, `api_resource.erl`, `api_util.erl`, `cb_context.erl`; `cowboy_rest` for what it
adds.
"""

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import unquote

from mockcdrs.cdr import erlang
from mockcdrs.cdr.documents import MISSING
from mockcdrs.crossbar import cowboy, csv_rendering, envelope, request_body, start_key
from mockcdrs.crossbar.authentication import check_account, check_permission, check_resources, find_token
from mockcdrs.crossbar.context import (
    HOOKS,
    KNOWN_METHODS,
    LOCAL_ADDRESS,
    NULL,
    Context,
    Noun,
    Outcome,
    ParsedRequest,
    ServerState,
    UnreadableQuery,
    client_address,
    decode_start_key,
    parse_query,
)
from mockcdrs.crossbar.envelope import ResourceResult
from mockcdrs.crossbar.errors import EmptyResponse, Failure, ModuleCrash, handler_crash, module_error, system_error
from mockcdrs.crossbar.resources import AccessLevel, Resource
from mockcdrs.crossbar.resources.cdrs import CDRS
from mockcdrs.crossbar.resources.directory import ACCOUNTS, APPS_STORE, DEVICES, USERS, WHITELABEL
from mockcdrs.crossbar.resources.logins import API_AUTH, AUTH, USER_AUTH
from mockcdrs.crossbar.resources.plain import PLAIN

RESOURCES: dict[str, Resource] = {
    **PLAIN,
    "accounts": ACCOUNTS,
    "api_auth": API_AUTH,
    "apps_store": APPS_STORE,
    "auth": AUTH,
    "cdrs": CDRS,
    "devices": DEVICES,
    "user_auth": USER_AUTH,
    "users": USERS,
    "whitelabel": WHITELABEL,
}
"""Every module of Crossbar that is served, by its name in a path."""

_VALID_PATH = re.compile(r"/[A-Za-z0-9\-._~!$&'()*+,;=:@/]*+(?:%[0-9A-Fa-f]{2}[A-Za-z0-9\-._~!$&'()*+,;=:@/]*+)*+")
# where fewer than two characters follow, it stays as it is
_BROKEN_ESCAPE = re.compile(r"%(?=..)(?![0-9A-Fa-f]{2})", re.DOTALL)

_USUAL_VERSIONS = frozenset({"v1", "v2", HOOKS})

EXPIRES = "Fri, 01 Jan 1999 00:00:00 GMT"
VARY = "accept-language, accept"

GREETING_TYPE = "text/plain; charset=UTF-8"
_GREETING_BYTES = 2_611
_GREETING_TEXT = """

    This is a telephone platform's API. The path of a request to it begins with the API's version: /v2/accounts/...

"""
GREETING = _GREETING_TEXT.ljust(_GREETING_BYTES - 1).encode() + b"\n"
"""The answer to whatever is no request to the API: as long as Kazoo's own greeting, which is not ours to repeat."""

_OLD_VERSION = "API version 1 is not supported. Please upgrade your code to use version 2."
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
_BODY_HEADERS = frozenset({"content-type", "content-length"})


class HttpRequest(NamedTuple):
    """A request as it came: `query` and `path` raw, header names in small letters, `peer` the address it came from."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = MappingProxyType({})
    body: bytes = b""
    peer: str = LOCAL_ADDRESS


@dataclass(slots=True)
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
    path, headers = http_request.path, http_request.headers
    if refusal := cowboy.check_limits(http_request.method, f"{path}?{http_request.query}", headers):
        status, excess = refusal
        return HttpResponse(status, note=f"this is Crossbar's own behaviour, it takes no request with {excess}")
    if not _VALID_PATH.fullmatch(path):  # the server does not even look at it
        return HttpResponse(400)
    if not (state.version.ignores_bad_encodings or cowboy.has_valid_encodings(headers)):
        return HttpResponse(500, note=_crash_note("an Accept-Encoding that cannot be read"))
    api_version = parse_api_version(path)
    if not api_version:
        return HttpResponse(200, {"content-type": GREETING_TYPE}, GREETING)
    if http_request.method == "TRACE":
        return HttpResponse(501)
    # until the body is read, Crossbar knows neither the query nor how an answer is to be printed
    known = headers
    if "x-pretty-print" in headers:
        known = {name: value for name, value in headers.items() if name != "x-pretty-print"}
    request = ParsedRequest(http_request.method, path, headers=known)
    context = Context(state, request, request_id, api_version, client_address(http_request.peer, headers))
    try:
        try:
            response = _run_checks(context, http_request)
        except Failure as failure:
            response = _failure_response(context, failure)
    except EmptyResponse as error:
        response = _empty_response(context, error)
    response.outcome = context.outcome
    return response


def _run_checks(context: Context, http_request: HttpRequest) -> HttpResponse:
    """Each of Crossbar's checks in its order, then the response of the module that the path names."""
    version = context.version
    if context.is_v1 and not version.serves_v1:
        raise Failure(410, "gone", _OLD_VERSION)
    context.request = request = _read_request(context, http_request)
    find_token(context)
    if request.method not in KNOWN_METHODS:
        raise EmptyResponse(501)
    context.nouns = _find_nouns(context, split_path(http_request.path, decodes_twice=version.decodes_path_twice))
    verb = _check_method(context)
    if context.nouns:
        methods = ("OPTIONS",) if verb == "OPTIONS" else context.allow
        if request.method not in methods:  # the verb in the query would do, but Cowboy looks at this
            headers = {"allow": ", ".join(methods), "x-request-id": context.request_id}
            return HttpResponse(405, (_cors_headers(context) if context.is_cors else {}) | headers)
        if verb == "OPTIONS":
            return HttpResponse(200, {**_cors_headers(context), "x-request-id": context.request_id})
    check_account(context)
    resource = RESOURCES[context.nouns[0][0]] if context.nouns else None
    is_alone = len(context.nouns) == 1
    check_permission(context, resource.access(context) if resource and is_alone else AccessLevel.ACCOUNT)
    context.content_type = cowboy.negotiate_type(request.headers.get("accept"), version.accepts_parameters)
    context.language = cowboy.negotiate_language(request.headers.get("accept-language"))
    if resource is None:
        raise _no_module(context)
    check_resources(context)
    if verb not in resource.handlers:
        raise system_error("not_implemented")
    result = resource.handlers[verb](context)
    if verb != "GET":
        return _json_response(context, result.data, result.revision, result.headers, 201 if verb == "PUT" else 200)
    if request.method == "POST" and context.has_quirk("post-as-get-empty"):
        return _posted_get_response(context, result)
    return _get_response(context, result)


def _read_request(context: Context, http_request: HttpRequest) -> ParsedRequest:
    """The request with its query and its body; the parameters that came in the body are noted for the journal."""
    method, path, headers, body = http_request.method, http_request.path, http_request.headers, http_request.body
    try:
        query = parse_query(http_request.query)
    except UnreadableQuery:
        raise handler_crash("a query string that cannot be read") from None
    has_body = body or not _BODY_HEADERS.isdisjoint(headers)
    envelope = request_body.read_body(context, body) if has_body else {}
    request = ParsedRequest(method, path, query, headers, envelope)
    context.outcome.from_body = request.body_parameters()
    try:
        return decode_start_key(request, looks_into=context.version.looks_into_values)
    except start_key.BadTerm as error:
        raise handler_crash(f"a start_key with {error} in it") from error


def _find_nouns(context: Context, tokens: list[str]) -> list[Noun]:
    """The nouns of a path, as far as the API version asked for knows their modules."""
    if tokens and tokens[0] == "account":
        if context.auth_account is None:
            raise module_error(401, "invalid credentials")
        tokens = ["accounts", context.auth_account.id, *tokens[1:]]
    if context.api_version in {"v1", "v2"}:
        return parse_nouns(tokens)
    return parse_nouns(tokens, RESOURCES.keys() - context.version.modules_of_v1_and_v2)


def _check_method(context: Context) -> str:
    """The method that a request stands for: `verb` where it is sent, else its own. Raises `Failure`."""
    verb, sent = context.request.method, context.request.value("verb", MISSING)
    if sent is not MISSING:
        verb = _read_verb(sent)
    if not context.nouns:
        return verb
    module, parameters = context.nouns[0]
    allowed = RESOURCES[module].methods(parameters) if context.is_dispatched else ()
    if context.request.method == "POST" and verb in allowed and verb != "POST":
        allowed = ("POST", *allowed)
    context.allow = allowed
    if verb == "OPTIONS" and context.is_cors:
        return verb
    if not allowed:
        raise system_error("not_found")
    if verb not in allowed:
        raise system_error("invalid_method")
    return verb


def _read_verb(sent: Any) -> str:
    try:
        return erlang.to_text(None if sent is NULL else sent).upper()
    except erlang.BadArgument:
        raise handler_crash("a verb that has no text") from None


def _no_module(context: Context) -> Failure | EmptyResponse:
    """What a path without a module comes to for whom nothing is forbidden (`cowboy_rest:if_match_must_not_exist/2`)."""
    if "if-match" in context.request.headers:
        return EmptyResponse(412)
    return ModuleCrash("a write to no module") if context.request.method in {"POST", "PUT"} else EmptyResponse(404)


def _get_response(context: Context, result: ResourceResult) -> HttpResponse:
    etag = envelope.etag(context, result)
    cowboy.check_preconditions(context.request.method, context.request.headers, etag)
    headers = _common_headers(context)
    headers["expires"] = EXPIRES
    if etag is not None:
        headers["etag"] = f'"{etag}"'
    wanted, knows_any_subtype = context.request.value("accept"), context.version.knows_any_subtype
    match cowboy.choose_format(context.content_type, wanted, knows_any_subtype):
        case "pdf":
            rendered = envelope.render_pdf(context, result)
        case "csv":
            rendered = csv_rendering.render_csv(context, result)
        case _:
            rendered = envelope.render_json(context, result, etag)
    headers |= rendered.headers
    if rendered.failure is not None:
        return _failure_response(context, rendered.failure, headers)
    if not rendered.has_type:
        del headers["content-type"]
    return HttpResponse(200, headers, rendered.body, is_file=rendered.is_file)


def _posted_get_response(context: Context, result: ResourceResult) -> HttpResponse:
    """A GET in a POST, which answers as a PUT would: with what there is before a listing in chunks has loaded any."""
    cowboy.check_preconditions(context.request.method, context.request.headers, envelope.etag(context, result))
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


def _failure_response(context: Context, failure: Failure, headers: dict[str, str] | None = None) -> HttpResponse:
    context.outcome.message = failure.message
    body, content_type = envelope.encode_envelope(context, envelope.error_envelope(context, failure))
    all_headers = _common_headers(context) if headers is None else headers
    if content_type == envelope.JAVASCRIPT_TYPE or (content_type and context.version.always_says_json):
        all_headers["content-type"] = content_type
    note = _crash_note(failure.why) if isinstance(failure, ModuleCrash) else ""
    return HttpResponse(failure.status, {**all_headers, **_cors_headers(context)}, body, note)


def _empty_response(context: Context, error: EmptyResponse) -> HttpResponse:
    headers: dict[str, str] = {}
    if error.with_request_id:
        headers["x-request-id"] = context.request_id
        if context.language:
            headers |= {"content-language": context.language, "vary": VARY}
        if context.is_cors and context.nouns:
            headers |= _cors_headers(context)
        if error.status == 304:
            headers |= {"expires": EXPIRES, **({"etag": f'"{error.why}"'} if error.why else {})}
    return HttpResponse(error.status, headers, note=_crash_note(error.why) if error.status == 500 else "")


def _crash_note(reason: str) -> str:
    return f"this is Crossbar's own behaviour: it crashes on {reason}"


def _common_headers(context: Context) -> dict[str, str]:
    headers = {"x-request-id": context.request_id}
    if context.language:
        headers |= {"content-language": context.language, "vary": VARY}
    if context.content_type:
        headers["content-type"] = context.content_type
    if context.is_cors and context.nouns:
        headers |= _cors_headers(context)
    return headers


def _cors_headers(context: Context) -> dict[str, str]:
    return cors_headers(context.allow, context.request.headers)


def cors_headers(allowed: Iterable[str], request_headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that let pages of other origins read an answer; `allowed` are the methods of the path."""
    methods = ("OPTIONS", *allowed)
    requested = request_headers.get("access-control-request-method")
    if requested and requested not in methods:
        methods = (requested, *methods)
    return {**_CORS, "access-control-allow-methods": ", ".join(methods)}


def parse_api_version(raw: str) -> str:
    """The API version that a raw path asks for, as `v2`; empty for a path that is none of the API's.

    Anything goes that Erlang reads as a number behind the letter: `v02`, `v+2` and, rounded, `v2.0`. Without one it is
    `HOOKS`, a version for requests that other services make.
    """
    version = raw[1:].partition("/")[0]
    if "%" in version:
        version = _unescape(version)
    if version in _USUAL_VERSIONS:
        return version
    try:
        erlang.to_integer(version.removeprefix("v"))
    except erlang.BadArgument:
        return ""
    return version if version.startswith("v") else ""


def split_path(raw: str, *, decodes_twice: bool = False) -> list[str]:
    """The parts of a raw path behind the API version; slashes at the end are ignored.

    `decodes_twice`: whether escapes are undone a second time; `EmptyResponse` where one is left over that cannot be.
    """
    tokens = raw.rstrip("/").split("/")[2:]
    if "%" not in raw:
        return tokens
    once = [_unescape(token) for token in tokens]
    return [*map(_unescape_again, once)] if decodes_twice else once


def _unescape(token: str) -> str:
    return unquote(token, errors="surrogateescape")


def _unescape_again(token: str) -> str:
    if _BROKEN_ESCAPE.search(token):
        raise handler_crash(f"an escape that is none: {token!a:.80}")
    return _unescape(token)


def parse_nouns(tokens: list[str], modules: Container[str] = RESOURCES) -> list[Noun]:
    """Each module with its parameters, the last one first; nothing where the path starts with no module."""
    nouns: list[Noun] = []
    for token in tokens:
        if token in modules:
            nouns.insert(0, (token, ()))
        elif not nouns:
            return []
        else:
            module, parameters = nouns[0]
            nouns[0] = (module, (*parameters, token))
    return nouns
