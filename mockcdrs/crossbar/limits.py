"""How long the head of a request may be, in bytes, before Cowboy hangs up (`cowboy_http.erl`)."""

from collections.abc import Mapping

REQUEST_LINE_BYTES = 8_000
HEADER_VALUE_BYTES = 4_096
HEADERS = 100

_BESIDES_THE_TARGET = len("  HTTP/1.1")


def refusal(method: str, target: str, headers: Mapping[str, str]) -> tuple[int, str] | None:
    """The status for a head that is too long, 414 or 431, and what there is too much; `None` for any other.

    Crossbar lets pass what is a little longer, where the last of it comes in one piece with the line's end.
    """
    if len(method) + len(target) + _BESIDES_THE_TARGET > REQUEST_LINE_BYTES:
        return 414, f"a request line of more than {REQUEST_LINE_BYTES} bytes"
    if len(headers) > HEADERS:
        return 431, f"more than {HEADERS} headers"
    longest = max(headers, key=lambda name: _bytes(headers[name]), default="")
    if longest and _bytes(headers[longest]) > HEADER_VALUE_BYTES:
        return 431, f"more than {HEADER_VALUE_BYTES} bytes in the header {longest:.60}"
    return None


def _bytes(value: str) -> int:
    """How long a header's value was before it was read as UTF-8."""
    return len(value) if value.isascii() else len(value.encode("utf-8", "surrogateescape"))
