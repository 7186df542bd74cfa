"""The versions of Kazoo side by side: each rule in which some differ, in words, for documents."""

from collections.abc import Iterable, Mapping
from dataclasses import Field, dataclass, fields
from typing import Any

from mockcdrs.crossbar.json_codec import Jiffy
from mockcdrs.crossbar.versions.version import Version
from mockcdrs.crossbar.views import LegView, UsersView

_MANY = 12


@dataclass(frozen=True, slots=True)
class VersionRule:
    """A rule: what it is about, which of Kazoo's functions decide it, and what it is in each version, by name."""

    name: str
    what: str
    source: str
    values: Mapping[str, str]


def list_differences(versions: Iterable[Version]) -> list[VersionRule]:
    """The rules in which some of the versions differ, in the order of the fields."""
    known = list(versions)
    return [_rule(field, known) for field in fields(Version) if field.metadata and _differ(field, known)]


def _differ(field: Field[Any], versions: list[Version]) -> bool:
    first, *others = (getattr(version, field.name) for version in versions)
    return any(value != first for value in others)


def _rule(field: Field[Any], versions: list[Version]) -> VersionRule:
    values = {version.name: getattr(version, field.name) for version in versions}
    shared = _shared(list(values.values()))
    words = {name: _describe(value, shared) for name, value in values.items()}
    return VersionRule(field.name, field.metadata["what"], field.metadata["source"], words)


def _shared(values: list[Any]) -> frozenset[str]:
    """The names that all of some long lists have, which need not be repeated."""
    if not all(isinstance(value, tuple | frozenset) for value in values) or max(map(len, values)) <= _MANY:
        return frozenset()
    return frozenset.intersection(*map(frozenset, values))


def _describe(value: Any, shared: frozenset[str]) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case str():
            return f'`"{value}"`'
        case tuple() | frozenset():
            names = [
                f"`{name}`" for name in (value if isinstance(value, tuple) else sorted(value)) if name not in shared
            ]
            if shared:
                return ", and ".join(filter(None, ["those that all versions have", ", ".join(names)]))
            return ", ".join(names) or "none"
        case LegView():
            return str(value.chooses.value)
        case UsersView() | Jiffy():
            return value.name
        case _:
            return f"`{value.value}`"


def as_markdown(versions: Iterable[Version]) -> str:
    """A table with a column for each version; a cell is empty where it would repeat that of the first one."""
    first, *others = known = list(versions)
    head = ["rule", *(f"`{version.name}`" for version in known), "where in Kazoo"]
    lines = [
        head,
        ["---"] * len(head),
        ["`version` in envelopes", *_release(first, others), "kz_util `kazoo_version/0`"],
    ]
    for rule in list_differences(known):
        usual = rule.values[first.name]
        own = [rule.values[version.name] for version in others]
        lines.append([rule.what, usual, *("" if value == usual else value for value in own), rule.source])
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _release(first: Version, others: list[Version]) -> list[str]:
    return [first.release, *("" if version.release == first.release else version.release for version in others)]
