"""The catalogue of edge cases: what real databases hold now and then, under a name each."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from mockcdrs.dataset import fixtures
from mockcdrs.dataset.scenarios import Document

_LONGEST = 60


def load() -> dict[str, list[Document]]:
    """The committed catalogue: the documents of each edge case by its name. The caller may change them."""
    catalogue: dict[str, list[Document]] = {}
    with (fixtures.directory() / "edge" / "documents.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            catalogue.setdefault(entry["name"], []).append(entry["document"])
    return catalogue


def describe() -> dict[str, str]:
    """What each edge case is, in a sentence, by its name."""
    from mockcdrs.dataset.edges.groups import GROUPS
    from mockcdrs.dataset.edges.moments import MOMENTS
    from mockcdrs.dataset.edges.values import CALL_IDS, VALUES

    sentences = {
        name: f"A call that begins at {begin}Z, rings for {ringing} s and talks for {talking} s."
        for name, (begin, ringing, talking) in MOMENTS.items()
    }
    sentences |= {name: f"A call {_changes(changes)}." for name, changes in VALUES.items()}
    sentences |= {name: f"A call with the call id {_shortened(call_id)}." for name, call_id in CALL_IDS.items()}
    sentences |= {name: (case.__doc__ or "").partition("\n")[0] for name, case in GROUPS.items()}
    found = "A document at the limits of Kazoo's schema, which Hypothesis found."
    return {name: sentences.get(name, found) for name in load()}


def _changes(fields: Mapping[str, Any]) -> str:
    from mockcdrs.dataset.edges.values import ABSENT

    absent = [f"`{name}`" for name, value in fields.items() if value is ABSENT]
    changed = [f"`{name}` = {_shortened(value)}" for name, value in fields.items() if value is not ABSENT]
    return " and ".join(
        [*([f"without {', '.join(absent)}"] if absent else []), *([f"with {', '.join(changed)}"] if changed else [])]
    )


def _shortened(value: Any) -> str:
    """A value in JSON, with what is beyond 60 characters left out."""
    text = json.dumps(value)
    return f"`{text if len(text) <= _LONGEST else text[:_LONGEST] + '...'}`"


def make() -> Iterator[tuple[str, list[Document]]]:
    """Make the catalogue again: each name with its documents. Needs Hypothesis."""
    from mockcdrs.dataset.edges import found, groups, moments, values

    yield from ((name, moments.make(name)) for name in moments.MOMENTS)
    yield from ((name, values.make(name)) for name in values.VALUES)
    yield from ((name, values.make_with_call_id(name)) for name in values.CALL_IDS)
    yield from ((name, case()) for name, case in groups.GROUPS.items())
    yield from found.make()
