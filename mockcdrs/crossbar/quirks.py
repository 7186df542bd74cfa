"""Crossbar's surprising behaviours, each under a name, with a sentence for a user and the source it follows.

The one table from which the command line, advice, documents and the contract suite take theirs. Which of them a version
of Kazoo has is a field of `versions.Version`. Without a quirk the mock answers as the API page would have it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

ALL = "all"


class UnknownQuirk(ValueError):
    """A name that is not in the table. The text says what came and what is known."""


@dataclass(frozen=True, slots=True)
class Quirk:
    """One surprising behaviour. `source` is the server's module that it comes from."""

    sentence: str
    source: str


QUIRKS: dict[str, Quirk] = {
    "interaction-page-loss": Quirk(
        "A descending walk over /interaction loses one interaction at each page end and chunk end; ascending=true "
        "loses none.",
        "crossbar_view.erl",
    ),
    "stale-next-key": Quirk(
        "A chunked page that took several chunks from a month, with no row in the months behind it, still names a next "
        "page: it repeats the last chunk.",
        "crossbar_view.erl",
    ),
    "interaction-raw-rows": Quirk(
        "An interaction whose leg has an id without a month leaves its whole page or chunk as the view gave it.",
        "cb_cdrs.erl",
    ),
    "interaction-month-order": Quirk(
        "A plain (is_chunked=false) /interaction over two months gives the older month first.", "cb_cdrs.erl"
    ),
    "interaction-range-twice": Quirk(
        "On /interaction created_* and modified_* hold a second time, on the chosen leg's own times.", "cb_cdrs.erl"
    ),
    "interaction-csv-plain-fault": Quirk(
        "CSV of /interaction with is_chunked=false is a 503 in JSON, unless there is nothing to show.", "cb_cdrs.erl"
    ),
    "interaction-utc-offset-fault": Quirk(
        "A utc_offset that is no number is a 503 on /interaction, where /cdrs says 404 and why.", "cb_cdrs.erl"
    ),
    "utc-offset-500": Quirk("A utc_offset in the body that is null, false or an object is a 500.", "cb_cdrs.erl"),
    "fractional-utc-offset-fault": Quirk("A utc_offset with a fraction of a second is a 503.", "cb_cdrs.erl"),
    "csv-interaction-unquoted": Quirk(
        "CSV of /interaction has no quotes and no escapes: a comma in a name shifts the columns.", "cb_cdrs.erl"
    ),
    "csv-short-rows": Quirk(
        "In a CSV file, rows before the first one with a new column are shorter than the header.", "kz_csv.erl"
    ),
    "summary-doubling": Quirk("The summary's seconds are twice what they should be.", "cb_cdrs.erl"),
    "summary-51-rows": Quirk(
        "The summary counts at most one call more than a page, 51 a month by default.", "crossbar_view.erl"
    ),
    "summary-last-month": Quirk("The summary of a range over several months keeps the last one read.", "cb_cdrs.erl"),
    "empty-summary-csv-500": Quirk("CSV of a summary without a call is a bare 500.", "kz_csv.erl"),
    "legs-chunked-leak": Quirk("Legs with is_chunked=true show the documents' private keys.", "crossbar_view.erl"),
    "legs-turned": Quirk(
        "A page of legs comes oldest first when newest first is asked, and the other way round.", "cb_cdrs.erl"
    ),
    "legs-missing-month-503": Quirk(
        "Legs of an interaction whose month has no database are a 503, not a 404.", "crossbar_view.erl"
    ),
    "id-without-month-500": Quirk(
        "A CDR or interaction id with text where its month or time should be is a 500.", "cb_cdrs.erl"
    ),
    "unix-range-500": Quirk(
        "A range in Unix seconds is a 500: Crossbar wants Gregorian seconds, which are 62167219200 more.",
        "kazoo_modb.erl",
    ),
    "month-end-call-lost": Quirk(
        "A CDR lies in the month in which its call began, even if it was written in the next: a range that begins in "
        "the next month does not have it, and pages that end near the month's end can lose it, repeat it, or name "
        "themselves as the next one.",
        "cdr_channel_destroy.erl",
    ),
    "no-ccv-not-listed": Quirk(
        "A CDR without custom_channel_vars is missing from /cdrs, but is in /interaction, /legs and under its id.",
        "cdrs.json",
    ),
    "broken-document-fault": Quirk(
        "A CDR that no row can be made of turns the whole answer into a 503, or cuts it short where it says success.",
        "kzd_cdrs.erl",
    ),
    "reversed-keys-fault": Quirk(
        "A start_key beyond the end of the range, or one that is no key, is a 500.", "kz_couch_util.erl"
    ),
    "chunk-size-0-fault": Quirk("chunk_size=0 is a 503, where other bad sizes say what is wrong.", "crossbar_view.erl"),
    "descending-false-ignored": Quirk(
        "descending=false changes nothing; only ascending turns the order.", "crossbar_view.erl"
    ),
    "modified-alone-ignored": Quirk(
        "modified_from and modified_to do nothing on a listing unless another filter is there.", "crossbar_filter.erl"
    ),
    "missing-value-ignored": Quirk(
        "missing_value, which the docs name, is ignored; the server knows value_missing.", "crossbar_filter.erl"
    ),
    "pdf-500": Quirk(
        "accept=pdf is an empty 200 for a listing in chunks, a bare 500 for all else that is there.", "api_resource.erl"
    ),
    "no-account-500": Quirk(
        "/v2/accounts/cdrs, without an account, is a 500 with a token of the master account.", "cb_cdrs.erl"
    ),
    "post-as-get-empty": Quirk(
        "POST with verb=GET is let through, but a listing in chunks is empty then, and interactions are view rows.",
        "api_resource.erl",
    ),
    "big-integer-chunk-lost": Quirk(
        "In Kazoo 4.3 a chunk with an integer beyond 64 bits in it never gets to the client, though its rows count.",
        "api_util.erl",
    ),
    "trailer-unescaped": Quirk(
        "The trailer of a chunked answer is not escaped: a quote in X-Request-ID breaks its JSON.", "api_util.erl"
    ),
    "integer-page-size": Quirk(
        "page_size in a chunked answer's trailer is an integer, as Kazoo 5 sends it, not text.", "api_util.erl"
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
        known = ", ".join([ALL, *QUIRKS])
        raise UnknownQuirk(f"{', '.join(map(repr, unknown))} is no quirk of Crossbar's: expected one of {known}")
    remaining = set() if ALL in disable else set(usual)
    return frozenset(remaining - disable | enable)
