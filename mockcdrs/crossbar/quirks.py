"""Crossbar's surprising behaviours, each under a name, with a sentence for a user and the source it follows.

The one table from which the command line, advice, documents and the contract suite take theirs. Which of them a version
of Kazoo has is a field of `versions.Version`. Without a quirk the mock answers as the API page would have it.
"""

from collections.abc import Iterable
from typing import NamedTuple

from mockcdrs import arguments

ALL = "all"


class UnknownQuirk(ValueError):
    """A name that is not in the table. The text says what came and what is known."""


class Quirk(NamedTuple):
    """One surprising behaviour.

    `source` is the server's module that it comes from, `example` a request that meets it.
    """

    sentence: str
    source: str
    example: str


QUIRKS: dict[str, Quirk] = {
    "interaction-page-loss": Quirk(
        "A descending walk over /interaction loses one interaction at each page end and chunk end; ascending=true "
        "loses none.",
        "crossbar_view.erl",
        example="GET /cdrs/interaction?page_size=10",
    ),
    "stale-next-key": Quirk(
        "A chunked page that took several chunks from a month, with no row in the months behind it, still names a next "
        "page: it repeats the last chunk.",
        "crossbar_view.erl",
        example="GET /cdrs?page_size=1000, where all CDRs are of this month",
    ),
    "interaction-raw-rows": Quirk(
        "An interaction whose leg has an id without a month leaves its whole page or chunk as the view gave it.",
        "cb_cdrs.erl",
        example="GET /cdrs/interaction, where a document has the _id a1b2@host instead of 202601-a1b2@host",
    ),
    "interaction-month-order": Quirk(
        "A plain (is_chunked=false) /interaction over two months gives the older month first.",
        "cb_cdrs.erl",
        example="GET /cdrs/interaction?is_chunked=false&created_from=63933000000&created_to=63935600000",
    ),
    "interaction-range-twice": Quirk(
        "On /interaction created_* and modified_* hold a second time, on the chosen leg's own times.",
        "cb_cdrs.erl",
        example="GET /cdrs/interaction?modified_from=63936000000",
    ),
    "interaction-csv-plain-fault": Quirk(
        "CSV of /interaction with is_chunked=false is a 503 in JSON, unless it has no rows.",
        "cb_cdrs.erl",
        example="GET /cdrs/interaction?is_chunked=false&accept=csv",
    ),
    "interaction-utc-offset-fault": Quirk(
        "A utc_offset that is no number is a 503 on /interaction, where /cdrs says 404 and why.",
        "cb_cdrs.erl",
        example="GET /cdrs/interaction?utc_offset=five",
    ),
    "utc-offset-500": Quirk(
        "A utc_offset in the body that is null, false or an object is a 500.",
        "cb_cdrs.erl",
        example='GET /cdrs with the body {"data": {"utc_offset": null}}',
    ),
    "fractional-utc-offset-fault": Quirk(
        "A utc_offset with a fraction of a second is a 503.", "cb_cdrs.erl", example="GET /cdrs?utc_offset=0.5"
    ),
    "csv-interaction-unquoted": Quirk(
        "CSV of /interaction has no quotes and no escapes: a comma in a name shifts the columns.",
        "cb_cdrs.erl",
        example="GET /cdrs/interaction?accept=csv",
    ),
    "csv-short-rows": Quirk(
        "In a CSV file, rows before the first one with a new column are shorter than the header.",
        "kz_csv.erl",
        example="GET /cdrs?accept=csv, where the newest document lacks a field that an older one has",
    ),
    "summary-doubling": Quirk(
        "The summary's seconds are twice what they should be.", "cb_cdrs.erl", example="GET /cdrs/summary"
    ),
    "summary-51-rows": Quirk(
        "The summary counts at most one call more than a page, 51 a month by default.",
        "crossbar_view.erl",
        example="GET /cdrs/summary?page_size=10",
    ),
    "summary-last-month": Quirk(
        "The summary of a range over several months keeps the last one read.",
        "cb_cdrs.erl",
        example="GET /cdrs/summary?created_from=63933000000&created_to=63935600000",
    ),
    "empty-summary-csv-500": Quirk(
        "CSV of a summary without a call is a bare 500.",
        "kz_csv.erl",
        example="GET /cdrs/summary?created_from=63000000000&created_to=63000000001&accept=csv",
    ),
    "legs-chunked-leak": Quirk(
        "Legs with is_chunked=true show the documents' private keys.",
        "crossbar_view.erl",
        example="GET /cdrs/legs/INTERACTION_ID?is_chunked=true",
    ),
    "legs-turned": Quirk(
        "A page of legs is oldest first when newest first is requested, and the other way round.",
        "cb_cdrs.erl",
        example="GET /cdrs/legs/INTERACTION_ID?ascending=true",
    ),
    "legs-missing-month-503": Quirk(
        "Legs of an interaction whose month has no database are a 503, not a 404.",
        "crossbar_view.erl",
        example="GET /cdrs/legs/63000000000-0cc4a2d7",
    ),
    "id-without-month-500": Quirk(
        "A CDR or interaction id with text where its month or time should be is a 500.",
        "cb_cdrs.erl",
        example="GET /cdrs/abcdef-x",
    ),
    "unix-range-500": Quirk(
        "A range in Unix seconds is a 500: Crossbar wants Gregorian seconds, which are 62167219200 more.",
        "kazoo_modb.erl",
        example="GET /cdrs?created_from=1768000000&created_to=1768900000",
    ),
    "month-end-call-lost": Quirk(
        "A CDR lies in the month in which its call began, even if it was written in the next: a range that begins in "
        "the next month does not have it, and pages that end near the month's end can lose it, repeat it, or name "
        "themselves as the next one.",
        "cdr_channel_destroy.erl",
        example="GET /cdrs?created_from=63934444800&created_to=63936129600, over the edge case month-boundary",
    ),
    "no-ccv-not-listed": Quirk(
        "A CDR without custom_channel_vars is missing from /cdrs, but is in /interaction, /legs and under its id.",
        "cdrs.json",
        example="GET /cdrs, over the edge case no-custom-channel-vars",
    ),
    "broken-document-fault": Quirk(
        "A CDR that no row can be made of turns the whole answer into a 503, or cuts it short where it says success.",
        "kzd_cdrs.erl",
        example="GET /cdrs, over the edge case no-direction",
    ),
    "reversed-keys-fault": Quirk(
        "A start_key beyond the end of the range, or one that is no key, is a 500.",
        "kz_couch_util.erl",
        example="GET /cdrs?start_key=abc",
    ),
    "chunk-size-0-fault": Quirk(
        "chunk_size=0 is a 503, where other bad sizes say what is wrong.",
        "crossbar_view.erl",
        example="GET /cdrs?chunk_size=0",
    ),
    "descending-false-ignored": Quirk(
        "descending=false changes nothing; only ascending turns the order.",
        "crossbar_view.erl",
        example="GET /cdrs?descending=false",
    ),
    "modified-alone-ignored": Quirk(
        "modified_from and modified_to do nothing on a listing unless another filter is there.",
        "crossbar_filter.erl",
        example="GET /cdrs?modified_from=63936000000",
    ),
    "missing-value-ignored": Quirk(
        "missing_value, which the docs name, is ignored; the server knows value_missing.",
        "crossbar_filter.erl",
        example="GET /cdrs?missing_value=call_direction",
    ),
    "pdf-500": Quirk(
        "accept=pdf gets an empty 200 for a chunked listing, and a bare 500 for everything else that exists.",
        "api_resource.erl",
        example="GET /cdrs/summary?accept=pdf",
    ),
    "no-account-500": Quirk(
        "/v2/accounts/cdrs, without an account, is a 500 with a token of the master account.",
        "cb_cdrs.erl",
        example="GET /v2/accounts/cdrs, with a token of the master account",
    ),
    "post-as-get-empty": Quirk(
        "POST with verb=GET is accepted, but a chunked listing is empty then, and interactions are rows of the view.",
        "api_resource.erl",
        example="POST /cdrs?verb=GET",
    ),
    "big-integer-chunk-lost": Quirk(
        "In Kazoo 4.3 a chunk with an integer of more than 64 bits never reaches the client, but its rows are counted.",
        "api_util.erl",
        example="GET /cdrs, where a document has an owner_id of 9223372036854775808",
    ),
    "trailer-unescaped": Quirk(
        "The trailer of a chunked answer is not escaped: a quote in X-Request-ID breaks its JSON.",
        "api_util.erl",
        example='GET /cdrs, with the header X-Request-ID: a"b',
    ),
    "integer-page-size": Quirk(
        "page_size in a chunked answer's trailer is an integer, as Kazoo 5 sends it, not text.",
        "api_util.erl",
        example='GET /cdrs, whose last keys are then "page_size": 50 instead of "page_size": "50"',
    ),
}

COMMON = frozenset(QUIRKS) - {"big-integer-chunk-lost", "integer-page-size"}
"""The quirks that Kazoo 4.3 and `master` share."""


def enabled(usual: Iterable[str], disable: Iterable[str] = (), enable: Iterable[str] = ()) -> frozenset[str]:
    """The `usual` quirks of a version without those to disable, where `all` stands for every one, and those to enable.

    Raises `UnknownQuirk`.
    """
    disable, enable = set(disable), set(enable)
    unknown = sorted((disable - {ALL} | enable) - QUIRKS.keys())
    if unknown:
        known = [*QUIRKS] if ALL in enable else [ALL, *QUIRKS]
        raise UnknownQuirk(
            f"{', '.join(map(repr, unknown))} is no quirk of Crossbar's: expected one of {', '.join(known)}"
            f"{arguments.nearest(unknown[0], known)}"
        )
    remaining = set() if ALL in disable else set(usual)
    return frozenset(remaining - disable | enable)
