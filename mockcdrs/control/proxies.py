"""Whether the environment sends the clients of this machine past a mock, to a proxy."""

import os

_NAMES = ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY")


def hint(host: str) -> str:
    """A sentence, behind a blank, on the variables that send requests for a host elsewhere; empty without such."""
    from urllib.request import proxy_bypass  # heavy, and only needed by who waits in vain

    named = next((name for name in _NAMES if os.environ.get(name)), None)
    if named is None or proxy_bypass(host):
        return ""
    return f" {named} is set, so a client may ask that proxy instead of {host}: name {host} in NO_PROXY."
