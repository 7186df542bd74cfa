"""Replies of the test's own, in the place of Crossbar's answer."""

import base64
import binascii
import json
import mimetypes
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypedDict

from mockcdrs import arguments
from mockcdrs.arguments import Kind
from mockcdrs.crossbar.context import ServerState
from mockcdrs.crossbar.envelope import encode_json
from mockcdrs.crossbar.pipeline import HttpResponse, cors_headers
from mockcdrs.faults import RuleError
from mockcdrs.faults.action import AnswerAction, Produce
from mockcdrs.faults.firing import Firing
from mockcdrs.faults.request_view import RequestView

_BODIES = ("json", "text", "body", "file")
_HEADERS_OF_THE_SERVER = frozenset(
    {"connection", "content-length", "date", "keep-alive", "transfer-encoding", "upgrade"}
)


class ReplyArguments(TypedDict, total=False):
    """The arguments of a `Reply`, by name."""

    json: Any
    text: str | None
    body: bytes | None
    file: str | Path | None
    status: int
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer without Crossbar's envelope, but with its CORS headers. Raises `RuleError`.

    Of `json`, `text`, `body` and `file` one at most is given; without any the body is empty.

    Arguments:
        json: the body, as JSON.
        status: 200 to 599.
        headers: text by name, also a content type; the headers that the server writes itself are refused.
        text: the body, as text in UTF-8.
        body: the body, as bytes.
        file: the file that holds the body; it is read at once. Its name gives the content type.

    """

    json: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str | None = field(default=None, kw_only=True)
    body: bytes | None = field(default=None, kw_only=True)
    file: str | Path | None = field(default=None, kw_only=True)
    content: bytes = field(init=False, repr=False, compare=False)
    content_type: str | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        given = [name for name in _BODIES if getattr(self, name) is not None]
        if len(given) > 1:
            raise RuleError(f"{' and '.join(given)} in one reply exclude each other: a reply has one body", given[1])
        for name, kind in _KINDS.items():
            arguments.check_value(name, getattr(self, name), kind, RuleError)
        for name, value in self.headers.items():
            if not (name and isinstance(value, str)) or any(end in name + value for end in "\r\n"):
                raise RuleError(f"headers: came {name!r}: {value!r}, expected text on one line")
            if name.lower() in _HEADERS_OF_THE_SERVER:
                raise RuleError(f"headers: came {name!r}, which is the server's to write; leave it out")
        encode = _ENCODERS[given[0]] if given else _no_content
        content, content_type = encode(getattr(self, given[0]) if given else None)
        object.__setattr__(self, "content", content)
        object.__setattr__(self, "content_type", content_type)

    def to_json(self) -> dict[str, Any]:
        """The arguments as JSON can hold them: bytes in Base64; a file as its bytes and content type."""
        given = {name: getattr(self, name) for name in ("json", "text") if getattr(self, name) is not None}
        headers = dict(self.headers)
        if self.body is not None or self.file is not None:
            given["body"] = base64.b64encode(self.content).decode()
        if self.file is not None and not any(name.lower() == "content-type" for name in headers):
            headers["content-type"] = str(self.content_type)
        return {**given, "status": self.status, "headers": headers}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Reply":
        """The reply that an object in JSON stands for. Raises `RuleError`."""
        read = dict(values)
        if "file" in read:
            raise RuleError("file: came as JSON, expected the file's bytes as body, in Base64", "file")
        if read.get("body") is not None:
            try:
                read["body"] = base64.b64decode(read["body"], validate=True)
            except (TypeError, ValueError, binascii.Error) as error:
                raise RuleError(f"body: came {arguments.short_repr(read['body'])}, expected Base64", "body") from error
        return cls.from_arguments(read)

    @classmethod
    def from_arguments(cls, values: Mapping[str, Any]) -> "Reply":
        """The reply that these arguments make. Raises `RuleError`."""
        arguments.check_names(values, [*_BODIES, "status", "headers"], "a reply", RuleError)
        return cls(**values)


def _no_content(_nothing: None) -> tuple[bytes, None]:
    return b"", None


def _encode_json(value: Any) -> tuple[bytes, str]:
    try:
        encoded = encode_json(value)
        json.loads(encoded)
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise RuleError(f"json: came {repr(value)[:80]}, expected what JSON can hold ({error})", "json") from error
    return encoded, "application/json"


def _encode_text(value: str) -> tuple[bytes, str]:
    try:
        return value.encode(), "text/plain; charset=utf-8"
    except UnicodeEncodeError as error:
        raise RuleError(f"text: came {arguments.short_repr(value)}, expected what UTF-8 can hold", "text") from error


def _read_file(path: str | Path) -> tuple[bytes, str]:
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise RuleError(
            f"file: came {str(path)!r}, expected a file that can be read ({error.strerror})", "file"
        ) from error
    return content, mimetypes.guess_type(path)[0] or "application/octet-stream"


_ENCODERS: dict[str, Callable[[Any], tuple[bytes, str | None]]] = {
    "json": _encode_json,
    "text": _encode_text,
    "body": lambda value: (value, "application/octet-stream"),
    "file": _read_file,
}
_KINDS = {
    "text": arguments.TEXT.optional(),
    "body": Kind(
        "bytes",
        lambda value: isinstance(value, bytes),
        lambda value: "give it as text" if isinstance(value, str) else "",
    ).optional(),
    "file": Kind("a file's path, as text or a Path", lambda value: isinstance(value, str | Path)).optional(),
    "status": arguments.whole(200, 599),
    "headers": arguments.VALUES,
}

MakeReply = Callable[[RequestView], Reply]


def make_reply(given: Any) -> Reply | MakeReply:
    """The reply that its arguments by name make; a `Reply` or a function as it is. Raises `RuleError`."""
    if isinstance(given, Mapping):
        return Reply.from_arguments(given)
    arguments.check_value(SendReply.keyword, given, SendReply.kind, RuleError)
    reply: Reply | MakeReply = given
    return reply


class SendReply(AnswerAction):
    """Send an answer of the test's own."""

    keyword, unset = "reply", None
    kind = Kind(
        "a Reply, or a function of the request that returns one",
        lambda value: isinstance(value, Reply) or callable(value),
        lambda value: "make it by respond(path, json=..., status=...)" if isinstance(value, Mapping) else "",
    )
    sentence = "The answer is a `Reply` of the test, or one that a function returns; `respond()` is a shortcut."
    example = Reply({"data": []})

    @property
    def runs_code(self) -> bool:
        """Whether a function makes the reply."""
        return not isinstance(self.value, Reply)

    @classmethod
    def from_json(cls, value: Any) -> Any:
        """The Reply that an object in JSON stands for. Raises `RuleError`."""
        if not isinstance(value, Mapping):
            came = f'reply: came {arguments.short_repr(value)} as JSON, expected an object, as in {{"status": 410}}'
            raise RuleError(f"{came}; a function works only in Python, in the mock's own process", "reply")
        return Reply.from_json(value)

    def to_json(self) -> Any:
        return self.value.to_json()

    def answer(self, firing: Firing, server_state: ServerState, produce: Produce) -> HttpResponse:
        reply = self.value(firing.request) if self.runs_code else self.value
        if not isinstance(reply, Reply):
            raise RuleError(f"reply: {self} returned {arguments.short_repr(reply)}, expected a Reply", "reply")
        usual = {} if reply.content_type is None else {"content-type": reply.content_type}
        own = {name.lower(): value for name, value in reply.headers.items()}
        cors = cors_headers((firing.request.method,), firing.request.headers)
        return HttpResponse(reply.status, {**cors, **usual, **own}, reply.content)

    def __str__(self) -> str:
        return str(getattr(self.value, "__name__", "callable") if self.runs_code else self.value.status)
