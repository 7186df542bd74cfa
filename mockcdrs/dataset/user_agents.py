"""SIP user agents: how each names itself, and writes Call-IDs, tags and session descriptions.

A Call-ID begins with eight hex digits that tell when the call began (`call.minute_of`), or is their decimal. An
agent's own format follows, in letters that sort alike by code and by CouchDB's collation. Random parts come as text or
bytes, so that a call is the same wherever it is generated.
"""

from collections.abc import Callable
from string import ascii_letters, ascii_lowercase, digits
from typing import NamedTuple


def _alphabet(letters: str) -> bytes:
    """A translation of any byte to one of the letters, as `bytes.translate` takes it."""
    return bytes(ord(letters[byte % len(letters)]) for byte in range(256))


_ALPHANUMERIC, _LOWER_CASE = _alphabet(digits + ascii_letters), _alphabet(ascii_lowercase + digits)


class UserAgent(NamedTuple):
    """A make of SIP equipment.

    `name` is its User-Agent header and `vendor` the first half of its MAC addresses. `call_id` makes a Call-ID of the
    eight hex digits that it begins with, 24 random ones and the host; `tag` a tag of 16 random bytes. `sdp` is the
    session description with `{host}` in it, and `{session}` (its id and version) and `{port}` where those belong.
    """

    name: str
    vendor: str
    call_id: Callable[[str, str, str], str]
    tag: Callable[[bytes], str]
    sdp: str

    def sdp_parts(self, host: str) -> tuple[str, str, str]:
        """The session description at a host, cut where the session and the port belong."""
        head, _, rest = self.sdp.replace("{host}", host).partition("{session}")
        middle, _, tail = rest.partition("{port}")
        return head, middle, tail


def _sdp(origin: str, subject: str, codecs: str, *attributes: str) -> str:
    lines = (
        "v=0", f"o={origin} IN IP4 {{host}}", f"s={subject}", "c=IN IP4 {host}", "t=0 0",
        f"m=audio {{port}} RTP/AVP {codecs}", *(f"a={attribute}" for attribute in attributes),
    )  # fmt: skip
    return "".join(f"{line}\r\n" for line in lines)


_EVENTS = ("rtpmap:101 telephone-event/8000", "fmtp:101 0-15")
_G711 = ("rtpmap:0 PCMU/8000", "rtpmap:8 PCMA/8000", *_EVENTS)
_WEBRTC = (
    "v=0\r\no=- {session} IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\na=msid-semantic: WMS\r\n"
    "m=audio {port} UDP/TLS/RTP/SAVPF 111 0 8 126\r\nc=IN IP4 {host}\r\na=rtcp:9 IN IP4 0.0.0.0\r\n"
    "a=ice-ufrag:x4Kd\r\na=ice-pwd:Yb0mGk3QvR7tNc5sWz9hLp2e\r\na=ice-options:trickle\r\n"
    f"a=fingerprint:sha-256 {':'.join(['4B', '1F', '9A', 'C3'] * 8)}\r\na=setup:active\r\na=mid:0\r\na=sendrecv\r\n"
    "a=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\na=rtpmap:0 PCMU/8000\r\n"
    "a=rtpmap:8 PCMA/8000\r\na=rtpmap:126 telephone-event/8000\r\n"
)
_YEALINK_SDP = _sdp(
    "- {session}", "SDP data", "0 8 9 101", "rtpmap:0 PCMU/8000", "rtpmap:8 PCMA/8000", "rtpmap:9 G722/8000",
    "fmtp:101 0-15", "rtpmap:101 telephone-event/8000", "ptime:20", "sendrecv",
)  # fmt: skip
_POLY_SDP = _sdp("- {session}", "Poly IP Phone", "9 0 8 127", "sendrecv", "rtpmap:9 G722/8000",
                 "rtpmap:0 PCMU/8000", "rtpmap:8 PCMA/8000", "rtpmap:127 telephone-event/8000")  # fmt: skip


def _yealink_call_id(first: str, _rest: str, host: str) -> str:
    return f"{int(first, 16)}@{host}"


def _poly_call_id(first: str, rest: str, host: str) -> str:
    return f"{first}-{rest[:8]}-{rest[8:16]}@{host}"


def _yealink_tag(raw: bytes) -> str:
    return str(int.from_bytes(raw[:4], "big"))


def _poly_tag(raw: bytes) -> str:
    return f"{raw[:4].hex()}-{raw[4:8].hex()}"


def _short_tag(raw: bytes) -> str:
    return raw[:10].translate(_LOWER_CASE).decode()


DESK_PHONES = (
    UserAgent("Yealink SIP-T46U 108.86.0.118", "805ec0", _yealink_call_id, _yealink_tag, _YEALINK_SDP),
    UserAgent("Yealink SIP-T54W 96.86.0.118", "805e0c", _yealink_call_id, _yealink_tag, _YEALINK_SDP),
    UserAgent("PolycomVVX-VVX_450-UA/6.4.6.2494", "64167f", _poly_call_id, _poly_tag, _POLY_SDP),
    UserAgent("PolyEdge-Edge_E350-UA/8.3.1.1207", "482567", _poly_call_id, _poly_tag, _POLY_SDP),
    UserAgent(
        "snomD785/10.1.184.14",
        "000413",
        lambda first, rest, _host: f"{first}{rest[:4]}-{rest[4:16]}",
        _short_tag,
        _sdp("root {session}", "call", "9 0 8 101", "rtpmap:9 G722/8000", *_G711, "ptime:20", "sendrecv"),
    ),
    UserAgent(
        "Cisco/SPA504G-7.6.2f",
        "ccef48",
        lambda first, rest, host: f"{first}-{rest[:8]}@{host}",
        lambda raw: f"{raw[:8].hex()}o0",
        _sdp("- {session}", "-", "0 8 100 101", *_G711, "rtpmap:100 NSE/8000", "ptime:30", "sendrecv"),
    ),
)
BROWSER = UserAgent("JsSIP 3.10.1", "", lambda first, rest, _host: f"{first}{rest[:12]}", _short_tag, _WEBRTC)
SOFTPHONES = (
    UserAgent(
        "Zoiper v2.10.20.9",
        "",
        lambda first, rest, _host: f"{first}{rest[:14].upper()}..",
        lambda raw: raw[:4].hex(),
        _sdp("Z {session}", "Z", "106 9 0 8 101", "rtpmap:106 opus/48000/2", *_G711, "sendrecv"),
    ),
    UserAgent(
        "Bria Release 6.7.4 stamp 113981",
        "",
        lambda first, rest, _host: f"{first}{rest[:18]}",
        lambda raw: raw[:4].hex(),
        _sdp("- {session}", "Bria", "9 8 0 101", "rtpmap:9 G722/8000", *_G711, "sendrecv"),
    ),
    BROWSER,
)
CARRIER = UserAgent(
    "Sonus_UAC",
    "",
    lambda first, rest, host: f"{first}{rest}@{host}",
    lambda raw: f"gK0{raw[:4].hex()}",
    _sdp(
        "Sonus_UAC {session}",
        "SIP Media Capabilities",
        "0 101",
        "rtpmap:0 PCMU/8000",
        *_EVENTS,
        "sendrecv",
        "maxptime:20",
    ),
)
FREESWITCH = UserAgent(
    "FreeSWITCH",
    "",
    lambda first, rest, _host: f"{first}-{rest[:4]}-4{rest[4:7]}-9{rest[7:10]}-{rest[10:22]}",
    lambda raw: raw[:13].translate(_ALPHANUMERIC).decode(),
    _sdp("FreeSWITCH {session}", "FreeSWITCH", "0 101", "rtpmap:0 PCMU/8000", *_EVENTS, "ptime:20", "sendrecv"),
)
