"""Finds which checks of the contract suite look at what; `python tests/openapi/making_checked.py` writes it down.

With the recorded answers of the real server beside the checkout it also names some of each operation and column.
"""

import json
import re
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

from mockcdrs.contract.answer import Answer
from mockcdrs.contract.check import Check, run
from mockcdrs.contract.checks import columns
from mockcdrs.contract.server import Server
from mockcdrs.contract.table import CHECKS
from mockcdrs.crossbar.quirks import QUIRKS
from mockcdrs.exchanges import exchange as files
from mockcdrs.handle import serving
from mockcdrs.openapi.document import document

FILE = Path(__file__).parents[2] / "mockcdrs" / "openapi" / "checked.json"
RECORDED = FILE.with_name("recorded.json")
GOLDEN = Path(__file__).parents[3] / "shared" / "golden"
MOST_NAMED = 3


class Watched(Server):
    """Notes what is asked for, whether or not the answer is remembered."""

    def __init__(self, *where: str) -> None:
        super().__init__(*where)
        self.asked: set[str] = set()

    def ask(
        self, path: str, query: Any = None, headers: Any = None, method: str = "GET", body: str | None = None
    ) -> Answer:
        if operation := operation_at(method, path):
            self.asked.add(operation)
        return super().ask(path, query, headers, method, body)


@cache
def patterns() -> list[tuple[re.Pattern[str], str]]:
    """Described paths; a literal step goes before one with a name in it."""
    described = sorted(document()["paths"], key=lambda each: each.count("{"))
    return [(re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(f"/v2{path}"))), path) for path in described]


def operation_at(method: str, path: str) -> str | None:
    """The described operation at a path."""
    found = next((each for pattern, each in patterns() if pattern.fullmatch(path)), None)
    return f"{method} {found}" if found and method.lower() in document()["paths"][found] else None


def made() -> dict[str, dict[str, list[str]]]:
    """By operation the checks that ask it, by column those of rows, by quirk those that may meet it."""
    found: dict[str, list[str]] = defaultdict(list)
    with serving() as mock:
        server = Watched(mock.url, mock.account_id, mock.auth_token)
        for check in CHECKS:
            server.asked.clear()
            run(check, server)
            for operation in server.asked:
                found[operation].append(check.name)
    quirks = {name: [check.name for check in CHECKS if name in check.quirks] for name in QUIRKS}
    of_columns = [check.name for check in vars(columns).values() if isinstance(check, Check)]
    return {
        "operations": dict(sorted(found.items())),
        "columns": dict.fromkeys(document()["components"]["schemas"]["Row"]["properties"], of_columns),
        "quirks": quirks,
    }


def recorded(golden: Path) -> dict[str, dict[str, list[str]]]:
    """By operation its first recorded answers, and one for all columns."""
    found: dict[str, list[str]] = defaultdict(list)
    for name in ("exchanges", "mixed", "around"):
        for each in files.read(golden / f"{name}.jsonl"):
            if operation := operation_at(each.request.method, each.request.path):
                found[operation].append(each.name)
    return {
        "operations": {operation: names[:MOST_NAMED] for operation, names in sorted(found.items())},
        "columns": {name: ["default-list"] for name in document()["components"]["schemas"]["Row"]["properties"]},
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(made(), indent=1) + "\n", encoding="utf-8", newline="\n")
    held = json.loads(RECORDED.read_bytes())
    RECORDED.write_text(json.dumps({**held, **recorded(GOLDEN)}, indent=1) + "\n", encoding="utf-8", newline="\n")
