"""Hypothesis strategies for property tests of CDR clients: single CDRs, whole interactions, histories of accounts.

Everything shrinks towards one short call between two plain parties. The values come from the `cdrs` schema; the rules
between fields and legs hold.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from mockcdrs.cdr import gregorian
from mockcdrs.dataset import leaves
from mockcdrs.dataset.accounts import Account, Token

__all__ = ["History", "cdrs", "histories", "interactions"]

Document = dict[str, Any]

DEFAULT_ACCOUNT_ID = f"{1:032x}"
LAST_SECOND = 63_936_129_600  # 2026-01-20T12:00:00Z, in Gregorian seconds: the moment of the committed data
_DAY_SECONDS = 86_400
_ENDINGS = (("NORMAL_CLEARING", "sip:200"), ("ORIGINATOR_CANCEL", "sip:487"), ("USER_BUSY", "sip:486"))
_PARTIES = ("caller_id_name", "caller_id_number", "callee_id_name", "callee_id_number")
_OPTIONAL = (
    "custom_application_vars", "custom_sip_headers", "digits_dialed", "user_agent", "disposition", "channel_call_state",
    "channel_name", "channel_state", "event_category", "event_name", "msg_id", "switch_hostname", "switch_nodename",
    "switch_uri", "switch_url",
)  # fmt: skip


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
    return _interactions(account_id, days, legs, st.integers(0, 0xFFFF_FFFF))


def histories(accounts: int = 2, days: int = 30, calls: int = 10) -> st.SearchStrategy[History]:
    """Up to `accounts` accounts, one at the least, with up to `calls` interactions between them in `days`."""
    held = tuple(_account(row) for row in range(1, accounts + 1))
    drawn = st.lists(st.tuples(st.integers(0, accounts - 1), _seeds(days, 4)), max_size=calls)
    return st.builds(_collect, st.integers(1, accounts).map(lambda count: held[:count]), drawn)


def _account(row: int) -> Account:
    account_id = f"{row:032x}"
    return Account(
        id=account_id,
        name=f"Account {row}",
        realm=f"{row}.sip.example.com",
        tokens=(Token(f"token-{row}", f"{row:016x}{1:016x}"),),
    )


def _collect(accounts: tuple[Account, ...], drawn: list[tuple[int, Mapping[str, Any]]]) -> History:
    # Numbered, not drawn: two interactions with one key would be one interaction.
    documents = [
        leg for key, (owner, seed) in enumerate(drawn) for leg in _legs(accounts[owner % len(accounts)].id, key, seed)
    ]
    documents.sort(key=lambda document: (document["pvt_created"], document["_id"]))
    return History(accounts, tuple(documents))


def _interactions(
    account_id: str, days: int, legs: int, keys: st.SearchStrategy[int]
) -> st.SearchStrategy[list[Document]]:
    return st.builds(_legs, st.just(account_id), keys, _seeds(days, legs))


def _seeds(days: int, legs: int) -> st.SearchStrategy[dict[str, Any]]:
    """What an interaction is made of: its age at its end, what all legs hold, and each leg's own times."""
    leg = st.fixed_dictionaries(
        {
            "ringing": st.integers(0, 60),
            "talking": st.integers(0, 3_600),
            "later": st.integers(0, 30),
            "ending": st.sampled_from(_ENDINGS),
        }
    )
    return st.fixed_dictionaries(
        {
            "age": st.integers(0, days * _DAY_SECONDS - 1),
            "fields": leaves.fields(_PARTIES, _OPTIONAL),
            "legs": st.lists(leg, min_size=1, max_size=legs),
        }
    )


def _legs(account_id: str, key: int, seed: Mapping[str, Any]) -> list[Document]:
    drawn = seed["legs"]
    longest = max(leg["later"] + leg["ringing"] + leg["talking"] for leg in drawn)
    start = LAST_SECOND - seed["age"] - longest
    call_ids = [f"{key:08x}-{row}" for row in range(len(drawn))]
    return [
        {
            **_shared(account_id, key, start),
            **copy.deepcopy(seed["fields"]),
            **_own(account_id, start, call_ids[row], leg),
            **_bridged(call_ids, row),
        }
        for row, leg in enumerate(drawn)
    ]


def _shared(account_id: str, key: int, start: int) -> Document:
    month = gregorian.month_of(start)
    return {
        "interaction_id": f"{start}-{key:08x}",
        "interaction_key": f"{key:08x}",
        "interaction_time": start,
        "custom_channel_vars": {"account_id": account_id, "call_interaction_id": f"{start}-{key:08x}"},
        "pvt_account_db": f"account%2F{account_id[:2]}%2F{account_id[2:4]}%2F{account_id[4:]}-{month}",
        "pvt_account_id": account_id,
        "pvt_type": "cdr",
        "pvt_vsn": "1",
    }


def _own(account_id: str, start: int, call_id: str, leg: Mapping[str, Any]) -> Document:
    cause, code = leg["ending"]
    talking = leg["talking"] if code == "sip:200" else 0
    begin = start + leg["later"]
    end = begin + leg["ringing"] + talking
    return {
        "_id": f"{gregorian.month_of(start)}-{call_id}",
        "_rev": f"1-{account_id}",
        "call_id": call_id,
        "ringing_seconds": leg["ringing"],
        "billing_seconds": talking,
        "duration_seconds": leg["ringing"] + talking,
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
