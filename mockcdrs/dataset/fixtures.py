"""The committed data: its directory, manifest and catalogue of edge cases; how it is built, and checked.

Edge cases at the limits of the schema are found by Hypothesis: one version of it finds the same ones each time.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from mockcdrs import dataset
from mockcdrs.cdr import gregorian
from mockcdrs.dataset.store import Document

_PACKAGE = Path(dataset.__file__).parent.parent


class Manifest(NamedTuple):
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


SEED, DAYS, CALLS_PER_DAY, _LOCALE = 1, 60, 11, "en_US"
MOMENT = "2026-01-20T12:00:00Z"
_MOMENT_GREGORIAN = gregorian.from_datetime(datetime.fromisoformat(MOMENT))
_MANIFEST = "manifest.json"
_MAKERS = ("Faker", "hypothesis", "hypothesis-jsonschema")


def write_fixtures(root: Path) -> None:
    """Write all fixtures under `root`, replacing those of the same names."""
    written: dict[str, bytes] = {}
    for name, data in _files():
        written[name] = data
        _put(root / name, data)
    _put(root / _MANIFEST, _manifest(written))


def absent_makers() -> list[str]:
    """The packages that are needed to build fixtures and are not installed."""
    return [name for name in _MAKERS if find_spec(name.lower().replace("-", "_")) is None]


def check_fixtures(root: Path | None = None) -> list[str]:
    """The differences of `root` (by default the committed fixtures) from what would be built, a sentence each.

    Under other versions of Faker or Hypothesis than the manifest's, that is the difference: what those make differs.
    """
    root = root or directory()
    made = dict(_files())
    made[_MANIFEST] = _manifest(made)
    there = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
    missing = [f"{name}: not there, expected; write the fixtures again" for name in sorted(made.keys() - there)]
    spare = [f"{name}: not expected there; delete it" for name in sorted(there - made.keys())]
    other = _other_versions(root)
    excused = ("pools/", "edge/", _MANIFEST) if other else ()
    changed = [
        f"{name}: differs from what would be made; write the fixtures again"
        for name in sorted(made.keys() & there)
        if (root / name).read_bytes() != made[name] and not name.startswith(excused)
    ]
    return [*other, *missing, *spare, *changed]


def _files() -> Iterator[tuple[str, bytes]]:
    from mockcdrs.dataset import (  # these, and Faker and Hypothesis, to build only
        edge_cases,
        locales,
        schema_strategies,
    )

    for locale in locales.LOCALES:
        yield f"pools/{locale}.json", locales.render_pool(locales.make_pool(locale))
    yield from _office()
    yield (
        "edge/documents.jsonl",
        b"".join(
            _line(document, name=name)
            for name, documents in chain(edge_cases.make_edge_cases(), schema_strategies.find_schema_cases())
            for document in documents
        ),
    )


def _office() -> Iterator[tuple[str, bytes]]:
    from mockcdrs.dataset.export import ExportSpan, account_fields
    from mockcdrs.dataset.generator import Traffic
    from mockcdrs.dataset.office import generate_accounts, main_account_id

    span = ExportSpan(SEED, Traffic.of(CALLS_PER_DAY, _LOCALE), DAYS, _MOMENT_GREGORIAN)
    documents = [document for day in span.dates() for document in span.documents(day)]
    months = sorted({_month(document) for document in documents})
    for month in months:
        lines = (_line(document) for document in documents if _month(document) == month)
        yield f"office/documents-{month}.jsonl", b"".join(lines)
    accounts = [
        {**account_fields(account), "months": months if account.id == main_account_id(SEED) else []}
        for account in generate_accounts(SEED)
    ]
    yield "office/accounts.json", _pretty(accounts)


def _line(document: Document, **extra: str) -> bytes:
    entry = {**extra, "account_id": document["pvt_account_id"], "month": _month(document), "document": document}
    # Plain ASCII, because some readers of lines take U+2028 and its like for the end of one.
    return json.dumps(entry, separators=(",", ":")).encode() + b"\n"


def _month(document: Document) -> str:
    return str(document["_id"][:6])


def _manifest(files: dict[str, bytes]) -> bytes:
    return _pretty(
        Manifest(
            seed=SEED,
            moment=MOMENT,
            moment_gregorian=_MOMENT_GREGORIAN,
            days=DAYS,
            calls_per_day=CALLS_PER_DAY,
            locale=_LOCALE,
            versions={name: _version(name) for name in _MAKERS},
            counts={name: data.count(b"\n") for name, data in files.items() if name.endswith(".jsonl")},
            sha256={name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
        )._asdict()
    )


def _other_versions(root: Path) -> list[str]:
    path = root / _MANIFEST
    pinned = json.loads(path.read_bytes())["versions"] if path.is_file() else {}
    others = [name for name in pinned if _version(name) != pinned[name]]
    if not others:
        return []
    installed = ", ".join(f"{name} {_version(name)}" for name in others)
    expected = ", ".join(f"{name} {pinned[name]}" for name in others)
    return [f"versions differ: {installed} installed, {expected} made the fixtures; install those to compare all files"]


def _version(package: str) -> str:
    from importlib import metadata  # which takes longer to import than the manifest takes to read

    return metadata.version(package)


def _pretty(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
