"""Replaces everything in a text that could name a person by pseudonyms: words, numbers, addresses, hosts and ids.

The same token has the same pseudonym in each text, so that texts which refer to each other still do.
"""

import ipaddress
import re
from collections.abc import Callable
from enum import Enum, auto

from mockcdrs.imports.pseudonyms import (
    MAX_EXTENSION_DIGITS,
    MAX_NUMBER_DIGITS,
    SERVICE_NUMBERS,
    Codebook,
    split_phone_number,
)

_WORD = "[A-Za-z0-9\u0080-\U0010ffff]"
_TOKENS = re.compile(
    rf"""
      (?P<time> (?<!\d) \d{{4}}-\d\d-\d\d (?: [T_ ] \d\d:\d\d:\d\d Z? )? (?!\d) )
    | (?P<month> (?<!{_WORD}) (?:19|20)\d\d(?:0[1-9]|1[0-2])- (?=\S) )
    | (?P<moment> (?<!{_WORD}) 6[34]\d{{9}}- (?={_WORD}) )
    | (?P<interface> sipinterface_\d+ )
    | (?P<database> account (?P<cut>%2F|/) (?: [0-9a-f]{{2}} (?P=cut) ){{2}} [0-9a-f]{{28}} (?: -\d{{6}} )? )
    | (?P<uuid> (?<!{_WORD}) [0-9A-Fa-f]{{8}} (?: -[0-9A-Fa-f]{{4}} ){{3}} -[0-9A-Fa-f]{{12}} (?!{_WORD}) )
    | (?P<mac> (?<!{_WORD}) [0-9A-Fa-f]{{2}} (?: [:-][0-9A-Fa-f]{{2}} ){{5}} (?!{_WORD}) )
    | (?P<v6> (?<![\w:]) (?=[0-9A-Fa-f]*:[0-9A-Fa-f]*:) [0-9A-Fa-f:]+ (?: \d(?:\.\d{{1,3}}){{3}} )? (?! [\w:] | \.\d ) )
    | (?P<v4> (?<![\d.]) \d{{1,3}} (?:\.\d{{1,3}}){{3}} (?!\.?\d) (?!{_WORD}) )
    | (?P<formatted> (?<!{_WORD}) (?: \+?1[ .-] )? \(?[2-9]\d\d\)? [ .-]{{1,2}} \d{{3}} [ .-] \d{{4}} (?!{_WORD}) )
    | (?P<host> [A-Za-z0-9_] [A-Za-z0-9_-]*+ (?: \.[A-Za-z0-9_-]++ )*+ (?<=\w) (?! [.]?{_WORD} | @ ) )
    | (?P<word> [+*]? {_WORD}+ )
    """,
    re.VERBOSE | re.ASCII,
)
_CACHED_TEXTS = 10_000
# Kinds of originals that `RewriteMode.KNOWN` and `knows_phone_number` ask for; noting others would only take memory.
_NOTED_KINDS = frozenset({"word", "mixed", "subscriber"})
_HOST_SHAPE = re.compile(r".+\.[A-Za-z][A-Za-z0-9-]*", re.ASCII)
_HEX_SHAPE = re.compile(r"[0-9a-f]{8,}|[0-9A-F]{8,}", re.ASCII)
_FIXED_SDP_LINE = re.compile(
    r"[vtb]=[A-Z\d :-]*|m=[a-z]+ \d+ [\w/]+( [\w-]+)*|"
    r"a=(sendrecv|sendonly|recvonly|inactive|rtcp-mux|(max)?ptime:\d+|rtpmap:\d+ [\w./-]+|fmtp:\d+ [\w=;,. -]*|"
    r"silenceSupp:[a-z -]*)",
    re.ASCII,
)
_GREGORIAN_SECONDS = re.compile(r"6[34]\d{9}", re.ASCII)
_SDP_ORIGIN = re.compile(r"o=(\S+) (\d+) (\d+)( .*)")
_PROTOCOL_WORDS = frozenset(
    {
        "account", "agent", "ai", "allotment", "application", "apps", "audio", "avp", "busy", "call", "cid",
        "click", "closed", "com", "conference", "deny", "device", "disabled", "ecallmgr", "emergency", "endpoint",
        "external", "fail", "failed", "false", "fax", "flat", "forward", "free", "freeswitch", "fs", "group",
        "hangup", "host", "http", "https", "hunt", "inbound", "internal", "invalid", "ip4", "ip6", "isup", "kazoo",
        "limits", "local", "localhost", "loopback", "media", "menu", "minute", "missed", "net", "null", "off",
        "offnet", "on", "onnet", "open", "out", "outbound", "park", "per", "phone", "public", "queue", "rec",
        "recording", "recordings", "resource", "rtp", "savp", "savpf", "service", "set", "sip", "sipinterface",
        "sips", "sofia", "tcp", "tel", "termination", "tls", "token", "transfer", "transport", "true", "type",
        "udp", "undefined", "urn", "user", "username", "uuid", "video", "voicemail", "webrtc", "ws", "wss",
    }
)  # fmt: skip
# What stands for the name of a caller who withheld it.
_NAMELESS_CALLERS = frozenset(["anonymous", "unknown", "unavailable", "restricted", "private"])
_FILE_ENDINGS = frozenset(
    {
        "gif", "jpeg", "jpg", "json", "mp3", "mp4", "ogg", "pdf", "png", "tif", "tiff", "txt", "wav", "xml",
    }
)  # fmt: skip

_Rewrite = Callable[[str], str]


class RewriteMode(Enum):
    """Which words of a text are replaced. Numbers, addresses, hosts and ids are replaced in each mode.

    `NAME`: all words. `TEXT`: all but those of protocols. `KNOWN`: those that are replaced elsewhere too (for user
    agents and names of rates). `KEY`: those that occur in names.
    """

    NAME = auto()
    TEXT = auto()
    KNOWN = auto()
    KEY = auto()


_Replacement = Callable[[str, RewriteMode], str]


class TextRewriter:
    """Replaces originals in texts by the pseudonyms of a codebook.

    Between `start_learning` and `start_replacing` it leaves texts as they are and notes their originals.
    """

    def __init__(self, codebook: Codebook) -> None:
        self._is_learning = False
        self._codebook = codebook
        self._words_of_names: set[str] = set()
        self._cache: dict[tuple[str, RewriteMode], str] = {}
        self._replacement_by_group: dict[str, _Replacement] = {
            "database": lambda text, _mode: self._database(text),
            "uuid": lambda text, _mode: _match_shape(text, self._pseudonym("hex", text.lower().replace("-", ""))),
            "mac": lambda text, _mode: _match_shape(text, self._pseudonym("mac", re.sub("[:-]", "", text.lower()))),
            "v6": self._v6,
            "v4": self._v4,
            "formatted": lambda text, _mode: _match_shape(text, self._number("", re.sub(r"\D", "", text))),
            "host": self._host,
            "word": self._word,
        }

    def start_learning(self) -> None:
        """From now on, leave texts as they are and note the originals in them."""
        self._is_learning = True

    def start_replacing(self) -> None:
        """From now on, replace originals."""
        self._is_learning = False
        self._cache.clear()

    def rewrite(self, text: str, mode: RewriteMode) -> str:
        """Replace everything in a text that could name a person."""
        rewritten = self._cache.get((text, mode))
        if rewritten is None:
            rewritten = self._cache[text, mode] = _TOKENS.sub(lambda found: self._replace_token(found, mode), text)
            if len(self._cache) > _CACHED_TEXTS:
                self._cache.clear()
        return rewritten

    def rewrite_sdp(self, text: str) -> str:
        """Replace originals in an SDP body (RFC 4566), but no codec, port or time."""
        return _rewrite_sdp(
            text, lambda part: self.rewrite(part, RewriteMode.TEXT), lambda number: self._pseudonym("mixed", number)
        )

    def rewrite_integer(self, number: int) -> int:
        """Replace an integer. One with a pseudonym that is not made of digits becomes 0."""
        rewritten = self.rewrite(str(abs(number)), RewriteMode.TEXT)
        return int(rewritten) if rewritten.isdecimal() else 0

    def knows_phone_number(self, number: int) -> bool:
        """Whether an integer is a telephone number that occurred while learning."""
        digits = str(abs(number))
        if not MAX_EXTENSION_DIGITS < len(digits) <= MAX_NUMBER_DIGITS:
            return False
        _, area, subscriber = split_phone_number(digits, is_international=False)
        return self._codebook.knows("subscriber", f"{area}/{subscriber}")

    def _pseudonym(self, kind: str, original: str) -> str:
        if self._is_learning:
            if kind in _NOTED_KINDS:
                self._codebook.note(kind, original)
            return original
        return self._codebook.pseudonym(kind, original)

    def _replace_token(self, found: re.Match[str], mode: RewriteMode) -> str:
        replace = self._replacement_by_group.get(found.lastgroup or "")
        return replace(found[0], mode) if replace else found[0]

    def _replace_words(self, text: str, mode: RewriteMode) -> str:
        """Replace a token word by word, as it only looked like an address or host."""
        return re.sub(rf"[+*]?{_WORD}+", lambda found: self._word(found[0], mode), text)

    def _database(self, text: str) -> str:
        separator = "%2F" if "%2F" in text else "/"
        _, first, second, rest = text.split(separator)
        digits = self._pseudonym("hex", first + second + rest[:28])
        return separator.join(("account", digits[:2], digits[2:4], digits[4:])) + rest[28:]

    def _v6(self, text: str, mode: RewriteMode) -> str:
        try:
            address = ipaddress.IPv6Address(text)
        except ValueError:
            return self._replace_words(text, mode)
        return text if address.is_loopback or address.is_unspecified else self._pseudonym("v6", str(address))

    def _v4(self, text: str, mode: RewriteMode) -> str:
        try:
            address = ipaddress.IPv4Address(text)
        except ValueError:
            return self._replace_words(text, mode)
        return text if address.is_loopback or address.is_unspecified else self._pseudonym("v4", str(address))

    def _host(self, text: str, mode: RewriteMode) -> str:
        stem, _, ending = text.rpartition(".")
        if mode is RewriteMode.NAME or not _HOST_SHAPE.fullmatch(text):
            return self._replace_words(text, mode)
        if ending.lower() in _FILE_ENDINGS:
            return f"{self.rewrite(stem, mode)}.{ending}"
        labels = text.lower().split(".")
        suffixes = [".".join(labels[row:]) for row in range(len(labels) - 1)]
        return ".".join([*(self._pseudonym("label", suffix) for suffix in suffixes), "example"])

    def _word(self, text: str, mode: RewriteMode) -> str:
        sign, word = (text[0], text[1:]) if text[0] in "+*" else ("", text)
        if word.isascii() and word.isdigit():
            return sign + self._digits(sign, word, mode)
        low = word.casefold()
        if low in _NAMELESS_CALLERS or (mode is not RewriteMode.NAME and low in _PROTOCOL_WORDS):
            return text
        kind = _kind_of_word(word)
        original = low if kind == "word" else word.lower()
        if self._is_kept(kind, original, mode):
            return text
        return sign + _match_case(word, self._pseudonym(kind, original))

    def _is_kept(self, kind: str, original: str, mode: RewriteMode) -> bool:
        if mode is RewriteMode.NAME:
            self._words_of_names.add(original)
            return False
        if mode is RewriteMode.TEXT:
            # Outside of names, words of two letters are ordinary language.
            return kind == "word" and len(original) < 3 and not self._codebook.knows(kind, original)
        if kind == "hex":
            return False
        is_known = original in self._words_of_names if mode is RewriteMode.KEY else self._codebook.knows(kind, original)
        return len(original) < 3 or not is_known

    def _digits(self, sign: str, digits: str, mode: RewriteMode) -> str:
        is_feature_code = sign == "*" and len(digits) < 3
        if is_feature_code or digits in SERVICE_NUMBERS:
            return digits
        if mode in {RewriteMode.KNOWN, RewriteMode.KEY} and len(digits) <= MAX_EXTENSION_DIGITS:
            return digits
        return self._number(sign, digits)

    def _number(self, sign: str, digits: str) -> str:
        if len(digits) > MAX_NUMBER_DIGITS:
            return self._pseudonym("mixed", digits)
        if len(digits) <= MAX_EXTENSION_DIGITS:
            return self._pseudonym("digits", digits)
        lead, area, subscriber = split_phone_number(digits, is_international=sign == "+")
        pseudonym = self._pseudonym("subscriber", f"{area}/{subscriber}")
        return lead + pseudonym.replace("/", "", 1)


def _kind_of_word(word: str) -> str:
    if not word.isascii():
        return "word"
    if _HEX_SHAPE.fullmatch(word) and (len(word) == 8 or len(word) >= 12 or not word.isalpha()):
        return "hex"
    return "word" if word.isalpha() else "mixed"


def _match_case(original: str, pseudonym: str) -> str:
    if original.isupper() and len(original) > 1:
        return pseudonym.upper()
    return pseudonym if original.islower() else pseudonym.capitalize()


def _match_shape(original: str, letters: str) -> str:
    """The letters of a pseudonym with the separators and the case of the original."""
    left = iter(letters.upper() if original.isupper() else letters)
    return "".join(next(left, "") if sign.isalnum() else sign for sign in original)


def _rewrite_sdp(text: str, rewrite: _Rewrite, rewrite_number: _Rewrite) -> str:
    """Rewrite the text and the session numbers of an SDP body.

    Session numbers that are Gregorian seconds, as those of generated calls are, stay.
    """
    return re.sub(r"[^\r\n]+", lambda line: _rewrite_sdp_line(line[0], rewrite, rewrite_number), text)


def _rewrite_sdp_line(line: str, rewrite: _Rewrite, rewrite_number: _Rewrite) -> str:
    if _FIXED_SDP_LINE.fullmatch(line):
        return line
    if origin := _SDP_ORIGIN.fullmatch(line):
        user, session, version, rest = origin.groups()
        session, version = (
            each if _GREGORIAN_SECONDS.fullmatch(each) else rewrite_number(each) for each in (session, version)
        )
        return f"o={rewrite(user)} {session} {version}{rewrite(rest)}"
    letter = line[:2] if line[1:2] == "=" else ""
    return letter + rewrite(line[len(letter) :])
