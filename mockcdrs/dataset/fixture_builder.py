"""Builds everything under `fixtures/`, and checks whether the committed files are what would be built."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from importlib import metadata
from itertools import chain
from pathlib import Path
from typing import Any

from mockcdrs.cdr import gregorian
from mockcdrs.dataset import edge_cases, fixtures, locales
from mockcdrs.dataset.accounts import Account
from mockcdrs.dataset.export import ExportSpan
from mockcdrs.dataset.office import DEFAULT_LOCALE, generate_accounts, main_account_id
from mockcdrs.dataset.store import Document
from mockcdrs.dataset.traffic import Traffic

SEED, DAYS, CALLS_PER_DAY = 1, 60, 11
MOMENT = "2026-01-20T12:00:00Z"
MOMENT_GREGORIAN = gregorian.from_datetime(datetime.fromisoformat(MOMENT))
_MANIFEST = "manifest.json"
_MAKERS = ("Faker", "hypothesis", "hypothesis-jsonschema")


def write_fixtures(root: Path) -> None:
    """Write all fixtures under `root`, replacing those of the same names."""
    written: dict[str, bytes] = {}
    for name, data in _files():
        written[name] = data
        _put(root / name, data)
    _put(root / _MANIFEST, _manifest(written))


def check_fixtures(root: Path | None = None) -> list[str]:
    """The differences of `root` (by default the committed fixtures) from what would be built, a sentence each.

    Under other versions of Faker or Hypothesis than the manifest's, differences are to be expected; they are named.
    """
    root = root or fixtures.directory()
    made = dict(_files())
    made[_MANIFEST] = _manifest(made)
    there = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
    missing = [f"{name}: not there, expected; write the fixtures again" for name in sorted(made.keys() - there)]
    spare = [f"{name}: not expected there; delete it" for name in sorted(there - made.keys())]
    changed = [
        f"{name}: differs from what would be made; write the fixtures again"
        for name in sorted(made.keys() & there)
        if (root / name).read_bytes() != made[name]
    ]
    return [*_other_versions(root), *missing, *spare, *changed]


def _files() -> Iterator[tuple[str, bytes]]:
    for locale in locales.LOCALES:
        yield f"pools/{locale}.json", locales.render_pool(locales.make_pool(locale))
    yield from _office()
    yield (
        "edge/documents.jsonl",
        b"".join(
            _line(document, name=name) for name, documents in edge_cases.make_edge_cases() for document in documents
        ),
    )


def _office() -> Iterator[tuple[str, bytes]]:
    span = ExportSpan(SEED, Traffic.of(CALLS_PER_DAY, DEFAULT_LOCALE), DAYS, MOMENT_GREGORIAN)
    documents = list(chain.from_iterable(span.by_day()))
    months = sorted({_month(document) for document in documents})
    for month in months:
        lines = (_line(document) for document in documents if _month(document) == month)
        yield f"office/documents-{month}.jsonl", b"".join(lines)
    accounts = [
        _account(account, months if account.id == main_account_id(SEED) else []) for account in generate_accounts(SEED)
    ]
    yield "office/accounts.json", _pretty(accounts)


def _account(account: Account, months: Iterable[str]) -> dict[str, Any]:
    tokens = [{"token": token.value, "owner_id": token.owner_id} for token in account.tokens]
    return {**asdict(account), "months": list(months), "tokens": tokens}


def _line(document: Document, **extra: str) -> bytes:
    entry = {**extra, "account_id": document["pvt_account_id"], "month": _month(document), "document": document}
    # Plain ASCII, because some readers of lines take U+2028 and its like for the end of one.
    return json.dumps(entry, separators=(",", ":")).encode() + b"\n"


def _month(document: Document) -> str:
    return str(document["_id"][:6])


def _manifest(files: dict[str, bytes]) -> bytes:
    return _pretty(
        asdict(
            fixtures.Manifest(
                seed=SEED,
                moment=MOMENT,
                moment_gregorian=MOMENT_GREGORIAN,
                days=DAYS,
                calls_per_day=CALLS_PER_DAY,
                locale=DEFAULT_LOCALE,
                versions={name: metadata.version(name) for name in _MAKERS},
                counts={name: data.count(b"\n") for name, data in files.items() if name.endswith(".jsonl")},
                sha256={name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
            )
        )
    )


def _other_versions(root: Path) -> list[str]:
    path = root / _MANIFEST
    if not path.is_file():
        return []
    pinned = json.loads(path.read_bytes())["versions"]
    return [
        f"{name} {metadata.version(name)} is installed, {pinned.get(name)} made the fixtures; install that one"
        for name in _MAKERS
        if metadata.version(name) != pinned.get(name)
    ]


def _pretty(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
