"""Detects the version of Kazoo that a server runs from its responses.

The version is the one with the columns of a row and the keys of an envelope that the responses have. The text `version`
in an envelope is reported but not used: an operator or a build may put anything there.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mockcdrs.crossbar.versions import VERSIONS, Version, version_named

PAGING_KEYS = ("next_start_key", "page_size", "start_key")
"""The paging keys, which come first in a plain envelope."""

CHUNKED_KEYS = ("data", *PAGING_KEYS, "status", "request_id", "node", "version", "timestamp", "auth_token")
"""The keys of the chunked envelope in order, the same in all versions."""

_ONLY_IN_LISTINGS = "unix_timestamp"
_IN_EVERY_ENVELOPE = {"status", "request_id", "node", "timestamp"}
_CLOCK_LENGTH = len("12:00:00")

Envelope = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Detection:
    """A version of Kazoo and the reason for it. `is_assumed` if no response told versions apart."""

    version: Version
    reason: str
    is_assumed: bool = False

    def __str__(self) -> str:
        return f"Kazoo {self.version.name}, {self.reason}"


def detect_version(bodies: Iterable[str]) -> Detection:
    """The version that fits a server's responses best; of several that fit alike, the first in `VERSIONS`.

    `bodies` are the bodies of any responses; those that are no JSON object are ignored.
    """
    envelopes = list(_envelopes(bodies))
    misfits = _misfits(envelopes)
    best, *others = sorted(VERSIONS, key=lambda name: sum(misfits[name].values()))
    alike = [name for name in others if misfits[name] == misfits[best]]
    if alike == others:
        return Detection(VERSIONS[best], "assumed: no answer shows a listing row or a whole envelope", is_assumed=True)
    shown_by = [trait for trait in _TRAITS if any(misfits[name][trait] > misfits[best][trait] for name in others)]
    nearest = "the nearest " if any(misfits[best].values()) else ""
    or_else = f" ({', '.join(alike)} would answer alike)" if alike else ""
    return Detection(VERSIONS[best], f"{nearest}by {', '.join(shown_by)}{or_else}{_reported_version(envelopes)}")


def assume_version(name: str, bodies: Iterable[str]) -> Detection:
    """The version with a name, whatever the responses are; the reason says if they fit another version better.

    Raises `UnknownVersion`.
    """
    version, envelopes = version_named(name), list(_envelopes(bodies))
    totals = {known: sum(counts.values()) for known, counts in _misfits(envelopes).items()}
    nearest = min(totals, key=lambda known: totals[known])
    doubt = f", though its answers are nearer to {nearest}" if totals[nearest] < totals[version.name] else ""
    return Detection(version, f"as asked for{doubt}{_reported_version(envelopes)}")


def _envelopes(bodies: Iterable[str]) -> Iterable[Envelope]:
    for body in bodies:
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            yield value


def _reported_version(envelopes: Iterable[Envelope]) -> str:
    names = dict.fromkeys(text for each in envelopes if isinstance(text := each.get("version"), str))
    return f"; it calls itself {', '.join(names)}" if names else ""


def _misfits(envelopes: Iterable[Envelope]) -> dict[str, dict[str, int]]:
    """For each version and trait, how many things in the responses do not fit."""
    return {
        name: {trait: sum(count(version, each) for each in envelopes) for trait, count in _TRAITS.items()}
        for name, version in VERSIONS.items()
    }


def _row(envelope: Envelope) -> Mapping[str, Any]:
    """The first listing row of a response, empty without one."""
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
    # if no column is empty, the server may be set to leave out empty ones
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
"""What differs between versions. Each function counts what does not fit in a response."""
