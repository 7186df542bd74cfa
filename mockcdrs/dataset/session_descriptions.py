"""SDP bodies (RFC 4566) with other people in them: what is codec, port or time stays."""

import re
from collections.abc import Callable

_FIXED = re.compile(
    r"[vtb]=[A-Z\d :-]*|m=[a-z]+ \d+ [\w/]+( [\w-]+)*|"
    r"a=(sendrecv|sendonly|recvonly|inactive|rtcp-mux|(max)?ptime:\d+|rtpmap:\d+ [\w./-]+|fmtp:\d+ [\w=;,. -]*|"
    r"silenceSupp:[a-z -]*)",
    re.ASCII,
)
_MOMENT = re.compile(r"6[34]\d{9}", re.ASCII)
_ORIGIN = re.compile(r"o=(\S+) (\d+) (\d+)( .*)")

Rewrite = Callable[[str], str]


def rewritten(text: str, rewrite: Rewrite, rewrite_number: Rewrite) -> str:
    """A session description, its own numbers and all other text that may name somebody rewritten.

    The numbers of a made-up session are moments, Gregorian seconds: these stay.
    """
    return re.sub(r"[^\r\n]+", lambda line: _line(line[0], rewrite, rewrite_number), text)


def _line(line: str, rewrite: Rewrite, rewrite_number: Rewrite) -> str:
    if _FIXED.fullmatch(line):
        return line
    if origin := _ORIGIN.fullmatch(line):
        user, session, version, rest = origin.groups()
        session, version = (each if _MOMENT.fullmatch(each) else rewrite_number(each) for each in (session, version))
        return f"o={rewrite(user)} {session} {version}{rewrite(rest)}"
    letter = line[:2] if line[1:2] == "=" else ""
    return letter + rewrite(line[len(letter) :])
