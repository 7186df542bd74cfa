"""Each quirk in both positions: as the server behaves, and as the API page would have it."""

import csv
import io
import json
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import pytest

from mockcdrs.control.state import State
from mockcdrs.crossbar import quirks
from mockcdrs.crossbar.quirks import QUIRKS
from tests.crossbar.builders import (
    JANUARY,
    MASTER_TOKEN,
    NOW,
    Document,
    ask,
    body_of,
    calls,
    data_of,
    ids_of,
    json_of,
    leg,
    state_of,
    walked,
)

Check = Callable[[State], Any]

DECEMBER = JANUARY - 86_400
WIDE = {"created_from": JANUARY - 5 * 86_400, "created_to": NOW - 3000}
THIS_MONTH = {"created_from": JANUARY, "created_to": NOW}
BARE = leg("bare@host", without=["custom_channel_vars"])
BROKEN = leg("broken@host", without=["call_direction"])
PAIR = [
    leg("first@host", NOW - 100, interaction_id=f"{NOW - 160}-pair", channel_created_time=1),
    leg("second@host", NOW - 90, interaction_id=f"{NOW - 160}-pair", channel_created_time=2),
]
PAIR_ID = f"{NOW - 160}-pair"


class Case(NamedTuple):
    """What a quirk makes of some documents, and what the fix does."""

    documents: Iterable[Document]
    check: Check
    shown: Any
    fixed: Any


def _status(path: str = "/cdrs", query: Any = "", **more: Any) -> Check:
    return lambda state: ask(state, path, query, **more).status


def _total(state: State, query: Any = THIS_MONTH) -> Any:
    summary = data_of(ask(state, "/cdrs/summary", query))
    return summary["inbound"]["example.com"]["did_us"]["total"]


def _leg_ids(state: State) -> list[str]:
    return [document["id"] for document in data_of(ask(state, f"/cdrs/legs/{PAIR_ID}"))]


def _csv_widths(state: State, path: str = f"/cdrs/legs/{PAIR_ID}") -> set[int]:
    text = body_of(ask(state, path, headers={"accept": "text/csv"})).decode()
    return {len(line) for line in csv.reader(io.StringIO(text))}


def _plain_months(state: State) -> list[str]:
    rows = ids_of(ask(state, "/cdrs/interaction", {**WIDE, "is_chunked": "false"}))
    return [cdr_id[:6] for cdr_id in rows]


def _trailer_is_json(state: State) -> bool:
    body = body_of(ask(state, "/cdrs"))
    assert body.startswith(b'{"data":[')
    try:
        json.loads(body)
    except ValueError:
        return False
    return True


def _counted(**fields: Any) -> list[Document]:
    parties = {"to": "+12025550123@example.com", "from": "x@example.com", "billing_seconds": 10}
    summed = [leg(f"s{row}@host", NOW - 4000 - row, **{**parties, **fields}) for row in range(60)]
    for document in summed:
        del document["custom_channel_vars"]["authorizing_id"]
    return summed


_TWO_MONTHS = [*calls(2), leg("older@host", DECEMBER), leg("oldest@host", DECEMBER - 60)]
_SUMMED = _counted()
_FEW = _SUMMED[:3]
_OLDER = [{**d, "_id": d["_id"].replace("202601", "202512"), "pvt_created": DECEMBER} for d in _SUMMED[:1]]
_LONG_AGO = "63803000000-12345678"

CASES: dict[str, Case] = {
    "stale-next-key": Case(
        calls(120),
        lambda state: len(walked(state, "/cdrs", {"page_size": 200, **WIDE})),
        140,
        120,
    ),
    "interaction-page-loss": Case(
        calls(9), lambda state: len(walked(state, "/cdrs/interaction", {"page_size": 3})), 7, 9
    ),
    "interaction-raw-rows": Case(
        [leg("odd@host", _id="202601odd"), *calls(1)],
        lambda state: [next(iter(row)) for row in data_of(ask(state, "/cdrs/interaction"))],
        ["key", "key"],
        ["id"],
    ),
    "interaction-month-order": Case(
        _TWO_MONTHS, _plain_months, ["202512", "202512", "202601", "202601"], ["202601", "202601", "202512", "202512"]
    ),
    "interaction-range-twice": Case(
        [leg("c@host", NOW - 100, interaction_time=NOW - 160)],
        lambda state: len(data_of(ask(state, "/cdrs/interaction", {"created_to": NOW - 150, **_from(NOW - 170)}))),
        0,
        1,
    ),
    "interaction-csv-plain-fault": Case(
        calls(2), _status("/cdrs/interaction", "is_chunked=false", headers={"accept": "text/csv"}), 503, 200
    ),
    "interaction-utc-offset-fault": Case(calls(2), _status("/cdrs/interaction", "utc_offset=abc"), 503, 404),
    "utc-offset-500": Case(calls(1), _status("/cdrs", body=b'{"data":{"utc_offset":null}}'), 500, 404),
    "fractional-utc-offset-fault": Case(calls(2), _status("/cdrs", "utc_offset=1.5"), 503, 200),
    "csv-interaction-unquoted": Case(
        [leg(caller_id_name="Comma, Inc.")],
        lambda state: body_of(ask(state, "/cdrs/interaction", headers={"accept": "text/csv"})).startswith(b"id,"),
        True,
        False,
    ),
    "csv-short-rows": Case(
        [{**document, **({"zz_late": "x"} if row else {})} for row, document in enumerate(PAIR)],
        lambda state: len(_csv_widths(state, f"/cdrs/legs/{PAIR_ID}")) > 1,
        True,
        False,
    ),
    "summary-doubling": Case(_FEW, _total, 60, 30),
    "summary-51-rows": Case(_SUMMED, _total, 2 * 51 * 10, 2 * 60 * 10),
    "summary-last-month": Case([*_FEW, *_OLDER], lambda state: _total(state, WIDE), 2 * 10, 2 * 40),
    "empty-summary-csv-500": Case(calls(1), _status("/cdrs/summary", WIDE, headers={"accept": "text/csv"}), 500, 204),
    "legs-chunked-leak": Case(
        PAIR, lambda state: "_rev" in data_of(ask(state, f"/cdrs/legs/{PAIR_ID}", "is_chunked=true"))[0], True, False
    ),
    "legs-turned": Case(
        PAIR, _leg_ids, ["202601-first@host", "202601-second@host"], ["202601-second@host", "202601-first@host"]
    ),
    "legs-missing-month-503": Case([], _status(f"/cdrs/legs/{_LONG_AGO}"), 503, 404),
    "id-without-month-500": Case([], _status("/cdrs/abcdef-x"), 500, 404),
    "unix-range-500": Case(calls(1), _status("/cdrs", "created_from=1768300000&created_to=1768900000"), 500, 200),
    "month-end-call-lost": Case(
        [*calls(1), leg("over@host", JANUARY + 20)],
        lambda state: len(data_of(ask(state, "/cdrs", THIS_MONTH))),
        1,
        2,
    ),
    "no-ccv-not-listed": Case([BARE], lambda state: ids_of(ask(state)), [], [BARE["_id"]]),
    "broken-document-fault": Case([BROKEN], _status(), 503, 200),
    "reversed-keys-fault": Case(calls(1), _status("/cdrs", "start_key=garbage"), 500, 200),
    "chunk-size-0-fault": Case(calls(1), _status("/cdrs", "chunk_size=0"), 503, 404),
    "descending-false-ignored": Case(
        calls(2), lambda state: ids_of(ask(state, "/cdrs", "descending=false"))[0][-10:], "00000@host", "00001@host"
    ),
    "modified-alone-ignored": Case(
        calls(2), lambda state: len(data_of(ask(state, "/cdrs", f"modified_from={NOW}"))), 2, 0
    ),
    "missing-value-ignored": Case(
        calls(2), lambda state: len(data_of(ask(state, "/cdrs", "missing_value=call_id"))), 2, 0
    ),
    "pdf-500": Case(calls(1), _status("/cdrs/202601-call00000%40host", "accept=pdf"), 500, 406),
    "no-account-500": Case([], _status("/v2/accounts/cdrs", token=MASTER_TOKEN), 500, 404),
    "post-as-get-empty": Case(
        calls(2), lambda state: len(data_of(ask(state, "/cdrs", "verb=GET", method="POST"))), 0, 2
    ),
    "big-integer-chunk-lost": Case(
        [leg("big@host", variables={"owner_id": 2**63}), *calls(1)], lambda state: len(data_of(ask(state))), 0, 2
    ),
    "trailer-unescaped": Case(calls(1), _trailer_is_json, False, True),
    "integer-page-size": Case(calls(1), lambda state: json_of(ask(state))["page_size"], 1, "1"),
}


def _from(moment: int) -> dict[str, int]:
    return {"created_from": moment}


def test_every_quirk_has_a_case() -> None:
    assert CASES.keys() == QUIRKS.keys()


@pytest.mark.parametrize("name", QUIRKS)
def test_a_quirk_is_seen_when_it_is_shown_and_gone_when_it_is_fixed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    case = CASES[name]
    if name == "trailer-unescaped":
        monkeypatch.setattr(State, "server_state", _with_a_quote_in_its_node(State.server_state))
    documents = list(case.documents)
    assert case.check(state_of(documents, added=[name])) == case.shown
    assert case.check(state_of(documents, fixed=[name])) == case.fixed


def _with_a_quote_in_its_node(server_state: Callable[[State], Any]) -> Callable[[State], Any]:
    from dataclasses import replace

    def quoted(state: State) -> Any:
        copy = server_state(state)
        return copy._replace(settings=replace(copy.settings, kazoo_node='no"de'))

    return quoted


def test_fixing_all_leaves_none_and_adding_brings_one_back() -> None:
    assert quirks.enabled(quirks.COMMON, [quirks.ALL]) == frozenset()
    assert quirks.enabled(quirks.COMMON, [quirks.ALL], ["pdf-500"]) == {"pdf-500"}
    assert quirks.enabled(["pdf-500"]) == {"pdf-500"}
    assert quirks.enabled(quirks.COMMON, ["pdf-500"]) == quirks.COMMON - {"pdf-500"}


def test_an_unknown_name_lists_the_known() -> None:
    with pytest.raises(
        quirks.UnknownQuirk, match="'nosuch' is no quirk of Crossbar's: expected one of all, interaction"
    ):
        quirks.enabled((), ["nosuch"])
    with pytest.raises(quirks.UnknownQuirk, match=r"did you mean summary-doubling\?"):
        quirks.enabled((), ["sumary-doubling"])


def test_all_quirks_can_be_left_out_but_not_added_at_once() -> None:
    with pytest.raises(quirks.UnknownQuirk, match="'all' is no quirk of Crossbar's: expected one of interaction"):
        quirks.enabled((), (), ["all"])


@pytest.mark.parametrize("name", QUIRKS)
def test_each_is_one_sentence_with_a_source(name: str) -> None:
    quirk = QUIRKS[name]
    assert quirk.sentence.endswith(".")
    assert quirk.source.rpartition(".")[2] in {"erl", "json"}


def test_all_unknown_names_are_told_before_all_that_are_known() -> None:
    known = ", ".join(["all", *QUIRKS])
    with pytest.raises(quirks.UnknownQuirk) as caught:
        quirks.enabled((), ["zzz", "qqq"])
    assert str(caught.value).startswith(f"'qqq', 'zzz' is no quirk of Crossbar's: expected one of {known}")
