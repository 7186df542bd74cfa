"""No original that names a person is left in a text, and equal texts get equal pseudonyms."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockcdrs.imports import text_rewriter
from tests.imports.builders import anonymized


def test_a_long_hex_id_is_replaced_in_a_user_agent_even_if_it_occurs_nowhere_else() -> None:
    (made,) = anonymized({"user_agent": "Yealink SIP-T46S 805ec0a1b2c3"})
    assert re.fullmatch(r"Yealink SIP-T46S [0-9a-f]{12}", made["user_agent"])
    assert "805ec0a1b2c3" not in made["user_agent"]


ALMOST = [
    "999.1.2.3",
    "12:34:56",
    "1.2.3",
    "zz.9",
    "user_4711@x",
    "Zażółć+48",
    "quux.wav",
    "12345678901234567890",
    "a1",
]


@pytest.mark.parametrize("text", ALMOST)
def test_a_text_that_only_resembles_an_address_or_host_is_replaced_too(text: str) -> None:
    (made,) = anonymized({"note": text})
    assert made["note"] != text
    assert [sign for sign in made["note"] if sign in ".:_@+"] == [sign for sign in text if sign in ".:_@+"]


def test_a_hex_word_is_replaced_in_a_field_where_only_known_words_are() -> None:
    (made,) = anonymized({"user_agent": "Telephone 1.6 001565abcdef"})
    assert re.fullmatch(r"Telephone 1\.6 [0-9a-f]{12}", made["user_agent"])
    assert "001565abcdef" not in made["user_agent"]


def test_texts_that_left_the_cache_get_the_same_pseudonyms_again(monkeypatch: pytest.MonkeyPatch) -> None:
    documents = [{"caller_id_name": f"{name} Quux"} for name in ("Ann", "Bertha", "Clara", "Ann")]
    remembered = anonymized(*documents)
    monkeypatch.setattr(text_rewriter, "_CACHED_TEXTS", 1)
    assert anonymized(*documents) == remembered
    assert remembered[0] == remembered[3] != remembered[1]


NAMES = st.lists(
    st.sampled_from(["Quillon", "Brambleby", "Ostrava", "Wexcombe", "Żółw", "山田太郎", "Ümit", "O'Zyxwv"]),
    min_size=1,
    max_size=3,
)


DIGITS = st.from_regex(r"\+?[1-9][0-9]{7,13}", fullmatch=True)


FRAMES = ("{}", "sip:{}@h", '"{}" <x>', "a;b={},c", "v=0\r\ns={}\r\na=foo:{}\r\n", "https://h/{}?q={}")


@given(
    name=NAMES,
    number=DIGITS,
    frame=st.sampled_from(FRAMES),
    key=st.sampled_from(["to", "note", "local_sdp", "user_agent"]),
)
@settings(deadline=None)
def test_a_known_name_or_number_is_left_in_no_text(name: list[str], number: str, frame: str, key: str) -> None:
    known = {"caller_id_name": " ".join(name), "caller_id_number": number}
    hidden = {key: frame.replace("{}", " ".join([*name, number])), "list": [{"deep": frame.replace("{}", number)}]}
    output = json.dumps(anonymized({**known, **hidden})[0], ensure_ascii=False).casefold()
    assert not [word for word in name if word.casefold() in output]
    assert number.lstrip("+") not in re.findall(r"\d+", output)
