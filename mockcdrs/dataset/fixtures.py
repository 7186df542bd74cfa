"""The committed data: its directory, its manifest, and the catalogue of edge cases."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from mockcdrs import dataset
from mockcdrs.cdr import gregorian
from mockcdrs.dataset.store import Document

_PACKAGE = Path(dataset.__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the committed data was made from. `moment_gregorian` is when the office's last call may have ended."""

    seed: int
    moment: str
    moment_gregorian: int
    days: int
    calls_per_day: int
    locale: str
    versions: dict[str, str]
    counts: dict[str, int]
    sha256: dict[str, str]

    @property
    def first_day(self) -> date:
        """The first of the days that the office's calls were written out for; the moment's is the last."""
        return gregorian.to_datetime(self.moment_gregorian).date() - timedelta(days=self.days - 1)


def directory() -> Path:
    """The fixtures: inside the package in a wheel, beside it in a checkout (an editable install)."""
    inside, beside = _PACKAGE / "_fixtures", _PACKAGE.parent / "fixtures"
    return inside if inside.is_dir() else beside


@cache
def manifest() -> Manifest:
    """The committed manifest. Shared: do not change its dicts."""
    fields: dict[str, Any] = json.loads((directory() / "manifest.json").read_bytes())
    return Manifest(**fields)


def load_edge_cases() -> dict[str, list[Document]]:
    """The committed catalogue: the documents of each edge case by its name. The caller may change them."""
    catalogue: dict[str, list[Document]] = {}
    with (directory() / "edge" / "documents.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            catalogue.setdefault(entry["name"], []).append(entry["document"])
    return catalogue
