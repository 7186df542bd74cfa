"""What no two servers can have alike, with the reason; all else is compared."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mockcdrs.exchanges.exchange import Exchange

HEADERS = (
    "content-type", "content-disposition", "content-language", "content-encoding", "allow", "etag", "expires", "vary",
    "location", "x-request-id", "access-control-allow-origin", "access-control-allow-methods",
    "access-control-allow-headers", "access-control-expose-headers", "access-control-max-age",
)  # fmt: skip
"""Those that a client can rely on."""

SHOWN = "(not compared)"


def _always(_exchange: Exchange) -> bool:
    return True


def _sent_no_request_id(exchange: Exchange) -> bool:
    return all(name.lower() != "x-request-id" for name, _ in exchange.request.headers)


@dataclass(frozen=True, slots=True)
class Mask:
    """`pattern` is what a value has to be to be masked; `applies` says to which exchanges."""

    reason: str
    pattern: str = ".*"
    applies: Callable[[Exchange], bool] = _always

    def of(self, exchange: Exchange, value: Any) -> Any:
        """What to compare in the place of a value."""
        fits = re.fullmatch(self.pattern, str(value), re.DOTALL)
        return SHOWN if fits and self.applies(exchange) else value


_DIGEST = "[0-9a-f]{32}"

MEMBERS: Mapping[str, Mask] = {
    "node": Mask("the server's own name"),
    "version": Mask("the server's own version"),
    "request_id": Mask("drawn where the client sent none", applies=_sent_no_request_id),
    "tokens": Mask("how many requests are left depends on those before"),
    "revision": Mask("a digest over all of these", _DIGEST),
}
"""Members of the envelope."""

HEADER_MASKS: Mapping[str, Mask] = {
    "x-request-id": Mask("drawn where the client sent none", applies=_sent_no_request_id),
    "etag": Mask("a digest over the whole envelope", f'"{_DIGEST}"'),
    "content-disposition": Mask("the name of a CSV file is drawn", r'attachment; filename="json_[0-9a-f]{22}\.csv"'),
}
"""Headers."""

_IN_TEXT = re.compile(r'"(\w+)"( ?: ?)("(?:[^"\\]|\\.)*"|\{[^{}]*\})')


def masked_headers(exchange: Exchange, headers: Mapping[str, str]) -> dict[str, str]:
    """The headers to compare, as far as they are there."""
    kept = {name: headers[name] for name in HEADERS if name in headers}
    return kept | {name: mask.of(exchange, kept[name]) for name, mask in HEADER_MASKS.items() if name in kept}


def masked_envelope(exchange: Exchange, body: Any) -> Any:
    """A body as JSON, to compare; what is no envelope stays."""
    if not isinstance(body, dict) or "status" not in body:
        return body
    return body | {name: mask.of(exchange, body[name]) for name, mask in MEMBERS.items() if name in body}


def masked_text(exchange: Exchange, text: str) -> str:
    """A body that is no JSON but may hold an envelope: jsonp, or one that a client's own quote has broken."""

    def shown(found: re.Match[str]) -> str:
        mask = MEMBERS.get(found[1])
        return f'"{found[1]}"{found[2]}{mask.of(exchange, found[3].strip(chr(34))) if mask else found[3]}'

    return _IN_TEXT.sub(shown, text)
