"""The greeting that answers whatever is no request to the API (`crossbar_default_handler.erl`)."""

CONTENT_TYPE = "text/plain; charset=UTF-8"

_BYTES = 2_611
_WORDS = """

    This is a telephone platform's API. The path of a request to it begins with the API's version: /v2/accounts/...

"""

TEXT = _WORDS.ljust(_BYTES - 1).encode() + b"\n"
"""As long as Kazoo's own greeting, which is not ours to repeat."""
