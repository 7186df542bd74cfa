"""Which version of Kazoo a server is, worked out from its answers.

The version is the one whose columns and keys the answers have. The text `version` in an envelope is told to the reader,
but decides nothing: a server's operator, or its build, may put anything there.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mockcdrs.crossbar.versions import VERSIONS, Version, version_named

PAGING_KEYS = ("next_start_key", "page_size", "start_key")
"""Keys of paging: in front of a plain answer's others."""

CHUNKED_KEYS = ("data", *PAGING_KEYS, "status", "request_id", "node", "version", "timestamp", "auth_token")
"""Keys of an answer in chunks, in order: all versions have the same."""

_ONLY_IN_LISTINGS = "unix_timestamp"
_IN_EVERY_ENVELOPE = {"status", "request_id", "node", "timestamp"}
_CLOCK_LENGTH = len("12:00:00")

Envelope = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Detection:
    """A version of Kazoo, and in a few words why a server is taken for it; `is_assumed`: for no reason at all."""

    version: Version
    why: str
    is_assumed: bool = False

    def __str__(self) -> str:
        return f"Kazoo {self.version.name}, {self.why}"


def detect(bodies: Iterable[str]) -> Detection:
    """The version that fits a server's answers best; of several that fit alike, the first of `VERSIONS`.

    `bodies` are any answers' bodies: what is no JSON object tells nothing.
    """
    envelopes = list(_envelopes(bodies))
    misfits = _misfits(envelopes)
    found, *others = sorted(VERSIONS, key=lambda name: sum(misfits[name].values()))
    alike = [name for name in others if misfits[name] == misfits[found]]
    if alike == others:
        return Detection(VERSIONS[found], "assumed: no answer shows a listing row or a whole envelope", is_assumed=True)
    shown_by = [trait for trait in _TRAITS if any(misfits[name][trait] > misfits[found][trait] for name in others)]
    nearest = "the nearest " if any(misfits[found].values()) else ""
    or_else = f" ({', '.join(alike)} would answer alike)" if alike else ""
    return Detection(VERSIONS[found], f"{nearest}by {', '.join(shown_by)}{or_else}{_told(envelopes)}")


def forced(name: str, bodies: Iterable[str]) -> Detection:
    """The version of that name, whatever the answers are like; says so where they are another version's.

    Raises `UnknownVersion`.
    """
    version, envelopes = version_named(name), list(_envelopes(bodies))
    totals = {known: sum(counts.values()) for known, counts in _misfits(envelopes).items()}
    nearest = min(totals, key=lambda known: totals[known])
    doubt = f", though its answers are nearer to {nearest}" if totals[nearest] < totals[version.name] else ""
    return Detection(version, f"as asked for{doubt}{_told(envelopes)}")


def _envelopes(bodies: Iterable[str]) -> Iterable[Envelope]:
    for body in bodies:
        try:
            held = json.loads(body)
        except (ValueError, RecursionError):
            continue
        if isinstance(held, dict):
            yield held


def _told(envelopes: Iterable[Envelope]) -> str:
    told = dict.fromkeys(text for each in envelopes if isinstance(text := each.get("version"), str))
    return f"; it calls itself {', '.join(told)}" if told else ""


def _misfits(envelopes: Iterable[Envelope]) -> dict[str, dict[str, int]]:
    """By version and trait, how much of the answers is otherwise than there."""
    return {
        name: {trait: sum(count(version, each) for each in envelopes) for trait, count in _TRAITS.items()}
        for name, version in VERSIONS.items()
    }


def _row(envelope: Envelope) -> Mapping[str, Any]:
    """The first listing row of an answer, empty without one."""
    data = envelope.get("data")
    rows = data if isinstance(data, list) else ()
    return next((row for row in rows if isinstance(row, dict) and _ONLY_IN_LISTINGS in row), {})


def _columns(version: Version, envelope: Envelope) -> int:
    row = _row(envelope)
    if not row:
        return 0
    is_reseller = any(name in row for name in version.reseller_columns)
    expected = version.row_columns(is_reseller=is_reseller)
    unknown = row.keys() - expected.keys() - set(version.interaction_columns)
    # where no column is empty, the operator may have the empty ones left out
    missing = expected.keys() - row.keys() if "" in row.values() else set()
    return len(unknown) + len(missing)


def _datetime(version: Version, envelope: Envelope) -> int:
    text = _row(envelope).get("datetime")
    return isinstance(text, str) and not text[:-_CLOCK_LENGTH].endswith(version.datetime_separator)


def _keys(version: Version, envelope: Envelope) -> int:
    if not envelope.keys() >= _IN_EVERY_ENVELOPE or _are_in_order(envelope, CHUNKED_KEYS):
        return 0
    keys = version.error_keys if envelope["status"] == "error" else version.success_keys
    names = [name for name in envelope if name not in PAGING_KEYS]
    known = [name for name in names if name in keys]
    return len(names) - len(known) + (not _are_in_order(known, keys))


def _are_in_order(names: Iterable[str], expected: tuple[str, ...]) -> bool:
    came = list(names)
    return came == [name for name in expected if name in came]


_TRAITS: Mapping[str, Callable[[Version, Envelope], int]] = {
    "columns of a row": _columns,
    "datetime": _datetime,
    "keys of an envelope": _keys,
}
"""What tells versions apart: each counts what is otherwise in an answer."""
