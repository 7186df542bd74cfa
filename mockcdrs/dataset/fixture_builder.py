"""Builds everything under `fixtures/`, and checks whether the committed files are what would be built.

Edge cases at the limits of the schema are found by Hypothesis: one version of it finds the same ones each time.
"""

import hashlib
import json
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import datetime
from importlib import metadata
from itertools import chain
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

import hypothesis
from hypothesis.internal.conjecture.providers import HypothesisProvider

from mockcdrs.cdr import documents as schema
from mockcdrs.cdr import gregorian
from mockcdrs.dataset import edge_cases, fixtures, locales, schema_strategies
from mockcdrs.dataset.export import ExportSpan, account_fields
from mockcdrs.dataset.generator import Traffic
from mockcdrs.dataset.office import DEFAULT_LOCALE, generate_accounts, main_account_id
from mockcdrs.dataset.store import Document

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

    Under other versions of Faker or Hypothesis than the manifest's, that is the difference: what those make differs.
    """
    root = root or fixtures.directory()
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
    for locale in locales.LOCALES:
        yield f"pools/{locale}.json", locales.render_pool(locales.make_pool(locale))
    yield from _office()
    yield (
        "edge/documents.jsonl",
        b"".join(
            _line(document, name=name)
            for name, documents in chain(edge_cases.make_edge_cases(), find_schema_cases())
            for document in documents
        ),
    )


def _office() -> Iterator[tuple[str, bytes]]:
    span = ExportSpan(SEED, Traffic.of(CALLS_PER_DAY, DEFAULT_LOCALE), DAYS, MOMENT_GREGORIAN)
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
    pinned = json.loads(path.read_bytes())["versions"] if path.is_file() else {}
    others = [name for name in pinned if metadata.version(name) != pinned[name]]
    if not others:
        return []
    installed = ", ".join(f"{name} {metadata.version(name)}" for name in others)
    expected = ", ".join(f"{name} {pinned[name]}" for name in others)
    return [f"versions differ: {installed} installed, {expected} made the fixtures; install those to compare all files"]


def _pretty(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


Fields = dict[str, Any]
_SEARCH = hypothesis.settings(
    max_examples=20_000,
    phases=(hypothesis.Phase.generate, hypothesis.Phase.shrink),
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)
_ALL = tuple(name for name in schema.schema_field_names() if name != "call_id")
_ROW = (
    "call_direction",
    "timestamp",
    "duration_seconds",
    "billing_seconds",
    "custom_channel_vars",
)
_NAMES = ("caller_id_name", "callee_id_name", "from", "to")


def _anything(_: Fields) -> bool:
    return True


def _holds(name: str, letters: Callable[[str], bool]) -> tuple[tuple[str, ...], Callable[[Fields], bool]]:
    return (*_ROW, name), lambda fields: any(letters(letter) for letter in fields[name])


# The fields to draw, and the condition that the document must meet: the simplest such document is kept.
_CONDITIONS: tuple[tuple[tuple[str, ...], Callable[[Fields], bool]], ...] = (
    ((), _anything),
    (_ROW, _anything),
    (_ALL, _anything),
    (_NAMES, lambda fields: len({fields[name] for name in _NAMES}) == len(_NAMES)),
    (_ROW, lambda fields: fields["timestamp"] >= 2**63),
    (_ROW, lambda fields: fields["timestamp"] <= -(2**63)),
    (_ROW, lambda fields: fields["duration_seconds"] > 2**31),
    (_ROW, lambda fields: fields["duration_seconds"] < fields["billing_seconds"]),
    (_ROW, lambda fields: fields["billing_seconds"] < 0),
    ((*_ROW, "channel_created_time"), lambda fields: fields["channel_created_time"] < 0),
    (_ROW, lambda fields: any(isinstance(value, dict) and value for value in fields["custom_channel_vars"].values())),
    (_ROW, lambda fields: "" in fields["custom_channel_vars"]),
    (_ROW, lambda fields: any(isinstance(value, float) for value in fields["custom_channel_vars"].values())),
    ((*_ROW, "custom_sip_headers"), lambda fields: all(fields["custom_sip_headers"].get(way) for way in ("in", "out"))),
    (
        (*_ROW, "custom_sip_headers"),
        lambda fields: any(set(key) & set("[]^`\\") for key in fields["custom_sip_headers"]),
    ),
    ((*_ROW, "custom_application_vars"), lambda fields: None in fields["custom_application_vars"].values()),
    _holds("caller_id_name", lambda letter: letter == "\0"),
    _holds("caller_id_name", lambda letter: letter > "\uffff"),
    _holds("callee_id_name", lambda letter: unicodedata.bidirectional(letter) in ("R", "AL")),
    _holds("callee_id_name", lambda letter: unicodedata.combining(letter) > 0),
    _holds("from", lambda letter: letter == '"'),
    _holds("to", lambda letter: letter == ","),
    _holds("user_agent", lambda letter: letter == "\n"),
    _holds("request", lambda letter: letter == "@"),
)


def find_schema_cases() -> Iterator[tuple[str, list[Document]]]:
    """Search for a document for each condition: names `schema-001` and on."""
    for row, (names, condition) in enumerate(_CONDITIONS, start=1):
        # Hypothesis also tries constants that it reads in the source of whatever modules happen to be loaded: with
        # them, any change of code anywhere could change what is found here.
        with mock.patch.object(HypothesisProvider, "_maybe_draw_constant", _no_constant, create=True):
            found = hypothesis.find(
                schema_strategies.fields(names), condition, settings=_SEARCH, random=Random(edge_cases.SEED)
            )
        yield f"schema-{row:03d}", [_document(f"schema-{row:03d}", found)]


def _no_constant(*_: object, **__: object) -> None:
    return None


def _document(name: str, found: Fields) -> Document:
    private = {key: value for key, value in edge_cases.plain_leg(name).items() if key.startswith(("_", "pvt_"))}
    return {**private, "_id": f"{private['_id'][:6]}-{name}", "call_id": name, **found}
