"""Requests that no well-meaning client sends, as Hypothesis strategies: any bytes a WSGI server would hand on."""

import json
import string
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_from_bytes

from hypothesis import strategies as st

from mockcdrs.crossbar import start_key
from mockcdrs.openapi.operations import PARAMETERS
from tests.crossbar.builders import ACCOUNT, ACCOUNT_TOKEN, MASTER, MASTER_TOKEN, NOW, OWNER, RESELLER_TOKEN

_TOKEN_CHARACTERS = string.ascii_letters + string.digits + "!#$%&'*+-.^_`|~"
_PATH_CHARACTERS = string.ascii_letters + string.digits + "-._~!$&'()*+,;=:@"
_HEADER_CHARACTERS = st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f")

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
JSON_TEXTS = JSON.map(json.dumps)


@dataclass(frozen=True, slots=True)
class AnyRequest:
    """A request: `path` and `query` raw, headers as latin-1 text."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


def _raw(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


def escaped(value: Any) -> str:
    """Any value as one part of a path or query; bytes go as they are."""
    return quote_from_bytes(_raw(value), safe="")


_START_KEYS = st.lists(st.integers(0, 2**70) | st.sampled_from([NOW, OWNER, {}, 10**400]) | JSON, max_size=4).map(
    start_key.encode
)
VALUES = (
    st.sampled_from(
        ["", "true", "false", "0", "-1", "1", "1.5", "50", "51", "1e400", "NaN", "[]", "{}", "null", '["a","b"]', "[["]
    )
    | st.sampled_from(
        [NOW, NOW - 3600, NOW - 40 * 86_400, NOW - 62_167_219_200, 10**30, -(10**30), 10**400, "٣", "1_000"]
    )
    | st.sampled_from(["json", "csv", "pdf", "text/csv", "GET", "POST", "call_id", "custom_channel_vars.owner_id"])
    | st.sampled_from(["\0", "\r\nX-Evil: 1", "../../etc/passwd", "a" * 5_000, b"\xff\xfe", b"\xed\xa0\x80", '"', "%"])
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.binary(max_size=12)
    | _START_KEYS
    | JSON_TEXTS
)
_NAMES = (
    st.sampled_from(
        [name for name, parameter in PARAMETERS.items() if parameter["in"] == "query"]
        + ["verb", "jsonp", "authorization", "filter_", "filter_timestamp", "filter_not_x", "has_doc", "_", "created_"]
    )
    | st.text(max_size=6)
    | st.binary(max_size=6)
)
_SEPARATORS = st.sampled_from(["=", "=", "=", "=", "", "[]=", "==", "%3D"])
_PAIRS = st.tuples(_NAMES.map(escaped), _SEPARATORS, VALUES.map(escaped)).map("".join)
_ODD = st.sampled_from(["&", "=", "&&=&", "%", "%zz", "a=%2", "+", "a" * 70_000]) | st.text(
    st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_characters="#\x7f"), max_size=12
)
QUERIES = st.lists(_PAIRS, max_size=5).map("&".join) | st.lists(_PAIRS | _ODD, max_size=6).map("&".join)

_MONTHS = st.sampled_from(["202601", "202512", "000000", "abcdef", "999999"])
_IDS = (
    st.sampled_from(["202601-call00000@host", f"{NOW - 3660}-call00000@host", OWNER, "202601-", "-"])
    | st.builds("{}-{}".format, _MONTHS, st.text(max_size=5))
    | st.sampled_from(["a/b", ".", "..", "\0", "%", "a" * 9_000, b"\xff", "\ud800"])
    | st.text(max_size=6)
    | st.binary(max_size=6)
)
_SEGMENTS = st.sampled_from(
    ["accounts", ACCOUNT, MASTER, "users", OWNER, "cdrs", "legs", "summary", "interaction", "devices", "account", ""]
) | _IDS.map(escaped)
_GOOD_STARTS = st.sampled_from([f"/v2/accounts/{ACCOUNT}/cdrs", f"/v2/accounts/{ACCOUNT}/users/{OWNER}/cdrs"])
_ENDS = st.sampled_from(["", "/", "/summary", "/interaction"]) | st.builds(
    "{}{}".format, st.sampled_from(["/", "/legs/"]), _IDS.map(escaped)
)
_VERSIONS = st.sampled_from(["/v2", "/v1", "/v3", "", "/v2.0", "/v-1", "//", "/..", "/%76%32"])
_ANY_PATHS = st.builds("{}/{}".format, _VERSIONS, st.lists(_SEGMENTS, max_size=8).map("/".join))
_WILD_PATHS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_characters="?#\x7f"), max_size=20)
PATHS = st.builds("{}{}".format, _GOOD_STARTS, _ENDS) | _ANY_PATHS | _WILD_PATHS.map("/".__add__) | _WILD_PATHS

METHODS = (
    st.sampled_from(["GET"] * 6 + ["POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT"])
    | st.sampled_from(["get", "PROPFIND", "WEBSOCKET", "A" * 2_000])
    | st.text(_TOKEN_CHARACTERS, min_size=1, max_size=8)
)

HEADER_TEXTS = st.text(_HEADER_CHARACTERS, max_size=20)
_TYPES = st.sampled_from(
    [
        "application/json", "application/json; charset=utf-8", "application/x-www-form-urlencoded", "text/csv",
        "text/*", "application/octet-stream",
        "multipart/form-data; boundary=x", "application/pdf", "*/*", "a/b;q=2", "x", "",
    ]
)  # fmt: skip
HEADERS = st.fixed_dictionaries(
    {"X-Auth-Token": st.sampled_from([ACCOUNT_TOKEN] * 6 + [RESELLER_TOKEN, MASTER_TOKEN, "nobody"])},
    optional={
        "Accept": _TYPES | HEADER_TEXTS,
        "Accept-Encoding": st.sampled_from(["gzip", "gzip;q=0", "identity"]) | HEADER_TEXTS,
        "Accept-Language": st.sampled_from(["en", "*", "fr-fr;q=0.1"]) | HEADER_TEXTS,
        "Access-Control-Request-Headers": HEADER_TEXTS,
        "Access-Control-Request-Method": METHODS | HEADER_TEXTS,
        "Authorization": HEADER_TEXTS,
        "Content-Type": _TYPES | HEADER_TEXTS,
        "Cookie": HEADER_TEXTS,
        "If-Match": st.sampled_from(["*", '"1-abc"']) | HEADER_TEXTS,
        "If-None-Match": st.sampled_from(["*", '"1-abc"']) | HEADER_TEXTS,
        "Origin": HEADER_TEXTS,
        "Range": HEADER_TEXTS,
        "X-File-Name": HEADER_TEXTS,
        "X-Pretty-Print": st.sampled_from(["true", "false"]) | HEADER_TEXTS,
        "X-Request-ID": HEADER_TEXTS,
    },
)

_MEMBERS = st.dictionaries(
    st.sampled_from([*PARAMETERS, "verb", "jsonp", "accept", "authorization"]) | st.text(max_size=4),
    JSON | st.sampled_from(["true", NOW, "csv", 10**400]),
    max_size=4,
)
_ENVELOPES = st.builds(lambda outer, data: {**outer, "data": data}, _MEMBERS, _MEMBERS | JSON)
BODIES = (
    st.just(b"")
    | (_ENVELOPES | JSON).map(json.dumps).map(str.encode)
    | st.sampled_from([b"[" * 100_000, b'{"data":' * 5_000, b"\xff\xfe{", b'{"data":{}}\0', b"9" * 10_000, b"data[]=1"])
    | st.binary(max_size=30)
    | QUERIES.map(lambda text: text.encode("latin-1"))
)

ANY = st.builds(AnyRequest, METHODS, PATHS, QUERIES, HEADERS, BODIES)
"""Any request at all; about half of them get as far as the calls."""
