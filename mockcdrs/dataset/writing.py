"""Data directories written: there whole or not at all."""

import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from mockcdrs.dataset.accounts import Account
from mockcdrs.dataset.data import Data
from mockcdrs.dataset.store import Document


@contextmanager
def new_directory(target: Path) -> Iterator[Path]:
    """A directory to fill, which becomes `target` once all went well; `FileExistsError` where that is there already."""
    if target.exists():
        raise FileExistsError(f"{target} is there already: name a folder that is not, or move this one away")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        half = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    except OSError as error:
        expected = "expected a folder above it that may be written to; name another one"
        raise OSError(f"{target} cannot be made ({error.strerror}): {expected}") from error
    try:
        yield half
        half.chmod(0o755)
        half.rename(target)
    except BaseException:
        shutil.rmtree(half)
        raise


def write_documents(directory: Path, documents: Iterable[tuple[str, str, Document]]) -> int:
    """Write account id, month and document into `documents-YYYYMM.jsonl`, a line each; how many there were."""
    count = 0
    with ExitStack() as open_files:
        months: dict[str, IO[str]] = {}
        for account_id, month, document in documents:
            if month not in months:
                file = (directory / f"documents-{month}.jsonl").open("w", encoding="utf-8", newline="\n")
                months[month] = open_files.enter_context(file)
            wrapped = {"account_id": account_id, "month": month, "document": document}
            months[month].write(json.dumps(wrapped, ensure_ascii=False, separators=(",", ":")) + "\n")
            count += 1
    return count


def write_accounts(directory: Path, accounts: Iterable[Account]) -> None:
    """Write `accounts.json`."""
    text = json.dumps(list(map(_described, accounts)), ensure_ascii=False, indent=1)
    (directory / "accounts.json").write_text(text, encoding="utf-8")


def write(target: Path, data: Data) -> int:
    """Write a new data directory; how many documents it holds."""
    held = data.documents.items()
    with new_directory(target) as directory:
        write_accounts(directory, data.accounts)
        return write_documents(directory, ((*key, document) for key, month in held for document in month))


def _described(account: Account) -> dict[str, Any]:
    fields = asdict(account)
    fields["tokens"] = [{"token": token.value, "owner_id": token.owner_id} for token in account.tokens]
    return fields
