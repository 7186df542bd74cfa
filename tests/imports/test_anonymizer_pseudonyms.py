"""Pseudonyms look like what they stand for, are reserved where a plan has such ranges, and differ from each other."""

import ipaddress
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockcdrs.imports.anonymizer import Pseudonyms
from mockcdrs.imports.fields import FieldKind
from tests.imports.builders import SECRET


def hide(kind: FieldKind, text: str) -> str:
    return Pseudonyms(SECRET).hide(kind, text)


ORIGINALS = {
    FieldKind.NUMBER: st.from_regex(r"[1-9][0-9]{2,3}|1[2-9][0-9]{2}[2-9][0-9]{6}|44[127][0-9]{9}", fullmatch=True),
    FieldKind.ID: st.from_regex(r"[0-9a-f]{2,4}|[0-9a-f]{8}|[0-9a-f]{32}|[A-Za-z0-9]{22}", fullmatch=True),
    FieldKind.NAME: st.from_regex(r"[a-z]{2,8}", fullmatch=True),
    FieldKind.ADDRESS: st.ip_addresses(v=4, network="10.0.0.0/8").map(str) | st.ip_addresses(v=6).map(str),
}
some_originals = st.sampled_from(sorted(ORIGINALS, key=str)).flatmap(
    lambda kind: st.tuples(st.just(kind), st.lists(ORIGINALS[kind], min_size=1, max_size=30, unique=True))
)
STAYING = re.compile(r"[a-z]|anonymous|private|restricted|unavailable|undefined|unknown|::1?|[1-9]11|\d{3}")


@given(some_originals, st.binary(min_size=1, max_size=80))
@settings(deadline=None)
def test_no_two_originals_have_the_same_pseudonym_and_none_keeps_its_value(
    originals: tuple[FieldKind, list[str]], secret: bytes
) -> None:
    kind, texts = originals
    pseudonyms = Pseudonyms(secret)
    hidden = {text: pseudonyms.hide(kind, text) for text in texts if not STAYING.fullmatch(text)}
    assert len(set(hidden.values())) == len(hidden)
    assert [text for text, pseudonym in hidden.items() if text == pseudonym] == []


@given(st.from_regex(r"[0-9A-Za-z]{2,40}", fullmatch=True).filter(lambda text: not text.isalpha()))
@settings(deadline=None)
def test_an_id_keeps_its_length_and_its_digits_and_letters_unless_it_is_hexadecimal(original: str) -> None:
    pseudonym = hide(FieldKind.ID, original)
    assert len(pseudonym) == len(original) or re.fullmatch(r"44\d+|0\d+|00\d+|011\d+", original)
    if not re.fullmatch("[0-9a-f]{8,}|[0-9A-F]{8,}", original):
        assert [sign.isdigit() for sign in pseudonym] == [sign.isdigit() for sign in original]
    else:
        assert re.fullmatch("[0-9a-f]+|[0-9A-F]+", pseudonym)


@pytest.mark.parametrize(
    ("original", "shape"),
    [
        ("+14155550123", r"\+1415555\d{4}"),
        ("4155550123", r"415555\d{4}"),
        ("(415) 555-0123", r"\(415\) 555-\d{4}"),
        ("+1 415 555 0123", r"\+1 415 555 \d{4}"),
        ("18005550199", r"180055501\d\d"),
        ("+442071838750", r"\+442079460\d{3}"),
        ("020 7183 8750", r"020 7946 0\d{3}"),
        ("+447911123456", r"\+447700900\d{3}"),
        ("+441234567890", r"\+441632960\d{3}"),
        ("+33142685300", r"\+3319900\d{4}"),
        ("0142685300", r"019900\d{4}"),
        ("+493012345678", r"\+493023125\d{3}"),
        ("+61291234567", r"\+6125550\d{4}"),
        ("011442071838750", r"011442079460\d{3}"),
        ("00442071838750", r"00442079460\d{3}"),
        ("+81312345678", r"\+81312\d{6}"),
        ("81312345678", r"81312\d{6}"),
        ("012345678901", r"0\d{11}"),
        ("+911", r"\+[1-9]\d\d"),
        ("1001", r"[1-9]\d{3}"),
        ("0012", r"0\d{3}"),
        ("5550123", r"[1-9]\d{6}"),
        ("12345678901234567890", r"[1-9]\d{19}"),
        ("911", "911"),
        ("*97", r"\*97"),
        ("*971001", r"\*\d{6}"),
    ],
)
def test_a_number_keeps_country_and_area_and_is_reserved_where_the_plan_has_reserved_ranges(
    original: str, shape: str
) -> None:
    pseudonym = hide(FieldKind.NUMBER, original)
    assert re.fullmatch(shape, pseudonym)
    assert pseudonym != original or original in {"911", "*97"}


@pytest.mark.parametrize(
    ("original", "network"),
    [("8.8.8.8", "192.0.2.0/24 198.51.100.0/24 203.0.113.0/24"), ("2a00::1", "2001:db8::/32")],
)
def test_an_address_is_one_of_documentation(original: str, network: str) -> None:
    address = ipaddress.ip_address(hide(FieldKind.ADDRESS, original))
    assert any(address in ipaddress.ip_network(each) for each in network.split(" "))


def test_more_addresses_than_documentation_has_are_addresses_of_benchmarks() -> None:
    pseudonyms = Pseudonyms(SECRET)
    hidden = [
        ipaddress.ip_address(pseudonyms.hide(FieldKind.ADDRESS, f"10.0.{row // 256}.{row % 256}")) for row in range(900)
    ]
    assert len(set(hidden)) == 900
    assert any(address in ipaddress.ip_network("198.18.0.0/15") for address in hidden)


def test_a_range_that_is_given_away_gives_the_last_ones_a_shared_pseudonym() -> None:
    pseudonyms = Pseudonyms(SECRET)
    hidden = [pseudonyms.hide(FieldKind.NUMBER, str(digit)) for digit in range(10)]
    assert len(set(hidden)) >= 9


@pytest.mark.parametrize("prefix", ["127.0.0.1", "::1", "0.0.0.0", "localhost", "sip:127.0.0.1:5060", "on-net"])
def test_what_is_the_same_on_each_machine_stays(prefix: str) -> None:
    assert hide(FieldKind.URI, prefix) == prefix


@pytest.mark.parametrize("not_an_address", ["300.300.300.300", "abc1:b2:c3:d4:e5:f6:a7:b8:c9"])
def test_what_only_looks_like_an_address_is_hidden_too(not_an_address: str) -> None:
    assert hide(FieldKind.TEXT, not_an_address) != not_an_address


def test_hosts_keep_their_depth_and_end_in_a_reserved_domain() -> None:
    pbx, www = hide(FieldKind.REALM, "pbx.quux-realty.com"), hide(FieldKind.URI, "https://www.quux-realty.com/a.mp3")
    assert re.fullmatch(r"[a-z]+\.[a-z]+-[a-z]+\.example", pbx)
    assert pbx.partition(".")[2] in www
    assert www.endswith(".mp3")
    assert re.fullmatch(r"anonymous@anonymous\.invalid", hide(FieldKind.URI, "anonymous@anonymous.invalid"))
    assert re.fullmatch("[a-z]+", hide(FieldKind.REALM, "nodomain"))


@pytest.mark.parametrize(
    "agent",
    [
        "Yealink SIP-T46G 28.83.0.50",
        "Grandstream GXP2170 1.0.11.64",
        "PolycomVVX-VVX_410-UA/5.9.5.0614",
        "Cisco/SPA504G-7.6.2f",
        "snom D765/10.1.46.16",
        "snomD785/10.1.184.14",
        "Zoiper rv2.10.3",
        "FreeSWITCH-mod_sofia/1.10.7-dev",
        "SIP.js/0.20.0",
    ],
)
def test_a_user_agent_keeps_its_maker_and_its_version(agent: str) -> None:
    assert hide(FieldKind.USER_AGENT, agent) == agent


def test_a_user_agent_of_an_unknown_maker_keeps_its_version_alone_and_hides_people_and_addresses() -> None:
    assert re.fullmatch(r"[A-Z][a-z]+/1\.2\.3 \([a-z]+\)", hide(FieldKind.USER_AGENT, "Frobnitz/1.2.3 (zebedee)"))
    hidden = hide(FieldKind.USER_AGENT, "Zebedee's Telephone 1.6 (00:15:65:ab:cd:ef) 10.9.8.7")
    assert re.fullmatch(r"[A-Z][a-z]+'s Telephone 1\.6 \(02(:[0-9a-f]{2}){5}\) [\d.]+", hidden)
    assert "10.9.8.7" not in hidden


SDP = """v=0
o=FreeSWITCH 1768435190 1768435191 IN IP4 10.26.1.3
s=FreeSWITCH
c=IN IP4 10.26.1.3
t=0 0
m=audio 27514 RTP/AVP 0 8 101
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-16
a=rtcp-mux
a=ptime:20
a=fingerprint:sha-256 AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89
a=candidate:1 1 udp 2130706431 10.26.1.3 27514 typ host generation 0
a=ice-pwd:4155550123zebedee
"""


def test_a_session_description_keeps_its_lines_codecs_ports_and_times() -> None:
    lines, hidden = SDP.splitlines(), hide(FieldKind.SDP, SDP).splitlines()
    same = [before for before, after in zip(lines, hidden, strict=True) if before == after]
    assert [line[:12] for line in same] == [
        "v=0", "s=FreeSWITCH", "t=0 0", "m=audio 2751", "a=rtpmap:101", "a=fmtp:101 0", "a=rtcp-mux", "a=ptime:20",
    ]  # fmt: skip
    assert re.fullmatch(r"o=FreeSWITCH \d{10} \d{10} IN IP4 [\d.]+", hidden[1])
    assert re.fullmatch(r"a=candidate:1 1 udp \d{10} [\d.]+ \d{5} typ host generation 0", hidden[11])
    assert re.fullmatch(r"a=fingerprint:sha-256 ([0-9A-F]{2}:){31}[0-9A-F]{2}", hidden[10])
    assert hidden[3].split()[-1] == hidden[11].split()[4]
    assert not re.search("10.26|zebedee|4155550123|AB:CD", "\n".join(hidden))


def test_a_list_of_payload_types_stays_where_a_telephone_number_would_not() -> None:
    sdp = "v=0\nm=audio 27514 RTP/AVP 200 223 112 226 8\na=phone:312-223-7890\n"
    _, media, phone = hide(FieldKind.SDP, sdp).splitlines()
    assert media == "m=audio 27514 RTP/AVP 200 223 112 226 8"
    assert re.fullmatch(r"a=phone:312-555-\d{4}", phone)


@pytest.mark.parametrize("original", ["8f3c1e5a-7b9d-4c2e-8a6f-0b1d3e5f7a90", "8F3C1E5A-7B9D-4C2E-8A6F-0B1D3E5F7A90"])
def test_a_uuid_stays_one_in_its_case(original: str) -> None:
    hidden = hide(FieldKind.CALL_ID, original)
    digits = "[0-9a-f]" if original.islower() else "[0-9A-F]"
    assert re.fullmatch(rf"{digits}{{8}}(-{digits}{{4}}){{3}}-{digits}{{12}}", hidden)
    assert hidden.casefold() == hide(FieldKind.CALL_ID, original.lower())


def test_a_sip_user_in_place_of_a_number_is_the_one_in_uris() -> None:
    user = hide(FieldKind.NUMBER, "user_0a86fe")
    assert re.fullmatch(r"user_\d[a-z]\d\d[a-z]{2}", user)
    assert hide(FieldKind.URI, "sip:user_0a86fe@127.0.0.1") == f"sip:{user}@127.0.0.1"


def test_a_name_that_was_withheld_stays_and_case_is_kept() -> None:
    assert hide(FieldKind.NAME, "Anonymous") == "Anonymous"
    name = hide(FieldKind.NAME, "Zebedee")
    assert name.istitle()
    assert hide(FieldKind.NAME, "ZEBEDEE") == name.upper()
    assert hide(FieldKind.URI, "sip:zebedee") == f"sip:{name.lower()}"
