"""Hypothesis strategies for property tests of CDR clients: single CDRs, whole interactions, histories of accounts.

Everything shrinks towards one short call between two plain parties. The values come from the `cdrs` schema; the rules
between fields and legs hold.
"""

import copy
from dataclasses import dataclass

from hypothesis import strategies as st

from mockcdrs.cdr import gregorian
from mockcdrs.dataset import schema_strategies
from mockcdrs.dataset.accounts import Account, Token, database_name
from mockcdrs.dataset.store import Document

__all__ = ["History", "cdrs", "histories", "interactions"]

DEFAULT_ACCOUNT_ID = f"{1:032x}"
LAST_SECOND = 63_936_129_600  # 2026-01-20T12:00:00Z, in Gregorian seconds: the moment of the committed data
_DAY_SECONDS = 86_400
_TALKING_SECONDS, _RINGING_SECONDS, _BEGINNING_SECONDS = 3_601, 61, 31  # the first that are too many
_MOST_PARTIES = 3  # that the calls of a history are between
_ENDINGS = (("NORMAL_CLEARING", "sip:200"), ("ORIGINATOR_CANCEL", "sip:487"), ("USER_BUSY", "sip:486"))
_PARTIES = ("caller_id_name", "caller_id_number", "callee_id_name", "callee_id_number")
_OPTIONAL = (
    "custom_application_vars", "custom_sip_headers", "digits_dialed", "user_agent", "disposition", "channel_call_state",
    "channel_name", "channel_state", "event_category", "event_name", "msg_id", "switch_hostname", "switch_nodename",
    "switch_uri", "switch_url",
)  # fmt: skip
_KEYS = st.integers(0, 0xFFFF_FFFF)
_LEGS = st.integers(0, len(_ENDINGS) * _TALKING_SECONDS * _RINGING_SECONDS - 1)


@dataclass(frozen=True, slots=True)
class History:
    """Accounts and all of their documents, oldest first. `now_gregorian` is a moment at which none lies ahead."""

    accounts: tuple[Account, ...]
    documents: tuple[Document, ...]
    now_gregorian: int = LAST_SECOND


def cdrs(account_id: str = DEFAULT_ACCOUNT_ID, days: int = 30) -> st.SearchStrategy[Document]:
    """One leg, as Kazoo's database holds it, that ended in the `days` before `LAST_SECOND`."""
    return interactions(account_id, days, legs=1).map(lambda documents: documents[0])


def interactions(
    account_id: str = DEFAULT_ACCOUNT_ID, days: int = 30, legs: int = 4
) -> st.SearchStrategy[list[Document]]:
    """All legs of one interaction, the first one first, at most `legs` of them."""
    return _interactions(account_id, days, legs)


def histories(accounts: int = 2, days: int = 30, calls: int = 10) -> st.SearchStrategy[History]:
    """Up to `accounts` accounts, one at the least, with up to `calls` interactions between them in `days`."""
    return _histories(accounts, days, calls)


# A failing example takes the longer to shrink the more numbers it is made of, and the more strategies are put together
# by tuples, dictionaries or `builds`, as Hypothesis looks for what each part of these matters. So a leg is one number,
# the calls of a history are between a few parties, and all is drawn by functions.


@st.composite
def _interactions(draw: st.DrawFn, account_id: str, days: int, legs: int) -> list[Document]:
    return _legs(account_id, draw(_KEYS), draw(_fields()), draw(_shapes(days, legs)))


@st.composite
def _histories(draw: st.DrawFn, accounts: int, days: int, calls: int) -> History:
    stored_accounts = [_account(row) for row in range(1, draw(st.integers(1, accounts)) + 1)]
    parties = draw(st.lists(_fields(), min_size=1, max_size=_MOST_PARTIES))
    plans = draw(st.lists(_calls(len(stored_accounts), len(parties), days), max_size=calls))
    # Numbered, not drawn: two interactions with one key would be one interaction.
    documents = [
        leg
        for key, (owner, party, shape) in enumerate(plans)
        for leg in _legs(stored_accounts[owner].id, key, parties[party], shape)
    ]
    documents.sort(key=lambda document: (document["pvt_created"], document["_id"]))
    return History(tuple(stored_accounts), tuple(documents))


@st.composite
def _calls(draw: st.DrawFn, accounts: int, parties: int, days: int) -> tuple[int, int, "_Shape"]:
    """Which account has it, who takes part, and how it went."""
    return draw(st.integers(0, accounts - 1)), draw(st.integers(0, parties - 1)), draw(_shapes(days, 4))


@st.composite
def _fields(draw: st.DrawFn) -> Document:
    """What all legs of an interaction hold."""
    optional = draw(st.lists(st.sampled_from(_OPTIONAL), unique=True))
    return {name: draw(schema_strategies.field(name)) for name in (*_PARTIES, *optional)}


def _account(row: int) -> Account:
    account_id = f"{row:032x}"
    return Account(
        id=account_id,
        name=f"Account {row}",
        realm=f"{row}.sip.example.com",
        tokens=(Token(f"token-{row}", f"{row:016x}{1:016x}"),),
    )


@dataclass(frozen=True, slots=True)
class _Leg:
    """How one leg went: when it began, in seconds behind the interaction's start, and how it ended."""

    later: int
    ringing: int
    talking: int
    ending: tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Shape:
    """When an interaction ended, in seconds before `LAST_SECOND`, and how its legs went."""

    age: int
    legs: list[_Leg]


@st.composite
def _shapes(draw: st.DrawFn, days: int, legs: int) -> _Shape:
    """The legs begin a gap after each other, but all within `_BEGINNING_SECONDS`."""
    age, gap = draw(st.integers(0, days * _DAY_SECONDS - 1)), draw(st.integers(0, _BEGINNING_SECONDS - 1))
    codes = draw(st.lists(_LEGS, min_size=1, max_size=legs))
    return _Shape(age, [_leg(code, row * gap % _BEGINNING_SECONDS) for row, code in enumerate(codes)])


def _leg(code: int, later: int) -> _Leg:
    """The leg that a number stands for: a low one for an answered call, and of these a low one for a short one."""
    ending, seconds = divmod(code, _TALKING_SECONDS * _RINGING_SECONDS)
    talking, ringing = divmod(seconds, _RINGING_SECONDS)
    return _Leg(later, ringing, talking, _ENDINGS[ending])


def _legs(account_id: str, key: int, fields: Document, shape: _Shape) -> list[Document]:
    start = LAST_SECOND - shape.age - max(leg.later + leg.ringing + leg.talking for leg in shape.legs)
    call_ids = [f"{key:08x}-{row}" for row in range(len(shape.legs))]
    return [
        {
            **_shared(account_id, key, start),
            **copy.deepcopy(fields),
            **_own(account_id, start, call_ids[row], leg),
            **_bridged(call_ids, row),
        }
        for row, leg in enumerate(shape.legs)
    ]


def _shared(account_id: str, key: int, start: int) -> Document:
    return {
        "interaction_id": f"{start}-{key:08x}",
        "interaction_key": f"{key:08x}",
        "interaction_time": start,
        "custom_channel_vars": {"account_id": account_id, "call_interaction_id": f"{start}-{key:08x}"},
        "pvt_account_db": database_name(account_id, gregorian.month_of(start)),
        "pvt_account_id": account_id,
        "pvt_type": "cdr",
        "pvt_vsn": 2,
    }


def _own(account_id: str, start: int, call_id: str, leg: _Leg) -> Document:
    cause, code = leg.ending
    talking = leg.talking if code == "sip:200" else 0
    begin = start + leg.later
    end = begin + leg.ringing + talking
    return {
        "_id": f"{gregorian.month_of(start)}-{call_id}",
        "_rev": f"1-{account_id}",
        "call_id": call_id,
        "ringing_seconds": leg.ringing,
        "billing_seconds": talking,
        "duration_seconds": leg.ringing + talking,
        "channel_created_time": gregorian.to_unix(begin) * 1_000_000,
        "hangup_cause": cause,
        "hangup_code": code,
        "timestamp": end,
        "pvt_created": end,
        "pvt_modified": end,
    }


def _bridged(call_ids: list[str], row: int) -> Document:
    """Direction and bridge: the first leg comes in, all others go out and are bridged to it."""
    if len(call_ids) == 1:
        return {"call_direction": "inbound"}
    if row == 0:
        return {"call_direction": "inbound", "other_leg_call_id": call_ids[-1], "other_leg_direction": "outbound"}
    return {"call_direction": "outbound", "other_leg_call_id": call_ids[0], "other_leg_direction": "inbound"}
