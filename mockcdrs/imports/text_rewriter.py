"""Finds whatever could name somebody in a text and puts pseudonyms there.

The same token gets the same pseudonym wherever it stands, so what referred to each other still does.
"""

import ipaddress
import re
from collections.abc import Callable
from enum import Enum, auto

from mockcdrs.imports.pseudonyms import LONGEST_EXTENSION, LONGEST_NUMBER, SERVICES, Codebook, split_number

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
_KEPT_TEXTS = 10_000
# Kinds of originals that are replaced elsewhere only where they were seen; of the others there is one in each document.
_ASKED_FOR = frozenset({"word", "mixed", "subscriber"})
_HOST_SHAPE = re.compile(r".+\.[A-Za-z][A-Za-z0-9-]*", re.ASCII)
_HEX_SHAPE = re.compile(r"[0-9a-f]{8,}|[0-9A-F]{8,}", re.ASCII)


class Mode(Enum):
    """How much of a text is replaced.

    `NAME`: every word; `TEXT`: every word that is none of a protocol's; `KNOWN`: only words that were replaced
    elsewhere (in a user agent, a rate's name); `KEY`: only words of names. Numbers, addresses, hosts and ids go in all
    of them.
    """

    NAME = auto()
    TEXT = auto()
    KNOWN = auto()
    KEY = auto()


Replacement = Callable[[str, Mode], str]


class Rewriter:
    """Puts a codebook's pseudonyms into texts; from `learn` to `settle` it only shows the codebook what there is."""

    def __init__(self, codebook: Codebook) -> None:
        self._is_learning = False
        self._codebook = codebook
        self._words_of_names: set[str] = set()
        self._made: dict[tuple[str, Mode], str] = {}
        self._by_group: dict[str, Replacement] = {
            "database": lambda text, _mode: self._database(text),
            "uuid": lambda text, _mode: _reshaped(text, self._code("hex", text.lower().replace("-", ""))),
            "mac": lambda text, _mode: _reshaped(text, self._code("mac", re.sub("[:-]", "", text.lower()))),
            "v6": self._v6,
            "v4": self._v4,
            "formatted": lambda text, _mode: _reshaped(text, self._number("", re.sub(r"\D", "", text))),
            "host": self._host,
            "word": self._token,
        }

    def learn(self) -> None:
        """From here on, leave texts as they are and note what is in them."""
        self._is_learning = True

    def settle(self) -> None:
        """From here on, replace."""
        self._is_learning = False
        self._made.clear()

    def text(self, text: str, mode: Mode) -> str:
        """The text with a pseudonym for everything that could name somebody."""
        made = self._made.get((text, mode))
        if made is None:
            made = self._made[text, mode] = _TOKENS.sub(lambda found: self._replaced(found, mode), text)
            if len(self._made) > _KEPT_TEXTS:
                self._made.clear()
        return made

    def session_description(self, text: str) -> str:
        """As `text`, but what is codec, port or time in an SDP body stays."""
        return rewrite_sdp(text, lambda part: self.text(part, Mode.TEXT), lambda number: self._code("mixed", number))

    def number(self, number: int) -> int:
        """A number that came as an integer; without a pseudonym of digits it is 0."""
        made = self.text(str(abs(number)), Mode.TEXT)
        return int(made) if made.isdecimal() else 0

    def knows_number(self, number: int) -> bool:
        """Whether an integer is somebody's telephone number, as far as was seen."""
        digits = str(abs(number))
        if not LONGEST_EXTENSION < len(digits) <= LONGEST_NUMBER:
            return False
        _, area, subscriber = split_number(digits, is_international=False)
        return self._codebook.knows("subscriber", f"{area}/{subscriber}")

    def _code(self, kind: str, original: str) -> str:
        if self._is_learning:
            if kind in _ASKED_FOR:
                self._codebook.see(kind, original)
            return original
        return self._codebook.pseudonym(kind, original)

    def _replaced(self, found: re.Match[str], mode: Mode) -> str:
        replace = self._by_group.get(found.lastgroup or "")
        return replace(found[0], mode) if replace else found[0]

    def _pieces(self, text: str, mode: Mode) -> str:
        """A text that has the shape of something whole but is not: word by word."""
        return re.sub(rf"[+*]?{_WORD}+", lambda found: self._token(found[0], mode), text)

    def _database(self, text: str) -> str:
        separator = "%2F" if "%2F" in text else "/"
        _, first, second, rest = text.split(separator)
        digits = self._code("hex", first + second + rest[:28])
        return separator.join(("account", digits[:2], digits[2:4], digits[4:])) + rest[28:]

    def _v6(self, text: str, mode: Mode) -> str:
        try:
            address = ipaddress.IPv6Address(text)
        except ValueError:
            return self._pieces(text, mode)
        return text if address.is_loopback or address.is_unspecified else self._code("v6", str(address))

    def _v4(self, text: str, mode: Mode) -> str:
        try:
            address = ipaddress.IPv4Address(text)
        except ValueError:
            return self._pieces(text, mode)
        return text if address.is_loopback or address.is_unspecified else self._code("v4", str(address))

    def _host(self, text: str, mode: Mode) -> str:
        stem, _, ending = text.rpartition(".")
        if mode is Mode.NAME or not _HOST_SHAPE.fullmatch(text):
            return self._pieces(text, mode)
        if ending.lower() in _FILE_ENDINGS:
            return f"{self.text(stem, mode)}.{ending}"
        labels = text.lower().split(".")
        suffixes = [".".join(labels[row:]) for row in range(len(labels) - 1)]
        return ".".join([*(self._code("label", suffix) for suffix in suffixes), "example"])

    def _token(self, text: str, mode: Mode) -> str:
        sign, word = (text[0], text[1:]) if text[0] in "+*" else ("", text)
        if word.isascii() and word.isdigit():
            return sign + self._digits(sign, word, mode)
        low = word.casefold()
        if low in _NOBODY or (mode is not Mode.NAME and low in _PROTOCOL):
            return text
        kind = _kind_of_word(word)
        original = low if kind == "word" else word.lower()
        if self._is_kept(kind, original, mode):
            return text
        return sign + _in_the_case_of(word, self._code(kind, original))

    def _is_kept(self, kind: str, original: str, mode: Mode) -> bool:
        if mode is Mode.NAME:
            self._words_of_names.add(original)
            return False
        if mode is Mode.TEXT:
            # In a text that is no name, a word of two letters is one of language.
            return kind == "word" and len(original) < 3 and not self._codebook.knows(kind, original)
        if kind == "hex":
            return False
        is_known = original in self._words_of_names if mode is Mode.KEY else self._codebook.knows(kind, original)
        return len(original) < 3 or not is_known

    def _digits(self, sign: str, digits: str, mode: Mode) -> str:
        is_feature_code = sign == "*" and len(digits) < 3
        if is_feature_code or digits in SERVICES:
            return digits
        if mode in {Mode.KNOWN, Mode.KEY} and len(digits) <= LONGEST_EXTENSION:
            return digits
        return self._number(sign, digits)

    def _number(self, sign: str, digits: str) -> str:
        if len(digits) > LONGEST_NUMBER:
            return self._code("mixed", digits)
        if len(digits) <= LONGEST_EXTENSION:
            return self._code("digits", digits)
        lead, area, subscriber = split_number(digits, is_international=sign == "+")
        made = self._code("subscriber", f"{area}/{subscriber}")
        return lead + made.replace("/", "", 1)


def _kind_of_word(word: str) -> str:
    if not word.isascii():
        return "word"
    if _HEX_SHAPE.fullmatch(word) and (len(word) == 8 or len(word) >= 12 or not word.isalpha()):
        return "hex"
    return "word" if word.isalpha() else "mixed"


def _in_the_case_of(original: str, made: str) -> str:
    if original.isupper() and len(original) > 1:
        return made.upper()
    return made if original.islower() else made.capitalize()


def _reshaped(original: str, letters: str) -> str:
    """The letters with the separators, and in the case, of the original."""
    left = iter(letters.upper() if original.isupper() else letters)
    return "".join(next(left, "") if sign.isalnum() else sign for sign in original)


_FIXED_SDP_LINE = re.compile(
    r"[vtb]=[A-Z\d :-]*|m=[a-z]+ \d+ [\w/]+( [\w-]+)*|"
    r"a=(sendrecv|sendonly|recvonly|inactive|rtcp-mux|(max)?ptime:\d+|rtpmap:\d+ [\w./-]+|fmtp:\d+ [\w=;,. -]*|"
    r"silenceSupp:[a-z -]*)",
    re.ASCII,
)
_GREGORIAN_SECONDS = re.compile(r"6[34]\d{9}", re.ASCII)
_SDP_ORIGIN = re.compile(r"o=(\S+) (\d+) (\d+)( .*)")

Rewrite = Callable[[str], str]


def rewrite_sdp(text: str, rewrite: Rewrite, rewrite_number: Rewrite) -> str:
    """A session description, its own numbers and all other text that may name somebody rewritten.

    The numbers of a made-up session are moments, Gregorian seconds: these stay.
    """
    return re.sub(r"[^\r\n]+", lambda line: _rewrite_sdp_line(line[0], rewrite, rewrite_number), text)


def _rewrite_sdp_line(line: str, rewrite: Rewrite, rewrite_number: Rewrite) -> str:
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


_PROTOCOL = frozenset(
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
# Callers who withheld who they are: to keep that tells nothing.
_NOBODY = frozenset(["anonymous", "unknown", "unavailable", "restricted", "private"])
_FILE_ENDINGS = frozenset(
    {
        "gif", "jpeg", "jpg", "json", "mp3", "mp4", "ogg", "pdf", "png", "tif", "tiff", "txt", "wav", "xml",
    }
)  # fmt: skip
