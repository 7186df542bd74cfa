"""Everything that has a name, with a sentence, an example and a source; documents and `mockcdrs explain` show the same.

Collected from the tables that the code itself uses: nothing is described twice.
"""

import difflib
import inspect
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from mockcdrs.advice.registry import ADVICE
from mockcdrs.crossbar.quirks import QUIRKS
from mockcdrs.crossbar.settings import Settings
from mockcdrs.crossbar.versions import VERSIONS, list_differences
from mockcdrs.dataset import edge_cases, fixtures
from mockcdrs.dataset.scenarios import SCENARIOS
from mockcdrs.faults.actions import ACTIONS
from mockcdrs.faults.matching import Match
from mockcdrs.faults.rule import PRESETS, Rule, Schedule

VERSION, QUIRK, PIECE_OF_ADVICE, FAULT, PART_OF_RULE, PRESET, SETTING, SCENARIO, EDGE_CASE = (
    "version",
    "quirk",
    "advice",
    "fault",
    "part of a rule",
    "preset",
    "setting",
    "scenario",
    "edge case",
)
TITLES: dict[str, str] = {
    VERSION: "Versions of Kazoo",
    QUIRK: "Quirks of Crossbar's",
    PIECE_OF_ADVICE: "Codes of advice",
    FAULT: "Faults: what happens to a request",
    PART_OF_RULE: "Faults: which requests, and when",
    PRESET: "Preset faults of the console",
    SETTING: "Settings of Kazoo's",
    SCENARIO: "Scenarios of made-up calls",
    EDGE_CASE: "Edge cases of documents",
}
_RULE_EXAMPLES: dict[str, dict[str, Any]] = {
    "method": {"method": "GET"},
    "path": {"path": "/cdrs"},
    "query": {"query": {"page_size": "10"}},
    "headers": {"headers": {"User-Agent": "nightly-sync/*"}},
    "token": {"token": "redacted-0a1b2c3d"},
    "page": {"page": 2},
    "nth": {"nth": 3},
    "after": {"after": 5},
    "times": {"times": 1},
    "probability": {"probability": 0.5},
    "script": {"path": "/cdrs", "script": [429, 429, {"cut_after": 100}, 200], "status": None},
}


class UnknownName(ValueError):
    """A name that nothing has. The text says what came, and the nearest names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing with a name.

    Arguments:
        kind: one of `TITLES`.
        name: what a user writes.
        sentence: what it is.
        example: a request, a command or a line of Python.
        source: the module of Kazoo's that it follows, or the module of this package that has it.
        notes: further sentences, for `mockcdrs explain` alone.
        endpoints: the kinds of CDR endpoint that advice of this name is about; empty if there is none,
            or if it is about all.

    """

    kind: str
    name: str
    sentence: str
    example: str
    source: str
    notes: tuple[str, ...] = ()
    endpoints: tuple[str, ...] = ()


@cache
def entries() -> tuple[Entry, ...]:
    """All entries, by kind, in the order of the tables."""
    parts = (_versions(), _quirks(), _advice(), _faults(), _rule_parts(), _presets(), _settings())
    return tuple(entry for part in (*parts, _scenarios(), _edge_cases()) for entry in part)


def of_kind(kind: str) -> list[Entry]:
    """The entries of one kind."""
    return [entry for entry in entries() if entry.kind == kind]


def find(name: str) -> list[Entry]:
    """The entries of a name, in any case; more than one if several kinds have it. Raises `UnknownName`."""
    matches = [entry for entry in entries() if entry.name.lower() == name.lower()]
    if not matches:
        names = {entry.name.lower(): entry.name for entry in entries()}
        names |= {full.rpartition(".")[2]: full for full in Settings.names()}  # as people say them
        near = dict.fromkeys(names[each] for each in difflib.get_close_matches(name.lower(), names))
        hint = f"did you mean {' or '.join(near)}?" if near else "`mockcdrs explain` lists all names"
        raise UnknownName(f"nothing is named {name!r}: {hint}")
    return matches


def _versions() -> Iterator[Entry]:
    compared = list_differences(VERSIONS.values())
    usual = next(iter(VERSIONS))
    for name, version in VERSIONS.items():
        title = "Where the versions differ:" if name == usual else f"What differs from {usual}:"
        differing = [rule for rule in compared if name == usual or rule.values[name] != rule.values[usual]]
        yield Entry(
            kind=VERSION,
            name=name,
            sentence=version.sentence,
            example=f"mockcdrs serve --kazoo {name}",
            source=f"Kazoo {version.release}",
            notes=(title, *(f"- {rule.what}: {rule.values[name]}" for rule in differing)),
        )


def _quirks() -> Iterator[Entry]:
    for name, quirk in QUIRKS.items():
        showing = showing_versions(name)
        notes = [
            f"Shown by {', '.join(showing)}; --fix {name} answers without it."
            if showing
            else f"Shown by no version unless asked for: --quirk {name}.",
            *(["Advice names it when a request meets it."] if name in ADVICE else []),
        ]
        yield Entry(
            kind=QUIRK,
            name=name,
            sentence=quirk.sentence,
            example=quirk.example,
            source=quirk.source,
            notes=tuple(notes),
            endpoints=_advised_endpoints(name),
        )


def showing_versions(quirk: str) -> list[str]:
    """The versions of Kazoo that show a quirk by default."""
    return [name for name, version in VERSIONS.items() if quirk in version.quirks]


def _advice() -> Iterator[Entry]:
    for code, advice in ADVICE.items():
        if code not in QUIRKS:
            yield Entry(
                kind=PIECE_OF_ADVICE,
                name=code,
                sentence=advice.sentence,
                example=advice.example,
                source=advice.source,
                endpoints=_advised_endpoints(code),
            )


def _advised_endpoints(code: str) -> tuple[str, ...]:
    return tuple(sorted(ADVICE[code].kinds or ())) if code in ADVICE else ()


def _faults() -> Iterator[Entry]:
    for keyword, action in ACTIONS.items():
        yield Entry(
            kind=FAULT,
            name=keyword,
            sentence=action.sentence,
            example=Rule(**{keyword: action.example}).to_python(),
            source=f"{action.__module__}.{action.__name__}",
            notes=(f"Takes {action.kind.expected}.",),
        )


def _rule_parts() -> Iterator[Entry]:
    for part in (Match, Schedule, Rule):
        for name, sentence in _documented_arguments(part):
            yield Entry(
                kind=PART_OF_RULE,
                name=name,
                sentence=sentence,
                example=Rule(**{"status": 503, **_RULE_EXAMPLES[name]}).to_python(),
                source=f"{part.__module__}.{part.__name__}",
            )


def _documented_arguments(documented: type) -> list[tuple[str, str]]:
    """The arguments under "Arguments:" of a docstring, each with its text as a sentence."""
    section = inspect.cleandoc(documented.__doc__ or "").partition("Arguments:\n")[2]
    matches = re.findall(r"^ {4}(\w+): (.+(?:\n {8}.+)*)", section, re.MULTILINE)
    return [(name, as_sentence(re.sub(r"\s+", " ", text))) for name, text in matches]


def as_sentence(text: str) -> str:
    """A text with a capital and one full stop."""
    return f"{text[0].upper()}{text[1:].rstrip('.')}."


def _presets() -> Iterator[Entry]:
    for name, (rule, sentence) in PRESETS.items():
        yield Entry(kind=PRESET, name=name, sentence=sentence, example=rule.to_python(), source=Rule.__module__)


def _settings() -> Iterator[Entry]:
    for name, setting in Settings.descriptions().items():
        yield Entry(
            kind=SETTING,
            name=name,
            sentence=setting["sentence"],
            example=f"mockcdrs serve --set {name}={setting['example']}",
            source=setting["source"],
            notes=(f"The default is {json.dumps(setting['default'])}.",),
        )


def _scenarios() -> Iterator[Entry]:
    for name, scenario in SCENARIOS.items():
        yield Entry(
            kind=SCENARIO,
            name=name,
            sentence=scenario.sentence,
            example=f"mockcdrs.add_call(scenario={name!r})",
            source=scenario.make.__module__,
            notes=(f"Legs: {scenario.legs}.", f"Told apart by: {scenario.marks}."),
        )


def _edge_cases() -> Iterator[Entry]:
    for name, sentence in edge_cases.describe_edge_cases(fixtures.load_edge_cases()).items():
        yield Entry(
            kind=EDGE_CASE,
            name=name,
            sentence=sentence,
            example=f"mockcdrs.edge({name!r})",
            source=edge_cases.__name__,
        )
