"""How long the head of a request may be, in bytes, before Cowboy hangs up (`cowboy_http.erl`)."""

from collections.abc import Mapping

REQUEST_LINE_BYTES = 8_000
HEADER_VALUE_BYTES = 4_096
HEADERS = 100

_BESIDES_THE_TARGET = len("  HTTP/1.1")


def status_of_too_long(method: str, target: str, headers: Mapping[str, str]) -> int:
    """414 for a request line that is too long, 431 for such a header or too many of them, else 0.

    Crossbar lets pass what is a little longer, where the last of it comes in one piece with the line's end.
    """
    if len(method) + len(target) + _BESIDES_THE_TARGET > REQUEST_LINE_BYTES:
        return 414
    is_too_much = len(headers) > HEADERS or any(len(value) > HEADER_VALUE_BYTES for value in headers.values())
    return 431 if is_too_much else 0
