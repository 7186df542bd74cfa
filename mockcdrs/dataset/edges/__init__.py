"""The catalogue of edge cases: what real databases hold now and then, under a name each."""

import json
from collections.abc import Iterator

from mockcdrs.dataset import fixtures
from mockcdrs.dataset.scenarios import Document


def load() -> dict[str, list[Document]]:
    """The committed catalogue: the documents of each edge case by its name. The caller may change them."""
    catalogue: dict[str, list[Document]] = {}
    with (fixtures.directory() / "edge" / "documents.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            catalogue.setdefault(entry["name"], []).append(entry["document"])
    return catalogue


def make() -> Iterator[tuple[str, list[Document]]]:
    """Make the catalogue again: each name with its documents. Needs Hypothesis."""
    from mockcdrs.dataset.edges import found, groups, moments, values

    yield from ((name, moments.make(name)) for name in moments.MOMENTS)
    yield from ((name, values.make(name)) for name in values.VALUES)
    yield from ((name, values.make_with_call_id(name)) for name in values.CALL_IDS)
    yield from ((name, case()) for name, case in groups.GROUPS.items())
    yield from found.make()
