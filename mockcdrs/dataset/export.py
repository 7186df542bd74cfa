"""A made-up account's calls written out, block by block: memory does not follow the days."""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

from mockcdrs.cdr import gregorian, row
from mockcdrs.dataset.accounts import Account
from mockcdrs.dataset.generator import Load, blocks_of_day, generate_block
from mockcdrs.dataset.people import DEFAULT_LOCALE, directory, main_account_id, universe
from mockcdrs.dataset.store import Document

Days = Callable[[Iterator[list[Document]]], Iterator[list[Document]]]


@dataclass(frozen=True, slots=True)
class Stretch:
    """The calls of a seed's main account in `days` UTC days, as far as they had ended by a moment of the last one."""

    seed: int
    load: Load
    days: int
    until_gregorian: int
    locale: str = DEFAULT_LOCALE

    def by_day(self) -> Iterator[list[Document]]:
        """The documents of each day, oldest first."""
        office = directory(self.seed, main_account_id(self.seed), self.locale)
        last = gregorian.to_datetime(self.until_gregorian).date()
        for before in range(self.days - 1, -1, -1):
            blocks = blocks_of_day(self.load, last - timedelta(days=before))
            made = (document for block in blocks for document in generate_block(office, self.load, block))
            yield [document for document in made if document["pvt_created"] <= self.until_gregorian]


def write(target: Path, stretch: Stretch, form: str = "jsonl", watched: Days = lambda documents: documents) -> int:
    """Write a stretch of calls into the new folder `target`; how many there were.

    `jsonl` is a data directory that `mockcdrs serve --data` takes; `csv` is one file of listing rows, oldest first.
    `watched` may count the days as they pass. There whole or not at all; `FileExistsError` where `target` is.
    """
    if target.exists():
        raise FileExistsError(f"{target} is there already: name a folder that is not, or move this one away")
    target.parent.mkdir(parents=True, exist_ok=True)
    half = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        days = watched(stretch.by_day())
        accounts = universe(stretch.seed, stretch.locale)
        count = _write_csv(half, days) if form == "csv" else _write_jsonl(half, days, accounts)
        half.chmod(0o755)
        half.rename(target)
    except BaseException:
        shutil.rmtree(half)
        raise
    return count


def _write_jsonl(folder: Path, days: Iterator[list[Document]], accounts: tuple[Account, ...]) -> int:
    count = 0
    with ExitStack() as files:
        months: dict[str, IO[str]] = {}
        for documents in days:
            for document in documents:
                month = document["_id"][:6]
                if month not in months:
                    file = (folder / f"documents-{month}.jsonl").open("w", encoding="utf-8")
                    months[month] = files.enter_context(file)
                wrapped = {"account_id": document["pvt_account_id"], "month": month, "document": document}
                months[month].write(_json(wrapped) + "\n")
            count += len(documents)
    described = [_described(account) for account in accounts]
    (folder / "accounts.json").write_text(json.dumps(described, ensure_ascii=False, indent=1), encoding="utf-8")
    return count


def _described(account: Account) -> dict[str, Any]:
    fields = asdict(account)
    fields["tokens"] = [{"token": token.value, "owner_id": token.owner_id} for token in account.tokens]
    return fields


def _write_csv(folder: Path, days: Iterator[list[Document]]) -> int:
    count = 0
    with (folder / "cdrs.csv").open("w", encoding="utf-8", newline="") as file:
        file.write(_csv_line("ID" if name == "id" else name for name in row.COLUMNS))
        for documents in days:
            for document in documents:
                file.write(_csv_line(map(_cell, row.make_row(document).values())))
            count += len(documents)
    return count


def _cell(value: Any) -> str:
    return ",".join(value) if isinstance(value, list) else str(value)


def _csv_line(cells: Iterator[str]) -> str:
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells) + "\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
