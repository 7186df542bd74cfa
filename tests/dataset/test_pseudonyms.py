"""Pseudonyms: the same in every run, none for two originals, and of the same shape."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockcdrs.dataset.anonymize import Anonymizer
from mockcdrs.dataset.files import LoadedDataSet
from mockcdrs.dataset.phone_numbers import SERVICES
from mockcdrs.dataset.pseudonyms import Codebook

SECRET = b"a test's secret"
ACCOUNT = "8f3c1e5a7b9d4c2e8a6f0b1d3e5f7a90"


def anonymized(*documents: dict[str, Any]) -> list[dict[str, Any]]:
    """What a run of its own makes of documents."""
    (made,) = Anonymizer(SECRET).loaded(LoadedDataSet((), {(ACCOUNT, "202601"): list(documents)})).documents.values()
    return list(made)


PEOPLE = [
    {"_id": f"202601-{row:032x}", "caller_id_name": f"{first} {last}", "caller_id_number": number, "from": address}
    for row, (first, last, number, address) in enumerate(
        [
            ("Zebedee", "Quux", "+14155550123", "zebedee@10.0.0.7"),
            ("Ann", "Quux", "+14155550124", "ann@203.0.113.9"),
            ("山田", "太郎", "1001", "a1b2c3@pbx.quux-realty.com"),
            ("Wilhelmina", "Frobnitz", "02079460123", "+442079460123@2001:db8::17"),
        ]
    )
]


def test_separate_runs_give_the_same_person_the_same_pseudonym() -> None:
    together = anonymized(*PEOPLE)
    apart = [anonymized(person)[0] for person in PEOPLE]
    assert together == apart
    assert anonymized(*PEOPLE[::-1]) == apart[::-1]


KINDS = {
    "digits": st.from_regex(r"[0-9]{1,6}", fullmatch=True).filter(lambda text: text not in SERVICES),
    "hex": st.from_regex(r"[0-9a-f]{1,40}", fullmatch=True),
    "mixed": st.from_regex(r"[0-9a-z]{1,40}", fullmatch=True),
    "subscriber": st.from_regex(r"([0-9]{3})?/[0-9]{4,9}", fullmatch=True),
    "v4": st.sampled_from(["10.0.0.0/8", "192.168.0.0/16", "100.64.0.0/10"]).flatmap(
        lambda network: st.ip_addresses(network=network).map(str)
    ),
}
some_originals = st.sampled_from(sorted(KINDS)).flatmap(
    lambda kind: st.tuples(st.just(kind), st.lists(KINDS[kind], min_size=1, max_size=30, unique=True))
)


@given(some_originals, st.binary(min_size=1, max_size=80))
@settings(deadline=None)
def test_originals_of_one_shape_never_meet_and_none_stays(originals: tuple[str, list[str]], secret: bytes) -> None:
    kind, texts = originals
    codebook = Codebook(secret)
    made = [codebook.pseudonym(kind, text) for text in texts]
    assert len(set(made)) == len(texts)
    assert not [text for text, pseudonym in zip(texts, made, strict=True) if text == pseudonym]


@given(KINDS["mixed"])
@settings(deadline=None)
def test_an_id_keeps_its_length_its_digits_and_its_letters(original: str) -> None:
    pseudonym = Codebook(SECRET).pseudonym("mixed", original)
    assert [sign.isdigit() for sign in pseudonym] == [sign.isdigit() for sign in original]


@pytest.mark.parametrize("kind", ["word", "label", "mac", "v6"])
def test_ten_thousand_originals_without_a_shape_do_not_meet(kind: str) -> None:
    codebook = Codebook(SECRET)
    assert len({codebook.pseudonym(kind, f"original {row}") for row in range(10_000)}) == 10_000


def test_another_secret_has_other_pseudonyms() -> None:
    one, other = Codebook(b"one"), Codebook(b"other")
    numbers = map(str, range(1_000, 2_000))
    same = [number for number in numbers if one.pseudonym("digits", number) == other.pseudonym("digits", number)]
    assert len(same) < 10


NUMBERS = [
    ("+14155550123", "+1415", 12),
    ("+18005550123", "+1800", 12),
    ("+442079460123", "+44207", 13),
    ("+498999998123", "+49899", 13),
    ("011442079460123", "01144207", 15),
    ("02079460123", "0207", 11),
    ("1001", "", 4),
    ("0042", "0", 4),
    ("5550123", "", 7),
]


@pytest.mark.parametrize(("number", "kept", "length"), NUMBERS)
def test_a_number_keeps_its_country_area_and_length(number: str, kept: str, length: int) -> None:
    (made,) = anonymized({"caller_id_number": number, "from": f"{number}@10.0.0.1"})
    pseudonym = made["caller_id_number"]
    assert pseudonym != number
    assert pseudonym.startswith(kept)
    assert (len(pseudonym), pseudonym.lstrip("+").isdigit()) == (length, True)
    assert made["from"].startswith(f"{pseudonym}@")


@pytest.mark.parametrize("number", ["911", "112", "999", "*97", "anonymous", "unknown", ""])
def test_services_and_those_who_are_nobody_stay(number: str) -> None:
    assert anonymized({"caller_id_number": number})[0]["caller_id_number"] == number


@pytest.mark.parametrize("forms", [("+442079460123", "442079460123", "00442079460123", "02079460123")])
def test_a_number_has_the_same_subscriber_with_its_country_and_without(forms: tuple[str, ...]) -> None:
    made = anonymized(*({"caller_id_number": form} for form in forms))
    assert len({each["caller_id_number"][-7:] for each in made}) == 1


def test_more_words_than_names_still_fall_apart() -> None:
    words = [
        f"{first}{second}{third}x" for first in "abcdefghij" for second in "abcdefghij" for third in "klmnopqrstuvwxyz"
    ]
    (made,) = anonymized({"caller_id_name": " ".join(words)})
    assert len(set(made["caller_id_name"].split())) == len(words) == 1600


def test_a_whole_range_of_extensions_is_only_shuffled_and_none_fall_together() -> None:
    made = anonymized(*({"caller_id_number": f"{number:02}"} for number in range(100)))
    assert len({each["caller_id_number"] for each in made}) == 100


def test_addresses_stay_private_or_public() -> None:
    (made,) = anonymized({"hosts": ["10.1.2.3", "192.168.7.7", "172.20.1.1", "203.0.113.9", "127.0.0.1", "::1"]})
    private, office, plant, public, *loopbacks = made["hosts"]
    assert private.startswith("10.")
    assert office.startswith("192.168.")
    assert plant.startswith("172.")
    assert public.startswith("100.")
    assert loopbacks == ["127.0.0.1", "::1"]
