"""Rows of one call as each release of Kazoo writes them, files of them, and documents to anonymize."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from mockcdrs.dataset.accounts import Account, Token
from mockcdrs.dataset.files import DataError, LoadedDataSet
from mockcdrs.dataset.store import Document
from mockcdrs.imports.anonymizer import Anonymizer
from mockcdrs.imports.importer import Importer

ACCOUNT = "8f3c1e5a7b9d4c2e8a6f0b1d3e5f7a90"
RECORDINGS = ["201601-" + "a" * 32, "201601-" + "b" * 32]
# Of a call from 2016-01-18T23:59:30Z to 2016-01-19T00:00:30Z.
START = {
    "timestamp": "63620380770",
    "datetime": "2016-01-18 23:59:30",
    "unix_timestamp": "1453161570",
    "rfc_1036": "Mon, 18 Jan 2016 23:59:30 GMT",
    "iso_8601": "2016-01-18",
}
END = {
    "timestamp": "63620380830",
    "datetime": "2016-01-19 00:00:30",
    "unix_timestamp": "1453161630",
    "rfc_1036": "Tue, 19 Jan 2016 00:00:30 GMT",
    "iso_8601": "2016-01-19",
}
ALWAYS = {
    "id": "201601-a@b",
    "call_id": "a@b",
    "caller_id_number": "1001",
    "caller_id_name": 'Ann "A" Doe',
    "callee_id_number": "1002",
    "callee_id_name": "Bob",
    "duration_seconds": 60,
    "billing_seconds": 42,
    "timestamp": "",
    "hangup_cause": "NORMAL_CLEARING",
    "other_leg_call_id": "c@d",
    "owner_id": "u1",
    "to": "1002@pbx.example.com",
    "from": "1001@pbx.example.com",
    "direction": "inbound",
    "request": "1002@pbx.example.com",
    "authorizing_id": "d1",
    "cost": "333",
    "dialed_number": "1002",
    "calling_from": "1001",
    "datetime": "",
    "unix_timestamp": "",
    "rfc_1036": "",
    "iso_8601": "",
    "call_type": "per_minute",
    "rate": "0.0333",
    "rate_name": "US-1",
    "bridge_id": "b1",
    "recording_url": "http://example.com/1.mp3",
}
OF_3_16 = [name for name in ALWAYS if name not in {"rfc_1036", "iso_8601", "bridge_id", "recording_url"}]
OF_3_18 = [*OF_3_16, "recording_url"]
OF_3_19 = [*OF_3_16, "bridge_id"]
OF_3_20 = list(ALWAYS)
OF_4_2 = [*OF_3_20, "media_recordings", "media_server", "call_priority"]
OF_4_3 = [*OF_3_20, "iso_8601_combined", "media_recordings", "media_server", "call_priority", "interaction_id"]
LATER = {
    "iso_8601_combined": "2016-01-18T23:59:30Z",
    "media_recordings": RECORDINGS,
    "media_server": "fs1",
    "call_priority": "1",
    "interaction_id": "63620380770-feedbeef",
    "disposition": "ANSWER",
}


def row(names: list[str], times: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    whole = {**ALWAYS, **LATER, **times, **changes}
    return {name: whole[name] for name in names}


def numbers(row: dict[str, Any]) -> dict[str, Any]:
    """With the numbers that were no texts yet in 3.19."""
    row |= {name: int(row[name]) for name in ("timestamp", "unix_timestamp", "cost")}
    return row | {"rate": 0.0333}


def quoted(times: Mapping[str, str]) -> dict[str, str]:
    return {**times, "rfc_1036": f'"{times["rfc_1036"]}"', "iso_8601": f'"{times["iso_8601"]}"'}


def answer(row: dict[str, Any]) -> str:
    return json.dumps({"data": [row], "status": "success"})


def lines(row: dict[str, Any], end: str = "\r\n") -> str:
    cells = ("".join(value) if isinstance(value, list) else str(value) for value in row.values())
    return ",".join(row) + end + ",".join(cells) + end


def in_order(row: dict[str, Any]) -> dict[str, Any]:
    return dict(sorted(row.items()))


def cells(row: dict[str, Any], doubled: str = '"', comma: str = ",", joint: str = "") -> str:
    heads = ",".join(f'"{"ID" if name == "id" else name}"' for name in row)
    texts = (joint.join(value) if isinstance(value, list) else str(value) for value in row.values())
    return heads + "\n" + ",".join(f'"{text.replace(chr(34), doubled).replace(",", comma)}"' for text in texts) + "\n"


def imported(tmp_path: Path, *texts: str, **settings: Any) -> dict[tuple[str, str], list[Document]]:
    files = [tmp_path / f"file{number}" for number in range(len(texts))]
    for file, text in zip(files, texts, strict=True):
        file.write_bytes(text.encode())
    return {month: list(documents) for month, documents in Importer(**settings).read(files).documents.items()}


SMALL_ROW: dict[str, Any] = {
    "id": "202601-a",
    "call_id": "a",
    "direction": "inbound",
    "timestamp": "63935690370",
    "duration_seconds": 1,
    "unix_timestamp": "1768471170",
    "media_recordings": [],
}


def refusal(tmp_path: Path, *contents: str | bytes) -> DataError:
    paths = [tmp_path / f"file{number}" for number in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(DataError) as caught:
        Importer().read(paths)
    return caught.value


SECRET = b"a test's secret"
SDP = (
    "v=0\r\no=zebedee 8400 8401 IN IP4 192.0.2.17\r\ns=Call of Zebedee Quux\r\nc=IN IP6 2001:db8::17\r\nt=0 0\r\n"
    "m=audio 17176 RTP/AVP 0 8 101\r\na=rtpmap:0 PCMU/8000\r\na=candidate:1 1 UDP 2130706431 10.9.8.7 5000 typ host\r\n"
    "a=tool:+14155550123\r\na=sendrecv\r\n"
)
TRICKY: dict[str, Any] = {
    "_id": "202601-7145404948_6882224@192.0.2.17",
    "_rev": "3-0123456789abcdef0123456789abcdef",
    "call_id": "7145404948_6882224@192.0.2.17",
    "caller_id_name": "Zebedee Quux",
    "caller_id_number": "+14155550123",
    "callee_id_name": "QUUX, Zebedee 😀 +442079460123",
    "callee_id_number": 4155550123,
    "channel_name": "sofia/sipinterface_1/zebedee.quux@pbx.quux-realty.com",
    "custom_application_vars": {
        "note": "Zebedee called (415) 555-0123 from 415-555-0123",
        "Zebedee": "x",
        "+14155550123": 14155550123,
        "nested": [{"who": ["zebedee", "ZEBEDEE", "Zebedee's"]}],
    },
    "custom_channel_vars": {
        "account_id": ACCOUNT,
        "account_name": "Quux Realty",
        "bridge_id": "7145404948_6882224@192.0.2.17",
        "inception": "011442079460123@[2001:db8::17]",
        "media_recordings": ["202601-0123456789abcdef0123456789abcdef"],
        "rate_name": "Quux special",
        "realm": "pbx.quux-realty.com",
    },
    "custom_sip_headers": {"in": {"x_from": '"Zebedee Quux" <sips:zebedee@pbx.quux-realty.com:5061;user=phone>'}},
    "event_category": "call_event",
    "event_name": "CHANNEL_DESTROY",
    "from": "sip:zebedee.quux@pbx.quux-realty.com",
    "hangup_cause": "NORMAL_CLEARING",
    "interaction_id": "63935690370-feedbeef",
    "interaction_key": "feedbeef",
    "remote_sdp": SDP,
    "sdp_elsewhere": SDP,
    "switch_nodename": "freeswitch@fs1.quux-realty.com",
    "to": "020 7946 0123@::ffff:192.0.2.17",
    "user_agent": "Zebedee's Telephone 1.6 (00:15:65:ab:cd:ef) 10.9.8.7",
    "pvt_account_db": f"account%2F8f%2F3c%2F{ACCOUNT[4:]}-202601",
    "pvt_account_id": ACCOUNT,
    "pvt_created": 63_935_690_400,
}


def holding(*documents: dict[str, Any]) -> LoadedDataSet:
    account = Account(
        ACCOUNT,
        name="Quux Realty",
        realm="pbx.quux-realty.com",
        tree=("d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1",),
        users=({"id": "u5er1234", "first_name": "Zebedee", "last_name": "Quux", "email": "zebedee@quux-realty.com"},),
        devices=({"id": "de71ce", "name": "Zebedee's desk", "mac_address": "00:15:65:ab:cd:ef"},),
        tokens=(Token("5ecret7oken", "u5er1234"),),
    )
    return LoadedDataSet((account,), {(ACCOUNT, "202601"): list(documents)})


def anonymized(*documents: dict[str, Any], secret: bytes = SECRET) -> list[dict[str, Any]]:
    (pseudonymous,) = Anonymizer(secret).anonymize_data(holding(*documents)).documents.values()
    return list(pseudonymous)
